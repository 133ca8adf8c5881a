/** What reports, settings and what leaves by itself answer. */
import { ATTRIBUTION_MODELS } from "../../../domain/attribution/attribute.ts";
import { EventPlanSchema } from "../../../domain/setup/plan.ts";
import { jsonSchemaOf } from "../schema.ts";
import { action, line, meter, range, stage, takes } from "./parts.ts";
import {
  about,
  type Answer,
  answers,
  anything,
  cursor,
  day,
  flag,
  id,
  list,
  map,
  number,
  object,
  oneOf,
  orNull,
  share,
  text,
  time,
  whole,
} from "./shape.ts";

const figures = { events: whole, orders: whole, revenue: number, visits: whole };
const lines = (parts: Parameters<typeof object>[0]) => list(object({ ...parts, ...line }));

const returned = object({
  channel: text,
  conversions: number,
  value: number,
  cost: number,
  costPerConversion: orNull(number),
  returnOnSpend: orNull(number),
});

const arm = object({ people: whole, successes: whole, rate: orNull(share) });
const lift = object({
  success: text,
  holdOut: share,
  shown: arm,
  held: arm,
  leftOut: whole,
  lift: orNull(number),
  interval: orNull(list(number)),
  sampleRatio: object({ expected: share, observed: orNull(share), p: orNull(share), ok: flag }),
});

const plan: Answer = {
  json: {
    ...jsonSchemaOf(EventPlanSchema),
    properties: { ...jsonSchemaOf(EventPlanSchema).properties, version: whole },
  },
};

const catalogue = {
  version: whole,
  actions: list(action),
  "meter?": object(meter),
  "webhooks?": list(object({ id: text, url: text, channels: list(text), secret: whole })),
};

const webhooks = answers({
  version: whole,
  hooks: list(
    object({
      id: text,
      url: text,
      purpose: text,
      enabled: flag,
      events: list(text),
      secret: whole,
      signedWith: about(orNull(text), "The secret; null for marketers"),
      deliveries: list(
        object({
          id: text,
          purpose: text,
          day,
          at: time,
          state: oneOf("open", "sent", "dead"),
          tries: whole,
          next: orNull(time),
          events: whole,
          status: orNull(whole),
        }),
      ),
    }),
  ),
});

const resharding = answers({
  step: orNull(text),
  shards: about(list(text), "Bindings that hold visitors' rows now"),
  bound: about(list(text), "Every database that is bound"),
  "from?": list(text),
  "to?": list(text),
  "began?": time,
  "copied?": about(map(whole), "Rows by table"),
  "checked?": about(map(whole), "Rows by table"),
  "wrong?": text,
});

export const REPORT_ANSWERS: Readonly<Record<string, Answer>> = {
  "GET /_u/api/reports/overview": answers({
    ...range,
    late: about(flag, "Today's figures are up to five minutes old"),
    ...figures,
    before: about(orNull(object(figures)), "The same of as many days before"),
    days: list(object({ day, events: whole, visitors: whole, orders: whole, revenue: number })),
    stages: list(object({ day, device: whole, activity: whole, identified: whole, person: whole })),
    channels: lines({ value: text }),
    devices: lines({ value: text }),
    campaigns: lines({ source: orNull(text), medium: orNull(text), name: orNull(text) }),
    hints: object({ shown: whole, taken: whole, dismissed: whole }),
    choices: about(
      list(object({ region: text, all: whole, some: whole, none: whole, answered: whole })),
      "Answers to the banner and on the own-data page",
    ),
    dropped: list(object({ reason: text, regime: text, count: whole })),
    errors: list(object({ status: whole, place: text, count: whole })),
    waited: list(object({ atLeast: text, count: whole })),
    lag: about(orNull(number), "Seconds that the oldest event known to wait has waited"),
  }),
  "GET /_u/api/reports/actions": answers({
    ...range,
    quiet: about(flag, "Choices still follow the marketer's own estimates"),
    outcomes: whole,
    quietUntil: whole,
    channels: list(object({ value: orNull(text), ...takes })),
    sampled: flag,
    actions: list(
      object({
        id: text,
        label: orNull(text),
        channel: orNull(text),
        ...takes,
        propensity: object({ hints: whole, least: orNull(share), effective: number }),
        by: about(
          map(list(object({ value: orNull(text), ...takes }))),
          "The same by stage, segment, device, topic and slot",
        ),
        lift: orNull(lift),
      }),
    ),
  }),
  "GET /_u/api/reports/attribution": answers({
    ...range,
    models: object(Object.fromEntries(ATTRIBUTION_MODELS.map((model) => [model, list(returned)]))),
    by: oneOf("channel", "campaign"),
    outcome: about(orNull(text), "The event that counts; null: every event with a value"),
    paths: list(object({ channels: list(text), conversions: whole, value: number, nulls: whole })),
    outcomes: object({ all: whole, consented: whole, touched: whole }),
    coverage: about(orNull(share), "Share of all outcomes that the figures speak of"),
    sampled: flag,
  }),
  "GET /_u/api/reports/meter": answers({
    meter: orNull(object(meter)),
    lookedAt: whole,
    uncounted: whole,
    people: list(object({ id, stage, lastSeen: time, read: whole, left: whole })),
    cursor,
  }),
  "GET /_u/api/reports/segments": answers({
    at: orNull(time),
    people: whole,
    segments: list(
      object({
        name: text,
        people: whole,
        traits: list(object({ words: text, inside: share, outside: share, "item?": text })),
      }),
    ),
    affinities: list(
      object({
        from: text,
        to: text,
        both: whole,
        people: whole,
        "expected?": number,
        llr: number,
        share,
        words: text,
      }),
    ),
  }),
  "GET /_u/api/reports/setup": answers({
    ...range,
    findings: list(
      object({
        id: text,
        level: text,
        title: text,
        evidence: list(text),
        steps: list(text),
      }),
    ),
    recorded: whole,
    dropped: whole,
    droppedShare: orNull(share),
    drops: list(object({ reason: text, regime: text, count: whole })),
    identifies: whole,
    events: list(object({ name: text, events: whole })),
    paths: list(object({ path: text, events: whole })),
  }),
  "POST /_u/api/reports/setup/sitemap": answers({ pages: whole, cut: flag }),
  "GET /_u/api/event-plan": plan,
  "PUT /_u/api/event-plan": plan,
  "GET /_u/api/actions": answers({
    ...catalogue,
    insight: object({
      lookedAt: about(whole, "People last seen who were asked"),
      actions: list(object({ id: text, sentence: text, people: whole })),
    }),
  }),
  "PUT /_u/api/actions": answers(catalogue),
  "POST /_u/api/import": answers({
    accepted: whole,
    invalid: list(object({ line: whole, message: text })),
    dropped: list(object({ line: whole, message: text })),
    counts: object({ invalid: whole, dropped: whole }),
    next: about(orNull(whole), "The line to go on with; null at the end of the file"),
    approved: flag,
  }),
  "GET /_u/api/webhooks": webhooks,
  "PUT /_u/api/webhooks": webhooks,
  "POST /_u/api/webhooks/:id/deliveries/:delivery/again": answers({ id: text, state: text }),
  "GET /_u/api/metrics": {
    json: about(object({ resourceMetrics: list(anything) }), "OTLP's ExportMetricsServiceRequest"),
  },
  "GET /_u/api/resharding": resharding,
  "POST /_u/api/resharding": resharding,
  "GET /_u/api/openapi.json": {
    json: object({ openapi: text, info: anything, components: anything, paths: map(anything) }),
  },
};
