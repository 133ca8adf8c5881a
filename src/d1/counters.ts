/** Daily counts of what leaves no other trace: drops, choices, failures. Nothing in them names anybody. */
import { and, asc, eq, gte, lte } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { DropReason } from "../domain/event.ts";
import type { Refusal } from "../domain/intake/refusal.ts";
import type { Day } from "../domain/ids.ts";
import { counters } from "./schema.ts";
import { chunks, fields } from "./statements.ts";

export interface DropCount {
  day: Day;
  reason: DropReason;
  /** Empty when the gate wasn't reached. */
  regime: string;
  count: number;
}

/**
 * `drop`: a message that was not recorded, by reason and regime. `choice`: an answer to the banner or on the own-data page,
 * by what it came to and region. `error`: a call that we failed, by status and route. `late`: events that waited to be
 * stored, by for how long. `page`: page views dropped for want of consent, by the page they came from, a sample times its
 * share. `clock`: requests from clocks that are off, ahead or behind, by who sent them. `refusal`: calls that were
 * refused whole, by reason and by who sent them (`api` and `sign-in`: with a wrong token). `junk`: messages dropped for an id that names nobody, by that id and
 * by who sent them. `token`: identity tokens that proved nothing, by why. `cron`: jobs of cron that failed, by name.
 */
export type CountKind =
  | "drop"
  | "choice"
  | "error"
  | "late"
  | "page"
  | "clock"
  | "refusal"
  | "junk"
  | "token"
  | "cron";

export interface Count {
  kind: CountKind;
  day: Day;
  /** What happened. */
  reason: string;
  /** Where; empty where that isn't told apart. The column is named after the first kind. */
  regime: string;
  count: number;
}

const ADD = `INSERT INTO counters (kind, day, reason, regime, count)
  SELECT ${fields(5)} FROM json_each(?1) AS item WHERE true
  ON CONFLICT (day, kind, reason, regime) DO UPDATE SET count = count + excluded.count`;

/** Adds to the days' counts: a row written for each. Not idempotent; a lost answer must not be asked again. */
export async function addCounts(db: D1Database, counts: readonly Count[]): Promise<void> {
  const rows = counts.map(({ kind, day, reason, regime, count }) => [
    kind,
    day,
    reason,
    regime,
    count,
  ]);
  const statements = chunks(rows).map((chunk) => db.prepare(ADD).bind(chunk));
  if (statements.length > 0) await db.batch(statements);
}

export const addDrops = (db: D1Database, counts: readonly DropCount[]): Promise<void> =>
  addCounts(
    db,
    counts.map((each) => ({ kind: "drop", ...each })),
  );

const KINDS: readonly CountKind[] = [
  "drop",
  "choice",
  "error",
  "late",
  "page",
  "clock",
  "refusal",
  "junk",
  "token",
  "cron",
];

/** Over all the days from the first to the last, both included; the most frequent first. */
export async function readCounts(
  db: D1Database,
  from: Day,
  to: Day,
  kinds: readonly CountKind[] = KINDS,
): Promise<Omit<Count, "day">[]> {
  const days = Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => from + n);
  const { results } = await db
    .prepare(
      `SELECT counters.kind, counters.reason, counters.regime, sum(counters.count) AS count
       FROM json_each(?1) AS asked_day CROSS JOIN json_each(?2) AS asked CROSS JOIN counters
         ON counters.day = asked_day.value AND counters.kind = asked.value
       GROUP BY counters.kind, counters.reason, counters.regime
       ORDER BY sum(counters.count) DESC, counters.reason, counters.regime`,
    )
    .bind(JSON.stringify(days), JSON.stringify(kinds))
    .all<Omit<Count, "day">>();
  return results;
}

/** From the first day to the last, both included. */
export async function readDrops(db: D1Database, from: Day, to: Day): Promise<DropCount[]> {
  const found = await drizzle(db)
    .select()
    .from(counters)
    .where(and(gte(counters.day, from), lte(counters.day, to), eq(counters.kind, "drop")))
    .orderBy(asc(counters.day), asc(counters.reason), asc(counters.regime));
  return found.map(({ day, reason, regime, count }) => ({
    day,
    reason: reason as DropReason,
    regime,
    count,
  }));
}

export interface RefusalCount {
  reason: Refusal;
  sender: string;
  count: number;
}

/** From the first day to the last, both included; the most frequent first. */
export const readRefusals = async (db: D1Database, from: Day, to: Day): Promise<RefusalCount[]> =>
  (await readCounts(db, from, to, ["refusal"])).map(({ reason, regime, count }) => ({
    reason: reason as Refusal,
    sender: regime,
    count,
  }));
