/** What D1 holds of some visitors: for exports, and to say after an erasure what went. */
import type { Day, IdentifierKey, MergeId, VisitorId } from "../domain/ids.ts";
import type { LandedHint } from "./hints.ts";
import { asking, byParts, gather, total } from "./shards.ts";
import { distinctDays } from "./statements.ts";

/** Every day there is is sought, whatever the visitors' objects remember. */
const HINTS = `${distinctDays("hints")}
  SELECT hints.* FROM days CROSS JOIN json_each(?1) AS item
  CROSS JOIN hints ON hints.day = days.day AND hints.visitor = item.value
  ORDER BY hints.at, hints.hint`;

/** What was suggested to these visitors and what came of it, oldest first. */
export async function hintsOf(
  db: D1Database,
  visitors: readonly VisitorId[],
): Promise<LandedHint[]> {
  const over = JSON.stringify(visitors);
  return gather(
    db,
    asking<LandedHint>(HINTS, over),
    byParts(
      ({ at }) => at,
      ({ hint }) => hint,
    ),
  );
}

/** Rows by table. */
export interface HeldRows {
  events: number;
  hints: number;
  claims: number;
  receipts: number;
  mergeLog: number;
}

const EVENTS = `${distinctDays("events")}
  SELECT count(*) AS rows FROM days CROSS JOIN json_each(?1) AS item
  CROSS JOIN events ON events.day = days.day AND events.visitor = item.value`;

const HINT_ROWS = `${distinctDays("hints")}
  SELECT count(*) AS rows FROM days CROSS JOIN json_each(?1) AS item
  CROSS JOIN hints ON hints.day = days.day AND hints.visitor = item.value`;

const CLAIMS = `SELECT count(*) AS rows FROM claims WHERE (identifier, visitor) IN (
    SELECT item.value ->> 0, item.value ->> 1 FROM json_each(?1) AS item)`;

const RECEIPTS = `SELECT count(*) AS rows FROM receipts
  WHERE visitor IN (SELECT value FROM json_each(?1))`;

const MERGES = `SELECT count(*) AS rows FROM merge_log WHERE (day, merge) IN (
    SELECT item.value ->> 0, item.value ->> 1 FROM json_each(?1) AS item)`;

/** How many rows name these visitors. The index and the log aren't found by visitor: what is to be counted is named. */
export async function countHeld(
  db: D1Database,
  of: {
    visitors: readonly VisitorId[];
    claims: readonly [IdentifierKey, VisitorId][];
    merges: readonly [Day, MergeId][];
  },
): Promise<HeldRows> {
  const count = (sql: string, rows: readonly unknown[], shard: D1Database): Promise<number> =>
    shard
      .prepare(sql)
      .bind(JSON.stringify(rows))
      .first<number>("rows")
      .then((found) => found ?? 0);
  const everywhere = (sql: string): Promise<number> =>
    total(db, (shard) => count(sql, of.visitors, shard));
  const [events, hints, claims, receipts, mergeLog] = await Promise.all([
    everywhere(EVENTS),
    everywhere(HINT_ROWS),
    count(CLAIMS, of.claims, db),
    everywhere(RECEIPTS),
    count(MERGES, of.merges, db),
  ]);
  return { events, hints, claims, receipts, mergeLog };
}
