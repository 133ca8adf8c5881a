/** The identifier index: who said an identifier first, decided in the statement that inserts, so that all agree. */
import type { IdentifierKey, VisitorId } from "../domain/ids.ts";
import type { CrowdGuard, IdentifierIndex } from "../domain/ports.ts";
import { quarantine } from "./quarantine.ts";

/** A rank is never given twice while somebody later stands, so the owner is the earliest of those who still claim. */
const CLAIM = `INSERT INTO claims (identifier, visitor, rank, at)
  SELECT ?1, ?2, 1 + coalesce((SELECT max(rank) FROM claims WHERE identifier = ?1), 0), ?3
  WHERE NOT EXISTS (SELECT 1 FROM tombstones WHERE visitor = ?2)
    AND (?4 OR NOT EXISTS (SELECT 1 FROM quarantine WHERE identifier = ?1))
  ON CONFLICT DO NOTHING`;

/** SQLite takes the bare `visitor` from the row that has the minimum. */
const OWNER = `SELECT visitor AS owner, min(rank), count(*) AS crowd, count(*) FILTER (WHERE at > ?3) AS recent,
    EXISTS (SELECT 1 FROM tombstones WHERE visitor = ?2) AS erased,
    EXISTS (SELECT 1 FROM quarantine WHERE identifier = ?1) AS quarantined
  FROM claims WHERE identifier = ?1`;

const CLAIMANTS = `SELECT claims.identifier, claims.visitor
  FROM json_each(?1) AS item CROSS JOIN claims ON claims.identifier = item.value
  ORDER BY claims.identifier, claims.rank`;

const UNGUARDED: CrowdGuard = { proven: true, visitors: 0, since: 0 };

interface OwnerRow {
  owner: VisitorId | null;
  crowd: number;
  recent: number;
  erased: number;
  quarantined: number;
}

export function createIdentifierIndex(db: D1Database): IdentifierIndex {
  return {
    async claim(identifier, visitor, at, guard = UNGUARDED) {
      const [, read] = await db.batch<OwnerRow>([
        db.prepare(CLAIM).bind(identifier, visitor, at, guard.proven ? 1 : 0),
        db.prepare(OWNER).bind(identifier, visitor, guard.since),
      ]);
      const row = read?.results[0];
      if (row?.erased) return { erased: true };
      if (!row || (row.owner === null && !row.quarantined))
        throw new Error("D1 answered a claim without an owner");
      const { owner, crowd } = row;
      if (row.quarantined) return { owner, crowd, quarantined: true };
      if (guard.proven || row.recent <= guard.visitors) return { owner, crowd };
      await quarantine(db, identifier, at, row.recent);
      return { owner, crowd, quarantined: true };
    },

    async claimants(identifiers) {
      const found = new Map<IdentifierKey, VisitorId[]>();
      if (identifiers.length === 0) return found;
      const { results } = await db
        .prepare(CLAIMANTS)
        .bind(JSON.stringify([...new Set(identifiers)]))
        .all<{ identifier: IdentifierKey; visitor: VisitorId }>();
      for (const { identifier, visitor } of results) {
        const known = found.get(identifier);
        if (known) known.push(visitor);
        else found.set(identifier, [visitor]);
      }
      return found;
    },
  };
}
