/**
 * Identifiers that too many visitors said: they join nobody further until an officer lets them, but those who prove them, as
 * long as they aren't too many themselves. One that an officer blocked joins nobody at all. One that was released joins people
 * again, and who says it is counted anew.
 */
import { and, desc, eq, ne } from "drizzle-orm";
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

/** Also one that was a flood. */
export async function block(db: D1Database, identifier: IdentifierKey, at: Millis): Promise<void> {
  await drizzle(db)
    .insert(quarantined)
    .values({ identifier, at, visitors: BLOCKED })
    .onConflictDoUpdate({
      target: quarantined.identifier,
      set: { at, visitors: BLOCKED },
      setWhere: ne(quarantined.visitors, BLOCKED),
    });
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
export async function listQuarantined(db: D1Database, limit: number): Promise<Quarantined[]> {
  const rows = await drizzle(db)
    .select()
    .from(quarantined)
    .where(held)
    .orderBy(desc(quarantined.at))
    .limit(limit);
  return rows.map(({ visitors, ...row }) => ({
    ...row,
    why: whyOf(visitors),
    visitors: Math.abs(visitors),
  }));
}

/** How many are held because too many said or proved them; what an officer blocked is no flood. */
export const countFloods = (db: D1Database): Promise<number> =>
  drizzle(db).$count(quarantined, and(held, ne(quarantined.visitors, BLOCKED)));

export async function isQuarantined(db: D1Database, identifier: IdentifierKey): Promise<boolean> {
  const [row] = await drizzle(db)
    .select({ at: quarantined.at })
    .from(quarantined)
    .where(and(held, eq(quarantined.identifier, identifier)));
  return row !== undefined;
}

/** Who says it from now on is counted anew. True when there was one to release. */
export async function release(
  db: D1Database,
  identifier: IdentifierKey,
  at: Millis,
): Promise<boolean> {
  const freed = await drizzle(db)
    .update(quarantined)
    .set({ at, visitors: RELEASED })
    .where(and(held, eq(quarantined.identifier, identifier)))
    .returning({ identifier: quarantined.identifier });
  return freed.length > 0;
}

/** In the log of merges, where it concerns nobody who is left. */
export async function logDecision(db: D1Database, entry: HistoryEntry): Promise<void> {
  await db
    .prepare(
      `INSERT INTO merge_log (day, merge, op, at, by, a, b, evidence, because, rules)
       VALUES (?1, ?2, ?3, ?4, ?5, '', '', ?6, ?7, 0) ON CONFLICT DO NOTHING`,
    )
    .bind(dayOf(entry.at), entry.id, entry.op, entry.at, entry.by, entry.evidence, entry.because)
    .run();
}
