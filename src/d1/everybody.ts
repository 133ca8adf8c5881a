/**
 * Every person, a stretch of ids at a time. An id never changes, unlike the day of the last event: who comes back meanwhile
 * is neither passed over nor met twice. Who is new meanwhile may come or not.
 */
import type { PersonId } from "../domain/ids.ts";
import { Problem } from "../domain/problem.ts";
import { asking, byParts, counting, gather, total } from "./shards.ts";
import { distinctDays } from "./statements.ts";
import { MOST_STRETCHES, stretchAt } from "./stretches.ts";

export interface Everybody {
  people: PersonId[];
  /** Null at the end. */
  next: string | null;
  /** How much of them is behind it, from 0 to 1. */
  share: number;
}

const HOW_MANY = "SELECT count(*) AS rows FROM people WHERE seen_day > 0";

/** The key begins with the day: on each that there is, the stretch is sought. Day 0 holds who lives elsewhere now. */
const IN_STRETCH = `SELECT id FROM people
  WHERE seen_day IN (${distinctDays("people")} SELECT day FROM days) AND seen_day > 0 AND id >= ?1 AND id < ?2
  ORDER BY id`;

const PLACE = /^(\d{1,7})of(\d{1,7})$/;

/** Whether a list of everybody can go on there. */
export const isPlace = (cursor: string | null): boolean => cursor === null || PLACE.test(cursor);

/**
 * About `size` people; into how many stretches they fall is settled by the first call. Null is the start.
 * @throws Problem `bad_request` when the cursor is that of another list
 */
export async function everybodyFrom(
  db: D1Database,
  cursor: string | null,
  size: number,
): Promise<Everybody> {
  const [at, of] = cursor === null ? [0, await stretchesFor(db, size)] : placeIn(cursor);
  const { from, before } = stretchAt(at, of);
  const found = await gather(
    db,
    asking<{ id: PersonId }>(IN_STRETCH, from, before),
    byParts(({ id }) => id),
  );
  const done = at + 1;
  return {
    // A word that came late may have left somebody under two days.
    people: [...new Set(found.map(({ id }) => id))],
    next: done < of ? `${done}of${of}` : null,
    share: done / of,
  };
}

async function stretchesFor(db: D1Database, size: number): Promise<number> {
  const people = await total(db, counting(HOW_MANY));
  return Math.min(MOST_STRETCHES, Math.max(1, Math.ceil(people / size)));
}

function placeIn(cursor: string): [at: number, of: number] {
  const [, at, of] = PLACE.exec(cursor) ?? [];
  const [place, stretches] = [Number(at), Number(of)];
  if (place < stretches && stretches <= MOST_STRETCHES) return [place, stretches];
  throw new Problem("bad_request", "the list can't go on there; begin it again", {
    path: "cursor",
  });
}
