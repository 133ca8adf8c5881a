/**
 * Counting what leaves no other trace, without identifiers: what was dropped, chosen, failed. Counts are held for a moment
 * and written together, so that refusals cost next to nothing.
 */
import { addCounts, type Count, type CountKind } from "../../d1/counters.ts";
import { dayOf, type Millis } from "../../domain/ids.ts";
import { plainPathOf } from "../../domain/setup/facts.ts";
import type { Drops } from "./services.ts";

const HOLD_MS = 2_000;

/** Of so many drops for want of consent one is counted by its page: that many pages would be that many rows. */
const SAMPLE = 16;
let unconsented = 0;

interface Held {
  counts: Map<string, Count>;
  writing: boolean;
}

const held = new WeakMap<D1Database, Held>();

export function countDrops(
  db: D1Database,
  now: Millis,
  later: (work: Promise<unknown>) => void,
): Drops {
  const mine = held.get(db) ?? { counts: new Map(), writing: false };
  held.set(db, mine);
  const note = (kind: CountKind, reason: string, regime: string, count: number): void => {
    const day = dayOf(now);
    const key = `${day}|${kind}|${reason}|${regime}`;
    const known = mine.counts.get(key);
    if (known) known.count += count;
    else mine.counts.set(key, { kind, day, reason, regime, count });
    if (mine.writing) return;
    mine.writing = true;
    later(write(db, mine));
  };
  return {
    add: (reason, regime, count) => note("drop", reason, regime, count),
    choice: (outcome, region) => note("choice", outcome, region, 1),
    page(raw) {
      if (++unconsented % SAMPLE !== 0) return;
      const path = plainPathOf(raw);
      if (path !== null) note("page", path, "", SAMPLE);
    },
    clock: (which) => note("clock", which, "", 1),
    failure: (status, route) => note("error", String(status), route, 1),
  };
}

/** A count that can't be written is worth less than an answer that waits; it is given up. */
async function write(db: D1Database, mine: Held): Promise<void> {
  await scheduler.wait(HOLD_MS);
  const counts = [...mine.counts.values()];
  mine.counts.clear();
  mine.writing = false;
  await addCounts(db, counts).catch(() => undefined);
}
