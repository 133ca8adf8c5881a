/** What an erasure leaves of receipts: their places in the chain, under a keyed name. */
import { stubText } from "../domain/consent/ledger.ts";
import type { VisitorId } from "../domain/ids.ts";
import type { Receipt } from "../domain/person/consent.ts";
import type { receipts } from "./schema-consent.ts";
import { chunks, fields } from "./statements.ts";

/** The secrets of stubs. */
export interface ReceiptStubs {
  /** A name in place of the visitor's, always the same for one visitor. */
  name(visitor: VisitorId): Promise<string>;
  /** A MAC over a stub's text. */
  seal(text: string): Promise<string>;
}

const STANDING = `SELECT * FROM receipts
  WHERE visitor IN (SELECT item.value ->> 0 FROM json_each(?1) AS item)`;

/** A stub is anchored under the day on which its receipt landed. */
const REPLACE = `INSERT INTO receipts (visitor, seq, at, kind, policy, hash, previous, seal, landed)
  SELECT ${fields(8)}, coalesce(item.value ->> 8, unixepoch() / 86400) FROM json_each(?1) AS item WHERE true
  ON CONFLICT DO NOTHING`;

const REMOVE = `DELETE FROM receipts
  WHERE visitor IN (SELECT item.value ->> 0 FROM json_each(?1) AS item)`;

/**
 * Replaces the receipts of these visitors, JSON rows that begin with the visitor, by their stubs. They have tombstones
 * already, so that no receipt comes in between.
 */
export async function stubReceipts(
  db: D1Database,
  visitors: string,
  stubs: ReceiptStubs,
): Promise<void> {
  const standing = await db.prepare(STANDING).bind(visitors).all<typeof receipts.$inferSelect>();
  if (standing.results.length === 0) return;
  await db.batch([
    ...(await placing(db, standing.results, stubs)),
    db.prepare(REMOVE).bind(visitors),
  ]);
}

/** Puts stubs in the places of receipts that never landed. */
export async function placeStubs(
  db: D1Database,
  of: readonly Receipt[],
  stubs: ReceiptStubs,
): Promise<void> {
  if (of.length > 0) await db.batch(await placing(db, of, stubs));
}

const PLACED = `SELECT visitor, seq FROM receipts
  WHERE (visitor, seq) IN (SELECT item.value ->> 0, item.value ->> 1 FROM json_each(?1) AS item)`;

/**
 * Those that no shard has a stub of. Which one has it can't be told from a keyed name: shards may have been others when it
 * was placed (resharding.ts).
 */
export async function unplaced(
  shards: readonly D1Database[],
  of: readonly Receipt[],
  stubs: ReceiptStubs,
): Promise<Receipt[]> {
  if (of.length === 0 || shards.length === 1) return [...of];
  const named = await Promise.all(
    of.map(async (row) => ({ row, key: [await stubs.name(row.visitor), row.seq] as const })),
  );
  const keys = JSON.stringify(named.map(({ key }) => key));
  const found = await Promise.all(
    shards.map((shard) => shard.prepare(PLACED).bind(keys).all<{ visitor: string; seq: number }>()),
  );
  const placed = new Set(
    found.flatMap(({ results }) => results.map(({ visitor, seq }) => `${visitor} ${seq}`)),
  );
  return named.filter(({ key }) => !placed.has(key.join(" "))).map(({ row }) => row);
}

type Row = Omit<Receipt, "body" | "visitor"> & { visitor: string; landed?: number };

async function placing(
  db: D1Database,
  of: readonly Row[],
  stubs: ReceiptStubs,
): Promise<D1PreparedStatement[]> {
  const rows = await Promise.all(
    of.map(async (row) => {
      const { seq, at, kind, policy, hash, previous } = row;
      const visitor = await stubs.name(row.visitor as VisitorId);
      const seal = await stubs.seal(stubText({ erased: true, visitor, seq, previous, hash }));
      return [visitor, seq, at, kind, policy, hash, previous, seal, row.landed ?? null];
    }),
  );
  return chunks(rows).map((chunk) => db.prepare(REPLACE).bind(chunk));
}
