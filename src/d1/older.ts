/**
 * Rows that were written before a policy left more out: gone through in the order of their keys, a bounded number at a time, and
 * changed only as long as they are what was read. What comes after the change is recorded without it.
 */
import type { UsherEvent } from "../domain/event.ts";
import type { Day, VisitorId } from "../domain/ids.ts";
import { EVENT_COLUMNS, type EventRow, eventRow, readEvent } from "./rows.ts";
import { over } from "./statements.ts";

/** Of the row after which it goes on; as the table has its key. */
export type OlderKey = readonly (string | number)[];

export interface Piece {
  /** Null at the end of the table. */
  next: OlderKey | null;
  /** Rows gone through, and those of them that were changed. */
  looked: number;
  changed: number;
}

/** Which events may hold what is to go. */
export interface Suspects {
  /** Recorded under an earlier version of the policy than this one. */
  before: number;
  /** Whole seconds: came into the table then or later. */
  landed: number;
}

export const FIRST: Readonly<Record<"events" | "hints" | "rollups", OlderKey>> = {
  events: [-1, "", ""],
  hints: [-1, "", "", ""],
  rollups: [-1, "", ""],
};

/** Each has a few kilobytes at most, and a Worker 128 MB. */
const EVENTS_AT_ONCE = 500;
const ROWS_AT_ONCE = 5_000;
/** Before whoever keeps changing the same rows is taken for a fault. */
const TRIES = 3;

const EVENTS = `SELECT ${EVENT_COLUMNS}, landed, policy < ?4 AND landed >= ?5 AS suspect FROM events
  WHERE (day, visitor, id) > (?1, ?2, ?3) ORDER BY day, visitor, id LIMIT ${EVENTS_AT_ONCE}`;

/** Not over what retention took out of a row meanwhile. */
const REWRITE = `UPDATE events SET name = item.value ->> 4, data = item.value ->> 5
  FROM json_each(?1) AS item
  WHERE events.day = item.value ->> 0 AND events.visitor = item.value ->> 1 AND events.id = item.value ->> 2
    AND events.data = item.value ->> 3`;

/**
 * @param clean gives the event as it would be recorded now
 * @throws Error when somebody else keeps changing the same rows
 */
export async function cleanEvents(
  db: D1Database,
  after: OlderKey,
  { before, landed }: Suspects,
  clean: (event: UsherEvent) => UsherEvent,
): Promise<Piece> {
  for (let tries = 0; tries < TRIES; tries++) {
    const { results } = await db
      .prepare(EVENTS)
      .bind(...after, before, landed)
      .all<EventRow & { suspect: number }>();
    const rows = results.flatMap((row) => (row.suspect ? cleaned(row, clean) : []));
    const done = rows.length === 0 ? [] : await db.batch(over(db, REWRITE, rows));
    const changed = done.reduce((sum, { meta }) => sum + meta.changes, 0);
    if (changed < rows.length) continue;
    const last = results.length < EVENTS_AT_ONCE ? undefined : results.at(-1);
    return {
      next: last ? [last.day, last.visitor, last.id] : null,
      looked: results.length,
      changed,
    };
  }
  throw new Error("rows of events change faster than they can be gone through");
}

/** Both ways through the same composition, so that only what is said can differ. */
function cleaned(row: EventRow, clean: (event: UsherEvent) => UsherEvent): unknown[][] {
  const { visitor, event } = readEvent(row);
  const kept = clean(event);
  const [was, is] = [eventRow(visitor, event).at(-1), eventRow(visitor, kept).at(-1)];
  if (was === is && event.name === kept.name) return [];
  return [[row.day, visitor, row.id, row.data, kept.name, is]];
}

const HINTS_END = `SELECT day, visitor, hint, outcome FROM hints
  WHERE (day, visitor, hint, outcome) > (?1, ?2, ?3, ?4)
  ORDER BY day, visitor, hint, outcome LIMIT 1 OFFSET ${ROWS_AT_ONCE - 1}`;

/** A segment is called after what its people read (domain/segments). */
const HINTS = `UPDATE hints SET
    topic = CASE WHEN topic IN (SELECT value FROM json_each(?9)) THEN NULL ELSE topic END,
    segment = CASE WHEN segment IS NOT NULL AND EXISTS (
        SELECT 1 FROM json_each(?9) AS left_out
        WHERE instr(segment || ' and ', ' read about ' || left_out.value || ' and ') > 0)
      THEN NULL ELSE segment END
  WHERE (day, visitor, hint, outcome) > (?1, ?2, ?3, ?4) AND (day, visitor, hint, outcome) <= (?5, ?6, ?7, ?8)
    AND (topic IN (SELECT value FROM json_each(?9)) OR EXISTS (
      SELECT 1 FROM json_each(?9) AS left_out
      WHERE instr(segment || ' and ', ' read about ' || left_out.value || ' and ') > 0))`;

/** Above all keys: days are whole numbers of five digits, and the rest is letters. */
const END: OlderKey = [Number.MAX_SAFE_INTEGER, "~", "~", "~"];

/** @param topics in lower case */
export async function cleanHints(
  db: D1Database,
  after: OlderKey,
  topics: readonly string[],
): Promise<Piece> {
  const end = await db
    .prepare(HINTS_END)
    .bind(...after)
    .first<{ day: Day; visitor: VisitorId; hint: string; outcome: string }>();
  const next = end && [end.day, end.visitor, end.hint, end.outcome];
  const { meta } = await db
    .prepare(HINTS)
    .bind(...after, ...(next ?? END), JSON.stringify(topics))
    .run();
  return { next, looked: 0, changed: meta.changes };
}

const FIGURES = `SELECT day, dimension, value FROM rollups
  WHERE (day, dimension, value) > (?1, ?2, ?3) ORDER BY day, dimension, value LIMIT ${ROWS_AT_ONCE}`;

/** What is the same from now on is counted together; who did both counts twice there. */
const MERGE = `INSERT INTO rollups (day, dimension, value, events, visitors, orders, order_cents)
  SELECT old.day, old.dimension, item.value ->> 3, old.events, old.visitors, old.orders, old.order_cents
  FROM json_each(?1) AS item CROSS JOIN rollups AS old
    ON old.day = item.value ->> 0 AND old.dimension = item.value ->> 1 AND old.value = item.value ->> 2
  WHERE true
  ON CONFLICT (day, dimension, value) DO UPDATE SET events = events + excluded.events,
    visitors = visitors + excluded.visitors, orders = orders + excluded.orders,
    order_cents = order_cents + excluded.order_cents`;

const DROP = `DELETE FROM rollups WHERE (day, dimension, value) IN (
  SELECT item.value ->> 0, item.value ->> 1, item.value ->> 2 FROM json_each(?1) AS item)`;

/** @param clean gives the value as it would be counted now */
export async function cleanFigures(
  db: D1Database,
  after: OlderKey,
  clean: (dimension: string, value: string) => string,
): Promise<Piece> {
  const { results } = await db
    .prepare(FIGURES)
    .bind(...after)
    .all<{ day: Day; dimension: string; value: string }>();
  const rows = results.flatMap(({ day, dimension, value }) => {
    const kept = clean(dimension, value);
    return kept === value ? [] : [[day, dimension, value, kept]];
  });
  if (rows.length > 0) await db.batch([...over(db, MERGE, rows), ...over(db, DROP, rows)]);
  const last = results.length < ROWS_AT_ONCE ? undefined : results.at(-1);
  return {
    next: last ? [last.day, last.dimension, last.value] : null,
    looked: 0,
    changed: rows.length,
  };
}

/** Whole seconds, by the clock that says when an event landed. */
export const secondsNow = async (db: D1Database): Promise<number> =>
  (await db.prepare("SELECT unixepoch() AS now").first<number>("now")) ?? 0;
