/** The identifier index: who said an identifier first, decided in the statement that inserts, so that all agree. */
import type { IdentifierKey, VisitorId } from "../domain/ids.ts";
import type { IdentifierIndex } from "../domain/ports.ts";

/** A rank is never given twice while somebody later stands, so the owner is the earliest of those who still claim. */
const CLAIM = `INSERT INTO claims (identifier, visitor, rank, at)
  SELECT ?1, ?2, 1 + coalesce((SELECT max(rank) FROM claims WHERE identifier = ?1), 0), ?3
  WHERE NOT EXISTS (SELECT 1 FROM tombstones WHERE visitor = ?2)
  ON CONFLICT DO NOTHING`;

/** SQLite takes the bare `visitor` from the row that has the minimum. */
const OWNER = `SELECT visitor AS owner, min(rank), count(*) AS crowd,
    EXISTS (SELECT 1 FROM tombstones WHERE visitor = ?2) AS erased
  FROM claims WHERE identifier = ?1`;

const CLAIMANTS = `SELECT claims.identifier, claims.visitor
  FROM json_each(?1) AS item CROSS JOIN claims ON claims.identifier = item.value
  ORDER BY claims.identifier, claims.rank`;

export function createIdentifierIndex(db: D1Database): IdentifierIndex {
  return {
    async claim(identifier, visitor, at) {
      const [, read] = await db.batch<{ owner: VisitorId | null; crowd: number; erased: number }>([
        db.prepare(CLAIM).bind(identifier, visitor, at),
        db.prepare(OWNER).bind(identifier, visitor),
      ]);
      const row = read?.results[0];
      if (row?.erased) return { erased: true };
      if (!row?.owner) throw new Error("D1 answered a claim without an owner");
      return { owner: row.owner, crowd: row.crowd };
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
