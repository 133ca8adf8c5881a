/**
 * Writing the directory of persons. A person's object says how it looks, and its words come different ways, late and out of
 * order: each carries the moment at which it was so, and an older one is void where a newer one stands: under the same day,
 * under one nearby, or under day 0, which says that nobody lives under that name any more.
 */
import type { Day, Millis, PersonId } from "../domain/ids.ts";
import type { Landing, PersonRow } from "../domain/ports.ts";
import { personRow } from "./rows.ts";
import { type Batches, byShard } from "./shards.ts";
import { fields, notErased, over } from "./statements.ts";

/** A queue keeps what it can't deliver for two weeks; nothing is under way for longer. */
export const UNDER_WAY_DAYS = 15;

const NEARBY = JSON.stringify(
  Array.from({ length: 2 * UNDER_WAY_DAYS + 1 }, (_, n) => n - UNDER_WAY_DAYS),
);

const PERSON = `INSERT INTO people (seen_day, id, stage, first_seen, last_seen, visitors, events, next, revision)
  SELECT ${fields(9)} FROM json_each(?1) AS item WHERE ${notErased(1)}
    AND NOT EXISTS (SELECT 1 FROM json_each('${NEARBY}') AS near CROSS JOIN people AS newer
      ON newer.seen_day = (item.value ->> 0) + near.value AND newer.id = item.value ->> 1
      WHERE newer.revision > item.value ->> 8)
    AND NOT EXISTS (SELECT 1 FROM people AS gone
      WHERE gone.seen_day = 0 AND gone.id = item.value ->> 1 AND gone.revision > item.value ->> 8)
  ON CONFLICT (seen_day, id) DO UPDATE SET stage = excluded.stage, first_seen = excluded.first_seen,
    last_seen = excluded.last_seen, visitors = excluded.visitors, events = excluded.events, next = excluded.next,
    revision = excluded.revision
  WHERE people.revision < excluded.revision`;

const GONE = `INSERT INTO people (seen_day, id, stage, first_seen, last_seen, visitors, events, next, revision)
  SELECT 0, item.value ->> 0, 'device', 0, 0, 0, 0, NULL, item.value ->> 1
  FROM json_each(?1) AS item WHERE ${notErased(0)}
  ON CONFLICT (seen_day, id) DO UPDATE SET revision = excluded.revision
  WHERE people.revision < excluded.revision`;

const UNLIST = `DELETE FROM people WHERE (seen_day, id) IN (
    SELECT standing.seen_day, standing.id FROM json_each(?1) AS item CROSS JOIN people AS standing
      ON standing.seen_day = item.value ->> 0 AND standing.id = item.value ->> 1
    WHERE standing.revision < item.value ->> 2)`;

type Gone = NonNullable<Landing["gone"]>;
type Unlisted = [day: Day, id: PersonId, revision: Millis];

/** Of one person the newest word, and what all of them take off the list. */
export function listing(
  batches: Batches,
  db: D1Database,
  persons: readonly PersonRow[],
  gone: readonly Gone[],
): void {
  for (const [shard, theirs] of byShard(db, persons, ({ id }) => id)) {
    const newest = new Map<PersonId, PersonRow>();
    for (const row of theirs)
      if ((newest.get(row.id)?.revision ?? 0) < row.revision) newest.set(row.id, row);
    const off = theirs.flatMap(({ id, unlist, revision }) =>
      unlist.map((day): Unlisted => [day, id, revision]),
    );
    batches.add(shard, [
      ...over(shard, UNLIST, off),
      ...over(shard, PERSON, [...newest.values()].map(personRow)),
    ]);
  }
  for (const [shard, theirs] of byShard(db, gone, ({ id }) => id)) {
    const off = theirs.flatMap(({ id, days, revision }) =>
      days.map((day): Unlisted => [day, id, revision]),
    );
    batches.add(shard, [
      ...over(shard, UNLIST, off),
      ...over(
        shard,
        GONE,
        theirs.map(({ id, revision }) => [id, revision]),
      ),
    ]);
  }
}
