/** What each person did, over the visitors that merges made one: for affinities, segments and measurement. */
import { components } from "../domain/identity/evidence.ts";
import type { Day, Millis, VisitorId } from "../domain/ids.ts";
import { DID, ORDERED, READ } from "../domain/segments/items.ts";
import type { History } from "../domain/segments/cooccurrence.ts";
import { byParts, gather } from "./shards.ts";

/** Rows of visitors and items read at once: a job's memory is 128 MB. */
export const MOST_ROWS = 100_000;

const ITEMS = `WITH seen AS (
    SELECT visitor, at, type, name, data FROM events
    WHERE day BETWEEN ?1 AND ?2 AND instr(',' || purposes || ',', ',personalization,') > 0
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

/** What was recorded for `personalization` on these days, both included, a history per person. */
export async function readHistories(db: D1Database, from: Day, to: Day): Promise<History[]> {
  const [results, personOf] = await Promise.all([
    gather(
      db,
      async (shard) =>
        (await shard.prepare(ITEMS).bind(from, to, MOST_ROWS).all<ItemRow>()).results,
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

const STANDING = `SELECT a, b FROM merge_log AS made WHERE op = 'merge' AND NOT EXISTS (
    SELECT 1 FROM merge_log AS undone WHERE undone.merge = made.merge AND undone.op = 'undo'
      AND undone.day >= made.day)
  LIMIT ?1`;

/** From a visitor to one name for its person, by the merges that stand. */
export async function readPersons(db: D1Database): Promise<(visitor: VisitorId) => VisitorId> {
  const { results } = await db
    .prepare(STANDING)
    .bind(MOST_ROWS)
    .all<{ a: VisitorId; b: VisitorId }>();
  const visitors = new Set(results.flatMap(({ a, b }) => [a, b]));
  const groups = components(visitors, results, (a, b) => (a < b ? -1 : 1));
  const first = new Map(
    groups.flatMap((group) => group.map((visitor) => [visitor, group[0] ?? visitor] as const)),
  );
  return (visitor) => first.get(visitor) ?? visitor;
}
