import { probabilityOf } from "./mixture.ts";

export interface ScoredPair {
  /** Indices of the records. */
  readonly a: number;
  readonly b: number;
  /** Match weight. */
  readonly bits: number;
}

/** One pair's say in joining two clusters is limited to this many bits either way. */
const MOST_SAY = 12;
/** At most this many pairs between two clusters are asked. */
const MOST_ASKED = 120;

/**
 * Clusters of records that are one person: the surest pairs first, joined while p is at least `threshold`. Guarded against
 * chaining: two clusters of several records are joined only if the pairs between them speak for it on average, so one
 * pair can't fuse two persons whose other records contradict it. Gives the least index of each record's cluster.
 */
export function clusterPairs(
  records: number,
  pairs: readonly ScoredPair[],
  threshold: number,
  weigh: (a: number, b: number) => number,
): Int32Array {
  const clusterOf = Int32Array.from({ length: records }, (_, i) => i);
  const members = new Map<number, number[]>();
  const of = (cluster: number) => members.get(cluster) ?? [cluster];
  const sure = pairs
    .filter(({ bits }) => probabilityOf(bits) >= threshold)
    .toSorted((x, y) => y.bits - x.bits);
  for (const { a, b } of sure) {
    const [x, y] = [clusterOf[a] ?? a, clusterOf[b] ?? b];
    if (x === y) continue;
    const [left, right] = [of(x), of(y)];
    if (left.length * right.length > 1 && meanSay(left, right, weigh) < 0) continue;
    const joined = [...left, ...right];
    const name = Math.min(x, y);
    members.delete(Math.max(x, y));
    members.set(name, joined);
    for (const record of joined) clusterOf[record] = name;
  }
  return clusterOf;
}

function meanSay(
  left: readonly number[],
  right: readonly number[],
  weigh: (a: number, b: number) => number,
): number {
  const count = left.length * right.length;
  const step = Math.max(1, Math.floor(count / MOST_ASKED));
  let total = 0;
  let asked = 0;
  for (let i = 0; i < count; i += step) {
    const bits = weigh(left[i % left.length] ?? 0, right[Math.floor(i / left.length)] ?? 0);
    total += Math.min(MOST_SAY, Math.max(-MOST_SAY, bits));
    asked++;
  }
  return total / asked;
}
