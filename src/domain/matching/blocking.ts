import { featuresOf, featureValues, type Feature } from "./features.ts";
import type { PreparedRecord, Schema } from "./records.ts";

/**
 * Which records are compared at all: those that share every feature of at least one rule. JSON-serialisable.
 * A record's keys under the rules are what an index stores; see `blockKeys`.
 */
export interface Blocking {
  readonly features: readonly Feature[];
  /** Each rule names the features (indices) that must be shared together. */
  readonly rules: readonly (readonly number[])[];
  /** Blocks of more records than this are passed over: what so many share tells nobody apart. */
  readonly largestBlock: number;
}

export interface BlockingOptions {
  /** Work allowed: how many other records a record is compared with on average, before repeats are taken out. */
  readonly companions: number;
  /** A rule alone may bring at most this many on average. */
  readonly companionsPerRule: number;
  readonly largestBlock: number;
}

export const DEFAULT_BLOCKING: BlockingOptions = {
  companions: 350,
  companionsPerRule: 25,
  largestBlock: 300,
};

/** Block sizes are measured on at most this many records and scaled up. */
const MEASURED = 4_000;

/** A record never gets more keys than this under one rule (several names, several words). */
const KEYS_PER_RULE = 6;

/**
 * Chooses rules for these records: the least sets of features from different columns (one to three) that are
 * selective enough, the cheapest first, within the work allowed.
 */
export function chooseBlocking(
  schema: Schema,
  records: readonly PreparedRecord[],
  options: BlockingOptions = DEFAULT_BLOCKING,
): Blocking {
  const features = featuresOf(schema);
  const step = Math.max(1, records.length / MEASURED);
  const sample = Array.from(
    { length: Math.min(records.length, MEASURED) },
    (_, i) => records[Math.floor(i * step)],
  ).filter((record) => record !== undefined);
  const values = sample.map((record) =>
    features.map((feature) => featureValues(feature, record).map(hashText)),
  );
  const scale = records.length / Math.max(1, sample.length);

  const chosen: { rule: number[]; cost: number }[] = [];
  let unselective: number[][] = [[]];
  for (let size = 1; size <= 3 && unselective.length > 0; size++) {
    const next: number[][] = [];
    for (const base of unselective) {
      for (let feature = (base.at(-1) ?? -1) + 1; feature < features.length; feature++) {
        if (base.some((other) => sharesColumns(features, other, feature))) continue;
        const rule = [...base, feature];
        if (chosen.some((known) => known.rule.every((part) => rule.includes(part)))) continue;
        const cost = companionsUnder(rule, values) * scale;
        if (cost <= options.companionsPerRule) chosen.push({ rule, cost });
        else next.push(rule);
      }
    }
    unselective = next;
  }
  chosen.sort((a, b) => a.cost - b.cost);
  let spent = 0;
  const rules = chosen
    .filter(({ cost }) => (spent += cost) <= options.companions)
    .map(({ rule }) => rule);
  return { features, rules, largestBlock: options.largestBlock };
}

function sharesColumns(features: readonly Feature[], a: number, b: number): boolean {
  return features[a]?.columns[0] === features[b]?.columns[0];
}

function companionsUnder(
  rule: readonly number[],
  values: readonly (readonly (readonly number[])[])[],
): number {
  const sizes = new Map<number, number>();
  for (const record of values)
    for (const key of combine(rule, record)) sizes.set(key, (sizes.get(key) ?? 0) + 1);
  let pairs = 0;
  for (const size of sizes.values()) pairs += size * (size - 1);
  return pairs / Math.max(1, values.length);
}

/** The keys under which an index stores a record: `rule:hash`, a few per rule. Two records that share one are compared. */
export function blockKeys(blocking: Blocking, record: PreparedRecord): string[] {
  const values = blocking.features.map((feature) => featureValues(feature, record).map(hashText));
  return blocking.rules.flatMap((rule, number) =>
    combine(rule, values).map((key) => `${number}:${key.toString(36)}`),
  );
}

/** Keys of one rule as 32-bit numbers: every combination of the values of its features. */
function combine(rule: readonly number[], values: readonly (readonly number[])[]): number[] {
  let keys = [0x811c_9dc5];
  for (const feature of rule) {
    const own = values[feature] ?? [];
    if (own.length === 0) return [];
    keys = keys.flatMap((key) => own.map((value) => mix(key, value)));
  }
  return keys.slice(0, KEYS_PER_RULE);
}

/** FNV-1a over UTF-16 units. */
function hashText(text: string): number {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193);
  return hash >>> 0;
}

function mix(a: number, b: number): number {
  let x = Math.imul(a ^ (b + 0x9e37_79b9), 0x85eb_ca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2_ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Which pairs may be proposed: within one source, or only across two (`split` is the first index of the second). */
export interface PairScope {
  readonly split?: number;
}

/**
 * Proposes every pair of records that shares a key, each once, as indices `a < b`. Memory is a few numbers per key and
 * record; the work is linear in the proposals because of the cap on block sizes.
 */
export function proposePairs(
  blocking: Blocking,
  records: readonly PreparedRecord[],
  scope: PairScope,
  propose: (a: number, b: number) => void,
): void {
  const { members, starts, blocksOf, firstBlock } = formBlocks(blocking, records);
  const { split } = scope;
  const proposedBy = new Int32Array(records.length).fill(-1);
  for (let b = split ?? 0; b < records.length; b++) {
    for (let i = firstBlock[b] ?? 0; i < (firstBlock[b + 1] ?? 0); i++) {
      const block = blocksOf[i] ?? 0;
      const end = starts[block + 1] ?? 0;
      for (let j = starts[block] ?? 0; j < end; j++) {
        const a = members[j] ?? 0;
        if (a >= b || (split !== undefined && a >= split)) break;
        if (proposedBy[a] === b) continue;
        proposedBy[a] = b;
        propose(a, b);
      }
    }
  }
}

/** Blocks as flat lists: the records of block k, ascending, are `members` from `starts[k]`; the blocks of record r are `blocksOf` from `firstBlock[r]`. */
interface Blocks {
  readonly members: Int32Array;
  readonly starts: Int32Array;
  readonly blocksOf: Int32Array;
  readonly firstBlock: Int32Array;
}

/** A key (32 bits) and a record's index together in one exact number. */
const MOST_RECORDS = 2 ** 21;

function formBlocks(blocking: Blocking, records: readonly PreparedRecord[]): Blocks {
  if (records.length > MOST_RECORDS)
    throw new RangeError(`at most ${MOST_RECORDS} records can be blocked at once`);
  const keyed: number[][] = blocking.rules.map(() => []);
  records.forEach((record, index) => {
    const values = blocking.features.map((feature) => featureValues(feature, record).map(hashText));
    blocking.rules.forEach((rule, number) => {
      for (const key of combine(rule, values)) keyed[number]?.push(key * MOST_RECORDS + index);
    });
  });
  const members: number[] = [];
  const starts = [0];
  for (const list of keyed) {
    const sorted = Float64Array.from(list).sort();
    list.length = 0;
    for (let from = 0, to = 0; from < sorted.length; from = to) {
      const key = Math.floor((sorted[from] ?? 0) / MOST_RECORDS);
      const block: number[] = [];
      for (; to < sorted.length && Math.floor((sorted[to] ?? 0) / MOST_RECORDS) === key; to++) {
        const index = (sorted[to] ?? 0) % MOST_RECORDS;
        if (block.at(-1) !== index) block.push(index);
      }
      if (block.length < 2 || block.length > blocking.largestBlock) continue;
      for (const index of block) members.push(index);
      starts.push(members.length);
    }
  }
  const firstBlock = new Int32Array(records.length + 1);
  for (const index of members) firstBlock[index + 1] = (firstBlock[index + 1] ?? 0) + 1;
  for (let i = 0; i < records.length; i++)
    firstBlock[i + 1] = (firstBlock[i + 1] ?? 0) + (firstBlock[i] ?? 0);
  const next = firstBlock.slice();
  const blocksOf = new Int32Array(members.length);
  for (let block = 0; block + 1 < starts.length; block++) {
    for (let j = starts[block] ?? 0; j < (starts[block + 1] ?? 0); j++) {
      const index = members[j] ?? 0;
      const place = next[index] ?? 0;
      blocksOf[place] = block;
      next[index] = place + 1;
    }
  }
  return {
    members: Int32Array.from(members),
    starts: Int32Array.from(starts),
    blocksOf,
    firstBlock,
  };
}
