/**
 * Identifiers that suddenly joined too many: they join nobody further until an officer lets them, but those who prove them.
 * One that an officer blocked has no visitors: it joins nobody at all.
 */
import { desc, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { HistoryEntry } from "../domain/identity/history.ts";
import { dayOf, type IdentifierKey, type Millis } from "../domain/ids.ts";
import { quarantined } from "./schema.ts";

export interface Quarantined {
  identifier: IdentifierKey;
  at: Millis;
  /** How many said it in the time that made it a flood; 0: an officer blocked it. */
  visitors: number;
}

/** The first time stands. */
export async function quarantine(
  db: D1Database,
  identifier: IdentifierKey,
  at: Millis,
  visitors: number,
): Promise<void> {
  await drizzle(db).insert(quarantined).values({ identifier, at, visitors }).onConflictDoNothing();
}

/** Also one that was a flood. */
export async function block(db: D1Database, identifier: IdentifierKey, at: Millis): Promise<void> {
  await drizzle(db)
    .insert(quarantined)
    .values({ identifier, at, visitors: 0 })
    .onConflictDoUpdate({ target: quarantined.identifier, set: { visitors: 0 } });
}

/** Of all that an officer blocked; the latest of so many that intake wouldn't know them all. */
export async function listBlocked(db: D1Database): Promise<IdentifierKey[]> {
  const rows = await drizzle(db)
    .select({ identifier: quarantined.identifier })
    .from(quarantined)
    .where(eq(quarantined.visitors, 0))
    .orderBy(desc(quarantined.at))
    .limit(BLOCKED_MAX);
  return rows.map(({ identifier }) => identifier);
}

/** Each isolate holds as many; those beyond are still refused by the index. */
const BLOCKED_MAX = 5_000;

/** Newest first. */
export const listQuarantined = (db: D1Database, limit: number): Promise<Quarantined[]> =>
  drizzle(db).select().from(quarantined).orderBy(desc(quarantined.at)).limit(limit);

export async function isQuarantined(db: D1Database, identifier: IdentifierKey): Promise<boolean> {
  const [row] = await drizzle(db)
    .select({ at: quarantined.at })
    .from(quarantined)
    .where(eq(quarantined.identifier, identifier));
  return row !== undefined;
}

/** True when there was one to release. */
export async function release(db: D1Database, identifier: IdentifierKey): Promise<boolean> {
  const gone = await drizzle(db)
    .delete(quarantined)
    .where(eq(quarantined.identifier, identifier))
    .returning({ identifier: quarantined.identifier });
  return gone.length > 0;
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
