/** Removing what has been kept long enough, by day, a bounded number of rows at a time. */
import type { Day, PersonId } from "../domain/ids.ts";

export interface Expiry {
  table: "events" | "hints";
  /** Days earlier than this one go. */
  before: Day;
  /** Only events recorded under exactly these purposes, sorted; all when left out. */
  purposes?: readonly string[];
}

/** The sets of purposes under which events of earlier days than this were recorded. */
export async function purposesBefore(db: D1Database, before: Day): Promise<string[][]> {
  const { results } = await db
    .prepare("SELECT DISTINCT purposes FROM events WHERE day < ?1 ORDER BY purposes")
    .bind(before)
    .all<{ purposes: string }>();
  return results.map(({ purposes }) => (purposes === "" ? [] : purposes.split(",")));
}

/** Persons last heard of before that day, longest ago first. */
export async function dormantSince(
  db: D1Database,
  before: Day,
  limit: number,
): Promise<PersonId[]> {
  const { results } = await db
    .prepare(
      "SELECT id FROM people WHERE seen_day > 0 AND seen_day < ?1 ORDER BY seen_day, id LIMIT ?2",
    )
    .bind(before, limit)
    .all<{ id: PersonId }>();
  return results.map(({ id }) => id);
}

export async function countDormant(db: D1Database, before: Day): Promise<number> {
  const row = await db
    .prepare("SELECT count(*) AS rows FROM people WHERE seen_day > 0 AND seen_day < ?1")
    .bind(before)
    .first<{ rows: number }>();
  return row?.rows ?? 0;
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

const CLICK_IDS = "day < ?1 AND data ->> '$.campaign.click.id' IS NOT NULL";

/** Events of earlier days that still have the click id of an advertising network. */
export async function countClickIds(db: D1Database, before: Day): Promise<number> {
  const row = await db
    .prepare(`SELECT count(*) AS rows FROM events WHERE ${CLICK_IDS}`)
    .bind(before)
    .first<{ rows: number }>();
  return row?.rows ?? 0;
}

/** Takes it out of them; the rest of the event stays for its other purposes. As `removeExpired`. */
export async function removeClickIds(
  db: D1Database,
  before: Day,
  atMost = 100_000,
): Promise<{ removed: number; done: boolean }> {
  const statement = db
    .prepare(
      `UPDATE events SET data = json_remove(data, '$.campaign.click.id') WHERE (${KEYS.events}) IN (
        SELECT ${KEYS.events} FROM events WHERE ${CLICK_IDS} LIMIT ${ROWS_AT_ONCE})`,
    )
    .bind(before);
  let removed = 0;
  while (removed < atMost) {
    const { changes } = (await statement.run()).meta;
    removed += changes;
    if (changes < ROWS_AT_ONCE) return { removed, done: true };
  }
  return { removed, done: false };
}
