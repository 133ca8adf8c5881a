import { probabilityOf } from "./mixture.ts";

export interface ScoredPair {
  /** Indices of the records. */
  readonly a: number;
  readonly b: number;
  /** Match weight. */
  readonly bits: number;
}

/** Connected components; gives the least index of each record's component. */
export function clusterPairs(records: number, pairs: readonly ScoredPair[], threshold: number): Int32Array {
  const parent = Int32Array.from({ length: records }, (_, i) => i);
  const find = (x: number): number => {
    let root = x;
    while (parent[root] !== root) root = parent[root] ?? root;
    while (parent[x] !== root) [x, parent[x]] = [parent[x] ?? root, root];
    return root;
  };
  for (const pair of pairs) {
    if (probabilityOf(pair.bits) < threshold) continue;
    const [x, y] = [find(pair.a), find(pair.b)];
    if (x < y) parent[y] = x;
    else parent[x] = y;
  }
  return Int32Array.from(parent, (_, i) => find(i));
}
