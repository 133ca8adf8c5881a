import { MISSING } from "./comparison.ts";

/** m and u of one column: the share of pairs at each level among matches and among others. Each sums to 1. */
export interface LevelShares {
  readonly m: readonly number[];
  readonly u: readonly number[];
}

/** Compared pairs, `width` levels each, one pair after the other. */
export interface Comparisons {
  readonly levels: Uint8Array;
  readonly width: number;
  readonly count: number;
}

export interface EmInput {
  /** Pairs that blocking proposed; every other pair is taken for a non-match. */
  readonly candidates: Comparisons;
  /** How many pairs each candidate stands for (more than 1 where the candidates are a sample). */
  readonly candidateWeight: number;
  /** Pairs picked at random from all pairs: what non-matches look like. */
  readonly random: Comparisons;
  /** Bits that a pair's rare or common values add to exact agreement, per candidate and per random pair. */
  readonly candidateBits: Float32Array;
  readonly randomBits: Float32Array;
  /** All pairs there are. */
  readonly population: number;
  readonly levelCounts: readonly number[];
  /** Per column the probability that two persons have exactly the same value, from how often values occur. */
  readonly chanceOfSame: readonly (number | undefined)[];
}

export interface EmResult {
  readonly shares: readonly LevelShares[];
  /** Share of matches among all pairs. */
  readonly matchRate: number;
  readonly iterations: number;
}

const MOST_ITERATIONS = 30;
const CONVERGED = 1e-4;
/** Imagined pairs that keep a level nobody has seen possible. */
const M_PRIOR = 4;
const U_PRIOR = 0.5;

/**
 * Fellegi–Sunter parameters without labels. Expectation maximisation over all pairs: those that blocking passed over
 * count as non-matches, so the match rate refers to all pairs and m isn't bent by the choice of candidates;
 * u comes from random pairs, less the part of them that are matches.
 */
export function estimate(input: EmInput): EmResult {
  let shares = input.levelCounts.map(startingShares);
  let matchRate = Math.min(0.5, Math.max(1e-9, (0.2 * input.candidates.count * input.candidateWeight) / input.population));
  shares = withU(shares, countLevels(input.random, input.levelCounts, undefined), input.chanceOfSame);
  let iterations = 0;
  for (; iterations < MOST_ITERATIONS; iterations++) {
    const ofCandidates = posteriors(input.candidates, input.candidateBits, shares, matchRate);
    const ofRandom = posteriors(input.random, input.randomBits, shares, matchRate);
    const nextRate = Math.max(1e-12, Math.min(0.9, (sum(ofCandidates) * input.candidateWeight + 0.5) / input.population));
    const agreeing = countLevels(input.candidates, input.levelCounts, ofCandidates);
    const others = countLevels(input.random, input.levelCounts, ofRandom.map((p) => 1 - p));
    shares = withU(withM(shares, agreeing), others, input.chanceOfSame);
    const change = Math.abs(Math.log(nextRate / matchRate));
    matchRate = nextRate;
    if (change < CONVERGED) break;
  }
  return { shares, matchRate, iterations };
}

/** Before any estimate: matches mostly agree, and less the lower the level. */
function startingShares(levels: number): LevelShares {
  const m = Array.from({ length: levels }, (_, level) => (level === 0 ? 0.8 : 0.2 / (levels - 1)));
  return { m, u: m.map(() => 1 / levels) };
}

function withM(shares: readonly LevelShares[], counts: readonly Float64Array[]): LevelShares[] {
  return shares.map(({ u, m }, i) => ({ m: toShares(counts[i], startingShares(m.length).m, M_PRIOR), u }));
}

function withU(shares: readonly LevelShares[], counts: readonly Float64Array[], chanceOfSame: readonly (number | undefined)[]): LevelShares[] {
  return shares.map(({ m, u }, i) => {
    const same = chanceOfSame[i];
    const sampled = counts[i]?.slice();
    if (same === undefined) return { m, u: toShares(sampled, u.map(() => 1 / u.length), U_PRIOR * u.length) };
    const others = toShares(sampled?.subarray(1), u.slice(1).map(() => 1 / (u.length - 1)), U_PRIOR * (u.length - 1));
    return { m, u: [same, ...others.map((share) => share * (1 - same))] };
  });
}

function toShares(counts: Float64Array | undefined, prior: readonly number[], weight: number): number[] {
  const raw = prior.map((share, level) => (counts?.[level] ?? 0) + share * weight);
  const total = sum(raw);
  return raw.map((value) => value / total);
}

function countLevels(pairs: Comparisons, levelCounts: readonly number[], weights: Float64Array | undefined): Float64Array[] {
  const counts = levelCounts.map((levels) => new Float64Array(levels));
  for (let pair = 0; pair < pairs.count; pair++) {
    const weight = weights?.[pair] ?? 1;
    if (weight < 1e-9) continue;
    for (let i = 0; i < pairs.width; i++) {
      const level = pairs.levels[pair * pairs.width + i] ?? MISSING;
      const column = counts[i];
      if (level !== MISSING && column !== undefined) column[level] = (column[level] ?? 0) + weight;
    }
  }
  return counts;
}

function posteriors(pairs: Comparisons, bits: Float32Array, shares: readonly LevelShares[], matchRate: number): Float64Array {
  const weights = shares.map(({ m, u }) => Float64Array.from(m, (share, level) => Math.log2(share / (u[level] ?? 1))));
  const prior = Math.log2(matchRate / (1 - matchRate));
  const result = new Float64Array(pairs.count);
  for (let pair = 0; pair < pairs.count; pair++) {
    let total = prior + (bits[pair] ?? 0);
    for (let i = 0; i < pairs.width; i++) {
      const level = pairs.levels[pair * pairs.width + i] ?? MISSING;
      if (level !== MISSING) total += weights[i]?.[level] ?? 0;
    }
    result[pair] = probabilityOf(total);
  }
  return result;
}

/** The probability that belongs to a match weight in bits. */
export function probabilityOf(bits: number): number {
  return 1 / (1 + 2 ** -bits);
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
