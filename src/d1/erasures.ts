/** Taking erased visitors out of D1, and keeping them out. */
import type { Day, IdentifierKey, MergeId, Millis, VisitorId } from "../domain/ids.ts";
import type { Receipt } from "../domain/person/consent.ts";
import { forgettingDevices } from "./devices.ts";
import { BLOCKED } from "./quarantine.ts";
import { unmatching } from "./matching.ts";
import { unsuggesting } from "./unsuggesting.ts";
import { placeStubs, type ReceiptStubs, stubReceipts, unplaced } from "./stubs.ts";
import { Batches, byShard, overShards, shardsOf } from "./shards.ts";
import { chunks, distinctDays } from "./statements.ts";

export interface ErasedVisitor {
  visitor: VisitorId;
  at: Millis;
  /** Receipts of theirs that hadn't landed yet. */
  receipts?: Receipt[];
}

/** Events removed by one statement: far below the thirty seconds that D1 gives it. */
const EVENTS_AT_ONCE = 5_000;
/** Claims looked at by one statement of a sweep. */
const CLAIMS_AT_ONCE = 20_000;

/** First of all: from here on nothing of these visitors is inserted any more. */
const TOMBSTONES = `INSERT INTO tombstones (visitor, at)
  SELECT item.value ->> 0, item.value ->> 1 FROM json_each(?1) AS item WHERE true
  ON CONFLICT DO NOTHING`;

/** Found by seeking every day there is, whatever the visitor's object still remembers of its days. */
const EVENTS = `${distinctDays("events")}
  DELETE FROM events WHERE (day, visitor, id) IN (
    SELECT events.day, events.visitor, events.id
    FROM days CROSS JOIN json_each(?1) AS item
    CROSS JOIN events ON events.day = days.day AND events.visitor = item.value ->> 0
    LIMIT ${EVENTS_AT_ONCE})`;

const HINTS = `${distinctDays("hints")}
  DELETE FROM hints WHERE (day, visitor) IN (
    SELECT days.day, item.value ->> 0 FROM days CROSS JOIN json_each(?1) AS item)`;

const CLAIMS = `DELETE FROM claims WHERE (identifier, visitor) IN (
    SELECT item.value ->> 0, item.value ->> 1 FROM json_each(?1) AS item)`;

const MERGES = `DELETE FROM merge_log WHERE (day, merge) IN (
    SELECT item.value ->> 0, item.value ->> 1 FROM json_each(?1) AS item)`;

/**
 * Of the log, what isn't a merge may name a visitor that its own object doesn't know it of, so the log is walked: it has a
 * row a decision.
 */
const HISTORY = `DELETE FROM merge_log WHERE op NOT IN ('merge', 'undo')
  AND (a IN (SELECT item.value ->> 0 FROM json_each(?1) AS item)
    OR b IN (SELECT item.value ->> 0 FROM json_each(?1) AS item))`;

/** The directory's memory of a person that moved away under this name. */
const GONE = `DELETE FROM people WHERE (seen_day, id) IN (
    SELECT 0, item.value ->> 0 FROM json_each(?1) AS item)`;

const tombs = (erased: readonly ErasedVisitor[]): string[] =>
  chunks(erased.map(({ visitor, at }) => [visitor, at]));

/** What removes these visitors, one transaction a database; `finishErasing` does what doesn't fit into it. */
export function erasing(batches: Batches, db: D1Database, erased: readonly ErasedVisitor[]): void {
  for (const rows of tombs(erased))
    batches.add(db, [
      ...[TOMBSTONES, HISTORY].map((sql) => db.prepare(sql).bind(rows)),
      ...unsuggesting(db, rows),
      ...unmatching(db, rows),
      ...forgettingDevices(db, rows),
    ]);
  for (const [shard, theirs] of byShard(db, erased, ({ visitor }) => visitor))
    for (const rows of tombs(theirs))
      batches.add(
        shard,
        [TOMBSTONES, EVENTS, HINTS, GONE].map((sql) => shard.prepare(sql).bind(rows)),
      );
}

/**
 * An identifier that nobody claims any more isn't remembered for having been crowded either. What an officer blocked names
 * nobody, whoever said it.
 */
const UNQUARANTINE = `DELETE FROM quarantine
  WHERE identifier IN (SELECT item.value ->> 0 FROM json_each(?1) AS item)
  AND visitors <> ${BLOCKED}
  AND NOT EXISTS (SELECT 1 FROM claims WHERE claims.identifier = quarantine.identifier)`;

/** Takes these visitors' claims of these identifiers out of the index. */
export const disclaiming = (
  db: D1Database,
  claims: readonly [IdentifierKey, VisitorId][],
): D1PreparedStatement[] =>
  chunks(claims).flatMap((rows) => [CLAIMS, UNQUARANTINE].map((sql) => db.prepare(sql).bind(rows)));

/** Takes these rows, which name an erased visitor, out of the log of merges. */
export const unlogging = (
  db: D1Database,
  merges: readonly [Day, MergeId][],
): D1PreparedStatement[] => chunks(merges).map((rows) => db.prepare(MERGES).bind(rows));

/** What is erased already and can't come back: the rest of many events, and the receipts. May be repeated. */
export async function finishErasing(
  db: D1Database,
  erased: readonly ErasedVisitor[],
  stubs: ReceiptStubs,
): Promise<void> {
  for (const [shard, theirs] of byShard(db, erased, ({ visitor }) => visitor)) {
    await removeRest(shard, theirs, stubs);
    const receipts = theirs.flatMap((each) => each.receipts ?? []);
    await placeStubs(shard, await unplaced(shardsOf(db), receipts, stubs), stubs);
  }
}

async function removeRest(
  db: D1Database,
  erased: readonly ErasedVisitor[],
  stubs: ReceiptStubs,
): Promise<void> {
  for (const rows of chunks(erased.map(({ visitor, at }) => [visitor, at]))) {
    let removed = EVENTS_AT_ONCE;
    while (removed === EVENTS_AT_ONCE)
      removed = (await db.prepare(EVENTS).bind(rows).run()).meta.changes;
    await stubReceipts(db, rows, stubs);
  }
}

const CLAIMS_PAGE = `SELECT identifier, visitor FROM claims
  WHERE (identifier, visitor) > (?1, ?2) ORDER BY identifier, visitor LIMIT ${CLAIMS_AT_ONCE}`;

const DEAD_CLAIMS = `DELETE FROM claims
  WHERE (identifier, visitor) > (?1, ?2) AND (identifier, visitor) <= (?3, ?4)
  AND visitor IN (SELECT visitor FROM tombstones)`;

/** The log is a row a merge, small beside events. */
const DEAD_MERGES = `DELETE FROM merge_log
  WHERE a IN (SELECT visitor FROM tombstones) OR b IN (SELECT visitor FROM tombstones)`;

const DEAD_PEOPLE = `DELETE FROM people WHERE id IN (SELECT visitor FROM tombstones)`;

/**
 * Erases again what a restore of the database brought back: from the erasure ledger outside D1, which knows visitors but
 * not their identifiers, so that the index, the log of merges and the directory are walked. Answers the identifiers' rows
 * that went. A person that bears an erased name is listed again under its next one.
 */
export async function reapplyErasures(
  db: D1Database,
  erased: readonly ErasedVisitor[],
  stubs: ReceiptStubs,
): Promise<{ claims: number }> {
  if (erased.length === 0) return { claims: 0 };
  const batches = new Batches(db);
  erasing(batches, db, erased);
  await batches.run();
  await finishErasing(db, erased, stubs);
  await db.prepare(DEAD_MERGES).run();
  await overShards(db, (shard) => shard.prepare(DEAD_PEOPLE).run());
  let claims = 0;
  let from: [string, string] = ["", ""];
  for (;;) {
    const { results } = await db
      .prepare(CLAIMS_PAGE)
      .bind(...from)
      .all<{ identifier: string; visitor: string }>();
    const last = results.at(-1);
    if (!last) return { claims };
    const to: [string, string] = [last.identifier, last.visitor];
    const gone = await db
      .prepare(DEAD_CLAIMS)
      .bind(...from, ...to)
      .run();
    claims += gone.meta.changes;
    from = to;
  }
}

/** Those of these visitors that were erased, with when. */
export async function erasuresOf(
  db: D1Database,
  visitors: readonly VisitorId[],
): Promise<Map<VisitorId, Millis>> {
  const { results } = await db
    .prepare(
      `SELECT visitor, at FROM tombstones WHERE visitor IN (SELECT value FROM json_each(?1))`,
    )
    .bind(JSON.stringify(visitors))
    .all<{ visitor: VisitorId; at: number }>();
  return new Map(results.map(({ visitor, at }) => [visitor, at]));
}
