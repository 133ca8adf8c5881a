import { chooseBlocking, proposePairs, DEFAULT_BLOCKING, type BlockingOptions, type PairScope } from "./blocking.ts";
import { clusterPairs, type ScoredPair } from "./clusters.ts";
import { compareRecords, comparisonWidth, levelCounts } from "./comparison.ts";
import { estimate, type Comparisons } from "./em.ts";
import { chanceOfSame, countFrequencies, type Frequencies } from "./frequencies.ts";
import type { Model } from "./model.ts";
import { inferSchema, prepareRecord, type PreparedRecord, type Schema, type SourceRecord, type ValueCache } from "./records.ts";
import { rarityBits, scorerOf, probabilityOf } from "./scoring.ts";

export interface TrainingOptions {
  /** Uniform in [0, 1); injected so that training can be repeated exactly. */
  readonly random: () => number;
  readonly blocking?: BlockingOptions;
  readonly scope?: PairScope;
}

const RANDOM_PAIRS = 250_000;
const MOST_CANDIDATES = 400_000;

/** Learns a model from records alone. */
export function train(records: readonly SourceRecord[], options: TrainingOptions): Model {
  const schema = inferSchema(records);
  const cache: ValueCache = new Map();
  return trainPrepared(schema, records.map((record) => prepareRecord(schema, record, cache)), options);
}

export function trainPrepared(schema: Schema, records: readonly PreparedRecord[], options: TrainingOptions): Model {
  const scope = options.scope ?? {};
  const blocking = chooseBlocking(schema, records, options.blocking ?? DEFAULT_BLOCKING);
  const { pairs: candidates, seen } = sampleCandidates(records, options, (propose) => proposePairs(blocking, records, scope, propose));
  const population = scope.split === undefined ? (records.length * (records.length - 1)) / 2 : scope.split * (records.length - scope.split);
  const random = randomPairs(records.length, scope, population, options.random);
  const compared = { candidates: comparePairs(schema, records, candidates), random: comparePairs(schema, records, random) };
  let frequencies = countFrequencies(schema, records, (index) => index);
  for (let round = 0; ; round++) {
    const chances = frequencies.map(chanceOfSame);
    const rarity = (pairs: Int32Array, comparisons: Comparisons) => pairRarity(schema, records, frequencies, chances, pairs, comparisons);
    const { shares, matchRate } = estimate({
      candidates: compared.candidates,
      candidateWeight: seen / Math.max(1, compared.candidates.count),
      random: compared.random,
      candidateBits: rarity(candidates, compared.candidates),
      randomBits: rarity(random, compared.random),
      population,
      levelCounts: levelCounts(schema),
      chanceOfSame: [...chances, ...schema.exchangeable.map(() => undefined)],
    });
    const model: Model = { version: 1, schema, blocking, frequencies, shares, matchRate };
    if (round === 2) return model;
    frequencies = recount(model, records, candidates);
  }
}

/** Counts values again with every record of a person found so far counted once. */
function recount(model: Model, records: readonly PreparedRecord[], candidates: Int32Array): Frequencies[] {
  const scorer = scorerOf(model);
  const scored: ScoredPair[] = [];
  for (let i = 0; i < candidates.length; i += 2) {
    const [a, b] = [candidates[i] ?? 0, candidates[i + 1] ?? 0];
    const [left, right] = [records[a], records[b]];
    if (left === undefined || right === undefined) continue;
    const probability = probabilityOf(scorer.weigh(left, right));
    if (probability >= 0.5) scored.push({ a, b, bits: scorer.weigh(left, right) });
  }
  const clusterOf = clusterPairs(records.length, scored, 0.95);
  return countFrequencies(model.schema, records, (index) => clusterOf[index] ?? index);
}

function pairRarity(schema: Schema, records: readonly PreparedRecord[], frequencies: readonly Frequencies[], chances: readonly number[], pairs: Int32Array, comparisons: Comparisons): Float32Array {
  return Float32Array.from({ length: comparisons.count }, (_, pair) => {
    const [a, b] = [records[pairs[2 * pair] ?? 0], records[pairs[2 * pair + 1] ?? 0]];
    return a === undefined || b === undefined ? 0 : rarityBits(schema, frequencies, chances, a, b, comparisons.levels, pair * comparisons.width);
  });
}

function comparePairs(schema: Schema, records: readonly PreparedRecord[], pairs: Int32Array): Comparisons {
  const width = comparisonWidth(schema);
  const count = pairs.length / 2;
  const levels = new Uint8Array(count * width);
  for (let pair = 0; pair < count; pair++) {
    const [a, b] = [records[pairs[2 * pair] ?? 0], records[pairs[2 * pair + 1] ?? 0]];
    if (a !== undefined && b !== undefined) compareRecords(schema, a, b, levels, pair * width);
  }
  return { levels, width, count };
}

/** A uniform sample of the proposed pairs (reservoir sampling). */
function sampleCandidates(_records: readonly PreparedRecord[], options: TrainingOptions, each: (propose: (a: number, b: number) => void) => void): { pairs: Int32Array; seen: number } {
  const kept: number[] = [];
  let seen = 0;
  each((a, b) => {
    const place = seen < MOST_CANDIDATES ? seen : Math.floor(options.random() * (seen + 1));
    seen++;
    if (place >= MOST_CANDIDATES) return;
    kept[2 * place] = a;
    kept[2 * place + 1] = b;
  });
  return { pairs: Int32Array.from(kept), seen };
}

/** Pairs picked at random, or all of them where there are few. */
function randomPairs(records: number, scope: PairScope, population: number, random: () => number): Int32Array {
  const pairs: number[] = [];
  const firstOfB = scope.split ?? 0;
  if (population <= RANDOM_PAIRS) {
    for (let a = 0; a < (scope.split ?? records); a++) for (let b = Math.max(firstOfB, a + 1); b < records; b++) pairs.push(a, b);
    return Int32Array.from(pairs);
  }
  while (pairs.length < 2 * RANDOM_PAIRS) {
    const a = Math.floor(random() * (scope.split ?? records));
    const b = firstOfB + Math.floor(random() * (records - firstOfB));
    if (a !== b) pairs.push(a, b);
  }
  return Int32Array.from(pairs);
}
