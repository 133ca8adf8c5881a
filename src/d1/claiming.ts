/** Saying identifiers to the index, many at once: each is answered as if it had been said alone, in their order. */
import type { IdentifierKey, VisitorId } from "../domain/ids.ts";
import type { ClaimAnswer, WaitingClaim } from "../domain/ports.ts";
import { quarantine } from "./quarantine.ts";
import type { Batches } from "./shards.ts";
import { chunks, notErased } from "./statements.ts";

/**
 * A rank is never given twice while somebody later stands, so the owner is the earliest of those who still claim. Who says
 * it again takes no rank, and among those of one statement the first comes first.
 */
const CLAIM = `INSERT INTO claims (identifier, visitor, rank, at)
  SELECT item.value ->> 0, item.value ->> 1,
    row_number() OVER (PARTITION BY item.value ->> 0 ORDER BY item.key)
      + coalesce((SELECT max(rank) FROM claims AS standing WHERE standing.identifier = item.value ->> 0), 0),
    item.value ->> 2
  FROM json_each(?1) AS item
  WHERE ${notErased(1)}
    AND (item.value ->> 3 OR NOT EXISTS (SELECT 1 FROM quarantine WHERE identifier = item.value ->> 0))
    AND NOT EXISTS (SELECT 1 FROM claims AS said
      WHERE said.identifier = item.value ->> 0 AND said.visitor = item.value ->> 1)
  ON CONFLICT DO NOTHING`;

const OWNER = `SELECT
    (SELECT visitor FROM claims WHERE identifier = item.value ->> 0 ORDER BY rank LIMIT 1) AS owner,
    (SELECT count(*) FROM claims WHERE identifier = item.value ->> 0) AS crowd,
    (SELECT count(*) FROM claims WHERE identifier = item.value ->> 0 AND at > item.value ->> 4) AS recent,
    NOT ${notErased(1)} AS erased,
    EXISTS (SELECT 1 FROM quarantine WHERE identifier = item.value ->> 0) AS quarantined
  FROM json_each(?1) AS item ORDER BY item.key`;

interface OwnerRow {
  owner: VisitorId | null;
  crowd: number;
  recent: number;
  erased: number;
  quarantined: number;
}

/** Gives a way to the answers once the batches have run. @throws Error when D1 doesn't answer one of them */
export function claiming(
  batches: Batches,
  db: D1Database,
  claims: readonly WaitingClaim[],
): () => Promise<ClaimAnswer[]> {
  if (claims.length === 0) return () => Promise.resolve([]);
  const rows = chunks(
    claims.map(({ identifier, visitor, at, guard }) => [
      identifier,
      visitor,
      at,
      guard.proven ? 1 : 0,
      guard.since,
    ]),
  );
  batches.add(
    db,
    rows.map((chunk) => db.prepare(CLAIM).bind(chunk)),
  );
  const owners = batches.add(
    db,
    rows.map((chunk) => db.prepare(OWNER).bind(chunk)),
  );
  return () => {
    const found = owners.rows<OwnerRow>();
    return Promise.all(claims.map((claim, n) => answerTo(db, claim, found[n])));
  };
}

async function answerTo(
  db: D1Database,
  { identifier, at, guard }: WaitingClaim,
  row: OwnerRow | undefined,
): Promise<ClaimAnswer> {
  if (row?.erased) return { erased: true };
  if (!row || (row.owner === null && !row.quarantined))
    throw new Error("D1 answered a claim without an owner");
  const { owner, crowd } = row;
  if (row.quarantined) return { owner, crowd, quarantined: true };
  if (guard.proven || row.recent <= guard.visitors) return { owner, crowd };
  await quarantine(db, identifier as IdentifierKey, at, row.recent);
  return { owner, crowd, quarantined: true };
}
