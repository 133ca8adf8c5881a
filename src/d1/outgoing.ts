/** Reading what leaves: events and persons in the order of their keys, which lets a reader go on wherever it stopped. */
import type { UsherEvent } from "../domain/event.ts";
import type { Day, PersonId, VisitorId } from "../domain/ids.ts";
import { EVENT_COLUMNS, type EventRow, readEvent } from "./rows.ts";
import { asking, byParts, counting, gather, total } from "./shards.ts";
import { recordedUnder } from "./under.ts";

export interface Stored {
  visitor: VisitorId;
  event: UsherEvent;
}

export interface EventKey {
  day: Day;
  visitor: string;
  id: string;
}

const byKey = byParts<EventRow>(
  ({ day }) => day,
  ({ visitor }) => visitor,
  ({ id }) => id,
);

const inOrder = (condition: string): string => `SELECT ${EVENT_COLUMNS} FROM events
  WHERE (day, visitor, id) > (?1, ?2, ?3) AND day <= ?4 AND ${condition}
  ORDER BY day, visitor, id LIMIT ?5`;

/** Events after this key up to that day, the last included, recorded under any of these purposes. */
export async function eventsAfter(
  db: D1Database,
  after: EventKey,
  to: Day,
  purposes: readonly string[],
  limit: number,
): Promise<Stored[]> {
  const found = await gather(
    db,
    asking<EventRow>(
      inOrder(recordedUnder(purposes)),
      after.day,
      after.visitor,
      after.id,
      to,
      limit,
    ),
    byKey,
    limit,
  );
  return found.map(readEvent);
}

const OF_PART = `SELECT ${EVENT_COLUMNS} FROM events
  WHERE day = ?1 AND (visitor, id) > (?2, ?3) AND visitor < ?4
  ORDER BY visitor, id LIMIT ?5`;

/** One day's events of the visitors from the one of the key up to, and without, `below`. */
export async function eventsOfPart(
  db: D1Database,
  { day, visitor, id }: EventKey,
  below: string,
  limit: number,
): Promise<Stored[]> {
  const found = await gather(
    db,
    asking<EventRow>(OF_PART, day, visitor, id, below, limit),
    byKey,
    limit,
  );
  return found.map(readEvent);
}

const STATE_OF_DAY = `SELECT substr(visitor, 1, ?2) AS part, count(*) AS events, max(landed) AS landed
  FROM events WHERE day = ?1 GROUP BY part ORDER BY part`;

/** How many events a day has by the first letters of their visitors, and when the last of them came. */
export async function stateOfDay(
  db: D1Database,
  day: Day,
  letters: number,
): Promise<{ part: string; events: number; landed: number }[]> {
  const found = await gather(
    db,
    asking<{ part: string; events: number; landed: number }>(STATE_OF_DAY, day, letters),
    byParts(({ part }) => part),
  );
  return Array.from(
    Map.groupBy(found, ({ part }) => part),
    ([part, each]) => ({
      part,
      events: each.reduce((sum, { events }) => sum + events, 0),
      landed: each.reduce((last, { landed }) => Math.max(last, landed), 0),
    }),
  );
}

export const countOfDay = (db: D1Database, day: Day): Promise<number> =>
  total(db, counting("SELECT count(*) AS rows FROM events WHERE day = ?1", day));

const PEOPLE = `SELECT seen_day AS day, id FROM people
  WHERE (seen_day, id) > (?1, ?2) AND seen_day > 0 AND seen_day <= ?3 ORDER BY seen_day, id LIMIT ?4`;

/**
 * Persons by the day on which they were last heard of, oldest first. Who is heard of during the reading moves to the end
 * of the list, so that nobody is missed; some are read twice.
 */
export async function peopleAfter(
  db: D1Database,
  after: { day: Day; id: string },
  to: Day,
  limit: number,
): Promise<{ day: Day; id: PersonId }[]> {
  return gather(
    db,
    asking<{ day: Day; id: PersonId }>(PEOPLE, after.day, after.id, to, limit),
    byParts(
      ({ day }) => day,
      ({ id }) => id,
    ),
    limit,
  );
}
