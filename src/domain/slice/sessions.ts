/**
 * Sessions as the connected stretches of a set of moments: two moments belong together when no more than half an hour
 * lies between them. Stretches of a set don't depend on the order in which its members came.
 */
import type { Millis } from "../ids.ts";

/** The customary half hour of inactivity that ends a session. */
export const SESSION_GAP_MS = 30 * 60_000;

/** First and last moment of one session. */
export type Session = readonly [first: Millis, last: Millis];

/** The sessions of the union of both sets of moments, ascending. */
export function joinSessions(a: readonly Session[], b: readonly Session[]): Session[] {
  const all = [...a, ...b].sort((x, y) => x[0] - y[0] || x[1] - y[1]);
  const joined: Session[] = [];
  for (const next of all) {
    const previous = joined.at(-1);
    if (previous && next[0] - previous[1] <= SESSION_GAP_MS)
      joined[joined.length - 1] = [previous[0], Math.max(previous[1], next[1])];
    else joined.push(next);
  }
  return joined;
}
