/** The published consent policies: numbered versions, never changed. */
import { desc, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { Version } from "../domain/consent/opened-since.ts";
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

function read(row: typeof policies.$inferSelect): PublishedPolicy {
  const { draft: _, document, ...about } = row;
  return { ...about, document: JSON.parse(document) as Json };
}

const PUBLISH = `INSERT INTO policies (version, document, author, note, at, draft)
  SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE (SELECT coalesce(max(version), 0) FROM policies) = ?1 - 1
  ON CONFLICT DO NOTHING`;

/** Where that was published, and not another one. */
const DISCARD = `DELETE FROM drafts WHERE name = 'policy' AND revision = ?1 AND EXISTS (
  SELECT 1 FROM policies WHERE version = ?2 AND document = ?3 AND author = ?4 AND at = ?5)`;

/**
 * Publishes the version after the newest; the same publication again is fine.
 * @param draft the revision that it was made from, which is no draft any more in the same moment; null where there is none
 * @throws Problem `conflict` when somebody else published that version, or it isn't the next.
 */
export async function publishPolicy(
  db: D1Database,
  policy: PublishedPolicy,
  draft: number | null = null,
): Promise<void> {
  const { version, author, note, at } = policy;
  const document = JSON.stringify(policy.document);
  await db.batch([
    db.prepare(PUBLISH).bind(version, document, author, note, at, draft),
    db.prepare(DISCARD).bind(draft, version, document, author, at),
  ]);
  const [stored] = await drizzle(db).select().from(policies).where(eq(policies.version, version));
  if (stored?.document !== document || stored.author !== author || stored.at !== at)
    throw new Problem("conflict", "another version was published meanwhile", { path: "version" });
}

/** The version that was made of this revision of the draft; null where it wasn't published. */
export async function versionFrom(db: D1Database, revision: number): Promise<number | null> {
  const [row] = await drizzle(db)
    .select({ version: policies.version })
    .from(policies)
    .where(eq(policies.draft, revision));
  return row?.version ?? null;
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

const PURPOSES =
  "SELECT version, document -> '$.purposes' AS purposes FROM policies ORDER BY version";

/** What each version said of purposes, oldest first; none before the first was published. */
export async function purposesSoFar(db: D1Database): Promise<Version[]> {
  const { results } = await db.prepare(PURPOSES).all<{ version: number; purposes: string }>();
  return results.map(({ version, purposes }) => ({
    version,
    purposes: JSON.parse(purposes) as Version["purposes"],
  }));
}
