/** The receipts of consent decisions, and the proof that none was changed, moved or taken out. */
import { type LedgerFault, stubText, verifyChain } from "../../domain/consent/ledger.ts";
import { type Day, dayOf, isVisitorId, type VisitorId } from "../../domain/ids.ts";
import type { Receipt } from "../../domain/person/consent.ts";
import { Problem } from "../../domain/problem.ts";
import { anchorsFrom } from "../../d1/anchors.ts";
import {
  receiptsAfter,
  receiptsOf,
  type LandedReceipt,
  type ReceiptsPage,
  type StoredReceipt,
} from "../../d1/receipts.ts";
import { publishedStatement, signStatement } from "../../privacy/statement.ts";
import {
  type AnchorFault,
  firstOlder,
  verifyAnchors,
  verifyOlder,
} from "../../privacy/verify-anchors.ts";
import { type Place, verifyHeads } from "../../privacy/verify-heads.ts";
import { checkReceipts } from "../../../dist/auditor.ts";
import { toBase64Url } from "../../keys/base64url.ts";
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

/** The platform's; a library's types bring the browsers' `crypto`, which has none. */
const { DigestStream: Digest } = crypto as unknown as { DigestStream: typeof DigestStream };

/**
 * Every receipt chain by chain, then the anchors, one JSON document a line, and in the last one what all of it comes to, signed:
 * for an auditor to check without us (scripts/check-receipts.ts).
 */
export function receiptsExport(context: Context): Response {
  let last: { visitor: string; seq: number } | null = null;
  const utf8 = new TextEncoder();
  const hash = new Digest("SHA-256");
  const hashed = hash.getWriter();
  const erased = { checked: 0, broken: 0 };
  const lines = (rows: readonly object[]): Uint8Array =>
    utf8.encode(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const give = async (bytes: Uint8Array): Promise<void> => {
        controller.enqueue(bytes);
        await hashed.write(bytes);
      };
      const rows: LandedReceipt[] = await receiptsAfter(context.db, last, PAGE);
      for (const row of rows)
        if ("erased" in row) {
          erased.checked++;
          if (!(await isSealed(context)(row))) erased.broken++;
        }
      if (rows.length > 0) await give(lines(rows));
      const end = rows.at(-1);
      if (end && rows.length === PAGE) {
        last = { visitor: end.visitor, seq: end.seq };
        return;
      }
      const anchors = await anchorsFrom(context.db, 0);
      await give(lines(anchors.map((anchor) => ({ anchor }))));
      await hashed.close();
      const signed = await signStatement({ ...context, sha256 }, anchors, {
        site: context.config.siteName,
        at: context.now,
        file: toBase64Url(new Uint8Array(await hash.digest)),
        erased,
      });
      controller.enqueue(lines([{ signed }]));
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

/** What checks it: a program of one file for Node. */
export function checker(): Response {
  const headers = {
    "content-type": "text/javascript; charset=utf-8",
    "content-disposition": 'attachment; filename="check-receipts.mjs"',
    "cache-control": "private, no-store",
    "x-content-type-options": "nosniff",
  };
  return new Response(checkReceipts, { headers });
}

export const getChecker = forRole("officer", async () => checker());

/** A day's statement is the same all day: whoever asks often costs nothing. */
const published = new WeakMap<D1Database, { day: Day; text: string }>();

/** What the ledger comes to, for whoever keeps it: nothing in it is about anybody. */
export async function getLedger(_request: Request, context: Context): Promise<Response> {
  const { db, config, now } = context;
  const day = dayOf(now);
  let known = published.get(db);
  if (known?.day !== day) {
    const about = { site: config.siteName, at: now };
    const said = await publishedStatement({ ...context, sha256 }, about);
    known = { day, text: JSON.stringify(said) };
    // Yesterday is anchored in the course of the night.
    if (said.statement.until === day - 1) published.set(db, known);
  }
  return new Response(known.text, {
    headers: {
      "content-type": "application/json; charset=utf-8",
      "cache-control": "public, max-age=3600",
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
  /**
   * The daily anchors: what no chain shows by itself. The first call checks them all, and holds what landed in the last quarter
   * to them; `anchors` are days that were held so. Older days follow when the chains are done, as many as are read at once.
   */
  anchors: { anchors: number; faults: AnchorFault[] };
  /** Null when all have been checked. */
  cursor: string | null;
}

/** Before the day that older days are compared up to, in place of the last visitor. */
const OLDER = "~";

export const isOlderDays = (cursor: string): boolean => cursor.startsWith(OLDER);

/** A person of the directory, `20780/…` behind it, in place of the last visitor. */
const PERSONS = "=";

export const isPersons = (cursor: string): boolean => cursor.startsWith(PERSONS);

const olderThan = (day: Day | null): string | null => (day === null ? null : `${OLDER}${day}`);

export async function verifyReceipts(
  context: Context,
  after: string | undefined,
  atOnce = CHECKED_AT_ONCE,
): Promise<Verification> {
  // When a receipt landed is told by D1's own clock, which knows nothing of a call that says another time.
  const today = dayOf(Math.min(context.now, Date.now()));
  const ports = { ...context, sha256 };
  const found: Verification = {
    ok: true,
    receipts: 0,
    visitors: 0,
    faults: [],
    anchors: { anchors: 0, faults: [] },
    cursor: null,
  };
  if (after !== undefined && isOlderDays(after)) {
    const { before, ...anchors } = await verifyOlder(ports, wholeDay(after));
    return { ...found, anchors, ok: anchors.faults.length === 0, cursor: olderThan(before) };
  }
  if (after !== undefined && isPersons(after))
    return withHeads(ports, found, placeIn(after), await firstOlder(ports, today));
  const newest = after === undefined ? await verifyAnchors(ports, today) : null;
  if (newest) found.anchors = { anchors: newest.anchors, faults: newest.faults };
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
  const older = newest ? newest.before : await firstOlder(ports, today);
  return withHeads(ports, found, null, older);
}

/** When all chains are done, and before older days: a part of what the persons know of them. */
async function withHeads(
  ports: Parameters<typeof verifyHeads>[0],
  found: Verification,
  from: Place | null,
  older: Day | null,
): Promise<Verification> {
  const { faults, place } = await verifyHeads(ports, from);
  const isNew = ({ kind, visitor, seq }: LedgerFault): boolean =>
    !found.faults.some(
      (known) => known.kind === kind && known.visitor === visitor && known.seq === seq,
    );
  const all = [...found.faults, ...faults.filter(isNew)];
  return {
    ...found,
    faults: all,
    ok: all.length === 0 && found.anchors.faults.length === 0,
    cursor: place ? `${PERSONS}${place.day}/${place.id}` : olderThan(older),
  };
}

/** @throws Problem `bad_request` for a cursor that isn't ours */
function placeIn(cursor: string): Place {
  const [day = "", id = ""] = cursor.slice(PERSONS.length).split("/");
  if (!/^\d{1,7}$/.test(day) || !isVisitorId(id)) throw new Problem("bad_request", "not a cursor");
  return { day: Number(day) as Day, id };
}

/** @throws Problem `bad_request` for a cursor that isn't ours */
function wholeDay(cursor: string): Day {
  const day = Number(cursor.slice(OLDER.length));
  if (!Number.isSafeInteger(day) || day < 0) throw new Problem("bad_request", "not a cursor");
  return day;
}

export const isSealed =
  (context: Context): Parameters<typeof verifyChain>[2]["isSealed"] =>
  async ({ seal, ...stub }) =>
    sameSecret(seal, await context.identifiers.stubs.seal(stubText(stub)));

export const getVerification = forRole("officer", async (request, context) =>
  json(await verifyReceipts(context, asked(request, "cursor"))),
);
