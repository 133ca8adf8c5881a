import { CELLS, levelOfState, MISSING_STATE, rarityOfState, type Patterns } from "./patterns.ts";

/** m and u of one place of a comparison: the share of pairs at each level among matches and among unrelated pairs. Each sums to 1. */
export interface LevelShares {
  readonly m: readonly number[];
  readonly u: readonly number[];
}

/** A class of pairs of different persons that share something; see `kinship.ts`. */
export interface KinshipShare {
  readonly name: string;
  /** Share of all pairs. */
  readonly rate: number;
  /** Per place: how far it agrees as in one person (1) or as in unrelated pairs (0). */
  readonly sharing: readonly number[];
}

/** Parameters of the mixture: matches, kinships, and the rest, which is unrelated. */
export interface Parameters {
  readonly shares: readonly LevelShares[];
  /** Share of matches among all pairs. */
  readonly matchRate: number;
  readonly kinships: readonly KinshipShare[];
}

/** The share of pairs that are neither matches nor kin. */
export function unrelatedRate({ matchRate, kinships }: Parameters): number {
  return kinships.reduce((rest, { rate }) => rest - rate, 1 - matchRate);
}

/** Likelihood of a place that is shared with probability `sharing` and otherwise as in unrelated pairs. */
export function mixed(sharing: number, likelihood: number): number {
  return sharing * likelihood + 1 - sharing;
}

/** The probability that belongs to a match weight in bits. */
export function probabilityOf(bits: number): number {
  return 1 / (1 + 2 ** -bits);
}

/** Likelihood relative to an unrelated pair, per cell (place and state), for matches and then for each kinship. */
export function likelihoodTables({ shares, kinships }: Parameters): Float64Array[] {
  const match = new Float64Array(shares.length * CELLS).fill(1);
  shares.forEach(({ m, u }, place) => {
    for (let state = 0; state < MISSING_STATE; state++) {
      const level = levelOfState(state);
      if (level < m.length)
        match[place * CELLS + state] =
          ((m[level] ?? 1) / (u[level] ?? 1)) * 2 ** rarityOfState(state);
    }
  });
  return [
    match,
    ...kinships.map(({ sharing }) =>
      match.map((likelihood, cell) => mixed(sharing[Math.floor(cell / CELLS)] ?? 0, likelihood)),
    ),
  ];
}

/** What the pairs look like under given parameters. */
export interface Expectation {
  /** Expected pairs per class (matches, each kinship, unrelated) and cell. */
  readonly cells: readonly Float64Array[];
  /** Expected pairs per class. */
  readonly totals: Float64Array;
}

/** The E-step: spreads every pattern over the classes by their posterior probabilities. */
export function expect(patterns: Patterns, parameters: Parameters): Expectation {
  const tables = likelihoodTables(parameters);
  const { states, width, weights, proposed } = patterns;
  const unrelated = tables.length;
  const rates = [
    parameters.matchRate,
    ...parameters.kinships.map(({ rate }) => rate),
    unrelatedRate(parameters),
  ];
  const cells = rates.map(() => new Float64Array(width * CELLS));
  const totals = new Float64Array(rates.length);
  const joint = new Float64Array(rates.length);
  for (let pattern = 0; pattern < weights.length; pattern++) {
    const from = pattern * width;
    let total = 0;
    for (let k = 0; k <= unrelated; k++) {
      let value = k === 0 && proposed[pattern] === 0 ? 0 : (rates[k] as number);
      const table = tables[k];
      if (value > 0 && table !== undefined)
        for (let place = 0; place < width; place++)
          value *= table[place * CELLS + (states[from + place] as number)] as number;
      joint[k] = value;
      total += value;
    }
    const weight = weights[pattern] as number;
    for (let k = 0; k <= unrelated; k++) {
      const share = (weight * (joint[k] as number)) / total;
      if (share < 1e-7) continue;
      totals[k] = (totals[k] as number) + share;
      const own = cells[k] as Float64Array;
      for (let place = 0; place < width; place++) {
        const cell = place * CELLS + (states[from + place] as number);
        own[cell] = (own[cell] as number) + share;
      }
    }
  }
  return { cells, totals };
}

/** Expected pairs per level of one place. */
export function levelTotals(cells: Float64Array, place: number, levels: number): number[] {
  const totals = Array.from({ length: levels }, () => 0);
  for (let state = 0; state < MISSING_STATE; state++) {
    const level = levelOfState(state);
    if (level < levels) totals[level] = (totals[level] ?? 0) + (cells[place * CELLS + state] ?? 0);
  }
  return totals;
}
