/** What is really in D1, told without a scan: for the record of processing. */
import type { Day } from "../domain/ids.ts";
import { overShards } from "./shards.ts";
import { distinctDays } from "./statements.ts";

export interface StoredFacts {
  /** Days of the oldest and the newest event; null when there is none. */
  events: { from: Day; to: Day } | null;
  /** Channels of the events of the rolled-up days. */
  channels: string[];
  /** Kinds of identifiers that somebody claims. */
  identifierKinds: string[];
  policies: number;
}

/** A key is `<kind>:<22 characters>`; `~` is above all of them, so each step seeks the first key of the next kind. */
const KINDS = `WITH RECURSIVE kinds(kind) AS (
    SELECT substr(min(identifier), 1, length(min(identifier)) - 23) FROM claims
    UNION ALL
    SELECT (SELECT substr(min(identifier), 1, length(min(identifier)) - 23) FROM claims
      WHERE identifier > kinds.kind || ':~')
    FROM kinds WHERE kinds.kind IS NOT NULL
  ) SELECT kind AS name FROM kinds WHERE kind IS NOT NULL`;

const CHANNELS = `${distinctDays("rollups")} SELECT DISTINCT rollups.value AS name
  FROM days CROSS JOIN rollups ON rollups.day = days.day AND rollups.dimension = 'channel' ORDER BY name`;

export async function storedFacts(db: D1Database): Promise<StoredFacts> {
  const [kinds, policies] = await db.batch<{ name: string }>([
    db.prepare(KINDS),
    db.prepare("SELECT version AS name FROM policies"),
  ]);
  const found = await overShards(db, (shard) =>
    shard.batch<{ day: Day | null; name: string }>([
      shard.prepare("SELECT min(day) AS day FROM events"),
      shard.prepare("SELECT max(day) AS day FROM events"),
      shard.prepare(CHANNELS),
    ]),
  );
  const days = found
    .flatMap(([from, to]) => [from?.results[0]?.day ?? null, to?.results[0]?.day ?? null])
    .filter((day) => day !== null);
  const channels = found.flatMap(([, , each]) => each?.results.map(({ name }) => name) ?? []);
  return {
    events: days.length === 0 ? null : { from: Math.min(...days), to: Math.max(...days) },
    channels: [...new Set(channels)].toSorted(),
    identifierKinds: kinds?.results.map(({ name }) => name) ?? [],
    policies: policies?.results.length ?? 0,
  };
}
