import { agreementLevel, comparatorOf } from "./comparators.ts";
import type { PreparedRecord, Schema } from "./records.ts";
import { differingBits } from "./strings.ts";
import type { PreparedValue } from "./values.ts";

/** Level of a column of which one side, or both, says nothing. */
export const MISSING = 255;

/** Levels of an exchangeable pair of columns. */
export const STRAIGHT = 0;
export const EXCHANGED = 1;

/** How much better (in agreement from 0 to 2) the exchanged reading must be before it is taken. */
const EXCHANGE_GAIN = 0.75;

/** How many numbers describe a compared pair: one level a column, then one a pair of exchangeable columns. */
export function comparisonWidth(schema: Schema): number {
  return schema.columns.length + schema.exchangeable.length;
}

/** How many levels each place of a comparison has. */
export function levelCounts(schema: Schema): number[] {
  return [
    ...schema.columns.map(({ kind }) => comparatorOf(kind).levels.length),
    ...schema.exchangeable.map(() => 2),
  ];
}

/** Compares two records into `out` from `offset`: a level per column (or `MISSING`), then the orientation of each exchangeable pair. */
export function compareRecords(
  schema: Schema,
  a: PreparedRecord,
  b: PreparedRecord,
  out: Uint8Array,
  offset = 0,
): void {
  const { columns, exchangeable } = schema;
  for (let i = 0; i < columns.length; i++)
    out[offset + i] = levelBetween(schema, i, a.values[i], b.values[i]);
  for (let g = 0; g < exchangeable.length; g++) {
    const [i, j] = exchangeable[g] ?? [0, 0];
    out[offset + columns.length + g] = readExchanged(schema, i, j, a, b, out, offset);
  }
}

function levelBetween(
  schema: Schema,
  column: number,
  a: PreparedValue | undefined,
  b: PreparedValue | undefined,
): number {
  const kind = schema.columns[column]?.kind;
  return a === undefined || b === undefined || kind === undefined
    ? MISSING
    : agreementLevel(kind, a, b);
}

/** Reads columns i and j crosswise where that fits clearly better, and says which way they were read. */
function readExchanged(
  schema: Schema,
  i: number,
  j: number,
  a: PreparedRecord,
  b: PreparedRecord,
  out: Uint8Array,
  offset: number,
): number {
  const [ai, aj, bi, bj] = [a.values[i], a.values[j], b.values[i], b.values[j]];
  if ((ai === undefined && aj === undefined) || (bi === undefined && bj === undefined))
    return MISSING;
  const straight = agreement(schema, i, out[offset + i]) + agreement(schema, j, out[offset + j]);
  if (straight > 2 - EXCHANGE_GAIN || (!mayAgree(ai, bj) && !mayAgree(aj, bi))) return STRAIGHT;
  const first = levelBetween(schema, i, ai, bj);
  const second = levelBetween(schema, j, aj, bi);
  if (agreement(schema, i, first) + agreement(schema, j, second) < straight + EXCHANGE_GAIN)
    return STRAIGHT;
  out[offset + i] = first;
  out[offset + j] = second;
  return EXCHANGED;
}

function mayAgree(a: PreparedValue | undefined, b: PreparedValue | undefined): boolean {
  return a !== undefined && b !== undefined && differingBits(a.bits, b.bits) <= 4;
}

/** 1 for the same, 0 for different or missing. */
function agreement(schema: Schema, column: number, level: number | undefined): number {
  const kind = schema.columns[column]?.kind;
  if (level === undefined || level === MISSING || kind === undefined) return 0;
  return 1 - level / (comparatorOf(kind).levels.length - 1);
}
