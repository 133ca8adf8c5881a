/** The audit log: written once, read newest first, removed when its time is over. */
import { and, desc, gte, lt, lte, or, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { Millis } from "../domain/ids.ts";
import { cursorOf, readCursor } from "./cursor.ts";
import { audit } from "./schema-console.ts";

export type AuditEntry = typeof audit.$inferSelect;

export interface AuditQuery {
  limit: number;
  cursor?: string | undefined;
  role?: string | undefined;
  /** An id that an entry is about. */
  whose?: string | undefined;
  /** Both included. */
  from?: Millis | undefined;
  to?: Millis | undefined;
}

export interface AuditPage {
  entries: AuditEntry[];
  /** Null at the end. A page with fewer entries than asked for, even with none, may have more behind it. */
  cursor: string | null;
}

/** Entries that one page looks through for those it is asked for: there is no index by role or person. */
const LOOKED_THROUGH = 2_000;
/** Rows removed at once. */
const CHUNK = 1_000;

const WRITE = `INSERT INTO audit (at, id, via, role, subject, act, whose, outcome)
  SELECT value->>'at', value->>'id', value->>'via', value->>'role', value->>'subject', value->>'act',
    value->>'whose', value->>'outcome' FROM json_each(?1)`;

/** All of them or none. */
export async function writeAudit(db: D1Database, ...entries: readonly AuditEntry[]): Promise<void> {
  await db.prepare(WRITE).bind(JSON.stringify(entries)).run();
}

const fits = ({ role, whose }: AuditQuery, entry: AuditEntry): boolean =>
  (role === undefined || entry.role === role) &&
  (whose === undefined || entry.whose.split(" ").includes(whose));

const before = (cursor: string) => {
  const { first, id } = readCursor(cursor);
  return or(lt(audit.at, first), and(eq(audit.at, first), lt(audit.id, id)));
};

/** @throws Problem `bad_request` when the cursor isn't one of ours. */
export async function readAudit(db: D1Database, query: AuditQuery): Promise<AuditPage> {
  const filtered = query.role !== undefined || query.whose !== undefined;
  const look = filtered ? LOOKED_THROUGH : query.limit;
  const looked = await drizzle(db)
    .select()
    .from(audit)
    .where(
      and(
        query.cursor === undefined
          ? undefined
          : // The first half alone bounds the range that is read.
            and(lte(audit.at, readCursor(query.cursor).first), before(query.cursor)),
        query.from === undefined ? undefined : gte(audit.at, query.from),
        query.to === undefined ? undefined : lte(audit.at, query.to),
      ),
    )
    .orderBy(desc(audit.at), desc(audit.id))
    .limit(look);
  const entries = looked.filter((entry) => fits(query, entry)).slice(0, query.limit);
  // Where the page is full the list goes on after its last entry, else after the last that was looked at.
  const last = entries.length === query.limit ? entries.at(-1) : looked.at(-1);
  const ended = looked.length < look && entries.length < query.limit;
  return { entries, cursor: ended || !last ? null : cursorOf(last.at, "a", last.id) };
}

/** How often one sign-in, or one network that tried to, did something since then, and came out like this. */
export async function countAudit(
  db: D1Database,
  of: { act: string; subject: string; outcome: number; since: Millis; atMost: number },
): Promise<number> {
  const found = await db
    .prepare(
      `SELECT count(*) AS n FROM (SELECT 1 FROM (SELECT act, subject, outcome FROM audit WHERE at > ?1 ORDER BY at DESC LIMIT ${LOOKED_THROUGH})
       WHERE act = ?2 AND subject = ?3 AND outcome = ?4 LIMIT ?5)`,
    )
    .bind(of.since, of.act, of.subject, of.outcome, of.atMost)
    .first<{ n: number }>();
  return found?.n ?? 0;
}

/** Removes entries from before that time. `done` is false when some are left for the next night. */
export async function pruneAudit(
  db: D1Database,
  earliest: Millis,
  chunks = 50,
): Promise<{ removed: number; done: boolean }> {
  let removed = 0;
  for (let n = 0; n < chunks; n++) {
    const { meta } = await db
      .prepare(
        `DELETE FROM audit WHERE at < ?1 AND (at, id) IN (SELECT at, id FROM audit WHERE at < ?1 ORDER BY at, id LIMIT ${CHUNK})`,
      )
      .bind(earliest)
      .run();
    removed += meta.changes;
    if (meta.changes < CHUNK) return { removed, done: true };
  }
  return { removed, done: false };
}
