/** Daily counts of what was not recorded, by reason and regime. Nothing in them names anybody. */
import { and, asc, eq, gte, lte } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { DropReason } from "../domain/event.ts";
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

const DROP = "drop";

const ADD = `INSERT INTO counters (kind, day, reason, regime, count)
  SELECT ${fields(5)} FROM json_each(?1) AS item WHERE true
  ON CONFLICT (day, kind, reason, regime) DO UPDATE SET count = count + excluded.count`;

/** Adds to the days' counts: a row written for each. Not idempotent; a lost answer must not be asked again. */
export async function addDrops(db: D1Database, counts: readonly DropCount[]): Promise<void> {
  const rows = counts.map(({ day, reason, regime, count }) => [DROP, day, reason, regime, count]);
  const statements = chunks(rows).map((chunk) => db.prepare(ADD).bind(chunk));
  if (statements.length > 0) await db.batch(statements);
}

/** From the first day to the last, both included. */
export async function readDrops(db: D1Database, from: Day, to: Day): Promise<DropCount[]> {
  const found = await drizzle(db)
    .select()
    .from(counters)
    .where(and(gte(counters.day, from), lte(counters.day, to), eq(counters.kind, DROP)))
    .orderBy(asc(counters.day), asc(counters.reason), asc(counters.regime));
  return found.map(({ day, reason, regime, count }) => ({
    day,
    reason: reason as DropReason,
    regime,
    count,
  }));
}
