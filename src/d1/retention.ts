/** Removing what has been kept long enough, by day, a bounded number of rows at a time. */
import { DAY_MS, type Day, type Millis, type PersonId } from "../domain/ids.ts";
import { UNDER_WAY_DAYS } from "./listing.ts";
import { asking, byParts, counting, gather, overShards, total } from "./shards.ts";

export interface Expiry {
  table: "events" | "hints";
  /** Days from this one on go; all when left out. */
  from?: Day;
  /** Days earlier than this one go. */
  before: Day;
  /** Only events recorded under exactly these purposes, sorted; all when left out. */
  purposes?: readonly string[];
}

/** Days, the first included and the last not. */
export interface Window {
  from: Day;
  before: Day;
}

/** What of an event is there for one purpose alone. */
const PARTS = {
  /** Click ids of advertising networks. */
  click: {
    has: "data ->> '$.campaign.click.id' IS NOT NULL",
    without: "data = json_remove(data, '$.campaign.click.id')",
  },
  /** What somebody said of who they are, sealed. */
  sealed: { has: "sealed IS NOT NULL", without: "sealed = NULL" },
} as const;

const setOf = (purposes: string): string[] => (purposes === "" ? [] : purposes.split(","));

/** The sets of purposes under which events of these days were recorded. */
export async function purposesBetween(
  db: D1Database,
  { from, before }: Window,
): Promise<string[][]> {
  const found = await gather(
    db,
    asking<{ purposes: string }>(
      "SELECT DISTINCT purposes FROM events WHERE day >= ?1 AND day < ?2 ORDER BY purposes",
      from,
      before,
    ),
    byParts(({ purposes }) => purposes),
  );
  const sets = new Set(found.map(({ purposes }) => purposes));
  return [...sets].map(setOf);
}

/** Rows looked at by one count, in each database: a page waits for it. */
export const ROWS_COUNTED = 20_000;

export interface Held {
  purposes: string[];
  rows: number;
  /** Of these rows, those with the click id of an advertising network. */
  clickIds: number;
  /** Of these rows, those with what somebody said of who they are. */
  sealed: number;
}

/** What is held of these days, by sets of purposes; of more rows than are looked at, the oldest. */
export async function heldBetween(
  db: D1Database,
  { from, before }: Window,
): Promise<{ held: Held[]; whole: boolean }> {
  const found = await overShards(
    db,
    asking<{ purposes: string; rows: number; clickIds: number; sealed: number }>(
      `SELECT purposes, count(*) AS rows, sum(click) AS clickIds, sum(told) AS sealed FROM (
        SELECT purposes, ${PARTS.click.has} AS click, ${PARTS.sealed.has} AS told FROM events
        WHERE day >= ?1 AND day < ?2 ORDER BY day LIMIT ?3) GROUP BY purposes ORDER BY purposes`,
      from,
      before,
      ROWS_COUNTED,
    ),
  );
  const sets = Map.groupBy(found.flat(), ({ purposes }) => purposes);
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  return {
    held: [...sets].map(([purposes, parts]) => ({
      purposes: setOf(purposes),
      rows: sum(parts.map(({ rows }) => rows)),
      clickIds: sum(parts.map(({ clickIds }) => clickIds)),
      sealed: sum(parts.map(({ sealed }) => sealed)),
    })),
    whole: found.every((parts) => sum(parts.map(({ rows }) => rows)) < ROWS_COUNTED),
  };
}

/** Persons last heard of before that day, longest ago first. */
export async function dormantSince(
  db: D1Database,
  before: Day,
  limit: number,
): Promise<PersonId[]> {
  const found = await gather(
    db,
    asking<{ day: Day; id: PersonId }>(
      "SELECT seen_day AS day, id FROM people WHERE seen_day > 0 AND seen_day < ?1 ORDER BY seen_day, id LIMIT ?2",
      before,
      limit,
    ),
    byParts(
      ({ day }) => day,
      ({ id }) => id,
    ),
    limit,
  );
  return found.map(({ id }) => id);
}

/** Of more than are counted in each database it is at least so many. */
export const countDormant = (db: D1Database, before: Day): Promise<number> =>
  total(
    db,
    counting(
      `SELECT count(*) AS rows FROM (
        SELECT 1 FROM people WHERE seen_day > 0 AND seen_day < ?1 LIMIT ${ROWS_COUNTED})`,
      before,
    ),
  );

/** Forgets who moved away under which name, once nothing said of them before can be under way any more. */
export async function forgetGone(db: D1Database, now: Millis): Promise<void> {
  await overShards(db, (shard) =>
    shard
      .prepare("DELETE FROM people WHERE seen_day = 0 AND revision < ?1")
      .bind(now - UNDER_WAY_DAYS * DAY_MS)
      .run(),
  );
}

/** Rows removed by one statement. Each deleted row is billed, so a sweep is also told when to stop. */
const ROWS_AT_ONCE = 5_000;

const KEYS = { events: "day, visitor, id", hints: "day, visitor, hint, outcome" } as const;

const condition = ({ table, from = 0, before, purposes }: Expiry) =>
  table === "events" && purposes
    ? {
        sql: "day >= ?1 AND day < ?2 AND purposes = ?3",
        values: [from, before, purposes.join(",")],
      }
    : { sql: "day >= ?1 AND day < ?2", values: [from, before] };

/** How many rows would go; of more than are counted in each database it is at least so many. */
export async function countExpired(db: D1Database, expiry: Expiry): Promise<number> {
  const { sql, values } = condition(expiry);
  return total(
    db,
    counting(
      `SELECT count(*) AS rows FROM (SELECT 1 FROM ${expiry.table} WHERE ${sql} LIMIT ${ROWS_COUNTED})`,
      ...values,
    ),
  );
}

interface Removed {
  removed: number;
  /** False when some may be left for the next sweep. */
  done: boolean;
}

/** Runs a statement that changes a bounded number of rows until none is left or about `atMost` have changed in each database. */
async function untilDone(
  db: D1Database,
  atMost: number,
  statementFor: (shard: D1Database) => D1PreparedStatement,
): Promise<Removed> {
  const all = await overShards(db, async (shard): Promise<Removed> => {
    const statement = statementFor(shard);
    let removed = 0;
    while (removed < atMost) {
      const { changes } = (await statement.run()).meta;
      removed += changes;
      if (changes < ROWS_AT_ONCE) return { removed, done: true };
    }
    return { removed, done: false };
  });
  return {
    removed: all.reduce((sum, { removed }) => sum + removed, 0),
    done: all.every(({ done }) => done),
  };
}

/** Removes expired rows, oldest day first, until none is left or about `atMost` are gone from each database. */
export async function removeExpired(
  db: D1Database,
  expiry: Expiry,
  atMost = 100_000,
): Promise<Removed> {
  const { sql, values } = condition(expiry);
  const key = KEYS[expiry.table];
  return untilDone(db, atMost, (shard) =>
    shard
      .prepare(
        `DELETE FROM ${expiry.table} WHERE (${key}) IN (
        SELECT ${key} FROM ${expiry.table} WHERE ${sql} ORDER BY ${key} LIMIT ${ROWS_AT_ONCE})`,
      )
      .bind(...values),
  );
}

/** Takes this out of events; the rest of each stays for its other purposes. */
export async function removePart(
  db: D1Database,
  part: keyof typeof PARTS,
  { from, before }: Window,
  atMost = 100_000,
): Promise<Removed> {
  const { has, without } = PARTS[part];
  return untilDone(db, atMost, (shard) =>
    shard
      .prepare(
        `UPDATE events SET ${without} WHERE (${KEYS.events}) IN (
        SELECT ${KEYS.events} FROM events WHERE day >= ?1 AND day < ?2
          AND ${has} LIMIT ${ROWS_AT_ONCE})`,
      )
      .bind(from, before),
  );
}
