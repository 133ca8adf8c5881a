/** Reading the ledger of consent receipts. */
import { and, asc, gt, gte, or, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { Head, ReceiptStub } from "../domain/consent/ledger.ts";
import type { Millis, VisitorId } from "../domain/ids.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Receipt } from "../domain/person/consent.ts";
import { cursorOf, pageOf, readCursor, wholeNumber } from "./cursor.ts";
import { receipts } from "./schema-consent.ts";
import { asking, byParts, gather } from "./shards.ts";

/** What an erasure left of a receipt, and what it was. */
export interface StoredStub extends ReceiptStub {
  readonly at: Millis;
  readonly kind: Receipt["kind"];
}

export type StoredReceipt = Receipt | StoredStub;

/** With the day, since 1970, on which it landed: its anchor is that day's. */
export type LandedReceipt = StoredReceipt & { readonly landed: number };

export interface ReceiptsPage {
  receipts: StoredReceipt[];
  cursor: string | null;
}

type Row = typeof receipts.$inferSelect;

const byChain = byParts<Row>(
  ({ visitor }) => visitor,
  ({ seq }) => seq,
);

function read(row: Row): StoredReceipt {
  const { visitor, seq, at, kind, policy, body, hash, previous, seal } = row;
  return body === null
    ? { erased: true, visitor, seq, at, kind, hash, previous, seal: seal ?? "" }
    : {
        visitor: visitor as VisitorId,
        seq,
        at,
        kind,
        policy,
        body: JSON.parse(body) as JsonObject,
        hash,
        previous,
      };
}

/**
 * The receipts under these visitors' ids, or keyed names of erased ones, oldest first; equal times by visitor and place in the chain.
 * @throws Problem `bad_request` when the cursor isn't one of ours.
 */
export async function receiptsOf(
  db: D1Database,
  query: { visitors: readonly string[]; limit: number; cursor?: string },
): Promise<ReceiptsPage> {
  const { visitors, limit } = query;
  const from = query.cursor === undefined ? undefined : readCursor(query.cursor);
  const ask = (shard: D1Database) =>
    drizzle(shard)
      .select()
      .from(receipts)
      .where(
        and(
          // One bound value however many visitors: D1 takes a hundred.
          sql`${receipts.visitor} IN (SELECT value FROM json_each(${JSON.stringify(visitors)}))`,
          from &&
            sql`(${receipts.at}, ${receipts.visitor}, ${receipts.seq}) > (${from.first}, ${from.second}, ${wholeNumber(from.id)})`,
        ),
      )
      .orderBy(asc(receipts.at), asc(receipts.visitor), asc(receipts.seq))
      .limit(limit + 1);
  // A keyed name says nothing of where its visitor lay.
  const found = await gather<Row>(
    db,
    ask,
    byParts(
      ({ at }) => at,
      ({ visitor }) => visitor,
      ({ seq }) => seq,
    ),
    limit + 1,
  );
  const { rows, cursor } = pageOf(found, limit, (last) =>
    cursorOf(last.at, last.visitor, last.seq),
  );
  return { receipts: rows.map(read), cursor };
}

/** Every receipt there is, chain by chain, for verifying them: each page goes on after the last one's place. */
export async function receiptsAfter(
  db: D1Database,
  last: { visitor: string; seq: number } | null,
  limit: number,
): Promise<LandedReceipt[]> {
  const ask = (shard: D1Database) =>
    drizzle(shard)
      .select()
      .from(receipts)
      .where(
        last
          ? and(
              // What the key is sought by; without it each page would read all those before.
              gte(receipts.visitor, last.visitor),
              or(gt(receipts.visitor, last.visitor), gt(receipts.seq, last.seq)),
            )
          : undefined,
      )
      .orderBy(asc(receipts.visitor), asc(receipts.seq))
      .limit(limit);
  const rows = await gather<Row>(db, ask, byChain, limit);
  return rows.map((row) => ({ ...read(row), landed: row.landed }));
}

/** Each visitor's newest receipt, in the order of their ids. An erased one's has no body. */
export async function newestReceipts(
  db: D1Database,
  after: string,
  limit: number,
): Promise<{ visitor: string; body: JsonObject | null }[]> {
  // SQLite takes the bare `body` from the row that has the maximum; grouped by the key, it stops at the limit.
  const found = await gather<{ visitor: string; body: string | null }>(
    db,
    async (shard) =>
      (
        await shard
          .prepare(
            "SELECT visitor, max(seq) AS seq, body FROM receipts WHERE visitor > ?1 GROUP BY visitor ORDER BY visitor LIMIT ?2",
          )
          .bind(after, limit)
          .all<{ visitor: string; body: string | null }>()
      ).results,
    byParts(({ visitor }) => visitor),
    limit,
  );
  return found.map(({ visitor, body }) => ({
    visitor,
    body: body === null ? null : (JSON.parse(body) as JsonObject),
  }));
}

/**
 * The newest receipts of the persons seen last, under the ids that name these persons. Receipts lie by visitor, so the
 * newest of all would be a look at every one there is.
 */
export async function recentReceipts(
  db: D1Database,
  { people, limit }: { people: number; limit: number },
): Promise<StoredReceipt[]> {
  const found = await gather<Row>(
    db,
    async (shard) =>
      (
        await shard
          .prepare(
            `WITH seen AS (SELECT id FROM people ORDER BY seen_day DESC, id DESC LIMIT ?1)
            SELECT receipts.* FROM seen CROSS JOIN receipts ON receipts.visitor = seen.id
            ORDER BY receipts.at DESC, receipts.visitor, receipts.seq DESC LIMIT ?2`,
          )
          .bind(people, limit)
          .all<Row>()
      ).results,
    byParts(
      ({ at }) => -at,
      ({ visitor }) => visitor,
      ({ seq }) => -seq,
    ),
    limit,
  );
  return found.map(read);
}

const NEWEST = `SELECT head.value ->> 'visitor' AS visitor,
    (SELECT max(seq) FROM receipts WHERE visitor = head.value ->> 'visitor') AS newest,
    (SELECT hash FROM receipts WHERE visitor = head.value ->> 'visitor' AND seq = head.value ->> 'seq') AS hash
  FROM json_each(?1) AS head`;

/** Of each of these chains the newest place there is, and the hash at the place of its head; nothing of one that isn't there. */
export async function newestOf(
  db: D1Database,
  heads: readonly Head[],
): Promise<Map<string, { newest: number; hash: string | null }>> {
  type Found = { visitor: string; newest: number | null; hash: string | null };
  const found = await gather(
    db,
    asking<Found>(NEWEST, JSON.stringify(heads)),
    byParts(({ visitor }) => visitor),
  );
  return new Map(
    found.flatMap(({ visitor, newest, hash }) =>
      newest === null ? [] : [[visitor, { newest, hash }] as const],
    ),
  );
}
