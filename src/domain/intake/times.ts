/** When a message happened, from clocks that nobody has set. */
import { DAY_MS, type Day, dayNamed, dayOf, type Millis } from "../ids.ts";
import type { Json, JsonObject } from "../json.ts";

/** How long a browser may keep an event back: the time that dedupe memory covers. */
export const WINDOW_MS = 7 * DAY_MS;

/** A clock that is further off was never set; it is not believed at all. */
const SKEW_MAX = 366 * DAY_MS;

/** 2000-01-01. Earlier instants come from clocks that start at zero. */
const EARLIEST: Millis = 946_684_800_000;
const LATEST: Millis = 253_402_300_799_999;
/** Numbers below are seconds: as milliseconds they would lie in 1973. */
const SECONDS_BELOW = 100_000_000_000;

const ISO = /^\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(Z|z|[+-]\d\d:?\d\d)?)?$/;
const NUMBER = /^\d{9,14}(?:\.\d{1,9})?$/;

/** RFC 3339 (UTC when no zone is said), or a number of seconds or milliseconds; null when it is no credible instant. */
export function instant(value: Json | undefined): Millis | null {
  const at = Math.floor(typeof value === "string" ? fromText(value.trim()) : fromNumber(value));
  return at >= EARLIEST && at <= LATEST ? at : null;
}

function fromText(text: string): number {
  if (NUMBER.test(text)) return fromNumber(Number(text));
  const iso = ISO.exec(text);
  if (iso === null || dayNamed(text.slice(0, 10)) === null) return Number.NaN;
  const dated = text.toUpperCase().replace(" ", "T");
  return Date.parse(iso[1] === undefined && dated.includes("T") ? `${dated}Z` : dated);
}

const fromNumber = (value: Json | undefined): number =>
  typeof value === "number" ? (value < SECONDS_BELOW ? value * 1000 : value) : Number.NaN;

export interface Times {
  /** From the client's own clock: equal on every retry. */
  day: Day;
  /** Corrected by how far that clock was off when it sent, and never in the future. */
  at: Millis;
  /** Whether it says itself when it happened. */
  dated: boolean;
}

/** `sentAt` is the envelope's; a message may carry its own. Without a credible date both are what was received. */
export function readTimes(raw: JsonObject, sentAt: Json, now: Millis): Times {
  const said = instant(raw["originalTimestamp"]) ?? instant(raw["timestamp"]);
  const sent = instant(sentAt) ?? instant(raw["sentAt"]);
  const skew = sent === null ? 0 : now - sent;
  if (said === null || Math.abs(skew) > SKEW_MAX || said > now + SKEW_MAX) {
    return { day: dayOf(now), at: now, dated: false };
  }
  return { day: dayOf(said), at: Math.min(said + skew, now), dated: true };
}
