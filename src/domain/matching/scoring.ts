import { MISSING, compareRecords, comparisonWidth } from "./comparison.ts";
import { chanceOfSame, frequencyOf, type Frequencies } from "./frequencies.ts";
import { mixed, unrelatedRate } from "./mixture.ts";
import type { Model } from "./model.ts";
import type { PreparedRecord } from "./records.ts";

/** log2 of how much rarer a value is than agreement in its column by chance. */
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
  const ratios = model.shares.map(({ m, u }) => m.map((share, level) => share / (u[level] ?? 1)));
  const levels = new Uint8Array(comparisonWidth(schema));
  const unrelated = unrelatedRate(model);
  const prior = Math.log2(model.matchRate / unrelated);
  const related = new Float64Array(model.kinships.length);
  return {
    model,
    weigh(a, b) {
      compareRecords(schema, a, b, levels);
      let bits = prior;
      for (let k = 0; k < related.length; k++) related[k] = (model.kinships[k]?.rate ?? 0) / unrelated;
      for (let i = 0; i < levels.length; i++) {
        const level = levels[i] ?? MISSING;
        if (level === MISSING) continue;
        let ratio = ratios[i]?.[level] ?? 1;
        if (level === 0) ratio *= 2 ** rarityOf(frequencies[i], chances[i], (a.values[i] ?? b.values[i])?.text);
        bits += Math.log2(ratio);
        for (let k = 0; k < related.length; k++) related[k] = (related[k] ?? 0) * mixed(model.kinships[k]?.sharing[i] ?? 0, ratio);
      }
      let others = 1;
      for (const share of related) others += share;
      return bits - Math.log2(others);
    },
  };
}
