import { chooseBlocking, proposePairs, DEFAULT_BLOCKING, type BlockingOptions, type PairScope } from "./blocking.ts";
import { clusterPairs, type ScoredPair } from "./clusters.ts";
import { comparatorOf } from "./comparators.ts";
import { compareRecords, comparisonWidth, levelCounts } from "./comparison.ts";
import { estimate, type Place } from "./em.ts";
import { chanceOfSame, countFrequencies, type Frequencies } from "./frequencies.ts";
import { isPersonal, kinshipsOf } from "./kinship.ts";
import type { Model } from "./model.ts";
import { probabilityOf, type Parameters } from "./mixture.ts";
import { countPatterns, stateOf, type Patterns } from "./patterns.ts";
import { inferSchema, prepareRecord, type PreparedRecord, type Schema, type SourceRecord, type ValueCache } from "./records.ts";
import { rarityOf, scorerOf } from "./scoring.ts";

export interface TrainingOptions {
  /** Uniform in [0, 1); injected so that training can be repeated exactly. */
  readonly random: () => number;
  readonly blocking?: BlockingOptions;
  readonly scope?: PairScope;
}

const RANDOM_PAIRS = 200_000;
const MOST_CANDIDATES = 200_000;
const ROUNDS = 3;
const HOUSEHOLD_PRICE = 60;

/** Learns a model from records alone. */
export function train(records: readonly SourceRecord[], options: TrainingOptions): Model {
  const schema = inferSchema(records);
  const cache: ValueCache = new Map();
  return trainPrepared(schema, records.map((record) => prepareRecord(schema, record, cache)), options);
}

/** A pair picked for training, with its levels. */
interface Compared {
  readonly pairs: Int32Array;
  readonly proposed: Uint8Array;
  readonly weights: Float64Array;
  readonly levels: Uint8Array;
}

export function trainPrepared(schema: Schema, records: readonly PreparedRecord[], options: TrainingOptions): Model {
  const scope = options.scope ?? {};
  const blocking = chooseBlocking(schema, records, options.blocking ?? DEFAULT_BLOCKING);
  const compared = pickPairs(schema, records, options, (propose) => proposePairs(blocking, records, scope, propose));
  let frequencies = countFrequencies(schema, records, (index) => index);
  let kinships = kinshipsOf(schema);
  let start: Parameters | undefined;
  for (let round = 1; ; round++) {
    const input = { patterns: patternsOf(schema, records, frequencies, compared), places: placesOf(schema, frequencies), kinships };
    let fit = estimate(start === undefined ? input : { ...input, start });
    if (round === 1) {
      const rest = fit.parameters.kinships.filter(({ name }) => name !== "household"); const without = estimate({ ...input, start: { ...fit.parameters, matchRate: fit.parameters.matchRate + (fit.parameters.kinships.find(({name})=>name==="household")?.rate ?? 0), kinships: rest }, kinships: kinships.filter(({ name }) => name !== "household") });
      if (globalThis.process?.env.DEBUG) console.log("LL gain", fit.logLikelihood - without.logLikelihood, fit.logLikelihood, input.patterns.weights.length, without.parameters.matchRate, fit.parameters.matchRate);
      if (fit.logLikelihood - without.logLikelihood < HOUSEHOLD_PRICE) { fit = without; kinships = kinships.filter(({ name }) => name !== "household"); }
    }
    start = fit.parameters;
    const model: Model = { version: 1, schema, blocking, frequencies, ...fit.parameters };
    if (round === ROUNDS) return model;
    frequencies = recount(model, records, compared);
  }
}

function placesOf(schema: Schema, frequencies: readonly Frequencies[]): Place[] {
  return levelCounts(schema).map((levels, index) => {
    const [column, own] = [schema.columns[index], frequencies[index]];
    return {
      levels,
      differentFrom: column === undefined ? levels : comparatorOf(column.kind).differentFrom,
      personal: isPersonal(schema, index),
      chanceOfSame: own === undefined ? undefined : chanceOfSame(own),
    };
  });
}

/** Counts values again with every record of a person found so far counted once. */
function recount(model: Model, records: readonly PreparedRecord[], compared: Compared): Frequencies[] {
  const scorer = scorerOf(model);
  const scored: ScoredPair[] = [];
  for (let i = 0; i < compared.proposed.length; i++) {
    if (compared.proposed[i] === 0) continue;
    const [a, b] = [compared.pairs[2 * i] ?? 0, compared.pairs[2 * i + 1] ?? 0];
    const [left, right] = [records[a], records[b]];
    if (left === undefined || right === undefined) continue;
    const bits = scorer.weigh(left, right);
    if (probabilityOf(bits) >= 0.5) scored.push({ a, b, bits });
  }
  const clusterOf = clusterPairs(records.length, scored, 0.95);
  return countFrequencies(model.schema, records, (index) => clusterOf[index] ?? index);
}

function patternsOf(schema: Schema, records: readonly PreparedRecord[], frequencies: readonly Frequencies[], compared: Compared): Patterns {
  const width = comparisonWidth(schema);
  const chances = frequencies.map(chanceOfSame);
  const states = compared.levels.map((level, i) => {
    const [pair, place] = [Math.floor(i / width), i % width];
    if (level !== 0) return stateOf(level, 0);
    const value = records[compared.pairs[2 * pair] ?? 0]?.values[place] ?? records[compared.pairs[2 * pair + 1] ?? 0]?.values[place];
    return stateOf(level, rarityOf(frequencies[place], chances[place], value?.text));
  });
  return countPatterns(states, width, compared.proposed, compared.weights);
}

/**
 * A stratified sample of all pairs: of those that blocking proposes and of the rest, each with the number of pairs it stands for.
 */
function pickPairs(schema: Schema, records: readonly PreparedRecord[], { random, scope = {} }: TrainingOptions, each: (propose: (a: number, b: number) => void) => void): Compared {
  const population = scope.split === undefined ? (records.length * (records.length - 1)) / 2 : scope.split * (records.length - scope.split);
  const others = randomPairs(records.length, scope, population, random);
  const kept: number[] = [];
  let seen = 0;
  each((a, b) => {
    const place = seen < MOST_CANDIDATES ? seen : Math.floor(random() * (seen + 1));
    seen++;
    others.delete(a * records.length + b);
    if (place >= MOST_CANDIDATES) return;
    kept[2 * place] = a;
    kept[2 * place + 1] = b;
  });
  const candidates = kept.length / 2;
  const pairs = Int32Array.from([...kept, ...[...others].flatMap((code) => [Math.floor(code / records.length), code % records.length])]);
  const count = pairs.length / 2;
  const weights = Float64Array.from({ length: count }, (_, i) => (i < candidates ? seen / candidates : (population - seen) / others.size));
  const proposed = Uint8Array.from({ length: count }, (_, i) => (i < candidates ? 1 : 0));
  const width = comparisonWidth(schema);
  const levels = new Uint8Array(count * width);
  for (let pair = 0; pair < count; pair++) {
    const [a, b] = [records[pairs[2 * pair] ?? 0], records[pairs[2 * pair + 1] ?? 0]];
    if (a !== undefined && b !== undefined) compareRecords(schema, a, b, levels, pair * width);
  }
  return { pairs, proposed, weights, levels };
}

/** Pairs picked at random, or all of them where there are few, as `a * records + b` with `a < b`. */
function randomPairs(records: number, scope: PairScope, population: number, random: () => number): Set<number> {
  const pairs = new Set<number>();
  const ends = scope.split ?? records;
  const starts = scope.split ?? 0;
  if (population <= 2 * RANDOM_PAIRS) {
    for (let a = 0; a < ends; a++) for (let b = Math.max(starts, a + 1); b < records; b++) pairs.add(a * records + b);
    return pairs;
  }
  while (pairs.size < RANDOM_PAIRS) {
    const a = Math.floor(random() * ends);
    const b = starts + Math.floor(random() * (records - starts));
    if (a !== b) pairs.add(Math.min(a, b) * records + Math.max(a, b));
  }
  return pairs;
}
