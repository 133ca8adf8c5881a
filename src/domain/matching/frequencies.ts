import type { PreparedRecord, Schema } from "./records.ts";

/** How often values occur in one column, counted once per person as far as persons are known. JSON-serialisable. */
export interface Frequencies {
  /** Persons with any value in this column. */
  readonly total: number;
  /**
   * Taken off every count: the absolute discount of Kneser and Ney (1994), n1 / (n1 + 2 n2) with n1 and n2 the numbers
   * of values seen once and twice. Where nearly every value is unique, a value seen once says little about how
   * probable it is to be seen again at another person.
   */
  readonly discount: number;
  /** Values of more than one person; every other value counts one. */
  readonly common: Readonly<Record<string, number>>;
}

/** Counts values per column. `personOf` gives a number per record; records of one person count once. */
export function countFrequencies(
  schema: Schema,
  records: readonly PreparedRecord[],
  personOf: (record: number) => number,
): Frequencies[] {
  return schema.columns.map((_, column) => {
    const counts = new Map<string, number>();
    const seen = new Set<string>();
    let total = 0;
    records.forEach((record, index) => {
      const text = record.values[column]?.text;
      if (text === undefined) return;
      const key = `${personOf(index)} ${text}`;
      if (seen.has(key)) return;
      seen.add(key);
      counts.set(text, (counts.get(text) ?? 0) + 1);
      total++;
    });
    return summarise(counts, total);
  });
}

function summarise(counts: ReadonlyMap<string, number>, total: number): Frequencies {
  let once = 0;
  let twice = 0;
  const common: Record<string, number> = {};
  for (const [text, count] of counts) {
    if (count === 1) once++;
    else common[text] = count;
    if (count === 2) twice++;
  }
  // One imagined value seen twice keeps the discount below 1 where no value is shared at all.
  return { total, discount: once / (once + 2 * (twice + 1)), common };
}

/** The probability that a person picked at random has this value: above 0, at most 1. */
export function frequencyOf(frequencies: Frequencies, text: string): number {
  const count = Object.hasOwn(frequencies.common, text) ? (frequencies.common[text] ?? 1) : 1;
  return Math.max(count - frequencies.discount, 0.01) / Math.max(frequencies.total, 1);
}

/** The probability that two persons picked at random have the same value. */
export function chanceOfSame(frequencies: Frequencies): number {
  const counts = Object.values(frequencies.common);
  const once = frequencies.total - counts.reduce((all, count) => all + count, 0);
  const total = Math.max(frequencies.total, 1);
  const share = (count: number) =>
    (count / total) * (Math.max(count - frequencies.discount, 0.01) / total);
  return counts.reduce((all, count) => all + share(count), once * share(1));
}

/** log2 of how much rarer a value is than agreement in its column by chance; 0 where nothing is known. */
export function rarityOf(
  frequencies: Frequencies | undefined,
  chance: number | undefined,
  text: string | undefined,
): number {
  if (frequencies === undefined || chance === undefined || text === undefined) return 0;
  return Math.log2(chance / frequencyOf(frequencies, text));
}
