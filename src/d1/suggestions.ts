/** Probable matches and what was decided about them. */
import type { Millis, VisitorId } from "../domain/ids.ts";
import type { WaterfallStep } from "../domain/matching/index.ts";
import { cursorOf, pageOf, readCursor, wholeNumber } from "./cursor.ts";
import { fields, notErased } from "./statements.ts";

export const SUGGESTION_STATES = ["open", "approved", "automatic", "rejected"] as const;
export type SuggestionState = (typeof SUGGESTION_STATES)[number];

/** What speaks for it: what they said of themselves, or the networks at which their devices are seen. */
export type SuggestionBasis = "facts" | "devices";

export interface Suggestion {
  a: VisitorId;
  b: VisitorId;
  /** When it was first found. */
  at: Millis;
  /** Match weight in thousandths of a bit. */
  weight: number;
  probability: number;
  /** Version of the model that found it. */
  model: number;
  steps: WaterfallStep[];
  basis: SuggestionBasis;
  state: SuggestionState;
  decidedAt: Millis | null;
  decidedBy: string | null;
  why: string | null;
  merge: string | null;
}

export type Found = Pick<
  Suggestion,
  "a" | "b" | "at" | "weight" | "probability" | "model" | "steps" | "basis"
>;

const COLUMNS = `a, b, at, weight, probability, model, steps, basis, state, decided_at AS decidedAt,
  decided_by AS decidedBy, why, merge`;

type Row = Omit<Suggestion, "steps"> & { steps: string };

const readRow = (row: Row): Suggestion => ({
  ...row,
  steps: JSON.parse(row.steps) as WaterfallStep[],
});

/** What was decided stays as it was; nothing is written when nothing changed. What people said stands before their devices. */
const FOUND = `INSERT INTO suggestions (a, b, at, weight, probability, model, steps, basis, state)
  SELECT ${fields(8)}, 'open' FROM json_each(?1) AS item WHERE ${notErased(0)} AND ${notErased(1)}
  ON CONFLICT (a, b) DO UPDATE SET weight = excluded.weight, probability = excluded.probability,
    model = excluded.model, steps = excluded.steps, basis = excluded.basis
  WHERE suggestions.state = 'open' AND iif(suggestions.basis = excluded.basis,
    suggestions.weight IS NOT excluded.weight, excluded.basis = 'facts')`;

const ENDS = `INSERT INTO suggestion_ends (b, a)
  SELECT item.value ->> 1, item.value ->> 0 FROM json_each(?1) AS item
  WHERE ${notErased(0)} AND ${notErased(1)} ON CONFLICT DO NOTHING`;

/** Open ones of this visitor that aren't among the pairs any more; `?3`: those of which it is the first alone. */
const STALE = `SELECT a, b FROM suggestions WHERE a = ?1 AND state = 'open' AND basis = ?4
  AND b NOT IN (SELECT value FROM json_each(?2))
  UNION ALL
  SELECT suggestions.a, suggestions.b FROM suggestion_ends CROSS JOIN suggestions
    ON suggestions.a = suggestion_ends.a AND suggestions.b = suggestion_ends.b
  WHERE suggestion_ends.b = ?1 AND NOT ?3 AND suggestions.state = 'open' AND suggestions.basis = ?4
  AND suggestions.a NOT IN (SELECT value FROM json_each(?2))`;

const REMOVE = `DELETE FROM suggestions WHERE state = 'open' AND (a, b) IN (
    SELECT item.value ->> 0, item.value ->> 1 FROM json_each(?1) AS item)`;
/** After it, and not where somebody decided meanwhile. */
const REMOVE_ENDS = `DELETE FROM suggestion_ends WHERE (b, a) IN (
    SELECT item.value ->> 1, item.value ->> 0 FROM json_each(?1) AS item)
  AND NOT EXISTS (SELECT 1 FROM suggestions
    WHERE suggestions.a = suggestion_ends.a AND suggestions.b = suggestion_ends.b)`;

/**
 * Says anew whom this visitor is probably one with. `firstOnly`: only pairs of which it is the first were looked at.
 */
export async function saveFound(
  db: D1Database,
  visitor: VisitorId,
  found: readonly Found[],
  firstOnly = false,
  basis: SuggestionBasis = "facts",
): Promise<void> {
  const others = found.map(({ a, b }) => (a === visitor ? b : a));
  const { results } = await db
    .prepare(STALE)
    .bind(visitor, JSON.stringify(others), firstOnly ? 1 : 0, basis)
    .all<{ a: VisitorId; b: VisitorId }>();
  const stale = JSON.stringify(results.map(({ a, b }) => [a, b]));
  const rows = JSON.stringify(
    found.map(({ a, b, at, weight, probability, model, steps, basis: by }) => [
      a,
      b,
      at,
      weight,
      probability,
      model,
      JSON.stringify(steps),
      by,
    ]),
  );
  const statements = [
    ...(results.length > 0 ? [REMOVE, REMOVE_ENDS].map((sql) => db.prepare(sql).bind(stale)) : []),
    ...(found.length > 0 ? [FOUND, ENDS].map((sql) => db.prepare(sql).bind(rows)) : []),
  ];
  if (statements.length > 0) await db.batch(statements);
}

/** Of several in one state the surest first. @throws Problem `bad_request` for a cursor that isn't ours */
export async function listSuggestions(
  db: D1Database,
  {
    state,
    least,
    limit,
    cursor,
  }: {
    state: SuggestionState;
    /** Probability from which on they are told. */
    least: number;
    limit: number;
    cursor?: string | undefined;
  },
): Promise<{ suggestions: Suggestion[]; cursor: string | null }> {
  const from = cursor === undefined ? null : readCursor(cursor);
  const { results } = await db
    .prepare(
      // That a probability isn't negative is what the index says of itself; the cursor's first part is what it is sought by.
      `SELECT ${COLUMNS} FROM suggestions WHERE state = ?1 AND probability >= 0 AND probability >= ?2
       ${from ? "AND -weight >= ?3 AND (-weight, a, b) > (?3, ?4, ?5)" : "AND coalesce(?3, ?4, ?5) IS NULL"}
       ORDER BY -weight, a, b LIMIT ?6`,
    )
    .bind(
      state,
      least,
      from && wholeNumber(String(from.first)),
      from?.second ?? null,
      from?.id ?? null,
      limit + 1,
    )
    .all<Row>();
  const page = pageOf(results, limit, (last) => cursorOf(-last.weight, last.a, last.b));
  return { suggestions: page.rows.map(readRow), cursor: page.cursor };
}

/** Those to decide about; of more than `most` it is at least so many. */
export async function countOpen(db: D1Database, least: number, most: number): Promise<number> {
  const found = await db
    .prepare(
      `SELECT count(*) AS open FROM (SELECT 1 FROM suggestions
       WHERE state = 'open' AND probability >= 0 AND probability >= ?1 LIMIT ?2)`,
    )
    .bind(least, most)
    .first<number>("open");
  return found ?? 0;
}

export async function findSuggestion(
  db: D1Database,
  [a, b]: readonly [VisitorId, VisitorId],
): Promise<Suggestion | null> {
  const row = await db
    .prepare(`SELECT ${COLUMNS} FROM suggestions WHERE a = ?1 AND b = ?2`)
    .bind(a, b)
    .first<Row>();
  return row && readRow(row);
}

export interface Decision {
  state: Exclude<SuggestionState, "open">;
  at: Millis;
  by: string;
  why: string;
  merge: string | null;
}

/**
 * The first decision stands, but where it is decided `anew`. False where there is none to decide, or it was decided.
 */
export async function decideSuggestion(
  db: D1Database,
  [a, b]: readonly [VisitorId, VisitorId],
  { state, at, by, why, merge }: Decision,
  anew = false,
): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `UPDATE suggestions SET state = ?3, decided_at = ?4, decided_by = ?5, why = ?6, merge = ?7
       WHERE a = ?1 AND b = ?2 AND (state = 'open' OR ?8)`,
    )
    .bind(a, b, state, at, by, why, merge, anew ? 1 : 0)
    .run();
  return meta.changes > 0;
}

/** Visitors of one person asked about at once; more than this has no human. */
const VISITORS_ASKED = 40;

/** Pairs across these two persons about which somebody decided already. */
export async function decidedBetween(
  db: D1Database,
  mine: readonly VisitorId[],
  theirs: readonly VisitorId[],
): Promise<[VisitorId, VisitorId][]> {
  const pairs = mine
    .slice(0, VISITORS_ASKED)
    .flatMap((x) => theirs.slice(0, VISITORS_ASKED).map((y) => (x < y ? [x, y] : [y, x])));
  const { results } = await db
    .prepare(
      `SELECT suggestions.a, suggestions.b FROM json_each(?1) AS item CROSS JOIN suggestions
       ON suggestions.a = item.value ->> 0 AND suggestions.b = item.value ->> 1
       WHERE suggestions.state <> 'open'`,
    )
    .bind(JSON.stringify(pairs))
    .all<{ a: VisitorId; b: VisitorId }>();
  return results.map(({ a, b }) => [a, b]);
}

/** Suggestions that name one of these visitors, for exports. */
export async function suggestionsOf(
  db: D1Database,
  visitors: readonly VisitorId[],
): Promise<Suggestion[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM suggestions WHERE a IN (SELECT value FROM json_each(?1))
       UNION
       SELECT ${COLUMNS} FROM suggestions WHERE (a, b) IN (
         SELECT suggestion_ends.a, suggestion_ends.b FROM json_each(?1) AS item
         CROSS JOIN suggestion_ends ON suggestion_ends.b = item.value)`,
    )
    .bind(JSON.stringify(visitors))
    .all<Row>();
  return results.map(readRow);
}

/** Those of these visitors that an open suggestion by devices names. */
export async function suggestedByDevices(
  db: D1Database,
  visitors: readonly VisitorId[],
): Promise<VisitorId[]> {
  const { results } = await db
    .prepare(
      `SELECT item.value AS visitor FROM json_each(?1) AS item WHERE EXISTS (
         SELECT 1 FROM suggestions WHERE a = item.value AND state = 'open' AND basis = 'devices')
       OR EXISTS (SELECT 1 FROM suggestion_ends CROSS JOIN suggestions
         ON suggestions.a = suggestion_ends.a AND suggestions.b = suggestion_ends.b
         WHERE suggestion_ends.b = item.value AND state = 'open' AND basis = 'devices')`,
    )
    .bind(JSON.stringify(visitors))
    .all<{ visitor: VisitorId }>();
  return results.map(({ visitor }) => visitor);
}
