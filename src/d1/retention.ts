/** Removing what has been kept long enough, by day, a bounded number of rows at a time. */
import type { Day } from "../domain/ids.ts";

export interface Expiry {
  table: "events" | "hints";
  /** Days earlier than this one go. */
  before: Day;
  /** Only events recorded under exactly these purposes, sorted; all when left out. */
  purposes?: readonly string[];
}

/** Rows removed by one statement. Each deleted row is billed, so a sweep is also told when to stop. */
const ROWS_AT_ONCE = 5_000;

const KEYS = { events: "day, visitor, id", hints: "day, visitor, hint, outcome" } as const;

const condition = ({ table, before, purposes }: Expiry): { sql: string; values: unknown[] } =>
  table === "events" && purposes
    ? { sql: "day < ?1 AND purposes = ?2", values: [before, purposes.join(",")] }
    : { sql: "day < ?1", values: [before] };

/** How many rows would go. */
export async function countExpired(db: D1Database, expiry: Expiry): Promise<number> {
  const { sql, values } = condition(expiry);
  const row = await db
    .prepare(`SELECT count(*) AS rows FROM ${expiry.table} WHERE ${sql}`)
    .bind(...values)
    .first<{ rows: number }>();
  return row?.rows ?? 0;
}

/**
 * Removes expired rows, oldest day first, until none is left or about `atMost` are gone.
 * `done` is false when some may be left for the next sweep.
 */
export async function removeExpired(
  db: D1Database,
  expiry: Expiry,
  atMost = 100_000,
): Promise<{ removed: number; done: boolean }> {
  const { sql, values } = condition(expiry);
  const key = KEYS[expiry.table];
  const statement = db
    .prepare(
      `DELETE FROM ${expiry.table} WHERE (${key}) IN (
        SELECT ${key} FROM ${expiry.table} WHERE ${sql} ORDER BY ${key} LIMIT ${ROWS_AT_ONCE})`,
    )
    .bind(...values);
  let removed = 0;
  while (removed < atMost) {
    const { changes } = (await statement.run()).meta;
    removed += changes;
    if (changes < ROWS_AT_ONCE) return { removed, done: true };
  }
  return { removed, done: false };
}
