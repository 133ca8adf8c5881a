/**
 * What goes together: log-likelihood ratios (Dunning 1993) of pairs of items over people, and how many did the second
 * after the first.
 */
import type { Affinity } from "../action/learner.ts";
import type { Millis } from "../ids.ts";
import { DID, ORDERED } from "./items.ts";

/** Everything one person did: each item with its first and last time. */
export type History = ReadonlyMap<string, { first: Millis; last: Millis }>;

/** Items compared; the rarer ones would be noise, and pairs grow with the square. */
const ITEMS = 120;
const LEAST_PEOPLE = 5;

const xlogx = (x: number): number => (x === 0 ? 0 : x * Math.log(x));

/**
 * 2 × the log-likelihood ratio of a 2×2 table against independence: chi-square with one degree of freedom. Negative when
 * they go together less than by chance.
 */
export function logLikelihoodRatio(both: number, a: number, b: number, people: number): number {
  const [onlyA, onlyB] = [a - both, b - both];
  const neither = people - a - b + both;
  const rows = xlogx(a) + xlogx(people - a);
  const columns = xlogx(b) + xlogx(people - b);
  const cells = xlogx(both) + xlogx(onlyA) + xlogx(onlyB) + xlogx(neither);
  const ratio = Math.max(0, 2 * (cells - rows - columns + xlogx(people)));
  return both * people >= a * b ? ratio : -ratio;
}

/** The items most people have, the most frequent first; an order's event that is nothing but an order is left to that. */
export function commonItems(histories: readonly History[]): string[] {
  const counts = new Map<string, number>();
  for (const history of histories)
    for (const item of history.keys()) counts.set(item, (counts.get(item) ?? 0) + 1);
  const orders = counts.get(ORDERED);
  return [...counts]
    .filter(([, count]) => count >= LEAST_PEOPLE)
    .filter(([item, count]) => count !== orders || item === ORDERED || !isOrder(item, histories))
    .toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, ITEMS)
    .map(([item]) => item);
}

/** Whether all who did it ordered by that, and nobody otherwise. */
const isOrder = (item: string, histories: readonly History[]): boolean =>
  item.startsWith(DID) &&
  histories.every((history) => {
    const [deed, order] = [history.get(item), history.get(ORDERED)];
    return deed?.first === order?.first && deed?.last === order?.last;
  });

/**
 * All ordered pairs that go together more than by chance, the surest first. `both` did `to` after they first did `from`.
 * Two names of one deed, as two topics of the same page, say nothing of each other.
 */
export function affinities(histories: readonly History[], leastLlr: number): Affinity[] {
  const items = commonItems(histories);
  const people = histories.length;
  const having = new Map(
    items.map((item) => [item, histories.filter((history) => history.has(item))]),
  );
  const found: Affinity[] = [];
  for (const from of items)
    for (const to of items) {
      if (from === to) continue;
      const starters = having.get(from) ?? [];
      const times = starters.flatMap((history) => {
        const [start, end] = [history.get(from), history.get(to)];
        return start && end ? [{ start, end }] : [];
      });
      if (times.every(({ start, end }) => start.first === end.first && start.last === end.last))
        continue;
      const pairs = times.map(({ start, end }) => end.last > start.first);
      const llr = logLikelihoodRatio(
        pairs.length,
        starters.length,
        having.get(to)?.length ?? 0,
        people,
      );
      const both = pairs.filter(Boolean).length;
      if (llr >= leastLlr && both > 0) found.push({ from, to, people: starters.length, both, llr });
    }
  return found.toSorted((a, b) => b.llr - a.llr || (a.from + a.to < b.from + b.to ? -1 : 1));
}
