/** Origins of imports, and what was spent on ads. */
import { and, asc, eq, gte, isNotNull, lte, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { DailySpend } from "../domain/attribution/spend.ts";
import type { Day, Millis } from "../domain/ids.ts";
import { origins, spend } from "./schema.ts";
import { chunks, fields } from "./statements.ts";

export interface Origin {
  origin: string;
  firstSeen: Millis;
  approvedAt: Millis | null;
  approvedBy: string | null;
}

/** Remembers that somebody imports from there. True when its consent counts. */
export async function seenOrigin(db: D1Database, origin: string, now: Millis): Promise<boolean> {
  await drizzle(db)
    .insert(origins)
    .values({ origin, firstSeen: now, approvedAt: null, approvedBy: null })
    .onConflictDoNothing();
  const [row] = await drizzle(db)
    .select({ origin: origins.origin })
    .from(origins)
    .where(and(eq(origins.origin, origin), isNotNull(origins.approvedAt)));
  return row !== undefined;
}

/** The first approval stands. */
export async function approveOrigin(
  db: D1Database,
  origin: string,
  by: string,
  now: Millis,
): Promise<Origin> {
  const [row] = await drizzle(db)
    .insert(origins)
    .values({ origin, firstSeen: now, approvedAt: now, approvedBy: by })
    .onConflictDoUpdate({
      target: origins.origin,
      set: {
        approvedAt: sql`coalesce(${origins.approvedAt}, ${now})`,
        approvedBy: sql`coalesce(${origins.approvedBy}, ${by})`,
      },
    })
    .returning();
  if (!row) throw new Error("D1 answered an approval without its row");
  return row;
}

export const listOrigins = (db: D1Database): Promise<Origin[]> =>
  drizzle(db).select().from(origins).orderBy(asc(origins.origin)).limit(500);

/** A later word on the same day, channel and campaign replaces the earlier one. */
export async function saveSpend(db: D1Database, rows: readonly DailySpend[]): Promise<void> {
  const items = rows.map(({ day, channel, campaign, costCents, impressions, clicks }) => [
    day,
    channel,
    campaign,
    costCents,
    impressions,
    clicks,
  ]);
  for (const chunk of chunks(items))
    await db
      .prepare(
        `INSERT INTO spend (day, channel, campaign, cost_cents, impressions, clicks)
         SELECT ${fields(6)} FROM json_each(?1) AS item WHERE true
         ON CONFLICT DO UPDATE SET cost_cents = excluded.cost_cents, impressions = excluded.impressions,
           clicks = excluded.clicks
         WHERE cost_cents <> excluded.cost_cents OR impressions <> excluded.impressions OR clicks <> excluded.clicks`,
      )
      .bind(chunk)
      .run();
}

/** What was spent on these days, both included. */
export const readSpend = (db: D1Database, from: Day, to: Day): Promise<DailySpend[]> =>
  drizzle(db)
    .select()
    .from(spend)
    .where(and(gte(spend.day, from), lte(spend.day, to)));
