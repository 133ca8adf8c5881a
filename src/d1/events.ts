/** Reading a journey: the events of some visitors in the order in which they happened. */
import type { UsherEvent } from "../domain/event.ts";
import type { Day, VisitorId } from "../domain/ids.ts";
import { cursorOf, pageOf, readCursor, wholeNumber } from "./cursor.ts";
import { type EventRow, readEvent } from "./rows.ts";

export interface JourneyQuery {
  /** The days on which each visitor has events, as its slice knows them: these are sought, nothing is scanned. */
  of: readonly { visitor: VisitorId; days: readonly Day[] }[];
  /** Events on one page. */
  limit: number;
  cursor?: string;
}

export interface JourneyPage {
  /** Oldest first, by corrected time; of one millisecond in the order of arrival, else by visitor and id. */
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
  WHERE (events.at, events.received, events.visitor, events.id) > (?2, ?3, ?4, ?5)
  ORDER BY events.at, events.received, events.visitor, events.id
  LIMIT ?6`;

/** Where a journey goes on: after this event. */
export const journeyCursor = (
  visitor: VisitorId,
  { at, received, id }: Pick<UsherEvent, "at" | "received" | "id">,
): string => cursorOf(at, visitor, `${received}.${id}`);

export interface JourneyKey {
  at: number;
  received: number;
  visitor: string;
  id: string;
}

/** @throws Problem `bad_request` when the cursor isn't one of ours. */
export function readJourneyCursor(cursor: string): JourneyKey {
  const { first, second, id: rest } = readCursor(cursor);
  const dot = rest.indexOf(".");
  return {
    at: first,
    received: wholeNumber(rest.slice(0, Math.max(dot, 0)) || "none"),
    visitor: second,
    id: rest.slice(dot + 1),
  };
}

/** @throws Problem `bad_request` when the cursor isn't one of ours. */
export async function readJourney(db: D1Database, query: JourneyQuery): Promise<JourneyPage> {
  const { of, limit } = query;
  const after = query.cursor === undefined ? null : readJourneyCursor(query.cursor);
  const pairs = of.flatMap(({ visitor, days }) =>
    [...new Set(days)].map((day) => [day, visitor] as const),
  );
  if (pairs.length === 0) return { events: [], cursor: null };
  const { results } = await db
    .prepare(JOURNEY)
    .bind(
      JSON.stringify(pairs),
      after?.at ?? Number.MIN_SAFE_INTEGER,
      after?.received ?? 0,
      after?.visitor ?? "",
      after?.id ?? "",
      limit + 1,
    )
    .all<EventRow>();
  const { rows, cursor } = pageOf(results, limit, (last) => journeyCursor(last.visitor, last));
  return { events: rows.map(readEvent), cursor };
}
