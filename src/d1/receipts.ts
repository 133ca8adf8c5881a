/** Reading the ledger of consent receipts. */
import { and, asc, eq, gt, or, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { VisitorId } from "../domain/ids.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Receipt } from "../domain/person/consent.ts";
import { cursorOf, pageOf, readCursor, wholeNumber } from "./cursor.ts";
import { receipts } from "./schema.ts";

/** The body is null once the visitor was erased; hash and previous stay. */
export interface StoredReceipt extends Omit<Receipt, "body"> {
  body: JsonObject | null;
}

export interface ReceiptsPage {
  receipts: StoredReceipt[];
  cursor: string | null;
}

const read = (row: typeof receipts.$inferSelect): StoredReceipt => ({
  ...row,
  body: row.body === null ? null : (JSON.parse(row.body) as JsonObject),
});

/**
 * These visitors' receipts, oldest first; equal times by visitor and place in the chain.
 * @throws Problem `bad_request` when the cursor isn't one of ours.
 */
export async function receiptsOf(
  db: D1Database,
  query: { visitors: readonly VisitorId[]; limit: number; cursor?: string },
): Promise<ReceiptsPage> {
  const { visitors, limit } = query;
  const from = query.cursor === undefined ? undefined : readCursor(query.cursor);
  const found = await drizzle(db)
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
  const { rows, cursor } = pageOf(found, limit, (last) =>
    cursorOf(last.at, last.visitor, last.seq),
  );
  return { receipts: rows.map(read), cursor };
}

/** Every receipt there is, chain by chain, for verifying them: each page goes on after the last one's place. */
export async function receiptsAfter(
  db: D1Database,
  last: { visitor: VisitorId; seq: number } | null,
  limit: number,
): Promise<StoredReceipt[]> {
  const found = await drizzle(db)
    .select()
    .from(receipts)
    .where(
      last
        ? or(
            gt(receipts.visitor, last.visitor),
            and(eq(receipts.visitor, last.visitor), gt(receipts.seq, last.seq)),
          )
        : undefined,
    )
    .orderBy(asc(receipts.visitor), asc(receipts.seq))
    .limit(limit);
  return found.map(read);
}
