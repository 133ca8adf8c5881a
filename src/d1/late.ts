/** Landings that came late: what waits longer than a minute in an object's outbox is counted, by for how long. */
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

/**
 * The ledger, counting what it lands late. What somebody else landed in time is landed again later by its object, and isn't
 * late: as many are counted as were new. A count that fails is given up.
 */
export const countingLate = (ledger: Ledger, db: D1Database, clock: () => Millis): Ledger => ({
  ...ledger,
  async land(landing) {
    const answer = await ledger.land(landing);
    const late = answer.added === 0 ? [] : lateIn(landing, clock(), answer.added);
    if (late.length > 0) await addCounts(db, late).catch(() => undefined);
    return answer;
  },
});
