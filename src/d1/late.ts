/** Landings that failed, of which word is left outside, and those that came late, which are counted by for how long. */
import { dayOf, type Millis } from "../domain/ids.ts";
import type { Landing, Ledger } from "../domain/ports.ts";
import { addCounts, type Count } from "./counters.ts";

const WAITS: readonly [name: string, atLeast: Millis][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** The events of a landing that waited, as counts. Nothing in the usual case, so nothing is written then. */
export function lateIn(
  { events }: Pick<Landing, "events">,
  now: Millis,
  atMost = Infinity,
): Count[] {
  const counts = new Map<string, number>();
  // Which of them were new isn't known; those that came last are the likeliest.
  const newest = events.toSorted((a, b) => b.event.received - a.event.received);
  for (const { event } of newest.slice(0, atMost)) {
    const wait = WAITS.find(([, atLeast]) => now - event.received >= atLeast)?.[0];
    if (wait) counts.set(wait, (counts.get(wait) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => ({
    kind: "late",
    day: dayOf(now),
    reason,
    regime: "",
    count,
  }));
}

/** Where word is left of what waits (`keys/waiting.ts`). */
export interface Waiting {
  tell(since: Millis, now: Millis): Promise<void>;
  over(since: Millis): Promise<void>;
}

export interface WatchPorts {
  db: D1Database;
  waiting: Waiting;
  clock(): Millis;
  /** Work that goes on after the landing. */
  later(work: Promise<unknown>): void;
}

/**
 * The ledger, watched. What it can't land is told of as waiting; what it lands late is counted. What somebody else landed in
 * time is landed again later by its object, and isn't late: as many are counted as were new. What can't be told or counted is
 * given up. A landing in time costs nothing.
 */
export const watched = (ledger: Ledger, { db, waiting, clock, later }: WatchPorts): Ledger => ({
  ...ledger,
  async land(landing) {
    const since = oldestOf(landing);
    const tell = (word: Promise<void>): void => later(word.catch(() => undefined));
    try {
      const answer = await ledger.land(landing);
      const late = answer.added === 0 ? [] : lateIn(landing, clock(), answer.added);
      if (late.length > 0) await addCounts(db, late).catch(() => undefined);
      if (since !== null) tell(waiting.over(since));
      return answer;
    } catch (error) {
      if (since !== null) tell(waiting.tell(since, clock()));
      throw error;
    }
  },
});

const oldestOf = ({ events }: Landing): Millis | null =>
  events.reduce<Millis | null>(
    (oldest, { event }) => Math.min(oldest ?? Infinity, event.received),
    null,
  );
