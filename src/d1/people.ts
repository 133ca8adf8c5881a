/** The directory of persons: lists of those last heard of, newest first. */
import { and, asc, desc, eq, gt, gte, lt, lte, or, sql, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { PersonId } from "../domain/ids.ts";
import type { Stage } from "../domain/person/stage.ts";
import { cursorOf, pageOf, readCursor, wholeNumber } from "./cursor.ts";
import { people } from "./schema.ts";
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
  /** Null at the end. */
  cursor: string | null;
}

/** The key begins with the day, so a start of an id is sought on each day there is. `~` is above every letter of an id. */
const startsWith = (prefix: string): SQL | undefined =>
  and(
    sql`${people.seenDay} IN (${sql.raw(distinctDays("people"))} SELECT day FROM days)`,
    gte(people.id, prefix as PersonId),
    lt(people.id, `${prefix}~` as PersonId),
  );

function after(cursor: string): SQL | undefined {
  const { first: day, second, id } = readCursor(cursor);
  const lastSeen = wholeNumber(second);
  return and(
    lte(people.seenDay, day),
    or(
      lt(people.seenDay, day),
      lt(people.lastSeen, lastSeen),
      and(eq(people.lastSeen, lastSeen), gt(people.id, id as PersonId)),
    ),
  );
}

/** @throws Problem `bad_request` when the cursor isn't one of ours. */
export async function listPeople(db: D1Database, query: PeopleQuery): Promise<PeoplePage> {
  const { prefix, stage, limit } = query;
  const found = await drizzle(db)
    .select()
    .from(people)
    .where(
      and(
        gt(people.seenDay, 0),
        query.cursor === undefined ? undefined : after(query.cursor),
        prefix === undefined ? undefined : startsWith(prefix),
        stage === undefined ? undefined : eq(people.stage, stage),
      ),
    )
    .orderBy(desc(people.seenDay), desc(people.lastSeen), asc(people.id))
    .limit(limit + 1);
  const { rows, cursor } = pageOf(found, limit, (last) =>
    cursorOf(last.seenDay, last.lastSeen, last.id),
  );
  return { people: rows, cursor };
}
