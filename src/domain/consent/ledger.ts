import type { Receipt } from "../person/consent.ts";
import { canonical } from "./canonical.ts";

/** SHA-256 of a text, base64url. */
export type Sha256 = (text: string) => Promise<string>;

/** What the first receipt names as the one before. */
export const GENESIS = "0";

/** The text whose hash a receipt carries: everything in the row but the hash, the one before it included. */
export function receiptText(receipt: Omit<Receipt, "hash">): string {
  const { visitor, seq, at, kind, policy, body, previous } = receipt;
  return canonical({ visitor, seq, at, kind, policy, body, previous });
}

/** The next receipt of a visitor's chain. */
export async function seal(
  receipt: Omit<Receipt, "seq" | "previous" | "hash">,
  last: { readonly seq: number; readonly hash: string } | null,
  sha256: Sha256,
): Promise<Receipt> {
  const placed = { ...receipt, seq: (last?.seq ?? 0) + 1, previous: last?.hash ?? GENESIS };
  return { ...placed, hash: await sha256(receiptText(placed)) };
}

/** What an erasure leaves of a receipt: its place in the chain, under a keyed name, sealed by whoever erased. */
export interface ReceiptStub {
  readonly erased: true;
  /** A keyed name, the same in all stubs of one visitor; not the visitor's id. */
  readonly visitor: string;
  readonly seq: number;
  readonly previous: string;
  readonly hash: string;
  /** A MAC over `stubText`, so that nobody hides a row by calling it erased. */
  readonly seal: string;
}

export type LedgerRow = Receipt | ReceiptStub;

/** The text that an erasure seals. */
export function stubText(stub: Omit<ReceiptStub, "seal">): string {
  const { erased, visitor, seq, previous, hash } = stub;
  return canonical({ erased, visitor, seq, previous, hash });
}

/** The newest receipt of a visitor. Anchored elsewhere, it shows when the end of a chain was cut off. */
export interface Head {
  readonly visitor: string;
  readonly seq: number;
  readonly hash: string;
}

/**
 * `changed`: the row isn't what it was when its hash was made. `missing`: a row before another, or at the end of the
 * chain, is gone. `misplaced`: the row doesn't follow the one before it, or two rows have one place.
 */
export interface LedgerFault {
  readonly kind: "changed" | "missing" | "misplaced";
  readonly visitor: string;
  readonly seq: number;
}

interface Check {
  readonly sha256: Sha256;
  /** Whether a stub's seal holds. */
  readonly isSealed: (stub: ReceiptStub) => Promise<boolean>;
}

/** Checks one visitor's rows, in any order, against each other and, where it is known, the anchored head. */
export async function verifyChain(
  rows: readonly LedgerRow[],
  head: Head | null,
  check: Check,
): Promise<LedgerFault[]> {
  const faults = new Map<string, LedgerFault>();
  const sorted = rows.toSorted((a, b) => a.seq - b.seq);
  const visitor = sorted[0]?.visitor ?? head?.visitor ?? "";
  const fault = (kind: LedgerFault["kind"], seq: number): void => {
    faults.set(`${kind} ${seq}`, { kind, visitor, seq });
  };

  let expected = 1;
  let before: string | null = GENESIS;
  for (const row of sorted) {
    for (; expected < row.seq; expected++) {
      fault("missing", expected);
      before = null;
    }
    const follows = row.seq === expected && (before === null || row.previous === before);
    if (!follows) fault("misplaced", row.seq);
    if (!(await isIntact(row, check))) fault("changed", row.seq);
    if (head !== null && row.seq === head.seq && row.hash !== head.hash) fault("changed", row.seq);
    before = row.hash;
    expected = row.seq + 1;
  }
  for (; head !== null && expected <= head.seq; expected++) fault("missing", expected);
  return [...faults.values()];
}

async function isIntact(row: LedgerRow, { sha256, isSealed }: Check): Promise<boolean> {
  if ("erased" in row) return isSealed(row);
  try {
    return (await sha256(receiptText(row))) === row.hash;
  } catch {
    // A body that has no canonical text was never sealed by us.
    return false;
  }
}

/** One hash over the heads of all visitors, in any order: the row that is signed once a day. */
export async function anchorOf(heads: readonly Head[], sha256: Sha256): Promise<string> {
  const lines = heads.map(({ visitor, seq, hash }) => canonical([visitor, seq, hash])).toSorted();
  return sha256(lines.join("\n"));
}
