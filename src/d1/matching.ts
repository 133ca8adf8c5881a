/** Records to be compared and the index of their keys. Nothing of an erased visitor is inserted, whatever the order. */
import type { Millis, VisitorId } from "../domain/ids.ts";
import { chunks, fields, notErased } from "./statements.ts";

export interface DueVisitor {
  visitor: VisitorId;
  /** When its facts changed: what came since stays due. */
  at: Millis;
}

export interface MatchRecord {
  visitor: VisitorId;
  keys: readonly string[];
  /** Facts, sealed under the visitor's key. */
  sealed: string;
}

const DUE = `INSERT INTO match_due (visitor, at) SELECT ${fields(2)} FROM json_each(?1) AS item
  WHERE ${notErased(0)}
  ON CONFLICT (visitor) DO UPDATE SET at = excluded.at WHERE excluded.at > match_due.at`;

/** For the ledger: these visitors' facts changed. */
export const markDue = (db: D1Database, due: readonly DueVisitor[]): D1PreparedStatement[] =>
  chunks(due.map(({ visitor, at }) => [visitor, at])).map((rows) => db.prepare(DUE).bind(rows));

export async function dueVisitors(
  db: D1Database,
  after: string,
  limit: number,
): Promise<DueVisitor[]> {
  const { results } = await db
    .prepare("SELECT visitor, at FROM match_due WHERE visitor > ?1 ORDER BY visitor LIMIT ?2")
    .bind(after, limit)
    .all<DueVisitor>();
  return results;
}

export async function settleDue(db: D1Database, { visitor, at }: DueVisitor): Promise<void> {
  await db.prepare("DELETE FROM match_due WHERE visitor = ?1 AND at = ?2").bind(visitor, at).run();
}

const RECORD = `INSERT INTO match_records (visitor, keys, sealed)
  SELECT ${fields(3)} FROM json_each(?1) AS item WHERE ${notErased(0)}
  ON CONFLICT (visitor) DO UPDATE SET keys = excluded.keys, sealed = excluded.sealed`;

const KEYS = `INSERT INTO match_keys (key, visitor) SELECT ${fields(2)} FROM json_each(?1) AS item
  WHERE ${notErased(1)} ON CONFLICT DO NOTHING`;

/** Of the keys that the record has now, those that it won't have: whoever read it before may have met somebody else. */
const UNKEY = `DELETE FROM match_keys WHERE (key, visitor) IN (
    SELECT stored.value, match_records.visitor
    FROM match_records CROSS JOIN json_each(match_records.keys) AS stored
    WHERE match_records.visitor = ?1 AND stored.value NOT IN (SELECT value FROM json_each(?2)))`;

/** Puts a record in the place of the one before; only keys that changed are written. */
export async function saveRecord(
  db: D1Database,
  { visitor, keys, sealed }: MatchRecord,
): Promise<void> {
  const list = JSON.stringify(keys);
  await db.batch([
    db.prepare(UNKEY).bind(visitor, list),
    db.prepare(RECORD).bind(JSON.stringify([[visitor, list, sealed]])),
    db.prepare(KEYS).bind(JSON.stringify(keys.map((key) => [key, visitor]))),
  ]);
}

interface RecordRow {
  visitor: VisitorId;
  keys: string;
  sealed: string;
}

const read = ({ visitor, keys, sealed }: RecordRow): MatchRecord => ({
  visitor,
  keys: JSON.parse(keys) as string[],
  sealed,
});

/** Those of these visitors that have a record. */
export async function recordsOf(
  db: D1Database,
  visitors: readonly VisitorId[],
): Promise<MatchRecord[]> {
  if (visitors.length === 0) return [];
  const { results } = await db
    .prepare(
      `SELECT visitor, keys, sealed FROM match_records
       WHERE visitor IN (SELECT value FROM json_each(?1)) ORDER BY visitor`,
    )
    .bind(JSON.stringify(visitors))
    .all<RecordRow>();
  return results.map(read);
}

/** By id, which is random: the first of them are a sample that favours nobody. */
export async function recordsAfter(
  db: D1Database,
  after: string,
  limit: number,
): Promise<MatchRecord[]> {
  const { results } = await db
    .prepare(
      "SELECT visitor, keys, sealed FROM match_records WHERE visitor > ?1 ORDER BY visitor LIMIT ?2",
    )
    .bind(after, limit)
    .all<RecordRow>();
  return results.map(read);
}

export async function countRecords(db: D1Database): Promise<number> {
  const row = await db.prepare("SELECT count(*) AS n FROM match_records").first<{ n: number }>();
  return row?.n ?? 0;
}

/** Who shares one of these keys. A key of more than `largest` records is passed over. */
export async function sharing(
  db: D1Database,
  keys: readonly string[],
  largest: number,
): Promise<VisitorId[]> {
  if (keys.length === 0) return [];
  const answers = await db.batch<{ visitor: VisitorId }>(
    keys.map((key) =>
      db.prepare("SELECT visitor FROM match_keys WHERE key = ?1 LIMIT ?2").bind(key, largest + 1),
    ),
  );
  const blocks = answers.map(({ results }) => results).filter(({ length }) => length <= largest);
  return [...new Set(blocks.flatMap((block) => block.map(({ visitor }) => visitor)))].toSorted();
}

/** A record that may not be compared any more goes, with what was learned from it. */
export async function removeRecord(db: D1Database, visitor: VisitorId): Promise<void> {
  const rows = JSON.stringify([[visitor]]);
  await db.batch([UNLEARN, UNKEY_OF, UNRECORD].map((sql) => db.prepare(sql).bind(rows)));
}

export interface MatchedRows {
  /** Records that are compared, with their entries in the index. */
  matching: number;
  suggestions: number;
}

/** How many rows of the matching of facts name these visitors. */
export async function countMatched(
  db: D1Database,
  visitors: readonly VisitorId[],
): Promise<MatchedRows> {
  const row = await db
    .prepare(
      `SELECT (SELECT coalesce(sum(1 + json_array_length(keys)), 0) FROM match_records
         WHERE visitor IN (SELECT value FROM json_each(?1))) AS matching,
       (SELECT count(*) FROM (
         SELECT a, b FROM suggestions WHERE a IN (SELECT value FROM json_each(?1))
         UNION
         SELECT suggestion_ends.a, suggestion_ends.b FROM json_each(?1) AS item
         CROSS JOIN suggestion_ends ON suggestion_ends.b = item.value)) AS suggestions`,
    )
    .bind(JSON.stringify(visitors))
    .first<MatchedRows>();
  return row ?? { matching: 0, suggestions: 0 };
}

const OF = "SELECT item.value ->> 0 FROM json_each(?1) AS item";

/** What was learned from a record that goes is learned again without it. */
const UNLEARN = `DELETE FROM learned WHERE name = 'matching'
  AND EXISTS (SELECT 1 FROM match_records WHERE visitor IN (${OF}))`;
const UNKEY_OF = `DELETE FROM match_keys WHERE (key, visitor) IN (
    SELECT stored.value, match_records.visitor FROM json_each(?1) AS item
    CROSS JOIN match_records ON match_records.visitor = item.value ->> 0
    CROSS JOIN json_each(match_records.keys) AS stored)`;
const UNRECORD = `DELETE FROM match_records WHERE visitor IN (${OF})`;
const UNDUE = `DELETE FROM match_due WHERE visitor IN (${OF})`;

/** Takes visitors out of the matching. `rows` is a JSON array of arrays that begin with a visitor. */
export const unmatching = (db: D1Database, rows: string): D1PreparedStatement[] =>
  [UNLEARN, UNKEY_OF, UNRECORD, UNDUE].map((sql) => db.prepare(sql).bind(rows));
