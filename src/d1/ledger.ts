/**
 * Where landings end up: one transaction a database, one statement a table over `json_each(?)`, every insert its own guard. A
 * repeated landing writes nothing, and nothing of an erased visitor is inserted whatever the order of the two.
 */
import type { IdentifierKey, VisitorId } from "../domain/ids.ts";
import type { Landing, Ledger } from "../domain/ports.ts";
import { claiming } from "./claiming.ts";
import { disclaiming, erasing, finishErasing, unlogging } from "./erasures.ts";
import { listing } from "./listing.ts";
import { unseeing } from "./unseeing.ts";
import { markDue } from "./matching.ts";
import { landParcels, pack } from "./parcels.ts";
import { eventRow, hintRow, historyRow, mergeRow, receiptRow } from "./rows.ts";
import { type Answered, Batches, byShard } from "./shards.ts";
import type { ReceiptStubs } from "./stubs.ts";
import { EVENTS, HINTS, RECEIPTS } from "./inserts.ts";
import { fields, notErased, over } from "./statements.ts";

const MERGES = `INSERT INTO merge_log (day, merge, op, at, by, a, b, evidence, because, rules)
  SELECT ${fields(10)} FROM json_each(?1) AS item WHERE ${notErased(5)} AND ${notErased(6)}
  ON CONFLICT DO NOTHING`;

/** Of a crowd so many are asked; it joins nobody. */
const ASKED_MAX = 1000;

/**
 * The claimants that came after somebody who is gone, and may have been joined to others by them, or turned down. It is
 * read from the gaps in the ranks that stand, not from what this transaction deleted, so that a repeated landing asks the
 * same.
 */
const ASK = `SELECT identifier, visitor FROM (
    SELECT claims.identifier, claims.visitor, claims.rank,
      row_number() OVER (PARTITION BY claims.identifier ORDER BY claims.rank) AS place
    FROM json_each(?1) AS item CROSS JOIN claims ON claims.identifier = item.value)
  WHERE rank > place AND place <= ${ASKED_MAX}
  ORDER BY identifier, rank`;

type Ask = { visitor: VisitorId; identifier: IdentifierKey };

export function createLedger(db: D1Database, stubs: ReceiptStubs): Ledger {
  return {
    async land(landing) {
      const batches = new Batches(db);
      const { erased } = landing;
      erasing(batches, db, erased);
      batches.add(db, unclaiming(db, landing));
      const events = addRows(batches, db, landing);
      listing(
        batches,
        db,
        landing.person ? [landing.person] : [],
        landing.gone ? [landing.gone] : [],
      );
      const claims = claiming(batches, db, landing.claims ?? []);
      const identifiers = new Set(erased.flatMap((each) => each.identifiers));
      const asks = batches.add(db, over(db, ASK, [...identifiers]));
      await batches.run();
      await finishErasing(db, erased, stubs);
      const added = events.reduce((sum, each) => sum + each.changes(), 0);
      return { ask: asks.rows<Ask>(), claims: await claims(), added };
    },
    landParcels: (parcels) => landParcels(db, parcels),
    pack,
  };
}

const unclaiming = (db: D1Database, { erased, unsaid = [] }: Landing): D1PreparedStatement[] => [
  ...disclaiming(db, [
    ...unsaid.map(({ identifier, visitor }): [IdentifierKey, VisitorId] => [identifier, visitor]),
    ...erased.flatMap(({ visitor, identifiers }) =>
      identifiers.map((identifier): [IdentifierKey, VisitorId] => [identifier, visitor]),
    ),
  ]),
  ...unlogging(
    db,
    erased.flatMap(({ merges }) => merges),
  ),
];

/** Gives what becomes of the events. */
function addRows(batches: Batches, db: D1Database, landing: Landing): Answered[] {
  const events = Array.from(
    byShard(db, landing.events, ({ visitor }) => visitor),
    ([shard, theirs]) =>
      batches.add(
        shard,
        over(
          shard,
          EVENTS,
          theirs.map(({ visitor, event }) => eventRow(visitor, event)),
        ),
      ),
  );
  for (const [shard, receipts] of byShard(db, landing.receipts, ({ visitor }) => visitor))
    batches.add(shard, over(shard, RECEIPTS, receipts.map(receiptRow)));
  for (const [shard, hints] of byShard(db, landing.hints, ({ visitor }) => visitor))
    batches.add(shard, over(shard, HINTS, hints.map(hintRow)));
  batches.add(db, [
    ...over(db, MERGES, [
      ...landing.merges.map(mergeRow),
      ...(landing.history ?? []).map(historyRow),
    ]),
    ...markDue(db, landing.facts ?? []),
    ...unseeing(db, landing.unseen ?? []),
  ]);
  return events;
}
