/**
 * A bounded count by key whose result doesn't depend on the order of arrival.
 *
 * When more than `TALLY_KEYS` keys are seen, the ones that matter more stay, and of these the ones with the smallest hashes.
 * A key that belongs to the final set is among the first of every subset too, so it is never dropped on the way and its
 * count is exact.
 */
export type Tally = Record<string, number>;

/** Keys kept per tally: enough for the topics of a day, small enough that a slice stays a few kilobytes. */
export const TALLY_KEYS = 64;

/** 32-bit FNV-1a over UTF-16 code units. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Whether a key is dropped after those that don't say so. */
type Lesser = (key: string) => boolean;
const ALIKE: Lesser = () => false;

/** The keys of a bounded record that stay: the lesser last, then the `limit` smallest by hash, ties by the key itself. */
export function boundKeys<T>(
  record: Record<string, T>,
  limit: number,
  isLesser = ALIKE,
): Record<string, T> {
  const keys = Object.keys(record);
  if (keys.length <= limit) return record;
  const kept = keys
    .map((key) => ({ key, hash: hash32(key), lesser: Number(isLesser(key)) }))
    .sort((a, b) => a.lesser - b.lesser || a.hash - b.hash || (a.key < b.key ? -1 : 1))
    .slice(0, limit);
  return Object.fromEntries(kept.map(({ key }) => [key, record[key] as T]));
}

/** Keys are visitors' words: `constructor` is one like any other. */
const own = (tally: Tally, key: string): number =>
  Object.hasOwn(tally, key) ? (tally[key] ?? 0) : 0;

/** Sums two tallies within the bound; never mutates. */
export const addTallies = (a: Tally, b: Tally, isLesser = ALIKE): Tally =>
  boundKeys(sumTallies([a, b]), TALLY_KEYS, isLesser);

/** All that several tallies hold. Each is bounded; what is derived from them and not stored needn't be. */
export function sumTallies(tallies: readonly Tally[]): Tally {
  const [first, ...others] = tallies;
  const sum: Tally = { ...first };
  for (const tally of others)
    for (const [key, count] of Object.entries(tally)) sum[key] = own(sum, key) + count;
  return sum;
}

/** A tally of single occurrences. `__proto__` can't be an own key of a plain object and is left out. */
export function tallyOf(keys: readonly string[]): Tally {
  const tally: Tally = {};
  for (const key of keys) if (key !== "__proto__") tally[key] = own(tally, key) + 1;
  return boundKeys(tally, TALLY_KEYS);
}
