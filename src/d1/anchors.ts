/** The daily anchors of the receipts' chains, and what they are made from. */
import { asc, desc, gte } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { Day } from "../domain/ids.ts";
import { anchors } from "./schema-consent.ts";
import { asking, byParts, gather } from "./shards.ts";

export type Anchor = typeof anchors.$inferSelect;

/** What landed on one day: how many receipts, and the newest of each chain that grew. */
export interface LandedDay {
  day: Day;
  receipts: number;
  heads: { seq: number; hash: string }[];
}

/** SQLite takes the bare `hash` from the row that has the maximum. A scan: receipts are found by visitor otherwise. */
const HEADS = `SELECT landed AS day, max(seq) AS seq, hash, count(*) AS receipts
  FROM receipts WHERE landed BETWEEN ?1 AND ?2 GROUP BY landed, visitor ORDER BY landed`;

/** Days on which nothing landed are left out. */
export async function landedDays(db: D1Database, from: Day, to: Day): Promise<LandedDay[]> {
  const results = await gather(
    db,
    asking<{ day: Day; seq: number; hash: string; receipts: number }>(HEADS, from, to),
    byParts(({ day }) => day),
  );
  const days = new Map<Day, LandedDay>();
  for (const { day, seq, hash, receipts } of results) {
    const known = days.get(day) ?? { day, receipts: 0, heads: [] };
    known.receipts += receipts;
    known.heads.push({ seq, hash });
    days.set(day, known);
  }
  return [...days.values()];
}

export async function lastAnchor(db: D1Database): Promise<Anchor | null> {
  const [row] = await drizzle(db).select().from(anchors).orderBy(desc(anchors.day)).limit(1);
  return row ?? null;
}

/** From that day on, oldest first. */
export const anchorsFrom = (db: D1Database, from: Day): Promise<Anchor[]> =>
  drizzle(db).select().from(anchors).where(gte(anchors.day, from)).orderBy(asc(anchors.day));

/** The first one of a day stays. */
export async function saveAnchor(db: D1Database, anchor: Anchor): Promise<void> {
  await drizzle(db).insert(anchors).values(anchor).onConflictDoNothing();
}
