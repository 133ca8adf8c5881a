/** What was handed to webhooks, and what is still to be. Stretches of arrivals, never events. */
import { recordedUnder } from "./under.ts";
import { and, asc, desc, eq, lt, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { UsherEvent } from "../domain/event.ts";
import type { Day, Millis, VisitorId } from "../domain/ids.ts";
import { EVENT_COLUMNS, type EventRow, readEvent } from "./rows.ts";
import { delivered, deliveries } from "./schema-out.ts";
import { asking, byParts, gather } from "./shards.ts";

export type Delivery = typeof deliveries.$inferSelect;

const isOpen = eq(deliveries.state, "open");

/** The oldest that is still to be sent: those after it wait, so that the order stays. */
export async function openDelivery(db: D1Database, hook: string): Promise<Delivery | null> {
  const [row] = await drizzle(db)
    .select()
    .from(deliveries)
    .where(and(eq(deliveries.hook, hook), isOpen))
    .orderBy(asc(deliveries.id))
    .limit(1);
  return row ?? null;
}

/** Newest first. */
export const deliveriesOf = (db: D1Database, hook: string, limit: number): Promise<Delivery[]> =>
  drizzle(db)
    .select()
    .from(deliveries)
    .where(eq(deliveries.hook, hook))
    .orderBy(desc(deliveries.id))
    .limit(limit);

const named = (hook: string, id: string) => and(eq(deliveries.hook, hook), eq(deliveries.id, id));

/** How it goes on if nothing else is heard of the try that begins. */
export async function beginTry(db: D1Database, delivery: Delivery): Promise<void> {
  const { hook, id, state, tries, next } = delivery;
  await drizzle(db).update(deliveries).set({ state, tries, next }).where(named(hook, id));
}

/** What came of it. Whoever had it sent again meanwhile is heard, unless it is sent. */
export async function endTry(db: D1Database, delivery: Delivery): Promise<void> {
  const { hook, id, state, next, events, status } = delivery;
  const sent = state === "sent" ? { state, next } : {};
  await drizzle(db)
    .update(deliveries)
    .set({ ...sent, events, status })
    .where(named(hook, id));
}

/** Notes a delivery and that its day was handed over so far, at once: neither stands without the other. */
export async function beginDelivery(db: D1Database, delivery: Delivery): Promise<void> {
  const { hook, day, until } = delivery;
  const orm = drizzle(db);
  await orm.batch([
    orm.insert(deliveries).values(delivery).onConflictDoNothing(),
    orm
      .insert(delivered)
      .values({ hook, day, until })
      .onConflictDoUpdate({ target: [delivered.hook, delivered.day], set: { until } }),
  ]);
}

/** Said again, it waits as before. False when it isn't one that was given up. */
export async function reopenDelivery(
  db: D1Database,
  hook: string,
  id: string,
  now: Millis,
): Promise<boolean> {
  const { meta } = await drizzle(db)
    .update(deliveries)
    .set({ state: "open", tries: 0, next: now })
    .where(and(named(hook, id), eq(deliveries.state, "dead")))
    .run();
  if (meta.changes > 0) return true;
  return (await drizzle(db).$count(deliveries, and(named(hook, id), isOpen))) > 0;
}

/** By day, up to which second of arrival; empty for a webhook that has just been made. */
export async function handedOver(db: D1Database, hook: string): Promise<Map<Day, number>> {
  const rows = await drizzle(db).select().from(delivered).where(eq(delivered.hook, hook));
  return new Map(rows.map(({ day, until }) => [day, until]));
}

export async function handOver(
  db: D1Database,
  hook: string,
  days: readonly Day[],
  until: number,
): Promise<void> {
  await drizzle(db)
    .insert(delivered)
    .values(days.map((day) => ({ hook, day, until })))
    .onConflictDoNothing();
}

/** Whatever is older than this, and all of webhooks that are gone. */
export async function clearDeliveries(
  db: D1Database,
  hooks: readonly string[],
  before: { at: Millis; day: Day },
): Promise<void> {
  const orm = drizzle(db);
  const known = sql`(SELECT value FROM json_each(${JSON.stringify(hooks)}))`;
  await orm.batch([
    orm.delete(deliveries).where(lt(deliveries.at, before.at)),
    orm.delete(delivered).where(lt(delivered.day, before.day)),
    orm.delete(deliveries).where(sql`${deliveries.hook} NOT IN ${known}`),
    orm.delete(delivered).where(sql`${delivered.hook} NOT IN ${known}`),
  ]);
}

const inSeconds = (condition: string): string => `SELECT landed, count(*) AS events FROM events
  WHERE day = ?1 AND landed > ?2 AND landed <= ?3 AND ${condition} GROUP BY landed ORDER BY landed LIMIT ?4`;

export interface Stretch {
  day: Day;
  /** Whole seconds of arrival: after `since`, up to `until`. */
  since: number;
  until: number;
}

/** How many events of any of these purposes landed in each second that had any, oldest first. */
export async function arrivals(
  db: D1Database,
  { day, since, until }: Stretch,
  purposes: readonly string[],
  limit: number,
): Promise<{ landed: number; events: number }[]> {
  const found = await gather(
    db,
    asking<{ landed: number; events: number }>(
      inSeconds(recordedUnder(purposes)),
      day,
      since,
      until,
      limit,
    ),
    byParts(({ landed }) => landed),
  );
  const seconds = Array.from(
    Map.groupBy(found, ({ landed }) => landed),
    ([landed, each]) => ({
      landed,
      events: each.reduce((sum, { events }) => sum + events, 0),
    }),
  );
  return seconds.slice(0, limit);
}

const events = (condition: string): string => `SELECT ${EVENT_COLUMNS}, landed FROM events
  WHERE day = ?1 AND landed > ?2 AND landed <= ?3 AND ${condition} ORDER BY landed, at, visitor, id`;

/** In the order of arrival, of one second in that of their time. */
export async function arrived(
  db: D1Database,
  { day, since, until }: Stretch,
  purposes: readonly string[],
): Promise<{ visitor: VisitorId; event: UsherEvent }[]> {
  const found = await gather(
    db,
    asking<EventRow & { landed: number }>(events(recordedUnder(purposes)), day, since, until),
    byParts(
      ({ landed }) => landed,
      ({ at }) => at,
      ({ visitor }) => visitor,
      ({ id }) => id,
    ),
  );
  return found.map(readEvent);
}
