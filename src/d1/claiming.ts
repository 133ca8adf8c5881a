/** Saying identifiers to the index, many at once: each is answered as if it had been said alone, in their order. */
import { kindOf } from "../domain/identity/claims.ts";
import type { VisitorId } from "../domain/ids.ts";
import type { Claimant, ClaimAnswer, WaitingClaim } from "../domain/ports.ts";
import { quarantine } from "./quarantine.ts";
import type { Batches } from "./shards.ts";
import { chunks, notErased } from "./statements.ts";

/**
 * A rank is never given twice while somebody later stands, so ranks tell who came before whom. Who says it again takes no
 * rank, and among those of one statement the first comes first.
 */
const CLAIM = `INSERT INTO claims (identifier, visitor, rank, at, proven)
  SELECT item.value ->> 0, item.value ->> 1,
    row_number() OVER (PARTITION BY item.value ->> 0 ORDER BY item.key)
      + coalesce((SELECT max(rank) FROM claims AS standing WHERE standing.identifier = item.value ->> 0), 0),
    item.value ->> 2, item.value ->> 5
  FROM json_each(?1) AS item
  WHERE ${notErased(1)}
    AND NOT EXISTS (SELECT 1 FROM quarantine
      WHERE identifier = item.value ->> 0 AND (visitors = 0 OR NOT item.value ->> 3))
    AND NOT EXISTS (SELECT 1 FROM claims AS said
      WHERE said.identifier = item.value ->> 0 AND said.visitor = item.value ->> 1)
  ON CONFLICT DO NOTHING`;

/** Known by everybody who claimed it before. */
const PROVE = `UPDATE claims SET proven = 1 WHERE proven = 0 AND (identifier, visitor) IN (
    SELECT item.value ->> 0, item.value ->> 1 FROM json_each(?1) AS item WHERE item.value ->> 5)`;

/** More than are ever asked, so that those of one person may be passed over at once. */
const BEFORE_MAX = 64;

const BEFORE = `SELECT
    (SELECT json_group_array(json_array(visitor, proven)) FROM (
      SELECT visitor, proven FROM claims WHERE identifier = item.value ->> 0
        AND rank < coalesce((SELECT rank FROM claims AS own
          WHERE own.identifier = item.value ->> 0 AND own.visitor = item.value ->> 1), 9e15)
      ORDER BY proven DESC, rank LIMIT ${BEFORE_MAX})) AS before,
    (SELECT count(*) FROM claims WHERE identifier = item.value ->> 0) AS crowd,
    (SELECT count(*) FROM claims WHERE identifier = item.value ->> 0 AND proven) AS proven,
    (SELECT count(*) FROM claims WHERE identifier = item.value ->> 0 AND at > item.value ->> 4) AS recent,
    NOT ${notErased(1)} AS erased,
    (SELECT iif(visitors = 0, 'blocked', 'flood') FROM quarantine
      WHERE identifier = item.value ->> 0) AS quarantined
  FROM json_each(?1) AS item ORDER BY item.key`;

interface BeforeRow {
  before: string;
  crowd: number;
  proven: number;
  recent: number;
  erased: number;
  quarantined: "blocked" | "flood" | null;
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
      // An anonymous id is nothing that anybody could prove: whoever said it first counts.
      guard.proven && kindOf(identifier) !== "anonymous_id" ? 1 : 0,
    ]),
  );
  batches.add(
    db,
    rows.map((chunk) => db.prepare(CLAIM).bind(chunk)),
  );
  if (claims.some(({ guard }) => guard.proven))
    batches.add(
      db,
      rows.map((chunk) => db.prepare(PROVE).bind(chunk)),
    );
  const answers = batches.add(
    db,
    rows.map((chunk) => db.prepare(BEFORE).bind(chunk)),
  );
  return () => {
    const found = answers.rows<BeforeRow>();
    return Promise.all(claims.map((claim, n) => answerTo(db, claim, found[n])));
  };
}

async function answerTo(
  db: D1Database,
  { identifier, at, guard }: WaitingClaim,
  row: BeforeRow | undefined,
): Promise<ClaimAnswer> {
  if (row?.erased) return { erased: true };
  if (!row || (row.crowd === 0 && !row.quarantined))
    throw new Error("D1 answered a claim without a claimant");
  const { crowd, proven } = row;
  const before = (JSON.parse(row.before) as [VisitorId, number][]).map(
    ([visitor, isProven]): Claimant => ({ visitor, proven: isProven === 1 }),
  );
  if (row.quarantined === "blocked")
    return { before, crowd, proven, quarantined: true, blocked: true };
  if (row.quarantined) return { before, crowd, proven, quarantined: true };
  if (guard.proven || row.recent <= guard.visitors) return { before, crowd, proven };
  await quarantine(db, identifier, at, row.recent);
  return { before, crowd, proven, quarantined: true };
}
