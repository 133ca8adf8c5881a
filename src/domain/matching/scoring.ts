import { comparatorOf } from "./comparators.ts";
import { EXCHANGED, MISSING, compareRecords, comparisonWidth } from "./comparison.ts";
import { chanceOfSame, rarityOf } from "./frequencies.ts";
import { mixed, probabilityOf, unrelatedRate } from "./mixture.ts";
import type { Model } from "./model.ts";
import type { PreparedRecord } from "./records.ts";

/** One step of a match weight. */
export interface WaterfallStep {
  /** A column, two exchangeable columns joined by `/`, `start` for the share of matches among all pairs, or `kinship`. */
  readonly field: string;
  /** Added to the match weight: positive speaks for one person. */
  readonly bits: number;
  /** In words, for an officer. */
  readonly because: string;
}

export interface Explanation {
  /** The match weight: the sum of the steps. */
  readonly bits: number;
  readonly probability: number;
  readonly steps: readonly WaterfallStep[];
}

/** A model made ready to score many pairs. */
export interface Scorer {
  /** The match weight of a pair in bits. */
  readonly weigh: (a: PreparedRecord, b: PreparedRecord) => number;
  /** The same weight with what each field adds to it. Fields of which a side says nothing add nothing and are left out. */
  readonly explain: (a: PreparedRecord, b: PreparedRecord) => Explanation;
}

/** Rarities kept ready per column. */
const MOST_REMEMBERED = 20_000;

/** Prepares a model's tables. */
export function scorerOf(model: Model): Scorer {
  const { schema, frequencies, kinships } = model;
  const chances = frequencies.map(chanceOfSame);
  const ratios = model.shares.map(({ m, u }) => m.map((share, level) => share / (u[level] ?? 1)));
  const logRatios = ratios.map((own) => own.map(Math.log2));
  const levels = new Uint8Array(comparisonWidth(schema));
  const unrelated = unrelatedRate(model);
  const start = Math.log2(model.matchRate / unrelated);
  const related = new Float64Array(kinships.length);

  const rarities = chances.map(() => new Map<string, number>());
  /** `rarityOf`, remembered: the same values are asked for again and again. */
  const rarityAt = (place: number, text: string | undefined): number => {
    const own = rarities[place];
    if (own === undefined || text === undefined) return 0;
    const known = own.get(text);
    if (known !== undefined) return known;
    const rarity = rarityOf(frequencies[place], chances[place], text);
    if (own.size < MOST_REMEMBERED) own.set(text, rarity);
    return rarity;
  };

  /** Compares a pair and tells `visit` the bits of each place that both sides speak of; gives the correction for kin. */
  const walk = (
    a: PreparedRecord,
    b: PreparedRecord,
    visit: (place: number, level: number, bits: number, rarity: number) => void,
  ): number => {
    compareRecords(schema, a, b, levels);
    for (let k = 0; k < related.length; k++) related[k] = (kinships[k]?.rate ?? 0) / unrelated;
    for (let place = 0; place < levels.length; place++) {
      const level = levels[place] ?? MISSING;
      if (level === MISSING) continue;
      const rarity = level === 0 ? rarityAt(place, (a.values[place] ?? b.values[place])?.text) : 0;
      const ratio = (ratios[place]?.[level] ?? 1) * (rarity === 0 ? 1 : 2 ** rarity);
      visit(place, level, (logRatios[place]?.[level] ?? 0) + rarity, rarity);
      for (let k = 0; k < related.length; k++)
        related[k] = (related[k] ?? 0) * mixed(kinships[k]?.sharing[place] ?? 0, ratio);
    }
    let others = 1;
    for (const share of related) others += share;
    return -Math.log2(others);
  };

  return {
    weigh(a, b) {
      let bits = start;
      const kin = walk(a, b, (_place, _level, own) => (bits += own));
      return bits + kin;
    },
    explain(a, b) {
      const steps: WaterfallStep[] = [
        {
          field: "start",
          bits: start,
          because: "before anything is compared, few pairs are one person",
        },
      ];
      const kin = walk(a, b, (place, level, bits, rarity) =>
        steps.push({ ...describe(model, place, level, rarity), bits }),
      );
      if (kin < -0.05)
        steps.push({
          field: "kinship",
          bits: kin,
          because: `a different person of the same ${likeliestKin(model, related)} looks like this too`,
        });
      else if (kin !== 0)
        steps.push({
          field: "kinship",
          bits: kin,
          because: "hardly any different persons look like this",
        });
      const bits = steps.reduce((total, step) => total + step.bits, 0);
      return { bits, probability: probabilityOf(bits), steps };
    },
  };
}

function describe(
  model: Model,
  place: number,
  level: number,
  rarity: number,
): Omit<WaterfallStep, "bits"> {
  const { columns, exchangeable } = model.schema;
  const column = columns[place];
  if (column === undefined) {
    const field = (exchangeable[place - columns.length] ?? [])
      .map((index) => columns[index]?.name ?? "")
      .join("/");
    return {
      field,
      because:
        level === EXCHANGED
          ? "the two are filled in the other way round"
          : "the two are filled in the same way",
    };
  }
  const words = comparatorOf(column.kind).levels[level] ?? "different";
  const rare =
    rarity >= 2 ? ", and the value is rare" : rarity <= -2 ? ", but the value is common" : "";
  return { field: column.name, because: `${column.name} is ${words}${rare}` };
}

function likeliestKin(model: Model, related: Float64Array): string {
  const most = related.indexOf(Math.max(...related));
  return model.kinships[most]?.name ?? "household";
}
