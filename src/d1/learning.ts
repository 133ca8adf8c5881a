/** What the scheduled job has learned, and what it learns from: hints and what became of them. */
import type { Learned } from "../domain/action/learner.ts";
import type { HintClosing } from "../domain/action/outcomes.ts";
import type { Day, Millis } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import { asking, byParts, gather, overShards } from "./shards.ts";

/**
 * `settled` and `settled:…` are the job's own state (settled.ts), `learned` what is decided by, `insights` what the segments' report says, `deliveries`
 * how far the day's list was sent to which system. `matching` is the model that compares people, sealed, and
 * `matching-state` how far the comparing is; `report:…` are reports that were counted ahead or asked for, `counting:…` how far
 * the counting of one is; `swept` is how far retention has come, `lapsed` how far it has called those who were silent,
 * `older` how far older rows have lost what a newer policy leaves out (privacy/older.ts).
 */
export type LearnedName =
  | "learned"
  | "insights"
  | "deliveries"
  | "matching"
  | "matching-state"
  | "swept"
  | "lapsed"
  | "older"
  | `report:${string}`
  | `counting:${string}`;

const READ = "SELECT document FROM learned WHERE name = ?1";

/** Nothing is written when nothing changed. */
const SAVE = `INSERT INTO learned (name, document, at) VALUES (?1, ?2, ?3)
  ON CONFLICT (name) DO UPDATE SET document = excluded.document, at = excluded.at
  WHERE learned.document IS NOT excluded.document`;

/** Plain data, as the same version of the job saved it; null before it did. */
export async function readDocument(db: D1Database, name: LearnedName): Promise<Json | null> {
  const row = await db.prepare(READ).bind(name).first<{ document: string }>();
  return row ? (JSON.parse(row.document) as Json) : null;
}

export async function saveDocument(
  db: D1Database,
  name: LearnedName,
  document: unknown,
  at: Millis,
): Promise<void> {
  await db.prepare(SAVE).bind(name, JSON.stringify(document), at).run();
}

const PUT = `INSERT INTO learned (name, document, at) VALUES (?1, json_object(?2, json(?3)), ?4)
  ON CONFLICT (name) DO UPDATE SET document = json_set(learned.document, '$."' || ?2 || '"', json(?3)), at = excluded.at`;

/** Puts one part of a document, whoever puts the others at the same moment. `part`: letters, figures and dashes. */
export async function savePart(
  db: D1Database,
  name: LearnedName,
  part: string,
  value: unknown,
  at: Millis,
): Promise<void> {
  await db.prepare(PUT).bind(name, part, JSON.stringify(value), at).run();
}

/**
 * Replaces a document that nobody has replaced since: `before` is the `at` that it had, null where there was none.
 * False where somebody has.
 */
export async function replaceDocument(
  db: D1Database,
  name: LearnedName,
  document: { at: Millis },
  before: Millis | null,
): Promise<boolean> {
  const values = [name, JSON.stringify(document), document.at];
  const statement =
    before === null
      ? db.prepare(BEGIN).bind(...values)
      : db.prepare(REPLACE).bind(...values, before);
  return (await statement.run()).meta.changes > 0;
}

const BEGIN = "INSERT INTO learned (name, document, at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
const REPLACE = `UPDATE learned SET document = ?2, at = ?3
  WHERE name = ?1 AND document ->> '$.at' = ?4`;

/** Names that begin so: a range of the key. */
const BEGINS = "name >= ?1 AND name < ?1 || '~'";

export async function listDocuments(db: D1Database, prefix: string): Promise<string[]> {
  const { results } = await db
    .prepare(`SELECT name FROM learned WHERE ${BEGINS} ORDER BY name LIMIT 100`)
    .bind(prefix)
    .all<{ name: string }>();
  return results.map(({ name }) => name);
}

export async function removeDocument(db: D1Database, name: LearnedName): Promise<void> {
  await db.prepare("DELETE FROM learned WHERE name = ?1").bind(name).run();
}

/** Removes those that were saved before. */
export async function pruneDocuments(
  db: D1Database,
  prefix: string,
  before: Millis,
): Promise<void> {
  await db.prepare(`DELETE FROM learned WHERE ${BEGINS} AND at < ?2`).bind(prefix, before).run();
}

export const readLearned = async (db: D1Database): Promise<Learned | null> =>
  (await readDocument(db, "learned")) as Learned | null;

export async function firstHintDay(db: D1Database): Promise<Day | null> {
  const days = await overShards(db, (shard) =>
    shard.prepare("SELECT min(day) AS day FROM hints").first<Day>("day"),
  );
  const known = days.filter((day) => day !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** Hints read at once; what is beyond waits for a smaller range of days. */
export const MOST_CLOSINGS = 50_000;

const CLOSINGS = `SELECT hint, visitor, action, stage, device, topic, segment, slot, propensity, max(until) AS until,
    min(CASE outcome WHEN 'shown' THEN at END) AS shown,
    min(CASE outcome WHEN 'taken' THEN at END) AS taken,
    min(CASE outcome WHEN 'dismissed' THEN at END) AS dismissed,
    min(CASE outcome WHEN 'expired' THEN at END) AS expired
  FROM hints WHERE day BETWEEN ?1 AND ?2
  GROUP BY visitor, hint ORDER BY visitor, hint LIMIT ?3`;

/** A row per hint with outcomes on these days, both included. */
export async function readClosings(
  db: D1Database,
  from: Day,
  to: Day,
  limit = MOST_CLOSINGS,
): Promise<HintClosing[]> {
  return gather(
    db,
    asking<HintClosing>(CLOSINGS, from, to, limit),
    byParts(
      ({ visitor }) => visitor,
      ({ hint }) => hint,
    ),
    limit,
  );
}
