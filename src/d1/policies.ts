/** The published consent policies: numbered versions, never changed. */
import { desc, eq, max, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { Millis } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import { Problem } from "../domain/problem.ts";
import { policies } from "./schema-consent.ts";

export interface PublishedPolicy {
  version: number;
  /** Plain data; the reader of policies makes a policy of it. */
  document: Json;
  author: string;
  /** What changed and why, in the author's words. */
  note: string;
  at: Millis;
}

const read = (row: typeof policies.$inferSelect): PublishedPolicy => ({
  ...row,
  document: JSON.parse(row.document) as Json,
});

/**
 * Publishes the version after the newest; the same publication again is fine.
 * @throws Problem `conflict` when somebody else published that version, or it isn't the next.
 */
export async function publishPolicy(db: D1Database, policy: PublishedPolicy): Promise<void> {
  const { version, author, note, at } = policy;
  const document = JSON.stringify(policy.document);
  const latest = sql`(SELECT coalesce(${max(policies.version)}, 0) FROM ${policies})`;
  await drizzle(db).run(sql`INSERT INTO ${policies} (version, document, author, note, at)
    SELECT ${version}, ${document}, ${author}, ${note}, ${at} WHERE ${latest} = ${version - 1}
    ON CONFLICT DO NOTHING`);
  const [stored] = await drizzle(db).select().from(policies).where(eq(policies.version, version));
  if (stored?.document !== document || stored.author !== author || stored.at !== at)
    throw new Problem("conflict", "another version was published meanwhile", { path: "version" });
}

/** Null before the first was published: then the default policy stands. */
export async function latestPolicy(db: D1Database): Promise<PublishedPolicy | null> {
  const [row] = await drizzle(db).select().from(policies).orderBy(desc(policies.version)).limit(1);
  return row ? read(row) : null;
}

export async function policyVersion(
  db: D1Database,
  version: number,
): Promise<PublishedPolicy | null> {
  const [row] = await drizzle(db).select().from(policies).where(eq(policies.version, version));
  return row ? read(row) : null;
}

/** Newest first, without the documents. */
export async function policyVersions(db: D1Database): Promise<Omit<PublishedPolicy, "document">[]> {
  const { version, author, note, at } = policies;
  return drizzle(db)
    .select({ version, author, note, at })
    .from(policies)
    .orderBy(desc(policies.version));
}
