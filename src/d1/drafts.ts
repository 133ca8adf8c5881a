/** What somebody is still writing, and how far the look at its consequences has come. */
import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { Millis } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import { Problem } from "../domain/problem.ts";
import { drafts } from "./schema-consent.ts";

export type DraftName = "policy";

export interface Draft {
  revision: number;
  /** The published version it began from. */
  base: number;
  /** Plain data; whoever uses it checks its shape. */
  document: Json;
  author: string;
  at: Millis;
  /** Plain data too; null before anybody looked. */
  replay: Json | null;
}

export async function readDraft(db: D1Database, name: DraftName): Promise<Draft | null> {
  const [row] = await drizzle(db).select().from(drafts).where(eq(drafts.name, name));
  if (!row) return null;
  const { name: _, document, replay, ...rest } = row;
  return {
    ...rest,
    document: JSON.parse(document) as Json,
    replay: replay === null ? null : (JSON.parse(replay) as Json),
  };
}

/**
 * Saves it over the revision that its author had before them; 0 stands for none, null for whatever is there.
 * @throws Problem `conflict` when somebody else saved or discarded it meanwhile
 */
export async function saveDraft(
  db: D1Database,
  name: DraftName,
  draft: Pick<Draft, "base" | "document" | "author" | "at">,
  expected: number | null,
): Promise<void> {
  const { base, author, at } = draft;
  const document = JSON.stringify(draft.document);
  const known = sql`coalesce((SELECT revision FROM ${drafts} WHERE name = ${name}), 0)`;
  const saved = await drizzle(db).run(
    sql`INSERT INTO ${drafts} (name, revision, base, document, author, at, replay)
    SELECT ${name}, max(${at}, ${known} + 1), ${base}, ${document}, ${author}, ${at}, NULL
    WHERE ${expected} IS NULL OR ${expected} = ${known}
    ON CONFLICT (name) DO UPDATE SET revision = excluded.revision, base = excluded.base,
      document = excluded.document, author = excluded.author, at = excluded.at, replay = NULL`,
  );
  if (saved.meta.changes === 0)
    throw new Problem("conflict", "somebody else saved or discarded the draft meanwhile", {
      path: "revision",
    });
}

/** Of an older revision it says nothing, so it isn't kept then. */
export async function saveReplay(
  db: D1Database,
  name: DraftName,
  revision: number,
  replay: Json,
): Promise<void> {
  await drizzle(db).run(
    sql`UPDATE ${drafts} SET replay = ${JSON.stringify(replay)} WHERE name = ${name} AND revision = ${revision}`,
  );
}

/** Only the revision its author had before them, if one is named. */
export async function discardDraft(
  db: D1Database,
  name: DraftName,
  revision: number | null = null,
): Promise<boolean> {
  const gone = await drizzle(db).run(
    sql`DELETE FROM ${drafts} WHERE name = ${name} AND (${revision} IS NULL OR revision = ${revision})`,
  );
  return gone.meta.changes > 0;
}
