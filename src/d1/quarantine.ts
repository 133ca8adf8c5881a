/** Identifiers that suddenly joined too many: they join nobody further until an officer lets them. */
import { desc, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { IdentifierKey, Millis } from "../domain/ids.ts";
import { quarantined } from "./schema.ts";

export interface Quarantined {
  identifier: IdentifierKey;
  at: Millis;
  /** How many said it in the time that made it a flood. */
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

/** Newest first. */
export const listQuarantined = (db: D1Database, limit: number): Promise<Quarantined[]> =>
  drizzle(db).select().from(quarantined).orderBy(desc(quarantined.at)).limit(limit);

/** True when there was one to release. */
export async function release(db: D1Database, identifier: IdentifierKey): Promise<boolean> {
  const gone = await drizzle(db)
    .delete(quarantined)
    .where(eq(quarantined.identifier, identifier))
    .returning({ identifier: quarantined.identifier });
  return gone.length > 0;
}
