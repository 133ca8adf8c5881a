/**
 * The event plan: which events, pages and screens a site means to send, with which properties. Compared with what really
 * arrives, so that a typing error in a release shows on the day and not in next year's report. Traits can't be planned: they
 * are stored encrypted, for each visitor with a key of its own, so nothing may look through them.
 */
import * as v from "valibot";
import type { Sought } from "./facts.ts";

export const PROPERTY_TYPES = ["text", "number", "yes/no", "list", "object"] as const;
export type PropertyType = (typeof PROPERTY_TYPES)[number];

/** What may be planned beside tracked events, by their names. */
export const VIEW_TYPES = ["page", "screen"] as const;
export type ViewType = (typeof VIEW_TYPES)[number];

const NAME = v.pipe(v.string(), v.trim(), v.nonEmpty("must not be empty"), v.maxLength(120));

export const PlannedEventSchema = v.strictObject({
  name: NAME,
  /** Missing: a tracked event. */
  type: v.optional(v.picklist(VIEW_TYPES)),
  properties: v.pipe(
    v.array(
      v.strictObject({
        name: v.pipe(
          NAME,
          v.regex(/^[^\s,:!]+$/, "must have no space, comma, colon or exclamation mark"),
        ),
        type: v.picklist(PROPERTY_TYPES, `must be one of ${PROPERTY_TYPES.join(", ")}`),
        required: v.boolean(),
      }),
    ),
    v.maxLength(60),
  ),
});

/** `Order Completed`, `[page] Article`: as plans are written, and as what differs is told. */
export const planName = ({ name, type }: { name: string; type?: ViewType | undefined }): string =>
  type === undefined ? name : `[${type}] ${name}`;

const EVENTS_MAX = 300;

export const EventPlanSchema = v.strictObject({
  events: v.pipe(
    v.array(PlannedEventSchema),
    v.maxLength(EVENTS_MAX),
    v.check(
      (events) => new Set(events.map(planName)).size === events.length,
      "names an event twice",
    ),
  ),
});

export type PlannedEvent = v.InferOutput<typeof PlannedEventSchema>;
export type EventPlan = v.InferOutput<typeof EventPlanSchema>;

export const NO_PLAN: EventPlan = { events: [] };

export interface PlanFault {
  /** Counted from 1. */
  line: number;
  message: string;
}

const FAULTS_TOLD = 100;

/**
 * A plan as people write it, an event a line: `Order Completed: order_id! text, total! number, coupon text`. An exclamation
 * mark says that the property must be there; text is what a property is when nothing is said. `[page] Article` is a page of
 * this name, `[screen] Home` a screen.
 */
export function parsePlan(
  text: string,
): { ok: true; plan: EventPlan } | { ok: false; faults: PlanFault[] } {
  const faults: PlanFault[] = [];
  const events: PlannedEvent[] = [];
  for (const [index, written] of text.split("\n").entries()) {
    const line = written.trim();
    if (line === "" || line.startsWith("#")) continue;
    const parsed = v.safeParse(PlannedEventSchema, eventOf(line));
    if (!parsed.success) faults.push({ line: index + 1, message: faultOf(parsed.issues[0]) });
    else if (events.some((each) => planName(each) === planName(parsed.output)))
      faults.push({ line: index + 1, message: "names an event that an earlier line names" });
    else events.push(parsed.output);
    // What is far too long isn't read to its end: each event is compared with all before it.
    if (events.length > EVENTS_MAX || faults.length === FAULTS_TOLD) break;
  }
  if (events.length > EVENTS_MAX)
    faults.push({ line: 1, message: `has more than ${EVENTS_MAX} events` });
  return faults.length === 0 ? { ok: true, plan: { events } } : { ok: false, faults };
}

function eventOf(line: string): unknown {
  const colon = line.indexOf(":");
  const name = colon < 0 ? line : line.slice(0, colon);
  const rest = colon < 0 ? "" : line.slice(colon + 1);
  const properties = rest
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "")
    .map((each) => {
      const [said = "", type = "text"] = each.split(/\s+(.*)/);
      return { name: said.replace(/!$/, ""), type, required: said.endsWith("!") };
    });
  const [, type, viewed] = /^\[(page|screen)\]\s*(.*)$/.exec(name) ?? [];
  return type === undefined ? { name, properties } : { name: viewed, type, properties };
}

function faultOf(issue: v.BaseIssue<unknown>): string {
  const at = issue.path?.map(({ key }) => key) ?? [];
  const where =
    at[0] === "name"
      ? "the event's name"
      : at.at(-1) === "type"
        ? "a property's type"
        : "a property's name";
  return `${where} ${issue.message.startsWith("Invalid") ? "can't be read" : issue.message}`;
}

export const planText = ({ events }: EventPlan): string =>
  events
    .map(({ properties, ...event }) =>
      properties.length === 0
        ? planName(event)
        : `${planName(event)}: ${properties.map((each) => `${each.name}${each.required ? "!" : ""}${each.type === "text" ? "" : ` ${each.type}`}`).join(", ")}`,
    )
    .join("\n");

/** What arrived of one event, from a sample. */
export interface SeenEvent {
  name: string;
  /** Missing: a tracked event. */
  type?: ViewType;
  /** Looked at. */
  sample: number;
  properties: { name: string; times: number; types: PropertyType[] }[];
}

export type PlanDifference =
  | { kind: "never came"; event: string }
  | { kind: "not known"; event: string }
  | { kind: "not planned"; event: string; times: number }
  | { kind: "property missing"; event: string; property: string; times: number; of: number }
  | { kind: "property not planned"; event: string; property: string; times: number; of: number }
  | {
      kind: "another type";
      event: string;
      property: string;
      planned: PropertyType;
      came: PropertyType[];
    };

/** Of a property that isn't planned, the first in a hundred may be anybody's try. */
const UNPLANNED_SHARE = 0.01;

/**
 * Where what arrives and the plan differ. `counts` is of tracked events, `seen` a sample of those and of pages and screens.
 * `missing`: what is known of planned events that aren't in `counts`, which may lack some that came, and of pages and screens
 * that aren't in `seen`.
 */
export function compareWithPlan(
  { events }: EventPlan,
  counts: ReadonlyMap<string, number>,
  seen: readonly SeenEvent[],
  missing: { whole: boolean; sought: Sought | null; views?: Sought | null },
): PlanDifference[] {
  const planned = new Map(events.map((each) => [planName(each), each]));
  const viewed = new Set(seen.filter(({ type }) => type !== undefined).map(planName));
  const differences: PlanDifference[] = [];
  const { whole, sought, views } = missing;
  for (const each of events) {
    const event = planName(each);
    const isTrack = each.type === undefined;
    const looked = isTrack ? sought : views;
    if ((isTrack ? counts : viewed).has(event) || looked?.seen.has(event)) continue;
    const isKnown = (isTrack && whole) || looked?.whole === true;
    differences.push({ kind: isKnown ? "never came" : "not known", event });
  }
  for (const [name, times] of counts)
    if (!planned.has(name)) differences.push({ kind: "not planned", event: name, times });
  // Whoever plans no page at all doesn't mean that none should come.
  const types = new Set(events.map(({ type }) => type));
  for (const each of seen)
    if (each.type !== undefined && types.has(each.type) && !planned.has(planName(each)))
      differences.push({ kind: "not planned", event: planName(each), times: each.sample });
  for (const { sample: of, properties, ...arrived } of seen) {
    const event = planName(arrived);
    const plan = planned.get(event);
    if (!plan) continue;
    const came = new Map(properties.map((each) => [each.name, each]));
    for (const { name: property, type, required } of plan.properties) {
      const found = came.get(property);
      const times = of - (found?.times ?? 0);
      if (required && times > 0)
        differences.push({ kind: "property missing", event, property, times, of });
      const others = found?.types.filter((each) => each !== type) ?? [];
      if (others.length > 0)
        differences.push({ kind: "another type", event, property, planned: type, came: others });
    }
    for (const { name: property, times } of properties)
      if (!plan.properties.some((each) => each.name === property) && times > of * UNPLANNED_SHARE)
        differences.push({ kind: "property not planned", event, property, times, of });
  }
  return differences;
}

/** A plan that says what arrives: where most people begin. A property that always came is taken for needed. */
export const planFrom = (seen: readonly SeenEvent[]): EventPlan => ({
  events: seen.map(({ name, type, sample, properties }) => ({
    name,
    ...(type === undefined ? {} : { type }),
    properties: properties
      .filter((each) => /^[^\s,:!]+$/.test(each.name) && each.name.length <= 120)
      .slice(0, 60)
      .map((each) => ({
        name: each.name,
        type: each.types[0] ?? "text",
        required: each.times === sample,
      })),
  })),
});

export const typeOf = (value: unknown): PropertyType =>
  Array.isArray(value)
    ? "list"
    : typeof value === "number"
      ? "number"
      : typeof value === "boolean"
        ? "yes/no"
        : typeof value === "object" && value !== null
          ? "object"
          : "text";
