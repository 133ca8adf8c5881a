/** Who came, and who did what an action is for: the ground of the lift. */
import type { Person } from "../domain/action/measure.ts";
import type { Openings } from "../domain/consent/openings.ts";
import type { Day, VisitorId } from "../domain/ids.ts";
import { MOST_ROWS, readPersons } from "./histories.ts";
import { asking, byParts, gather } from "./shards.ts";
import { recordedFor } from "./under.ts";

const came = (
  condition: string,
): string => `SELECT visitor, group_concat(DISTINCT CASE WHEN key IN (SELECT value FROM json_each(?3)) THEN key END) AS did
  FROM (SELECT visitor, type || coalesce(':' || name, '') AS key FROM events
    WHERE day BETWEEN ?1 AND ?2 AND ${condition})
  GROUP BY visitor ORDER BY visitor LIMIT ${MOST_ROWS}`;

/**
 * Persons seen for hints on these days, both included, with those of the events that they did. Of more
 * visitors than are read, those with the smallest ids: ids are random, so they are a sample.
 */
export async function readReached(
  db: D1Database,
  openings: Openings,
  range: { from: Day; to: Day },
  events: readonly string[],
): Promise<(event: string) => Person[]> {
  const condition = await recordedFor(db, openings, "hints");
  const [results, personOf] = await Promise.all([
    gather(
      db,
      asking<{ visitor: VisitorId; did: string | null }>(
        came(condition),
        range.from,
        range.to,
        JSON.stringify(events),
      ),
      byParts(({ visitor }) => visitor),
      MOST_ROWS,
    ),
    readPersons(db),
  ]);
  const people = new Map<VisitorId, { visitors: VisitorId[]; did: Set<string> }>();
  for (const { visitor, did } of results) {
    const id = personOf(visitor);
    const person = people.get(id) ?? { visitors: [], did: new Set<string>() };
    people.set(id, person);
    person.visitors.push(visitor);
    // An event's name may hold a comma: what was asked for is looked for whole.
    for (const event of events) if (`,${did ?? ""},`.includes(`,${event},`)) person.did.add(event);
  }
  return (event) =>
    [...people.values()].map(({ visitors, did }) => ({ visitors, succeeded: did.has(event) }));
}
