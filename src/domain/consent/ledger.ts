import { canonical } from "./canonical.ts";
import { canonicalBody, GENESIS, type Receipt, type Sha256 } from "./receipt.ts";

/** What an erasure leaves of a receipt: its place in the chain, under a keyed name, sealed by whoever erased. */
export interface ReceiptStub {
  readonly erased: true;
  /** A keyed name, the same in all stubs of one visitor; not the visitor's id. */
  readonly visitor: string;
  readonly sequence: number;
  readonly previous: string;
  readonly hash: string;
  /** A MAC over `stubText`, so that nobody hides a row by calling it erased. */
  readonly seal: string;
}

export type LedgerRow = Receipt | ReceiptStub;

/** The newest receipt of a visitor. Anchored elsewhere, it shows when the end of a chain was cut off. */
export interface Head {
  readonly visitor: string;
  readonly sequence: number;
  readonly hash: string;
}

export type LedgerFault =
  /** The row's content isn't what it was when its hash was made. */
  | { readonly kind: "changed"; readonly visitor: string; readonly sequence: number }
  /** A row between two others, at the start, or after the last one is gone. */
  | { readonly kind: "missing"; readonly visitor: string; readonly sequence: number }
  /** The row doesn't follow the one before it, or two rows have one place. */
  | { readonly kind: "misplaced"; readonly visitor: string; readonly sequence: number };

/** The text an erasure seals. */
export function stubText(stub: Omit<ReceiptStub, "seal">): string {
  return canonical({ ...stub });
}

/** Checks one visitor's rows, in any order, against each other and, if it is known, the anchored head. */
export async function verifyChain(
  rows: readonly LedgerRow[],
  check: {
    readonly sha256: Sha256;
    readonly isSealed: (stub: ReceiptStub) => Promise<boolean>;
    readonly head?: Head | null;
  },
): Promise<LedgerFault[]> {
  const faults: LedgerFault[] = [];
  const sorted = rows.toSorted((a, b) => a.sequence - b.sequence);
  const visitor = sorted[0]?.visitor ?? check.head?.visitor ?? "";
  let expected = 1;
  let before: string | null = GENESIS;
  for (const row of sorted) {
    for (; expected < row.sequence; expected++) {
      faults.push({ kind: "missing", visitor, sequence: expected });
      before = null;
    }
    if (row.sequence < expected)
      faults.push({ kind: "misplaced", visitor, sequence: row.sequence });
    else if (before !== null && row.previous !== before)
      faults.push({ kind: "misplaced", visitor, sequence: row.sequence });
    if (!(await isIntact(row, check)))
      faults.push({ kind: "changed", visitor, sequence: row.sequence });
    before = row.hash;
    expected = row.sequence + 1;
  }
  const { head } = check;
  for (let sequence = expected; head && sequence <= head.sequence; sequence++)
    faults.push({ kind: "missing", visitor, sequence });
  const anchored = head ? sorted.find(({ sequence }) => sequence === head.sequence) : undefined;
  if (head && anchored !== undefined && anchored.hash !== head.hash) {
    faults.push({ kind: "changed", visitor, sequence: head.sequence });
  }
  return unique(faults);
}

async function isIntact(
  row: LedgerRow,
  check: { readonly sha256: Sha256; readonly isSealed: (stub: ReceiptStub) => Promise<boolean> },
): Promise<boolean> {
  if ("erased" in row) return check.isSealed(row);
  const { hash, ...body } = row;
  try {
    return (await check.sha256(canonicalBody(body))) === hash;
  } catch {
    return false;
  }
}

function unique(faults: readonly LedgerFault[]): LedgerFault[] {
  const seen = new Map(faults.map((fault) => [`${fault.kind} ${fault.sequence}`, fault]));
  return [...seen.values()];
}

/** One hash over the heads of all visitors, in any order: the row that is signed once a day. */
export async function anchorOf(heads: readonly Head[], sha256: Sha256): Promise<string> {
  const lines = heads
    .map(({ visitor, sequence, hash }) => canonical([visitor, sequence, hash]))
    .toSorted();
  return sha256(lines.join("\n"));
}
