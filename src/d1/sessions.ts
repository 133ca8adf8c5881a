/** Which generation of a role's console sessions counts. */
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { Millis } from "../domain/ids.ts";
import { sessionGenerations } from "./schema-console.ts";

/** Empty before anybody ended all sessions of the role. */
export async function sessionGeneration(db: D1Database, role: string): Promise<string> {
  const row = await db
    .prepare("SELECT generation FROM session_generations WHERE role = ?1")
    .bind(role)
    .first<{ generation: string }>();
  return row?.generation ?? "";
}

/** Ends all sessions of the role that were begun before. */
export async function renewSessions(
  db: D1Database,
  role: string,
  generation: string,
  at: Millis,
): Promise<void> {
  await drizzle(db)
    .insert(sessionGenerations)
    .values({ role, generation, at })
    .onConflictDoUpdate({ target: sessionGenerations.role, set: { generation, at } });
}

/** When that was; null when nobody did. */
export async function renewedAt(db: D1Database, role: string): Promise<Millis | null> {
  const [row] = await drizzle(db)
    .select({ at: sessionGenerations.at })
    .from(sessionGenerations)
    .where(eq(sessionGenerations.role, role));
  return row?.at ?? null;
}
