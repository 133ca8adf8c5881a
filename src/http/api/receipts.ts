/** The receipts of consent decisions, and the proof that none was changed, moved or taken out. */
import { type LedgerFault, stubText, verifyChain } from "../../domain/consent/ledger.ts";
import { dayOf, isVisitorId, type VisitorId } from "../../domain/ids.ts";
import type { Receipt } from "../../domain/person/consent.ts";
import { Problem } from "../../domain/problem.ts";
import { anchorsFrom } from "../../d1/anchors.ts";
import {
  receiptsAfter,
  receiptsOf,
  type ReceiptsPage,
  type StoredReceipt,
} from "../../d1/receipts.ts";
import { type AnchorFault, verifyAnchors } from "../../privacy/verify-anchors.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { sameSecret, sha256 } from "../secrets.ts";
import { asked, iso, pageSize } from "./input.ts";

/**
 * An erased visitor's receipts stand under a keyed name; what is left of them is found by the old id all the same. Those
 * that the person still holds come last: they are the newest.
 */
export async function receiptsFor(
  context: Context,
  visitor: VisitorId,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<ReceiptsPage> {
  // Before D1: what lands in between is found twice and told once.
  const waiting = await waitingReceipts(context, visitor);
  const page = await receiptsOf(context.db, {
    visitors: [visitor, await context.identifiers.stubs.name(visitor)],
    limit,
    ...(cursor === undefined ? {} : { cursor }),
  });
  const landed = new Set(page.receipts.map(({ seq }) => seq));
  const held = page.cursor === null ? waiting.filter(({ seq }) => !landed.has(seq)) : [];
  return { receipts: [...page.receipts, ...held], cursor: page.cursor };
}

export const getReceipts = forRole("officer", async (request, context) => {
  const visitor = asked(request, "visitor");
  if (visitor === undefined || !isVisitorId(visitor))
    throw new Problem("invalid", "must be the id of a visitor", { path: "visitor" });
  const page = { limit: pageSize(request), cursor: asked(request, "cursor") };
  const { receipts, cursor } = await receiptsFor(context, visitor, page);
  return json({ receipts: receipts.map((each) => ({ ...each, at: iso(each.at) })), cursor });
});

async function waitingReceipts({ people }: Context, visitor: VisitorId): Promise<Receipt[]> {
  const answer = await people.holdings(visitor);
  if (answer.at !== "home") return [];
  return answer.value.visitors.find(({ id }) => id === visitor)?.pending.receipts ?? [];
}

/** Every receipt chain by chain, then the anchors, one JSON document a line: for an auditor to check without us. */
export function receiptsExport(context: Context): Response {
  let last: { visitor: string; seq: number } | null = null;
  const utf8 = new TextEncoder();
  const lines = (rows: readonly object[]): Uint8Array =>
    utf8.encode(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const rows: StoredReceipt[] = await receiptsAfter(context.db, last, PAGE);
      if (rows.length > 0) controller.enqueue(lines(rows));
      const end = rows.at(-1);
      if (end && rows.length === PAGE) {
        last = { visitor: end.visitor, seq: end.seq };
        return;
      }
      const anchors = await anchorsFrom(context.db, 0);
      controller.enqueue(lines(anchors.map((anchor) => ({ anchor }))));
      controller.close();
    },
  });
  return new Response(body, {
    headers: {
      "content-type": "application/x-ndjson; charset=utf-8",
      "content-disposition": 'attachment; filename="receipts.ndjson"',
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

export const getReceiptsExport = forRole("officer", async (_request, context) =>
  receiptsExport(context),
);

/** Receipts checked by one call, beside the rest of the last visitor's; the answer says where to go on. */
const CHECKED_AT_ONCE = 10_000;
const PAGE = 1_000;

export interface Verification {
  ok: boolean;
  receipts: number;
  visitors: number;
  faults: LedgerFault[];
  /** The daily anchors, checked by the first call: what no chain shows by itself. `anchors` are those of the last quarter. */
  anchors: { anchors: number; faults: AnchorFault[] };
  /** Null when all have been checked. */
  cursor: string | null;
}

export async function verifyReceipts(
  context: Context,
  after: string | undefined,
  atOnce = CHECKED_AT_ONCE,
): Promise<Verification> {
  const found: Verification = {
    ok: true,
    receipts: 0,
    visitors: 0,
    faults: [],
    anchors:
      after === undefined
        ? // When a receipt landed is told by D1's own clock, which knows nothing of a call that says another time.
          await verifyAnchors({ ...context, sha256 }, dayOf(Math.min(context.now, Date.now())))
        : { anchors: 0, faults: [] },
    cursor: null,
  };
  const isOk = (): boolean => found.faults.length === 0 && found.anchors.faults.length === 0;
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
        if (found.receipts >= atOnce) return { ...found, ok: isOk(), cursor: chain[0].visitor };
        chain = [];
      }
      chain.push(row);
    }
    const end = rows.at(-1);
    if (!end || rows.length < PAGE) break;
    last = { visitor: end.visitor, seq: end.seq };
  }
  await finish(chain);
  return { ...found, ok: isOk() };
}

export const isSealed =
  (context: Context): Parameters<typeof verifyChain>[2]["isSealed"] =>
  async ({ seal, ...stub }) =>
    sameSecret(seal, await context.identifiers.stubs.seal(stubText(stub)));

export const getVerification = forRole("officer", async (request, context) =>
  json(await verifyReceipts(context, asked(request, "cursor"))),
);
