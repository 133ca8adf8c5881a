/** The log of merges, their undoing and what else was decided about who is who, read newest first. */
import type { MergeRecord } from "../domain/ports.ts";
import type { HistoryOp } from "../domain/identity/history.ts";
import type { Day, Millis, VisitorId } from "../domain/ids.ts";
import { Problem } from "../domain/problem.ts";

export interface LoggedDecision {
  day: Day;
  /** Id of the merge, or of the decision. */
  merge: string;
  op: MergeRecord["op"] | HistoryOp;
  at: Millis;
  by: string;
  /** Both empty where it concerns nobody who is left. */
  a: VisitorId | "";
  b: VisitorId | "";
  /** Kind of the identifier, `command:<id>`, `human` or `inferred`. */
  evidence: string;
  because: string;
  /** Version of the merge rules; 0 for what isn't a merge. */
  rules: number;
}

/**
 * Rows that one page reads at most. The log lies by day and there is no index by time, which would be a billed row for every
 * merge; so whole days are read and sorted, as many as fit. Of a day that alone has more, each such part is in order.
 */
const WINDOW = 2_000;

type Key = readonly [day: Day, merge: string, op: string];
type Place = readonly [at: Millis, merge: string, op: string];
/** Where the window begins, and how far it has been told. */
type Cursor = readonly [...Key, ...Place];

const END = Number.MAX_SAFE_INTEGER;
const START: Cursor = [END, "", "", END, "", ""];

const KEPT = `WITH near AS (
    SELECT day, merge, op, at, by, a, b, evidence, because, rules FROM merge_log
    WHERE (day, merge, op) < (?1, ?2, ?3) ORDER BY day DESC, merge DESC, op DESC LIMIT ${WINDOW}),
  shape AS (SELECT count(*) = ${WINDOW} AS isFull, min(day) AS oldest, max(day) AS newest FROM near),
  kept AS (SELECT near.*, isFull FROM near, shape
    WHERE NOT (isFull AND day = oldest AND oldest < newest))`;

const PAGE = `${KEPT} SELECT * FROM kept WHERE (at, merge, op) < (?4, ?5, ?6)
  ORDER BY at DESC, merge DESC, op DESC LIMIT ?7`;

const LOWEST = `${KEPT} SELECT day, merge, op FROM kept ORDER BY day, merge, op LIMIT 1`;

/** A page may hold fewer than asked for, and have more behind it. @throws Problem `bad_request` for no cursor of ours. */
export async function readMergeLog(
  db: D1Database,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ decisions: LoggedDecision[]; cursor: string | null }> {
  const from = cursor === undefined ? START : readCursor(cursor);
  const { results } = await db
    .prepare(PAGE)
    .bind(...from, limit + 1)
    .all<LoggedDecision & { isFull: number }>();
  const decisions = results.slice(0, limit).map(({ isFull: _full, ...decision }) => decision);
  const last = decisions.at(-1);
  if (!last) return { decisions, cursor: null };
  const [day, merge, op] = from;
  if (results.length > limit)
    return { decisions, cursor: written([day, merge, op, last.at, last.merge, last.op]) };
  if (results[0]?.isFull !== 1) return { decisions, cursor: null };
  const lowest = await db
    .prepare(LOWEST)
    .bind(day, merge, op)
    .all<Pick<LoggedDecision, "day" | "merge" | "op">>();
  const [next] = lowest.results;
  return {
    decisions,
    cursor: next ? written([next.day, next.merge, next.op, END, "", ""]) : null,
  };
}

const written = (cursor: Cursor): string =>
  btoa(JSON.stringify(cursor)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

function readCursor(text: string): Cursor {
  try {
    const read: unknown = JSON.parse(atob(text.replaceAll("-", "+").replaceAll("_", "/")));
    if (isCursor(read)) return read;
  } catch {
    // Told below, as every other that isn't ours.
  }
  throw new Problem("bad_request", "the cursor isn't one of ours", { path: "cursor" });
}

const SHAPE = ["number", "string", "string", "number", "string", "string"];

const isCursor = (read: unknown): read is Cursor =>
  Array.isArray(read) &&
  read.length === SHAPE.length &&
  read.every((part, place) => typeof part === SHAPE[place]);
