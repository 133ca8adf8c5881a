import type { PairScope } from "./blocking.ts";
import { compareRecords, comparisonWidth } from "./comparison.ts";
import { chanceOfSame, rarityOf, type Frequencies } from "./frequencies.ts";
import { countPatterns, stateOf, type Patterns } from "./patterns.ts";
import type { PreparedRecord, Schema } from "./records.ts";

/** Pairs picked for training, compared. */
export interface SampledPairs {
  /** Two record indices a pair. */
  readonly pairs: Int32Array;
  /** 1 where blocking proposed the pair. */
  readonly proposed: Uint8Array;
  /** How many of all pairs each stands for. */
  readonly weights: Float64Array;
  /** Levels, one row a pair. */
  readonly levels: Uint8Array;
}

/** Sizes of the two strata. */
const MOST_PROPOSED = 80_000;
const OTHERS = 80_000;

/**
 * A stratified sample of all pairs: of those that blocking proposes (reservoir sampling) and of the rest (at random, or
 * all where there are few).
 */
export function samplePairs(
  schema: Schema,
  records: readonly PreparedRecord[],
  scope: PairScope,
  random: () => number,
  eachProposed: (propose: (a: number, b: number) => void) => void,
): SampledPairs {
  const size = records.length;
  const population =
    scope.split === undefined ? (size * (size - 1)) / 2 : scope.split * (size - scope.split);
  const others = randomPairs(size, scope, population, random);
  const kept: number[] = [];
  let seen = 0;
  eachProposed((a, b) => {
    others.delete(a * size + b);
    const place = seen < MOST_PROPOSED ? seen : Math.floor(random() * (seen + 1));
    seen++;
    if (place >= MOST_PROPOSED) return;
    kept[2 * place] = a;
    kept[2 * place + 1] = b;
  });
  const proposedCount = kept.length / 2;
  for (const code of others) kept.push(Math.floor(code / size), code % size);
  const pairs = Int32Array.from(kept);
  const count = pairs.length / 2;
  const width = comparisonWidth(schema);
  const levels = new Uint8Array(count * width);
  for (let pair = 0; pair < count; pair++) {
    const [a, b] = [records[pairs[2 * pair] ?? 0], records[pairs[2 * pair + 1] ?? 0]];
    if (a !== undefined && b !== undefined) compareRecords(schema, a, b, levels, pair * width);
  }
  return {
    pairs,
    proposed: Uint8Array.from({ length: count }, (_, i) => (i < proposedCount ? 1 : 0)),
    weights: Float64Array.from({ length: count }, (_, i) =>
      i < proposedCount ? seen / proposedCount : (population - seen) / others.size,
    ),
    levels,
  };
}

/** Random pairs as `a * records + b` with `a < b`. */
function randomPairs(
  records: number,
  scope: PairScope,
  population: number,
  random: () => number,
): Set<number> {
  const pairs = new Set<number>();
  const [ends, starts] = [scope.split ?? records, scope.split ?? 0];
  if (population <= 2 * OTHERS) {
    for (let a = 0; a < ends; a++)
      for (let b = Math.max(starts, a + 1); b < records; b++) pairs.add(a * records + b);
    return pairs;
  }
  while (pairs.size < OTHERS) {
    const a = Math.floor(random() * ends);
    const b = starts + Math.floor(random() * (records - starts));
    if (a !== b) pairs.add(Math.min(a, b) * records + Math.max(a, b));
  }
  return pairs;
}

/** The sampled pairs as patterns, with exact agreement split by how rare the values are. */
export function patternsOf(
  schema: Schema,
  records: readonly PreparedRecord[],
  frequencies: readonly Frequencies[],
  sample: SampledPairs,
): Patterns {
  const width = comparisonWidth(schema);
  const chances = frequencies.map(chanceOfSame);
  const states = sample.levels.map((level, i) => {
    if (level !== 0) return stateOf(level, 0);
    const [pair, place] = [Math.floor(i / width), i % width];
    const value =
      records[sample.pairs[2 * pair] ?? 0]?.values[place] ??
      records[sample.pairs[2 * pair + 1] ?? 0]?.values[place];
    return stateOf(level, rarityOf(frequencies[place], chances[place], value?.text));
  });
  return countPatterns(states, width, sample.proposed, sample.weights);
}
