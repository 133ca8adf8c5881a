/** Reading a journey: the events of some visitors in the order in which they happened. */
import type { UsherEvent } from "../domain/event.ts";
import type { Day, VisitorId } from "../domain/ids.ts";
import { cursorOf, pageOf, readCursor } from "./cursor.ts";
import { type EventRow, readEvent } from "./rows.ts";

export interface JourneyQuery {
  /** The days on which each visitor has events, as its slice knows them: these are sought, nothing is scanned. */
  of: readonly { visitor: VisitorId; days: readonly Day[] }[];
  /** Events on one page. */
  limit: number;
  cursor?: string;
}

export interface JourneyPage {
  /** Oldest first, by corrected time; equal times by visitor and id. */
  events: { visitor: VisitorId; event: UsherEvent }[];
  /** Null at the end. */
  cursor: string | null;
}

/**
 * A day is the client's own and may differ from that of the corrected time, so every day is looked at on every page: a
 * page reads the person's events and no other's.
 */
const JOURNEY = `SELECT events.*
  FROM json_each(?1) AS item CROSS JOIN events
    ON events.day = item.value ->> 0 AND events.visitor = item.value ->> 1
  WHERE (events.at, events.visitor, events.id) > (?2, ?3, ?4)
  ORDER BY events.at, events.visitor, events.id
  LIMIT ?5`;

/** @throws Problem `bad_request` when the cursor isn't one of ours. */
export async function readJourney(db: D1Database, query: JourneyQuery): Promise<JourneyPage> {
  const { of, limit } = query;
  const after = query.cursor === undefined ? null : readCursor(query.cursor);
  const pairs = of.flatMap(({ visitor, days }) =>
    [...new Set(days)].map((day) => [day, visitor] as const),
  );
  if (pairs.length === 0) return { events: [], cursor: null };
  const { results } = await db
    .prepare(JOURNEY)
    .bind(
      JSON.stringify(pairs),
      after?.first ?? Number.MIN_SAFE_INTEGER,
      after?.second ?? "",
      after?.id ?? "",
      limit + 1,
    )
    .all<EventRow>();
  const { rows, cursor } = pageOf(results, limit, (last) =>
    cursorOf(last.at, last.visitor, last.id),
  );
  return { events: rows.map(readEvent), cursor };
}
