/**
 * Identifiers that too many visitors said: they join nobody further until an officer lets them, but those who prove them, as
 * long as they aren't too many themselves. One that an officer blocked joins nobody at all. One that was released joins people
 * again, and who says it is counted anew.
 */
import { and, desc, eq, gte, ne } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { Held } from "../domain/identity/crowds.ts";
import type { HistoryEntry } from "../domain/identity/history.ts";
import { dayOf, type IdentifierKey, type Millis } from "../domain/ids.ts";
import { quarantined } from "./schema.ts";

export interface Quarantined {
  identifier: IdentifierKey;
  at: Millis;
  why: Held;
  /** How many said it, or proved it, when it was found to be too many; 0: an officer blocked it. */
  visitors: number;
}

/** What an officer said when it was blocked. */
export interface ByHand {
  by: string;
  reason: string | null;
  /** The value, sealed under a key of its own. */
  sealed: string | null;
}

export type Listed = Quarantined & (ByHand | { by: null; reason: null; sealed: null });

/** What the column `visitors` says: so many said it; below zero, so many proved it. */
export const BLOCKED = 0;
/** Nobody floods alone. */
export const RELEASED = -1;

const held = ne(quarantined.visitors, RELEASED);

const whyOf = (visitors: number): Held =>
  visitors === BLOCKED ? "blocked" : visitors < 0 ? "proven" : "said";

/** The first time stands, unless it was released since, or holds up those who prove it as well from now on. */
export async function quarantine(
  db: D1Database,
  { identifier, at, why, visitors }: Quarantined,
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO quarantine (identifier, at, visitors) VALUES (?1, ?2, ?3)
       ON CONFLICT (identifier) DO UPDATE SET at = excluded.at, visitors = excluded.visitors
       WHERE quarantine.visitors = ${RELEASED} OR (quarantine.visitors > 0 AND excluded.visitors < 0)`,
    )
    .bind(identifier, at, why === "proven" ? -visitors : visitors)
    .run();
}

/**
 * Also one that was a flood. Of one that is blocked already only the value is kept, where it wasn't.
 * @param entry for the log, where no person keeps it
 */
export async function block(
  db: D1Database,
  identifier: IdentifierKey,
  at: Millis,
  { by, reason, sealed }: ByHand,
  entry: HistoryEntry | null,
): Promise<void> {
  const blocking = db
    .prepare(
      `INSERT INTO quarantine (identifier, at, visitors, "by", why, sealed)
       VALUES (?1, ?2, ${BLOCKED}, ?3, ?4, ?5)
       ON CONFLICT (identifier) DO UPDATE SET visitors = ${BLOCKED}, sealed = excluded.sealed,
         at = iif(visitors = ${BLOCKED}, at, excluded.at),
         "by" = iif(visitors = ${BLOCKED}, "by", excluded."by"),
         why = iif(visitors = ${BLOCKED}, why, excluded.why)
       WHERE visitors <> ${BLOCKED} OR sealed IS NULL`,
    )
    .bind(identifier, at, by, reason, sealed);
  const isNew = `NOT EXISTS (SELECT 1 FROM quarantine WHERE identifier = ?8 AND visitors = ${BLOCKED})`;
  await db.batch([...(entry ? [logging(db, entry, identifier, isNew)] : []), blocking]);
}

/** It stays blocked, and nobody knows any more what it is. */
export const forgetValue = (db: D1Database, identifier: IdentifierKey): Promise<unknown> =>
  drizzle(db)
    .update(quarantined)
    .set({ sealed: null, why: null })
    .where(eq(quarantined.identifier, identifier));

/** Of these, those that an officer blocked and whose value is kept. */
export async function blockedAmong(
  db: D1Database,
  identifiers: readonly IdentifierKey[],
): Promise<IdentifierKey[]> {
  const { results } = await db
    .prepare(
      "SELECT identifier FROM quarantine WHERE sealed IS NOT NULL AND identifier IN (SELECT value FROM json_each(?1))",
    )
    .bind(JSON.stringify(identifiers))
    .all<{ identifier: IdentifierKey }>();
  return results.map(({ identifier }) => identifier);
}

/** Of all that an officer blocked; the latest of so many that intake wouldn't know them all. */
export async function listBlocked(db: D1Database): Promise<IdentifierKey[]> {
  const rows = await drizzle(db)
    .select({ identifier: quarantined.identifier })
    .from(quarantined)
    .where(eq(quarantined.visitors, BLOCKED))
    .orderBy(desc(quarantined.at))
    .limit(BLOCKED_MAX);
  return rows.map(({ identifier }) => identifier);
}

/** Each isolate holds as many; those beyond are still refused by the index. */
const BLOCKED_MAX = 5_000;

/** Newest first. */
export async function listQuarantined(db: D1Database, limit: number): Promise<Listed[]> {
  const rows = await drizzle(db)
    .select()
    .from(quarantined)
    .where(held)
    .orderBy(desc(quarantined.at))
    .limit(limit);
  return rows.map(({ identifier, at, visitors, by, why: reason, sealed }) => ({
    identifier,
    at,
    why: whyOf(visitors),
    visitors: Math.abs(visitors),
    ...(by === null ? NOBODY : { by, reason, sealed }),
  }));
}

const NOBODY = { by: null, reason: null, sealed: null };

/** How many are held, found since then, because too many said or proved them; what an officer blocked is no flood. */
export const countFloods = (db: D1Database, since: Millis = 0): Promise<number> =>
  drizzle(db).$count(
    quarantined,
    and(held, ne(quarantined.visitors, BLOCKED), gte(quarantined.at, since)),
  );

/** Null where it was never held, or is known no more. */
export async function standingOf(
  db: D1Database,
  identifier: IdentifierKey,
): Promise<"held" | "released" | null> {
  const [row] = await drizzle(db)
    .select({ visitors: quarantined.visitors })
    .from(quarantined)
    .where(eq(quarantined.identifier, identifier));
  if (!row) return null;
  return row.visitors === RELEASED ? "released" : "held";
}

/**
 * Who says it from now on is counted anew. What else goes with it is done in the same transaction, also where there was none to
 * release. True when there was one.
 * @param entry for the log, where no person keeps it
 */
export async function release(
  db: D1Database,
  identifier: IdentifierKey,
  at: Millis,
  also: readonly D1PreparedStatement[],
  entry: HistoryEntry | null,
): Promise<boolean> {
  const freeing = db
    .prepare(
      `UPDATE quarantine SET at = ?2, visitors = ${RELEASED}, "by" = NULL, why = NULL, sealed = NULL
       WHERE identifier = ?1 AND visitors <> ${RELEASED}`,
    )
    .bind(identifier, at);
  const isHeld = `EXISTS (SELECT 1 FROM quarantine WHERE identifier = ?8 AND visitors <> ${RELEASED})`;
  const logged = entry ? [logging(db, entry, identifier, isHeld)] : [];
  const results = await db.batch([...logged, freeing, ...also]);
  return (results[logged.length]?.meta.changes ?? 0) > 0;
}

/** Into the log of merges, in one transaction with what it tells of: said again after that was cut off, it stands there once. */
const logging = (
  db: D1Database,
  { id, op, at, by, evidence, because }: HistoryEntry,
  identifier: IdentifierKey,
  isNews: string,
): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO merge_log (day, merge, op, at, by, a, b, evidence, because, rules)
       SELECT ?1, ?2, ?3, ?4, ?5, '', '', ?6, ?7, 0 WHERE ${isNews} ON CONFLICT DO NOTHING`,
    )
    .bind(dayOf(at), id, op, at, by, evidence, because, identifier);
