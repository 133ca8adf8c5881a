/** Reading a journey: the events of some visitors in the order in which they happened. */
import type { UsherEvent } from "../domain/event.ts";
import type { Day, Millis, VisitorId } from "../domain/ids.ts";
import { cursorOf, pageOf, readCursor, wholeNumber } from "./cursor.ts";
import { type EventRow, readEvent } from "./rows.ts";
import { byShard } from "./shards.ts";

/** What a slice knows of a day: when its events happened, by corrected time, and how many there are. */
export interface Span {
  first: Millis;
  last: Millis;
  events: number;
}

export interface JourneyQuery {
  /**
   * The days on which each visitor has events, as its slice knows them: these are sought, nothing is scanned. Where the
   * spans are known, days that can't be on the page aren't read.
   */
  of: readonly {
    visitor: VisitorId;
    days: readonly Day[];
    spans?: ReadonlyMap<Day, Span>;
  }[];
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

/** A day is the client's own and may differ from that of the corrected time: the spans say what lies where. */
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

interface Place extends Span {
  day: Day;
  visitor: VisitorId;
}

const ANYWHERE: Span = {
  first: Number.NEGATIVE_INFINITY,
  last: Number.POSITIVE_INFINITY,
  events: 0,
};

/** Days that may have something after this moment, those that begin first first. */
const placesOf = (of: JourneyQuery["of"], after: Millis): Place[] =>
  of
    .flatMap(({ visitor, days, spans }) =>
      [...new Set(days)].map((day) => ({ day, visitor, ...(spans?.get(day) ?? ANYWHERE) })),
    )
    .filter(({ last }) => last >= after)
    .toSorted((a, b) => a.first - b.first);

/** So many of the places, from the first on, that they should fill the page. */
function filling(places: readonly Place[], events: number): Place[] {
  let sum = 0;
  const end = places.findIndex((place) => (sum += place.events) > events);
  return places.slice(0, end === -1 ? places.length : end + 1);
}

/**
 * Reads days in the order in which they begin until the page is full and no other day can begin within it.
 * @throws Problem `bad_request` when the cursor isn't one of ours.
 */
export async function readJourney(db: D1Database, query: JourneyQuery): Promise<JourneyPage> {
  const { of, limit } = query;
  const after = query.cursor === undefined ? null : readJourneyCursor(query.cursor);
  let places = placesOf(of, after?.at ?? Number.NEGATIVE_INFINITY);
  let found: EventRow[] = [];
  // Where the days hold less than the slices say, since it hasn't landed yet, each further look takes twice as many.
  for (let look = limit; places.length > 0; look *= 2) {
    const now = filling(places, look);
    places = places.slice(now.length);
    const read = await Promise.all(
      [...byShard(db, now, ({ visitor }) => visitor)].map(([shard, theirs]) =>
        shard
          .prepare(JOURNEY)
          .bind(
            JSON.stringify(theirs.map(({ day, visitor }) => [day, visitor])),
            after?.at ?? Number.MIN_SAFE_INTEGER,
            after?.received ?? 0,
            after?.visitor ?? "",
            after?.id ?? "",
            limit + 1,
          )
          .all<EventRow>(),
      ),
    );
    found = [...found, ...read.flatMap(({ results }) => results)].toSorted(inOrder);
    const horizon = places[0]?.first ?? Number.POSITIVE_INFINITY;
    if ((found[limit]?.at ?? Number.POSITIVE_INFINITY) < horizon) break;
  }
  const { rows, cursor } = pageOf(found.slice(0, limit + 1), limit, (last) =>
    journeyCursor(last.visitor, last),
  );
  return { events: rows.map(readEvent), cursor };
}

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const inOrder = (a: EventRow, b: EventRow): number =>
  a.at - b.at || a.received - b.received || byText(a.visitor, b.visitor) || byText(a.id, b.id);
