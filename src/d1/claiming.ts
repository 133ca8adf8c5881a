/** Saying identifiers to the index, many at once: each is answered as if it had been said alone, in their order. */
import { kindOf } from "../domain/identity/claims.ts";
import type { VisitorId } from "../domain/ids.ts";
import type { Claimant, ClaimAnswer, WaitingClaim } from "../domain/ports.ts";
import type { Held } from "../domain/identity/crowds.ts";
import { BLOCKED, quarantine, type Quarantined, RELEASED } from "./quarantine.ts";
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
      WHERE identifier = item.value ->> 0 AND visitors <> ${RELEASED}
        AND (visitors = ${BLOCKED} OR NOT item.value ->> 3))
    AND NOT EXISTS (SELECT 1 FROM claims AS said
      WHERE said.identifier = item.value ->> 0 AND said.visitor = item.value ->> 1)
  ON CONFLICT DO NOTHING`;

/** Known by everybody who claimed it before. */
const PROVE = `UPDATE claims SET proven = 1 WHERE proven = 0 AND (identifier, visitor) IN (
    SELECT item.value ->> 0, item.value ->> 1 FROM json_each(?1) AS item WHERE item.value ->> 5)`;

/** More than are ever asked, so that those of one person may be passed over at once. */
const BEFORE_MAX = 64;

/** Where an officer released it, who said it before counts as one who isn't there. */
const RELEASED_AT = `coalesce(iif(quarantine.visitors = ${RELEASED}, quarantine.at, NULL), -9e15)`;

const BEFORE = `SELECT
    (SELECT json_group_array(json_array(visitor, proven)) FROM (
      SELECT visitor, proven FROM claims WHERE identifier = item.value ->> 0
        AND rank < coalesce((SELECT rank FROM claims AS own
          WHERE own.identifier = item.value ->> 0 AND own.visitor = item.value ->> 1), 9e15)
      ORDER BY proven DESC, rank LIMIT ${BEFORE_MAX})) AS before,
    (SELECT json_array(count(*), total(counts), total(counts AND proven),
        total(counts AND at > item.value ->> 4 AND (proven OR NOT item.value ->> 3)))
      FROM (SELECT proven, at, at > ${RELEASED_AT} AS counts FROM claims
        WHERE identifier = item.value ->> 0)) AS said,
    NOT ${notErased(1)} AS erased,
    CASE WHEN quarantine.visitors IS NULL OR quarantine.visitors = ${RELEASED} THEN NULL
      WHEN quarantine.visitors = ${BLOCKED} THEN 'blocked'
      WHEN quarantine.visitors < 0 THEN 'proven' ELSE 'said' END AS held
  FROM json_each(?1) AS item LEFT JOIN quarantine ON quarantine.identifier = item.value ->> 0
  ORDER BY item.key`;

interface BeforeRow {
  before: string;
  /** How many say it, how many of them count, have proved it, and did so lately: said it, or, for what is proven, proved it. */
  said: string;
  erased: number;
  held: Held | null;
}

const rowsOf = (claims: readonly WaitingClaim[]): string[] =>
  chunks(
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

const over = (db: D1Database, rows: readonly string[], sql: string): D1PreparedStatement[] =>
  rows.map((chunk) => db.prepare(sql).bind(chunk));

/** Gives a way to the answers once the batches have run. @throws Error when D1 doesn't answer one of them */
export function claiming(
  batches: Batches,
  db: D1Database,
  claims: readonly WaitingClaim[],
): () => Promise<ClaimAnswer[]> {
  if (claims.length === 0) return () => Promise.resolve([]);
  const rows = rowsOf(claims);
  batches.add(db, over(db, rows, CLAIM));
  if (claims.some(({ guard }) => guard.proven)) batches.add(db, over(db, rows, PROVE));
  const answers = batches.add(db, over(db, rows, BEFORE));
  return () => {
    const found = answers.rows<BeforeRow>();
    return Promise.all(
      claims.map(async (claim, n) => {
        const { answer, news, isNobodys } = answerTo(claim, found[n]);
        if (isNobodys) throw new Error("D1 answered a claim without a claimant");
        if (news) await quarantine(db, news);
        return answer;
      }),
    );
  };
}

/** What these would be answered if they were said, or said again, now; nothing is changed. */
export async function trying(
  db: D1Database,
  claims: readonly WaitingClaim[],
): Promise<ClaimAnswer[]> {
  if (claims.length === 0) return [];
  const found = await db.batch<BeforeRow>(over(db, rowsOf(claims), BEFORE));
  const rows = found.flatMap(({ results }) => results);
  return claims.map((claim, n) => answerTo(claim, rows[n]).answer);
}

interface Answered {
  answer: ClaimAnswer;
  /** That it is too many now, to be remembered. */
  news?: Quarantined;
  /** Nobody says it, although it isn't held. */
  isNobodys?: boolean;
}

/** @throws Error when D1 didn't answer */
function answerTo({ identifier, at, guard }: WaitingClaim, row: BeforeRow | undefined): Answered {
  if (!row) throw new Error("D1 didn't answer a claim");
  if (row.erased) return { answer: { erased: true } };
  const [all = 0, crowd = 0, proven = 0, recent = 0] = JSON.parse(row.said) as number[];
  const before = (JSON.parse(row.before) as [VisitorId, number][]).map(
    ([visitor, isProven]): Claimant => ({ visitor, proven: isProven === 1 }),
  );
  const answer: ClaimAnswer = { before, crowd, proven };
  const { most = Number.POSITIVE_INFINITY } = guard;
  const [many, why] = guard.proven ? ([proven, "proven"] as const) : ([crowd, "said"] as const);
  const isNews = row.held === null || (row.held === "said" && guard.proven);
  if (!isNews || (recent <= guard.visitors && many <= most))
    return row.held ? { answer: { ...answer, held: row.held } } : { answer, isNobodys: all === 0 };
  const visitors = recent > guard.visitors ? recent : many;
  return { answer: { ...answer, held: why }, news: { identifier, at, why, visitors } };
}
