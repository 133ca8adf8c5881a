import type { Kinship } from "./kinship.ts";
import {
  expect,
  levelTotals,
  likelihoodTables,
  type Expectation,
  type KinshipShare,
  type LevelShares,
  type Parameters,
} from "./mixture.ts";
import { CELLS, MISSING_STATE, type Patterns } from "./patterns.ts";

export interface EmInput {
  readonly patterns: Patterns;
  readonly places: readonly Place[];
  readonly kinships: readonly Kinship[];
  /** Parameters to start from, of the same places. */
  readonly start?: Parameters;
}

/** What estimation needs to know about one place of a comparison. */
export interface Place {
  readonly levels: number;
  /** The level from which values count as different. */
  readonly differentFrom: number;
  /** Whether members of a household don't share it. */
  readonly personal: boolean;
  /** The probability that two persons have exactly the same value; undefined where there is no such thing. */
  readonly chanceOfSame?: number | undefined;
}

export interface Fit {
  readonly parameters: Parameters;
  /** Whether personal fields of matches would be wrong more often than is plausible: some of these matches are kin. */
  readonly implausible: boolean;
}

const MOST_ITERATIONS = 60;
const CONVERGED = 3e-3;
/** Imagined matches that keep the shape of m sensible where few matches are seen. */
const M_PRIOR = 40;
/** Imagined pairs behind the start of how far a kinship shares a place. */
const SHARING_PRIOR = 5;
/** Weight of the frequencies' own estimate of exact agreement, as a share of all pairs. */
const CHANCE_PRIOR = 0.05;
/** A kinship starts this much rarer than matches: it has to be needed to grow. */
const KINSHIP_START = 0.005;
/** Matches differ in a field at most this often, whatever the field. */
const MOST_DIFFERENT = 0.5;

/**
 * Fellegi–Sunter parameters without labels, by expectation maximisation over weighted patterns of all pairs. Pairs that
 * blocking passed over can't be matches, so the match rate refers to all pairs and m isn't bent by the choice of candidates.
 *
 * Between "a match whose given name is wrong" and "another member of the household" the likelihood is flat where only
 * one field tells them apart; so a personal field of matches may not be wrong much more often than other fields are.
 */
export function estimate(input: EmInput): Fit {
  const { patterns } = input;
  const population = sum(patterns.weights);
  let parameters = input.start ?? startingParameters(input, population);
  let expectation = expect(patterns, parameters);
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const next = maximise(input, expectation, parameters, population);
    const done = hasConverged(next, parameters);
    parameters = next;
    expectation = expect(patterns, parameters);
    if (done) break;
  }
  return { parameters, implausible: isImplausible(parameters, input.places) };
}

/** Before any estimate: matches mostly agree, and less the lower the level; unrelated pairs look as all pairs do. */
function startingParameters(
  { patterns, places, kinships }: EmInput,
  population: number,
): Parameters {
  const all = new Float64Array(patterns.width * CELLS);
  let proposed = 0;
  patterns.weights.forEach((weight, pattern) => {
    if (patterns.proposed[pattern] === 1) proposed += weight;
    for (let place = 0; place < patterns.width; place++) {
      const cell =
        place * CELLS + (patterns.states[pattern * patterns.width + place] ?? MISSING_STATE);
      all[cell] = (all[cell] ?? 0) + weight;
    }
  });
  const matchRate = Math.min(0.3, Math.max(1e-10, (0.2 * proposed) / population));
  return {
    shares: places.map((place, index) => ({
      m: startingM(place.levels),
      u: unrelatedShares(levelTotals(all, index, place.levels), place, population),
    })),
    matchRate,
    kinships: kinships.map(({ name, sharing }) => ({
      name,
      sharing,
      rate: matchRate * KINSHIP_START,
    })),
  };
}

function startingM(levels: number): number[] {
  return Array.from({ length: levels }, (_, level) => (level === 0 ? 0.8 : 0.2 / (levels - 1)));
}

function maximise(
  { places, kinships }: EmInput,
  expectation: Expectation,
  before: Parameters,
  population: number,
): Parameters {
  const [matches, unrelated] = [expectation.cells[0], expectation.cells.at(-1)];
  const free = places.map(({ levels }, place) =>
    matchShares(matches === undefined ? [] : levelTotals(matches, place, levels)),
  );
  const cap = mostWrong(free, places);
  const shares = places.map((place, index): LevelShares => ({
    m: capDifferent(free[index] ?? [], place.differentFrom, place.personal ? cap : MOST_DIFFERENT),
    u: unrelatedShares(
      unrelated === undefined ? [] : levelTotals(unrelated, index, place.levels),
      place,
      population,
    ),
  }));
  const tables = likelihoodTables(before);
  return {
    shares,
    matchRate: Math.max(1e-12, ((expectation.totals[0] ?? 0) + 0.1) / population),
    kinships: before.kinships.map(({ name, sharing }, k): KinshipShare => ({
      name,
      rate: Math.max(1e-15, (expectation.totals[k + 1] ?? 0) / population),
      sharing: sharing.map((share, place) =>
        sharedShare(
          share,
          kinships[k]?.sharing[place] ?? 0,
          place,
          expectation.cells[k + 1],
          tables[0],
          tables[k + 1],
        ),
      ),
    })),
  };
}

/** How far a kinship shares a place, from its expected pairs: in each cell, the part that agreement as in one person explains. */
function sharedShare(
  share: number,
  start: number,
  place: number,
  cells?: Float64Array,
  match?: Float64Array,
  kin?: Float64Array,
): number {
  if (start === 0 || cells === undefined || match === undefined || kin === undefined) return start;
  let [seen, shared] = [SHARING_PRIOR, SHARING_PRIOR * start];
  for (let cell = place * CELLS; cell < place * CELLS + MISSING_STATE; cell++) {
    const count = cells[cell] ?? 0;
    seen += count;
    shared += (count * share * (match[cell] ?? 1)) / (kin[cell] ?? 1);
  }
  return clamp(shared / seen, 0.001, 0.999);
}

function matchShares(counts: readonly number[]): number[] {
  const raw = startingM(counts.length).map(
    (share, level) => (counts[level] ?? 0) + share * M_PRIOR,
  );
  const total = sum(raw);
  return raw.map((value) => value / total);
}

/** How often a personal field of a match may be different: somewhat more than the worst of the other fields. */
function mostWrong(m: readonly (readonly number[])[], places: readonly Place[]): number {
  const others = m.map((shares, index) =>
    places[index]?.personal === true
      ? 0
      : sum(shares.slice(places[index]?.differentFrom ?? shares.length)),
  );
  return clamp(1.5 * Math.max(0, ...others), 0.1, 0.2);
}

function isImplausible({ shares }: Parameters, places: readonly Place[]): boolean {
  const cap = mostWrong(
    shares.map(({ m }) => m),
    places,
  );
  return shares.some(({ m }, index) => {
    const place = places[index];
    return (
      place?.personal === true && place.levels > 2 && sum(m.slice(place.differentFrom)) > 0.99 * cap
    );
  });
}

/** Scales the different levels down to `cap` where they exceed it, and the others up. */
function capDifferent(m: readonly number[], from: number, cap: number): readonly number[] {
  const different = sum(m.slice(from));
  if (different <= cap) return m;
  return m.map((share, level) =>
    level >= from ? (share * cap) / different : (share * (1 - cap)) / (1 - different),
  );
}

function unrelatedShares(
  counts: readonly number[],
  { chanceOfSame }: Place,
  population: number,
): number[] {
  const total = sum(counts) + 1;
  if (chanceOfSame === undefined) return counts.map((count) => (count + 1 / counts.length) / total);
  const weight = CHANCE_PRIOR * population;
  const same = ((counts[0] ?? 0) + weight * chanceOfSame) / (total + weight);
  const others = counts.slice(1).map((count) => count + total * 2e-6);
  const rest = sum(others);
  return [same, ...others.map((count) => (count / rest) * (1 - same))];
}

function hasConverged(next: Parameters, before: Parameters): boolean {
  const steady = (a: number, b: number) => Math.abs(Math.log(a / b)) < CONVERGED;
  return (
    steady(next.matchRate, before.matchRate) &&
    next.kinships.every(
      ({ rate }, k) =>
        rate < 1e-2 * next.matchRate || steady(rate, before.kinships[k]?.rate ?? rate),
    )
  );
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
