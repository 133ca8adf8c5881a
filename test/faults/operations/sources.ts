/** Where what comes in comes from, and where it goes to: origins of files and their events, webhooks and what they gave up. */
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { approveOrigin } from "../../../src/d1/imports.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { deliverEvents } from "../../../src/out/webhooks.ts";
import { nightlyPorts } from "../../../src/services.ts";
import { identifierKeys } from "../../support/identifier-keys.ts";
import { settle } from "../../support/objects.ts";
import { unseen } from "../../support/outside.ts";
import { api, type Browser, OFFICER_TOKEN } from "../../support/site.ts";
import { fresh, insist, type Operation } from "../operation.ts";
import { type Abandoned, abandoned, isThrough, runs } from "./jobs.ts";
import { type Published, publish, versionOf } from "./officers.ts";

interface Events {
  record: string;
  events: string[];
  csv: string;
}

/** More than are put away at once; the file names each. */
const ROWS = 102;

async function eventsOf(name: string, rows: number): Promise<Events> {
  const events = Array.from({ length: rows }, (_, n) => `${name}-${n}`);
  const lines = events.map((id) => `Scanned,2026-11-01T15:30:00Z,${name},${id},yes`);
  const header = "event,timestamp,user_id,message_id,consent_measurement";
  await approveOrigin(env.DB, name, "officer", Date.now());
  return {
    record: await identifierKeys.sourceVisitor("user_id", name),
    events,
    csv: [header, ...lines, `Scanned,then,${name},${name}-then,yes`].join("\n"),
  };
}

const accountOf = ({ record, events }: Events) => ({
  humans: [[record]],
  sent: events,
  carried: [record],
});

export const importOfEvents: Operation<Events & { name: string }> = {
  what: "an import of events",
  prepare: async (name) => ({ name, ...(await eventsOf(name, 3)) }),
  async act({ name, record, csv, events }) {
    const path = `/import?kind=events&origin=${name}`;
    const { body } = await insist(() => api(path, undefined, csv));
    expect(body).toMatchObject({ accepted: events.length, invalid: [{ line: 5 }] });
    await settle([record], 0);
  },
  account: accountOf,
};

export const eventsLeft: Operation<Events & Abandoned> = {
  what: "an import of events that takes two runs",
  async prepare(name) {
    const events = await eventsOf(name, ROWS);
    return { ...events, ...(await abandoned(name, "events", events.csv)) };
  },
  async act(world) {
    await runs(world);
    await settle([world.record], 0);
  },
  account: accountOf,
  holds: (world) => isThrough(world, ROWS, 1),
};

interface Origin {
  path: string;
  origin: string;
}

const originNamed = async (origin: string): Promise<Record<string, unknown> | undefined> =>
  ((await api("/origins")).body["origins"] as Record<string, unknown>[]).find(
    (each) => each["origin"] === origin,
  );

const wordOnOrigin = (word: "approve" | "withdraw"): Operation<Origin> => ({
  what: `an officer's word on where files come from: ${word}`,
  async prepare(origin) {
    if (word === "withdraw") await approveOrigin(env.DB, origin, "owner", Date.now());
    return { origin, path: `/origins/${origin}/${word}` };
  },
  async act({ path }) {
    expect((await insist(() => api(path, OFFICER_TOKEN, {}))).status).toBe(200);
  },
  account: () => ({ humans: [], sent: [] }),
  async holds({ origin }) {
    const by = word === "approve" ? { by: "officer" } : { by: "owner" };
    expect(await originNamed(origin)).toMatchObject({
      counts: word === "approve",
      approved: by,
      withdrawn: word === "approve" ? null : { by: "officer" },
    });
  },
});

export const approvedOrigin = wordOnOrigin("approve");
export const withdrawnOrigin = wordOnOrigin("withdraw");

const setting = (
  what: string,
  path: string,
  document: (name: string) => Record<string, unknown>,
): Operation<Published> => ({
  what: `saving ${what}`,
  prepare: async (name) => ({ name, versions: await versionOf(path) }),
  act: ({ name }) =>
    publish(path, (before, version) => ({ ...before, ...document(name), version })),
  account: () => ({ humans: [], sent: [] }),
  async holds({ name, versions }) {
    const { body } = await api(path);
    expect(body).toMatchObject({ ...document(name), version: versions + 1 });
  },
});

export const mergeRules = setting("the merge rules", "/merge-rules", (name) => ({
  blocked: { values: [`${name}@example.org`], patterns: [], allowed: [] },
}));

export const eventPlan = setting("the plan of events", "/event-plan", (name) => ({
  events: [{ name, properties: [] }],
}));

const hook = { id: "partner", url: "https://partner.example.org/usher", purpose: "measurement" };

export const webhooks = setting("the webhooks", "/webhooks", (name) => ({
  hooks: [hook, { ...hook, id: name }],
}));

interface GivenUp {
  event: string;
  path: string;
  visitor: string;
  sent: string[];
}

const MINUTE_MS = 60_000;
const start = Date.now();
/** Goes on with each event and each try: webhooks are sent what came since the time before. */
let minute = 0;

interface Posted {
  delivery: string | null;
  body: string;
}
const posted: Posted[] = [];

/** One run of cron. @param status what whoever is sent it answers */
const deliver = (minutes: number, status: number): Promise<void> =>
  deliverEvents(
    {
      ...nightlyPorts(env as never, () => undefined),
      async post(_url, init) {
        const delivery = new Headers(init.headers).get("usher-delivery");
        posted.push({ delivery, body: String(init.body) });
        return new Response(null, { status });
      },
    },
    DEFAULT_POLICY,
    start + minutes * MINUTE_MS,
  );

let teller: { browser: Browser; sent: string[] } | null = null;

async function tellingOne(): Promise<{ browser: Browser; sent: string[] }> {
  const browser = fresh();
  await browser.consent({ accept: "all" });
  await api("/webhooks", OFFICER_TOKEN, { hooks: [hook] }, "PUT");
  await deliver(minute, 200);
  return { browser, sent: [] };
}

/** By the log. */
async function deliveryOf(path: string): Promise<Record<string, unknown> | undefined> {
  const { hooks } = (await api("/webhooks")).body as unknown as {
    hooks: { id: string; deliveries: Record<string, unknown>[] }[];
  };
  const log = hooks.find(({ id }) => id === hook.id)?.deliveries ?? [];
  return log.find(({ id }) => path.includes(`/${String(id)}/`));
}

export const sendingAgain: Operation<GivenUp> = {
  what: "an officer's word that what a webhook gave up is sent again",
  async prepare(name) {
    teller ??= await tellingOne();
    const { browser, sent } = teller;
    const event = `given-up-${name}`;
    sent.push(event);
    await browser.send("track", { messageId: event, event: "Looked" });
    const visitor = String(browser.visitor);
    await settle([visitor]);
    minute += 7;
    await env.DB.prepare("UPDATE events SET landed = ?1 WHERE id = ?2")
      .bind(Math.floor(start / 1000) + (minute - 1) * 60, event)
      .run();
    await deliver(minute, 503);
    const { id } = (await env.DB.prepare(
      "UPDATE deliveries SET state = 'dead', tries = 8 WHERE state = 'open' RETURNING id",
    ).first<{ id: string }>()) ?? { id: "" };
    return { event, visitor, sent, path: `/webhooks/${hook.id}/deliveries/${id}/again` };
  },
  async act({ path }) {
    expect((await insist(() => api(path, OFFICER_TOKEN, {}))).status).toBe(200);
    for (let tries = 0; tries < 5; tries++) {
      minute += 6;
      await deliver(minute, 200).catch(() => undefined);
      if ((await unseen(() => deliveryOf(path)))?.["state"] === "sent") return;
    }
  },
  account: ({ visitor, sent }) => ({ humans: [[visitor]], sent }),
  async holds({ event, path }) {
    expect(await deliveryOf(path)).toMatchObject({ state: "sent", events: 1 });
    const mine = posted.filter(({ body }) => body.includes(`"${event}"`));
    // Given up once, and sent.
    expect(mine.length).toBeGreaterThan(1);
    // Whoever gets it more often tells by its name that it is the same.
    expect(new Set(mine.map(({ delivery }) => delivery)).size).toBe(1);
  },
};
