import { chooseBlocking, proposePairs, type PairScope } from "./blocking.ts";
import { clusterPairs, type ScoredPair } from "./clusters.ts";
import { comparatorOf } from "./comparators.ts";
import { levelCounts } from "./comparison.ts";
import { estimate, type EmInput, type Place } from "./em.ts";
import { chanceOfSame, countFrequencies, type Frequencies } from "./frequencies.ts";
import { isPersonal, kinshipsOf } from "./kinship.ts";
import type { Parameters } from "./mixture.ts";
import type { Model } from "./model.ts";
import {
  inferSchema,
  prepareRecords,
  type PreparedRecord,
  type Schema,
  type SourceRecord,
} from "./records.ts";
import { patternsOf, samplePairs, type SampledPairs } from "./sampling.ts";
import { scorerOf } from "./scoring.ts";

export interface TrainingOptions {
  /** Uniform in [0, 1); injected so that training can be repeated exactly. */
  readonly random: () => number;
  /** Two sources, each without duplicates of interest: only pairs across are matches. */
  readonly scope?: PairScope;
}

/** Frequencies depend on who is one person, which depends on frequencies: so often both are found anew. */
const ROUNDS = 3;

/** Pairs at least this probable count as one person when frequencies are counted. */
const SURE = 0.95;

/**
 * Learns a model from records alone, without labels: which columns there are, how they are blocked, how often values
 * occur, and how often matches and other pairs agree. Linear in the number of records.
 */
export function train(records: readonly SourceRecord[], options: TrainingOptions): Model {
  const schema = inferSchema(records);
  return trainPrepared(schema, prepareRecords(schema, records), options);
}

/** As `train`, for records that were read already. */
export function trainPrepared(
  schema: Schema,
  records: readonly PreparedRecord[],
  { random, scope = {} }: TrainingOptions,
): Model {
  const blocking = chooseBlocking(schema, records);
  const sample = samplePairs(schema, records, scope, random, (propose) =>
    proposePairs(blocking, records, scope, propose),
  );
  let frequencies = countFrequencies(schema, records, (index) => index);
  let start: Parameters | undefined;
  for (let round = 1; ; round++) {
    const patterns = patternsOf(schema, records, frequencies, sample);
    const input = { patterns, places: placesOf(schema, frequencies), kinships: kinshipsOf(schema) };
    start =
      start === undefined
        ? fitWithKinships(input)
        : estimate({ ...input, kinships: keptKinships(input, start), start }).parameters;
    const model: Model = { version: 1, schema, blocking, frequencies, ...start };
    if (round === ROUNDS) return model;
    frequencies = recount(model, records, sample);
  }
}

/**
 * Households are a class of their own only where they are needed: where without them a personal field of matches would
 * be wrong implausibly often. Otherwise the same pairs are explained by wrong fields, which is the simpler reading.
 */
function fitWithKinships(input: EmInput): Parameters {
  const plain = estimate({
    ...input,
    kinships: input.kinships.filter(({ name }) => name !== "household"),
  });
  return plain.implausible ? estimate(input).parameters : plain.parameters;
}

function keptKinships(input: EmInput, start: Parameters): EmInput["kinships"] {
  return input.kinships.filter(({ name }) => start.kinships.some((kept) => kept.name === name));
}

function placesOf(schema: Schema, frequencies: readonly Frequencies[]): Place[] {
  return levelCounts(schema).map((levels, index) => {
    const [column, own] = [schema.columns[index], frequencies[index]];
    return {
      levels,
      differentFrom: column === undefined ? 1 : comparatorOf(column.kind).differentFrom,
      personal: isPersonal(schema, index),
      chanceOfSame: own === undefined ? undefined : chanceOfSame(own),
    };
  });
}

/** Counts values again with every record of a person found so far counted once. */
function recount(
  model: Model,
  records: readonly PreparedRecord[],
  sample: SampledPairs,
): Frequencies[] {
  const { weigh } = scorerOf(model);
  const weighIndexed = (a: number, b: number) => {
    const [left, right] = [records[a], records[b]];
    return left === undefined || right === undefined ? -Infinity : weigh(left, right);
  };
  const scored: ScoredPair[] = [];
  sample.proposed.forEach((proposed, i) => {
    if (proposed === 0) return;
    const [a, b] = [sample.pairs[2 * i] ?? 0, sample.pairs[2 * i + 1] ?? 0];
    const bits = weighIndexed(a, b);
    if (bits > 0) scored.push({ a, b, bits });
  });
  const clusterOf = clusterPairs(records.length, scored, SURE, weighIndexed);
  return countFrequencies(model.schema, records, (index) => clusterOf[index] ?? index);
}
