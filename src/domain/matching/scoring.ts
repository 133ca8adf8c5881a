import { EXCHANGED, MISSING, compareRecords, comparisonWidth } from "./comparison.ts";
import { probabilityOf } from "./em.ts";
import { chanceOfSame, frequencyOf, type Frequencies } from "./frequencies.ts";
import type { Model } from "./model.ts";
import type { PreparedRecord, Schema } from "./records.ts";

/**
 * Bits that the rarity of agreeing values adds to a compared pair: for each column where both are the same, how much
 * rarer the value is than agreement in that column by chance.
 */
export function rarityBits(schema: Schema, frequencies: readonly Frequencies[], chances: readonly number[], a: PreparedRecord, b: PreparedRecord, levels: Uint8Array, offset = 0): number {
  let bits = 0;
  for (let column = 0; column < schema.columns.length; column++) {
    if (levels[offset + column] === 0) bits += rarityOf(frequencies[column], chances[column], (a.values[column] ?? b.values[column])?.text);
  }
  return bits;
}

export function rarityOf(frequencies: Frequencies | undefined, chance: number | undefined, text: string | undefined): number {
  if (frequencies === undefined || chance === undefined || text === undefined) return 0;
  return Math.log2(chance / frequencyOf(frequencies, text));
}

/** A model made ready to score many pairs quickly. */
export interface Scorer {
  readonly model: Model;
  /** The match weight of a pair in bits: the sum of its waterfall. */
  readonly weigh: (a: PreparedRecord, b: PreparedRecord) => number;
}

export function scorerOf(model: Model): Scorer {
  const { schema, frequencies } = model;
  const chances = frequencies.map(chanceOfSame);
  const weights = model.shares.map(({ m, u }) => m.map((share, level) => Math.log2(share / (u[level] ?? 1))));
  const levels = new Uint8Array(comparisonWidth(schema));
  const prior = Math.log2(model.matchRate / (1 - model.matchRate));
  return {
    model,
    weigh(a, b) {
      compareRecords(schema, a, b, levels);
      let bits = prior + rarityBits(schema, frequencies, chances, a, b, levels);
      for (let i = 0; i < levels.length; i++) {
        const level = levels[i] ?? MISSING;
        if (level !== MISSING) bits += weights[i]?.[level] ?? 0;
      }
      return bits;
    },
  };
}
export { EXCHANGED, probabilityOf };
