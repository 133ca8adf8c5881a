/** What the ladder may know of somebody, and what is read out of it. */
import type { Assurance } from "../identity/claims.ts";
import type { Day, VisitorId } from "../ids.ts";
import type { Stage } from "../person/stage.ts";
import type { Summary } from "../slice/summary.ts";
import type { Tally } from "../slice/tally.ts";
import type { Meter, Place } from "./catalogue.ts";

export interface MeterReading extends Meter {
  read: number;
  left: number;
}

/** Already limited to what this visitor may be shown, and to what was recorded for `personalization`. */
export interface Situation {
  summary: Summary;
  /** The same over the last so many days, today included. */
  within(days: number): Summary;
  stage: Stage;
  /** Kinds of identifiers with the best assurance each. */
  known: ReadonlyMap<string, Assurance>;
  /** Of the visitor's own surest identifier; null without any. */
  assurance: Assurance | null;
  granted(purpose: string): boolean;
  /** All of the person, whether or not they may be spoken of here: they decide the arm of the hold-out. */
  visitors: readonly VisitorId[];
  meter: MeterReading | null;
  today: Day;
}

const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

/** Keys are visitors' words: `constructor` is one like any other. */
export const countOf = (tally: Tally, key: string): number =>
  Object.hasOwn(tally, key) ? (tally[key] ?? 0) : 0;

export function readMeter(
  meter: Meter | undefined,
  within: Situation["within"],
): MeterReading | null {
  if (!meter) return null;
  const { topics } = within(meter.days);
  const read = sum(meter.topics.map((topic) => countOf(topics, topic)));
  return { ...meter, read, left: Math.max(0, meter.limit - read) };
}

/**
 * The topic read most; ties go by the alphabet, so that the answer doesn't flicker. What the meter counts is a section
 * rather than a topic, and comes last.
 */
export function favourite(
  summary: Summary,
  sections: readonly string[] = [],
  atLeast = 1,
): [topic: string, count: number] {
  const best = (entries: [string, number][]): [string, number] =>
    entries.reduce(
      (most, each) =>
        each[1] > most[1] || (each[1] === most[1] && each[0] < most[0]) ? each : most,
      ["", 0],
    );
  const entries = Object.entries(summary.topics);
  const topic = best(entries.filter(([name]) => !sections.includes(name)));
  return topic[1] >= atLeast ? topic : best(entries);
}

/** A year without an order. */
const LAPSED_DAYS = 365;
/** Names of events that say somebody looks at what is for sale. */
const CONSIDERING = /view|cart|basket|checkout|wish|seat|quote|trial/;
const FOR_SALE = /product|ticket|cart|basket|checkout|wish|seat|plan|offer|quote|trial/;

export function placeOf({ summary, today }: Situation): Place {
  if (summary.lastOrderDay !== null)
    return today - summary.lastOrderDay > LAPSED_DAYS ? "lapsed" : "customer";
  const looks = Object.keys(summary.names).some((name) => {
    const lower = name.toLowerCase();
    return lower.startsWith("track:") && CONSIDERING.test(lower) && FOR_SALE.test(lower);
  });
  if (looks) return "considering";
  return summary.sessions > 1 ? "returning" : "new";
}

/** The key under which an event is counted: a bare name is a `track` call's. */
export const eventKey = (event: string): string =>
  /^(?:page|screen|track|identify|group|alias)(?::|$)/.test(event) ? event : `track:${event}`;

/** A name of a `track` call in quotes; `page:…` and `screen:…` as what somebody did. */
export function doneWords(event: string): { did: string; hasnt: string } {
  const [, kind, name = ""] = /^(page|screen|track):(.*)$/su.exec(event) ?? [];
  if (kind === "page" && name !== "")
    return { did: `viewed the page “${name}”`, hasnt: `hasn't viewed the page “${name}”` };
  if (kind === "screen" && name !== "")
    return { did: `opened “${name}” in the app`, hasnt: `hasn't opened “${name}” in the app` };
  const words = kind === "track" ? name : event;
  return { did: `did “${words}”`, hasnt: `hasn't done “${words}”` };
}
