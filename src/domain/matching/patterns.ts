import { MISSING } from "./comparison.ts";

/**
 * A compared pair as states: one small number per place of the comparison. Exact agreement is split by how rare the
 * value is, so that pairs with the same states can be counted together and estimation doesn't depend on their number.
 */
const LEAST_RARE = -4;
const RAREST = 12;
/** Width of a class of rarity in bits. */
const RARITY_STEP = 2;
const RARITIES = (RAREST - LEAST_RARE) / RARITY_STEP + 1;

/** Room for the states of one place in a table. */
export const CELLS = 32;
/** The last cell of a place: one side says nothing. */
export const MISSING_STATE = CELLS - 1;

/** State of a level; `rarity` is log2 of how much rarer the value is than agreement by chance. */
export function stateOf(level: number, rarity: number): number {
  if (level === MISSING) return MISSING_STATE;
  if (level > 0) return RARITIES + level - 1;
  return Math.min(RARITIES - 1, Math.max(0, Math.round((rarity - LEAST_RARE) / RARITY_STEP)));
}

/** The level of a state that isn't missing. */
export function levelOfState(state: number): number {
  return Math.max(0, state - RARITIES + 1);
}

/** Bits of rarity of a state. */
export function rarityOfState(state: number): number {
  return state < RARITIES ? state * RARITY_STEP + LEAST_RARE : 0;
}

/** Distinct patterns of states, `width` a pattern, and how many pairs stand behind each. */
export interface Patterns {
  readonly states: Uint8Array;
  readonly width: number;
  readonly weights: Float64Array;
  /** 1 where blocking proposed the pairs: only those may be matches. */
  readonly proposed: Uint8Array;
}

/** Counts equal rows of states together. `states` holds `width` numbers a pair. */
export function countPatterns(
  states: Uint8Array,
  width: number,
  proposed: Uint8Array,
  weights: Float64Array,
): Patterns {
  const numbers = new Map<string, number>();
  const first: number[] = [];
  const totals: number[] = [];
  for (let pair = 0; pair < weights.length; pair++) {
    const key = String.fromCharCode(
      ...states.subarray(pair * width, (pair + 1) * width),
      proposed[pair] ?? 0,
    );
    const known = numbers.get(key);
    const weight = weights[pair] ?? 0;
    if (known === undefined) {
      numbers.set(key, totals.length);
      first.push(pair);
      totals.push(weight);
    } else totals[known] = (totals[known] ?? 0) + weight;
  }
  const compact = new Uint8Array(first.length * width);
  first.forEach((pair, pattern) =>
    compact.set(states.subarray(pair * width, (pair + 1) * width), pattern * width),
  );
  return {
    states: compact,
    width,
    weights: Float64Array.from(totals),
    proposed: Uint8Array.from(first, (pair) => proposed[pair] ?? 0),
  };
}
