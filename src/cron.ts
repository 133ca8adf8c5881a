/** What runs by the clock: figures for reports every few minutes, retention at night. */
import { dayOf, type Millis } from "./domain/ids.ts";
import { removeExpired } from "./d1/retention.ts";
import { rollUp } from "./d1/rollups.ts";
import { policies } from "./http/documents.ts";

export const NIGHTLY = "17 3 * * *";

export async function runCron(db: D1Database, cron: string, at: Millis): Promise<void> {
  const today = dayOf(at);
  if (cron !== NIGHTLY) {
    await rollUp(db, today - 1);
    await rollUp(db, today);
    return;
  }
  await sweep(db, at);
}

/** Events go when the longest of the purposes that need them has run out. */
async function sweep(db: D1Database, at: Millis): Promise<void> {
  const policy = await policies.get(db, () => undefined);
  const longest = Math.max(
    ...policy.purposes
      .filter((purpose) => !purpose.required)
      .map((purpose) => purpose.retentionDays),
  );
  const before = dayOf(at) - longest;
  await removeExpired(db, { table: "events", before });
  await removeExpired(db, { table: "hints", before });
}
