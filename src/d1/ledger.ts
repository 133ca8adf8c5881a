/**
 * Where landings end up: one transaction each, one statement a table over `json_each(?)`, every insert its own guard. A
 * repeated landing writes nothing, and nothing of an erased visitor is inserted whatever the order of the two.
 */
import type { Day, IdentifierKey, PersonId, VisitorId } from "../domain/ids.ts";
import type { Landing, Ledger } from "../domain/ports.ts";
import { disclaiming, erasing, finishErasing, unlogging } from "./erasures.ts";
import { markDue } from "./matching.ts";
import {
  EVENT_COLUMNS,
  eventRow,
  hintRow,
  historyRow,
  mergeRow,
  personRow,
  receiptRow,
} from "./rows.ts";
import type { ReceiptStubs } from "./stubs.ts";
import { chunks, fields, notErased } from "./statements.ts";

const EVENTS = `INSERT INTO events (${EVENT_COLUMNS}, landed)
  SELECT ${fields(11)}, item.value -> 11, unixepoch() FROM json_each(?1) AS item WHERE ${notErased(1)}
  ON CONFLICT DO NOTHING`;

const RECEIPTS = `INSERT INTO receipts (visitor, seq, at, kind, policy, hash, previous, body, landed)
  SELECT ${fields(7)}, item.value -> 7, unixepoch() / 86400 FROM json_each(?1) AS item WHERE ${notErased(0)}
  ON CONFLICT DO NOTHING`;

const HINTS = `INSERT INTO hints (day, visitor, hint, outcome, action, at, propensity, stage, slot, until,
    device, topic, segment)
  SELECT ${fields(13)} FROM json_each(?1) AS item WHERE ${notErased(1)}
  ON CONFLICT DO NOTHING`;

const MERGES = `INSERT INTO merge_log (day, merge, op, at, by, a, b, evidence, because, rules)
  SELECT ${fields(10)} FROM json_each(?1) AS item WHERE ${notErased(5)} AND ${notErased(6)}
  ON CONFLICT DO NOTHING`;

/** Nothing is written when nothing changed. */
const PERSON = `INSERT INTO people (seen_day, id, stage, first_seen, last_seen, visitors, events, next)
  SELECT ${fields(8)} FROM json_each(?1) AS item WHERE true
  ON CONFLICT (seen_day, id) DO UPDATE SET stage = excluded.stage, first_seen = excluded.first_seen,
    last_seen = excluded.last_seen, visitors = excluded.visitors, events = excluded.events, next = excluded.next
  WHERE (people.stage, people.first_seen, people.last_seen, people.visitors, people.events, people.next)
    IS NOT (excluded.stage, excluded.first_seen, excluded.last_seen, excluded.visitors, excluded.events, excluded.next)`;

const UNLIST = `DELETE FROM people WHERE (seen_day, id) IN (
    SELECT item.value ->> 0, item.value ->> 1 FROM json_each(?1) AS item)`;

/**
 * The remaining claimants of identifiers that lost their first owner. It is read from the ranks that stand, not from what
 * this transaction deleted, so that a repeated landing asks the same.
 */
const ASK = `SELECT claims.identifier, claims.visitor
  FROM json_each(?1) AS item CROSS JOIN claims ON claims.identifier = item.value
  WHERE (SELECT min(rank) FROM claims AS standing WHERE standing.identifier = item.value) > 1
  ORDER BY claims.identifier, claims.rank`;

/** Rows of the directory that may stand under days that are no longer the person's. */
const unlisted = ({ gone, person }: Landing): [Day, PersonId][] => [
  ...(gone?.days.map((day): [Day, PersonId] => [day, gone.id]) ?? []),
  ...(person?.unlist.map((day): [Day, PersonId] => [day, person.id]) ?? []),
];

type Ask = { visitor: VisitorId; identifier: IdentifierKey };

export function createLedger(db: D1Database, stubs: ReceiptStubs): Ledger {
  const over = (sql: string, rows: readonly unknown[]): D1PreparedStatement[] =>
    chunks(rows).map((chunk) => db.prepare(sql).bind(chunk));

  return {
    async land(landing: Landing) {
      const { erased } = landing;
      const asks = over(ASK, [...new Set(erased.flatMap(({ identifiers }) => identifiers))]);
      const statements = [
        ...erasing(db, erased),
        ...disclaiming(
          db,
          erased.flatMap(({ visitor, identifiers }) =>
            identifiers.map((identifier): [IdentifierKey, VisitorId] => [identifier, visitor]),
          ),
        ),
        ...unlogging(
          db,
          erased.flatMap(({ merges }) => merges),
        ),
        ...over(
          EVENTS,
          landing.events.map(({ visitor, event }) => eventRow(visitor, event)),
        ),
        ...over(RECEIPTS, landing.receipts.map(receiptRow)),
        ...over(HINTS, landing.hints.map(hintRow)),
        ...over(MERGES, [
          ...landing.merges.map(mergeRow),
          ...(landing.history ?? []).map(historyRow),
        ]),
        ...markDue(db, landing.facts ?? []),
        ...over(UNLIST, unlisted(landing)),
        ...over(PERSON, landing.person ? [personRow(landing.person)] : []),
        ...asks,
      ];
      if (statements.length === 0) return { ask: [] };
      const results = await db.batch<Ask>(statements);
      await finishErasing(db, erased, stubs);
      return {
        ask: results.slice(results.length - asks.length).flatMap((answer) => answer.results),
      };
    },
  };
}
