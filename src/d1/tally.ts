/**
 * What a set of rows adds up to, in whatever order and parts it is read: how many they are, and a sum of what each row hashes
 * to. Two sets that differ by a lost, doubled or changed row differ in it. It guards against mistakes, not against anybody.
 */
import type { Row } from "./moving.ts";

export interface Tally {
  rows: number;
  /** 64 bits as a decimal number, for JSON. */
  digest: string;
}

export const NOTHING: Tally = { rows: 0, digest: "0" };

/** Two runs of FNV-1a with different beginnings, each with a final mix. */
function hash(text: string): bigint {
  let high = 0x811c9dc5;
  let low = 0x9e3779b9;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x85ebca6b);
    low ^= low >>> 15;
  }
  return (BigInt(mixed(high)) << 32n) | BigInt(mixed(low));
}

function mixed(bits: number): number {
  const once = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  const twice = Math.imul(once ^ (once >>> 15), 0x846ca68b);
  return (twice ^ (twice >>> 16)) >>> 0;
}

const sum = (a: string, b: bigint): string => String(BigInt.asUintN(64, BigInt(a) + b));

export const tallyOf = (rows: readonly Row[]): Tally => ({
  rows: rows.length,
  digest: sum(
    "0",
    rows.reduce((all, row) => all + hash(JSON.stringify(row)), 0n),
  ),
});

/**
 * Of figures: each number weighs what its name hashes to, so that several rows of one name add up to the same as the one
 * that has their sum. How many rows there are says nothing then; what is counted is what they count.
 */
export function tallyOfFigures(
  figures: readonly { name: string; numbers: readonly number[] }[],
): Tally {
  let [rows, digest] = [0, 0n];
  for (const { name, numbers } of figures)
    for (const [n, number] of numbers.entries()) {
      rows += number;
      digest += hash(`${n} ${name}`) * BigInt(number);
    }
  return { rows, digest: sum("0", digest) };
}

export const together = (a: Tally, b: Tally): Tally => ({
  rows: a.rows + b.rows,
  digest: sum(a.digest, BigInt(b.digest)),
});

export const isSame = (a: Tally, b: Tally): boolean => a.rows === b.rows && a.digest === b.digest;
