/** Versioned documents that marketers and officers edit: the catalogue of actions, the merge rules, webhooks. */
import { and, desc, eq, max, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { Millis } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import { Problem } from "../domain/problem.ts";
import { settings } from "./schema.ts";

export type SettingKey = "catalogue" | "merge-rules" | "webhooks" | "event-plan" | "sitemap";

export interface Setting {
  version: number;
  /** Plain data; whoever uses it checks its shape. */
  document: Json;
  author: string;
  at: Millis;
}

/**
 * Saves the version after the newest; the same again is fine.
 * @throws Problem `conflict` when somebody else saved that version, or it isn't the next.
 */
export async function saveSetting(
  db: D1Database,
  key: SettingKey,
  setting: Setting,
): Promise<void> {
  const { version, author, at } = setting;
  const document = JSON.stringify(setting.document);
  const newest = sql`(SELECT coalesce(${max(settings.version)}, 0) FROM ${settings} WHERE ${eq(settings.key, key)})`;
  await drizzle(db).run(sql`INSERT INTO ${settings} (key, version, document, author, at)
    SELECT ${key}, ${version}, ${document}, ${author}, ${at} WHERE ${newest} = ${version - 1}
    ON CONFLICT DO NOTHING`);
  const [stored] = await drizzle(db)
    .select()
    .from(settings)
    .where(and(eq(settings.key, key), eq(settings.version, version)));
  if (stored?.document !== document || stored.author !== author || stored.at !== at)
    throw new Problem("conflict", "another version was saved meanwhile", { path: "version" });
}

/** Null before the first was saved: then the starter document stands. */
export async function latestSetting(db: D1Database, key: SettingKey): Promise<Setting | null> {
  const [row] = await drizzle(db)
    .select()
    .from(settings)
    .where(eq(settings.key, key))
    .orderBy(desc(settings.version))
    .limit(1);
  return row ? read(row) : null;
}

/** Who saved what when, newest first; without the documents. */
export async function listSettings(
  db: D1Database,
  key: SettingKey,
  limit: number,
): Promise<Omit<Setting, "document">[]> {
  const { version, author, at } = settings;
  return drizzle(db)
    .select({ version, author, at })
    .from(settings)
    .where(eq(settings.key, key))
    .orderBy(desc(version))
    .limit(limit);
}

/** Null where there is no such version. */
export async function settingAt(
  db: D1Database,
  key: SettingKey,
  version: number,
): Promise<Setting | null> {
  const [row] = await drizzle(db)
    .select()
    .from(settings)
    .where(and(eq(settings.key, key), eq(settings.version, version)));
  return row ? read(row) : null;
}

const read = ({ version, document, author, at }: typeof settings.$inferSelect): Setting => ({
  version,
  document: JSON.parse(document) as Json,
  author,
  at,
});
