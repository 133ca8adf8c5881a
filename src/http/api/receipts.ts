/** The receipts of consent decisions, and the proof that none was changed, moved or taken out. */
import { type LedgerFault, stubText, verifyChain } from "../../domain/consent/ledger.ts";
import { isVisitorId } from "../../domain/ids.ts";
import { Problem } from "../../domain/problem.ts";
import { receiptsAfter, receiptsOf, type StoredReceipt } from "../../d1/receipts.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { sameSecret, sha256 } from "../secrets.ts";
import { asked, iso, pageSize } from "./input.ts";

/** An erased visitor's receipts stand under a keyed name; what is left of them is found by the old id all the same. */
export const getReceipts = forRole("officer", async (request, context) => {
  const visitor = asked(request, "visitor");
  if (visitor === undefined || !isVisitorId(visitor))
    throw new Problem("invalid", "must be the id of a visitor", { path: "visitor" });
  const cursor = asked(request, "cursor");
  const page = await receiptsOf(context.db, {
    visitors: [visitor, await context.identifiers.stubs.name(visitor)],
    limit: pageSize(request),
    ...(cursor === undefined ? {} : { cursor }),
  });
  const receipts = page.receipts.map((receipt) => ({ ...receipt, at: iso(receipt.at) }));
  return json({ receipts, cursor: page.cursor });
});

/** Receipts checked by one call, beside the rest of the last visitor's; the answer says where to go on. */
const CHECKED_AT_ONCE = 10_000;
const PAGE = 1_000;

export interface Verification {
  ok: boolean;
  receipts: number;
  visitors: number;
  faults: LedgerFault[];
  /** Null when all have been checked. */
  cursor: string | null;
}

export async function verifyReceipts(
  context: Context,
  after: string | undefined,
): Promise<Verification> {
  const found: Verification = { ok: true, receipts: 0, visitors: 0, faults: [], cursor: null };
  const finish = async (chain: readonly StoredReceipt[]): Promise<void> => {
    if (chain.length === 0) return;
    found.receipts += chain.length;
    found.visitors += 1;
    found.faults.push(...(await verifyChain(chain, null, { sha256, isSealed: isSealed(context) })));
  };
  let chain: StoredReceipt[] = [];
  let last = after === undefined ? null : { visitor: after, seq: Number.MAX_SAFE_INTEGER };
  for (;;) {
    const rows = await receiptsAfter(context.db, last, PAGE);
    for (const row of rows) {
      if (chain[0] && chain[0].visitor !== row.visitor) {
        await finish(chain);
        if (found.receipts >= CHECKED_AT_ONCE)
          return { ...found, ok: found.faults.length === 0, cursor: chain[0].visitor };
        chain = [];
      }
      chain.push(row);
    }
    const end = rows.at(-1);
    if (!end || rows.length < PAGE) break;
    last = { visitor: end.visitor, seq: end.seq };
  }
  await finish(chain);
  return { ...found, ok: found.faults.length === 0 };
}

const isSealed =
  (context: Context): Parameters<typeof verifyChain>[2]["isSealed"] =>
  async ({ seal, ...stub }) =>
    sameSecret(seal, await context.identifiers.stubs.seal(stubText(stub)));

export const getVerification = forRole("officer", async (request, context) =>
  json(await verifyReceipts(context, asked(request, "cursor"))),
);
