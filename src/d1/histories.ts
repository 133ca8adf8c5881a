/** What each person did, over the visitors that merges made one: for affinities, segments and measurement. */
import type { Openings } from "../domain/consent/openings.ts";
import { components } from "../domain/identity/evidence.ts";
import type { Day, Millis, VisitorId } from "../domain/ids.ts";
import { DID, ORDERED, READ } from "../domain/segments/items.ts";
import type { History } from "../domain/segments/cooccurrence.ts";
import { asking, byParts, gather } from "./shards.ts";
import type { Stretch } from "./stretches.ts";
import { recordedFor } from "./under.ts";

/** Rows of visitors and items read at once: a job's memory is 128 MB. */
export const MOST_ROWS = 100_000;

const items = (condition: string): string => `WITH seen AS (
    SELECT visitor, at, type, name, data FROM events
    WHERE day BETWEEN ?1 AND ?2 AND ${condition}
  )
  SELECT visitor, item, min(at) AS first, max(at) AS last FROM (
    SELECT seen.visitor, seen.at, '${READ}' || topic.value AS item
      FROM seen CROSS JOIN json_each(seen.data, '$.topics') AS topic
      WHERE seen.type IN ('page', 'screen')
    UNION ALL
    SELECT visitor, at, '${DID}' || name FROM seen WHERE type = 'track' AND name IS NOT NULL
    UNION ALL
    SELECT visitor, at, '${ORDERED}' FROM seen
      WHERE type = 'track' AND data ->> '$.valueCents' IS NOT NULL
  ) GROUP BY visitor, item ORDER BY visitor, item LIMIT ?3`;

interface ItemRow {
  visitor: VisitorId;
  item: string;
  first: Millis;
  last: Millis;
}

/** What was recorded for hints on these days, both included, a history per person. */
export async function readHistories(
  db: D1Database,
  openings: Openings,
  from: Day,
  to: Day,
): Promise<History[]> {
  const condition = await recordedFor(db, openings, "hints");
  const [results, personOf] = await Promise.all([
    gather(
      db,
      asking<ItemRow>(items(condition), from, to, MOST_ROWS),
      byParts(
        ({ visitor }) => visitor,
        ({ item }) => item,
      ),
      MOST_ROWS,
    ),
    readPersons(db),
  ]);
  const people = new Map<VisitorId, Map<string, { first: Millis; last: Millis }>>();
  for (const { visitor, item, first, last } of results) {
    const person = personOf(visitor);
    const history = people.get(person) ?? new Map<string, { first: Millis; last: Millis }>();
    people.set(person, history);
    const known = history.get(item);
    history.set(item, {
      first: Math.min(first, known?.first ?? first),
      last: Math.max(last, known?.last ?? last),
    });
  }
  return [...people.values()];
}

const STANDING = `SELECT a, b FROM merge_log WHERE op = 'merge'
    AND merge NOT IN (SELECT merge FROM merge_log WHERE op = 'undo')
  LIMIT ?1`;

/** Who is who by the merges that stand. A person is named after the first of its visitors in the order of their ids. */
export interface Persons {
  of(visitor: VisitorId): VisitorId;
  /** Visitors with another name whose persons are named by somebody of this stretch. */
  othersOf(stretch: Stretch): VisitorId[];
}

export async function loadPersons(db: D1Database): Promise<Persons> {
  const { results } = await db
    .prepare(STANDING)
    .bind(MOST_ROWS)
    .all<{ a: VisitorId; b: VisitorId }>();
  const visitors = new Set(results.flatMap(({ a, b }) => [a, b]));
  const inOrder = (a: VisitorId, b: VisitorId): number => (a < b ? -1 : 1);
  const groups = components(visitors, results, inOrder);
  const names = new Map(
    groups.flatMap((group) => group.map((visitor) => [visitor, group[0] ?? visitor] as const)),
  );
  return {
    of: (visitor) => names.get(visitor) ?? visitor,
    othersOf: ({ from, before }) =>
      groups.flatMap(([first, ...others]) =>
        first !== undefined && first >= from && first < before ? others : [],
      ),
  };
}

/** From a visitor to one name for its person, by the merges that stand. */
export async function readPersons(db: D1Database): Promise<(visitor: VisitorId) => VisitorId> {
  return (await loadPersons(db)).of;
}
