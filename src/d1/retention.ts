/** Removing what has been kept long enough, by day, a bounded number of rows at a time. */
import { DAY_MS, type Day, type Millis, type PersonId } from "../domain/ids.ts";
import { UNDER_WAY_DAYS } from "./listing.ts";
import { byParts, gather, overShards, total } from "./shards.ts";

export interface Expiry {
  table: "events" | "hints";
  /** Days earlier than this one go. */
  before: Day;
  /** Only events recorded under exactly these purposes, sorted; all when left out. */
  purposes?: readonly string[];
}

/** The sets of purposes under which events of earlier days than this were recorded. */
export async function purposesBefore(db: D1Database, before: Day): Promise<string[][]> {
  const found = await gather(
    db,
    async (shard) =>
      (
        await shard
          .prepare("SELECT DISTINCT purposes FROM events WHERE day < ?1 ORDER BY purposes")
          .bind(before)
          .all<{ purposes: string }>()
      ).results,
    byParts(({ purposes }) => purposes),
  );
  const sets = new Set(found.map(({ purposes }) => purposes));
  return [...sets].map((purposes) => (purposes === "" ? [] : purposes.split(",")));
}

/** Persons last heard of before that day, longest ago first. */
export async function dormantSince(
  db: D1Database,
  before: Day,
  limit: number,
): Promise<PersonId[]> {
  const found = await gather(
    db,
    async (shard) =>
      (
        await shard
          .prepare(
            "SELECT seen_day AS day, id FROM people WHERE seen_day > 0 AND seen_day < ?1 ORDER BY seen_day, id LIMIT ?2",
          )
          .bind(before, limit)
          .all<{ day: Day; id: PersonId }>()
      ).results,
    byParts(
      ({ day }) => day,
      ({ id }) => id,
    ),
    limit,
  );
  return found.map(({ id }) => id);
}

export const countDormant = (db: D1Database, before: Day): Promise<number> =>
  total(
    db,
    async (shard) =>
      (await shard
        .prepare("SELECT count(*) AS rows FROM people WHERE seen_day > 0 AND seen_day < ?1")
        .bind(before)
        .first<number>("rows")) ?? 0,
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

const condition = ({ table, before, purposes }: Expiry): { sql: string; values: unknown[] } =>
  table === "events" && purposes
    ? { sql: "day < ?1 AND purposes = ?2", values: [before, purposes.join(",")] }
    : { sql: "day < ?1", values: [before] };

/** How many rows would go. */
export async function countExpired(db: D1Database, expiry: Expiry): Promise<number> {
  const { sql, values } = condition(expiry);
  return total(
    db,
    async (shard) =>
      (await shard
        .prepare(`SELECT count(*) AS rows FROM ${expiry.table} WHERE ${sql}`)
        .bind(...values)
        .first<number>("rows")) ?? 0,
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

const CLICK_IDS = "day < ?1 AND data ->> '$.campaign.click.id' IS NOT NULL";

/** Events of earlier days that still have the click id of an advertising network. */
export async function countClickIds(db: D1Database, before: Day): Promise<number> {
  return total(
    db,
    async (shard) =>
      (await shard
        .prepare(`SELECT count(*) AS rows FROM events WHERE ${CLICK_IDS}`)
        .bind(before)
        .first<number>("rows")) ?? 0,
  );
}

/** Takes it out of them; the rest of the event stays for its other purposes. As `removeExpired`. */
export async function removeClickIds(
  db: D1Database,
  before: Day,
  atMost = 100_000,
): Promise<Removed> {
  return untilDone(db, atMost, (shard) =>
    shard
      .prepare(
        `UPDATE events SET data = json_remove(data, '$.campaign.click.id') WHERE (${KEYS.events}) IN (
        SELECT ${KEYS.events} FROM events WHERE ${CLICK_IDS} LIMIT ${ROWS_AT_ONCE})`,
      )
      .bind(before),
  );
}
