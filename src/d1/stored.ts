/** What is really in D1, told without a scan: for the record of processing. */
import type { Day } from "../domain/ids.ts";

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

const CHANNELS = `SELECT DISTINCT value AS name FROM rollups WHERE dimension = 'channel' ORDER BY value`;

export async function storedFacts(db: D1Database): Promise<StoredFacts> {
  const [from, to, channels, kinds, policies] = await db.batch<{ day: Day | null; name: string }>([
    db.prepare("SELECT min(day) AS day FROM events"),
    db.prepare("SELECT max(day) AS day FROM events"),
    db.prepare(CHANNELS),
    db.prepare(KINDS),
    db.prepare("SELECT version AS name FROM policies"),
  ]);
  const first = from?.results[0]?.day ?? null;
  const last = to?.results[0]?.day ?? null;
  return {
    events: first !== null && last !== null ? { from: first, to: last } : null,
    channels: channels?.results.map(({ name }) => name) ?? [],
    identifierKinds: kinds?.results.map(({ name }) => name) ?? [],
    policies: policies?.results.length ?? 0,
  };
}
