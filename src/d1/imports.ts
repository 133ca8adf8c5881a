/** Origins of imports, and what was spent on ads. */
import { and, asc, eq, gte, isNotNull, isNull, lte, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { DailySpend } from "../domain/attribution/spend.ts";
import type { Day, Millis } from "../domain/ids.ts";
import { Problem } from "../domain/problem.ts";
import { origins, spend } from "./schema.ts";
import { chunks, fields } from "./statements.ts";

export interface Origin {
  origin: string;
  firstSeen: Millis;
  approvedAt: Millis | null;
  approvedBy: string | null;
  /** Of an approval that was withdrawn since: nothing further counts. */
  withdrawnAt: Millis | null;
  withdrawnBy: string | null;
}

export const isApproved = ({ approvedAt, withdrawnAt }: Origin): boolean =>
  approvedAt !== null && withdrawnAt === null;

/** Remembers that somebody imports from there. True when its consent counts. */
export async function seenOrigin(db: D1Database, origin: string, now: Millis): Promise<boolean> {
  await drizzle(db).insert(origins).values({ origin, firstSeen: now }).onConflictDoNothing();
  const [row] = await drizzle(db)
    .select({ origin: origins.origin })
    .from(origins)
    .where(
      and(eq(origins.origin, origin), isNotNull(origins.approvedAt), isNull(origins.withdrawnAt)),
    );
  return row !== undefined;
}

/** The first approval stands, until it is withdrawn. */
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
      set: { approvedAt: now, approvedBy: by, withdrawnAt: null, withdrawnBy: null },
      setWhere: sql`${origins.approvedAt} IS NULL OR ${origins.withdrawnAt} IS NOT NULL`,
    })
    .returning();
  return row ?? (await requireOrigin(db, origin));
}

/**
 * What was recorded on its word stays; nothing further that comes from there counts, but the part that a file under way is at.
 * Said again, it stands as it was.
 * @throws Problem `not_found` where nothing came from there; `conflict` where it isn't approved
 */
export async function withdrawOrigin(
  db: D1Database,
  origin: string,
  by: string,
  now: Millis,
): Promise<Origin> {
  const [row] = await drizzle(db)
    .update(origins)
    .set({ withdrawnAt: now, withdrawnBy: by })
    .where(
      and(eq(origins.origin, origin), isNotNull(origins.approvedAt), isNull(origins.withdrawnAt)),
    )
    .returning();
  if (row) return row;
  const stored = await requireOrigin(db, origin);
  if (stored.withdrawnAt !== null) return stored;
  throw new Problem("conflict", "this origin isn't approved");
}

async function requireOrigin(db: D1Database, origin: string): Promise<Origin> {
  const [row] = await drizzle(db).select().from(origins).where(eq(origins.origin, origin));
  if (row) return row;
  throw new Problem("not_found", "nothing came from this origin");
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
