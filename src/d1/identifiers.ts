/** The identifier index: who said an identifier before whom, decided in the statement that inserts, so that all agree. */
import type { IdentifierKey, VisitorId } from "../domain/ids.ts";
import type { ClaimAnswer, CrowdGuard, IdentifierIndex } from "../domain/ports.ts";
import { claiming } from "./claiming.ts";
import { Batches } from "./shards.ts";

const CLAIMANTS = `SELECT claims.identifier, claims.visitor
  FROM json_each(?1) AS item CROSS JOIN claims ON claims.identifier = item.value
  ORDER BY claims.identifier, claims.proven DESC, claims.rank`;

const UNGUARDED: CrowdGuard = { proven: true, visitors: Number.POSITIVE_INFINITY, since: 0 };

export function createIdentifierIndex(db: D1Database): IdentifierIndex {
  return {
    async claim(identifier, visitor, at, guard = UNGUARDED) {
      const batches = new Batches(db);
      const answers = claiming(batches, db, [{ identifier, visitor, at, guard }]);
      await batches.run();
      const [answer] = await answers();
      return answer as ClaimAnswer;
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
