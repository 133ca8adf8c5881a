/** The directory of persons: lists of those last heard of, newest first. */
import { and, desc, gt, gte, lt, lte, or, sql, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { Day, PersonId } from "../domain/ids.ts";
import type { Stage } from "../domain/person/stage.ts";
import { cursorOf, readCursor, wholeNumber } from "./cursor.ts";
import { people } from "./schema.ts";
import { asking, byParts, gather } from "./shards.ts";
import { distinctDays } from "./statements.ts";

export type ListedPerson = typeof people.$inferSelect;

export interface PeopleQuery {
  /** Start of a person's id. */
  prefix?: string;
  stage?: Stage;
  limit: number;
  cursor?: string;
}

export interface PeoplePage {
  people: ListedPerson[];
  /** Where a list goes on after each of them. */
  cursors: string[];
  /** Null at the end. A page with fewer persons than asked for, even with none, may have more behind it. */
  cursor: string | null;
}

/**
 * Persons that one page looks through: the key is the day and the id, so those of a day have to be read to be sorted by
 * time, and all of them to find those of a stage. A day with more than this is listed by id.
 */
const LOOKED_THROUGH = 2_000;

/** Where a list goes on within a day: after a time, after an id, or after all of it. */
type Start =
  | { day: Day; by: "time"; lastSeen: number; id: string }
  | { day: Day; by: "id"; id: string }
  | { day: Day; by: "end" };

const BY_ID = "i";
const END = "e";

/** @throws Problem `bad_request` when the cursor isn't one of ours. */
function startOf(cursor: string): Start {
  const { first: day, second, id } = readCursor(cursor);
  if (second === BY_ID) return { day, by: "id", id };
  if (second === END) return { day, by: "end" };
  return { day, by: "time", lastSeen: wholeNumber(second), id };
}

/** The key begins with the day, so a start of an id is sought on each day there is. `~` is above every letter of an id. */
const startsWith = (prefix: string): SQL | undefined =>
  and(
    sql`${people.seenDay} IN (${sql.raw(distinctDays("people"))} SELECT day FROM days)`,
    gte(people.id, prefix as PersonId),
    lt(people.id, `${prefix}~` as PersonId),
  );

const from = (start: Start): SQL | undefined =>
  start.by === "id"
    ? and(
        lte(people.seenDay, start.day),
        or(lt(people.seenDay, start.day), lt(people.id, start.id as PersonId)),
      )
    : start.by === "end"
      ? lt(people.seenDay, start.day)
      : lte(people.seenDay, start.day);

/** Later first; of one moment by id. */
const newestFirst = (a: ListedPerson, b: ListedPerson): number =>
  b.lastSeen - a.lastSeen || (a.id < b.id ? -1 : 1);

const lastFirst = byParts<ListedPerson>(
  ({ seenDay }) => seenDay,
  ({ id }) => id,
);

/** @throws Problem `bad_request` when the cursor isn't one of ours. */
export async function listPeople(db: D1Database, query: PeopleQuery): Promise<PeoplePage> {
  const { prefix, stage, limit } = query;
  const start = query.cursor === undefined ? null : startOf(query.cursor);
  const look = Math.max(LOOKED_THROUGH, limit);
  const looked = await gather<ListedPerson>(
    db,
    (shard) =>
      drizzle(shard)
        .select()
        .from(people)
        .where(
          and(
            gt(people.seenDay, 0),
            start === null ? undefined : from(start),
            prefix === undefined ? undefined : startsWith(prefix),
          ),
        )
        .orderBy(desc(people.seenDay), desc(people.id))
        .limit(look + 1),
    (a, b) => lastFirst(b, a),
    look + 1,
  );
  const isAll = looked.length <= look;
  const fits = (each: ListedPerson): boolean => stage === undefined || each.stage === stage;

  const listed: { person: ListedPerson; cursor: string }[] = [];
  let end: string | null = null;
  for (const [day, found] of Map.groupBy(looked, ({ seenDay }) => seenDay)) {
    const isWhole = isAll || looked.at(-1)?.seenDay !== day;
    const byId = (start?.by === "id" && start.day === day) || !isWhole;
    // The part of a day that was seen by chance waits for its own page.
    if (!isWhole && end !== null) break;
    const ordered = byId ? found : found.toSorted(newestFirst).filter(after(start, day));
    for (const person of ordered) {
      const { seenDay, lastSeen, id } = person;
      const cursor = byId ? cursorOf(seenDay, BY_ID, id) : cursorOf(seenDay, lastSeen, id);
      if (fits(person)) listed.push({ person, cursor });
      end = byId ? cursor : cursorOf(day, END, "-");
    }
    end ??= cursorOf(day, END, "-");
    if (listed.length > limit) break;
  }
  const page = listed.slice(0, limit);
  const full = listed.length > limit || (page.length === limit && !isAll);
  const cursor = full ? (page.at(-1)?.cursor ?? null) : isAll ? null : end;
  return {
    people: page.map(({ person }) => person),
    cursors: page.map((each) => each.cursor),
    cursor,
  };
}

/** What of its day the page before has given already. */
const after =
  (start: Start | null, day: Day) =>
  ({ lastSeen, id }: ListedPerson): boolean =>
    start?.by !== "time" ||
    start.day !== day ||
    lastSeen < start.lastSeen ||
    (lastSeen === start.lastSeen && id > start.id);

const SEEN_SINCE = `SELECT seen_day AS seenDay, id FROM people WHERE (seen_day, id) > (?1, ?2)
  ORDER BY seen_day, id LIMIT ?3`;

/** Those last heard of after this place, which is a day and an id of that day, by day and id. */
export const seenSince = (
  db: D1Database,
  { day, id }: { day: Day; id: string },
  limit: number,
): Promise<{ seenDay: Day; id: PersonId }[]> =>
  gather(
    db,
    asking<{ seenDay: Day; id: PersonId }>(SEEN_SINCE, day, id, limit),
    byParts(
      ({ seenDay }) => seenDay,
      ({ id: person }) => person,
    ),
    limit,
  );
