/**
 * `GET /_u/api/export/people.ndjson?purpose=` and `people.csv`: one line a person, of what was recorded under a purpose that
 * they still allow at this moment. Identifiers and traits are in it only of those who allow to be recognised. The range is
 * that of the day on which they were last heard of; `after` is `<day>.<person>`.
 */
import type { Policy } from "../../domain/consent/policy.ts";
import { dayName } from "../../domain/ids.ts";
import { peopleAfter } from "../../d1/outgoing.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { csvResponse } from "../csv.ts";
import { profilesCsv } from "./people-csv.ts";
import { type Profile, profileOf, type ProfilePorts } from "./profile.ts";
import { type Asked, ndjson, type Page, readAfter, readAsked } from "./stream.ts";

/** Persons read at once, and by one answer: each takes a few calls. */
export const PERSONS = 20;
const MOST_PERSONS = 200;

/** As it is listed: under the day last heard of. */
export type PersonLine = Profile & { day: string };

const readQuery = async (request: Request, context: Context) => {
  const policy = await context.policy();
  const query = readAsked(request, policy, context.now);
  if (query.after !== null) readAfter(query.after);
  return { policy, query };
};

export const getPeopleExport = forRole("officer", async (request, context) => {
  const { policy, query } = await readQuery(request, context);
  let read = 0;
  return ndjson(
    `people-${query.purpose}.ndjson`,
    query.after,
    async (after) => {
      read += PERSONS;
      return peoplePage(context, policy, query, after);
    },
    () => read >= MOST_PERSONS,
  );
});

/** Where it goes on is a header, so the whole page is made first. */
export const getPeopleCsv = forRole("officer", async (request, context) => {
  const { policy, query } = await readQuery(request, context);
  const lines: PersonLine[] = [];
  let after = query.after;
  for (let read = 0; read < MOST_PERSONS; read += PERSONS) {
    const page = await peoplePage(context, policy, query, after);
    lines.push(...page.lines);
    after = page.next;
    if (after === null) break;
  }
  return csvResponse(
    profilesCsv(lines),
    `people-${query.purpose}.csv`,
    after === null ? {} : { "usher-cursor": after },
  );
});

export async function peoplePage(
  context: ProfilePorts,
  policy: Policy,
  { from, to, purpose }: Asked,
  after: string | null,
): Promise<Page & { lines: PersonLine[]; looked: number }> {
  const key = after === null ? null : readAfter(after);
  const start = key && key.day >= from ? { day: key.day, id: key.visitor } : { day: from, id: "" };
  const rows = await peopleAfter(context.db, start, to, PERSONS);
  const lines = await Promise.all(
    rows.map(async ({ id, day }) => {
      const line = await profileOf(context, policy, purpose, id);
      return line ? [{ ...line, day: dayName(day) }] : [];
    }),
  );
  const last = rows.at(-1);
  const isMore = last !== undefined && rows.length === PERSONS;
  const next = isMore ? `${dayName(last.day)}.${last.id}` : null;
  return { lines: lines.flat(), next, looked: rows.length };
}
