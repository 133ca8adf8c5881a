/**
 * Counting what was dropped, without identifiers. Counts are held for a moment and written together, so that refusals
 * cost next to nothing.
 */
import { addDrops, type DropCount } from "../../d1/counters.ts";
import { dayOf, type Millis } from "../../domain/ids.ts";
import type { Drops } from "./services.ts";

const HOLD_MS = 2_000;

interface Held {
  counts: Map<string, DropCount>;
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
  return {
    add(reason, regime, count) {
      const day = dayOf(now);
      const key = `${day}|${reason}|${regime}`;
      const known = mine.counts.get(key);
      if (known) known.count += count;
      else mine.counts.set(key, { day, reason, regime, count });
      if (mine.writing) return;
      mine.writing = true;
      later(write(db, mine));
    },
  };
}

/** A count that can't be written is worth less than an answer that waits; it is given up. */
async function write(db: D1Database, mine: Held): Promise<void> {
  await scheduler.wait(HOLD_MS);
  const counts = [...mine.counts.values()];
  mine.counts.clear();
  mine.writing = false;
  await addDrops(db, counts).catch(() => undefined);
}
