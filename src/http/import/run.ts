/** One file, row by row as it streams in: whom it says the site knows, what happened elsewhere, what was spent. */
import { seenOrigin } from "../../d1/imports.ts";
import type { Millis } from "../../domain/ids.ts";
import { blockedBy } from "../../domain/intake/blocked.ts";
import { Problem } from "../../domain/problem.ts";
import { phonesOf } from "../../import/clean.ts";
import { readCsv } from "../../import/csv.ts";
import {
  eventReader,
  type Invalid,
  type MakeReader,
  type Options,
  peopleReader,
  readerOf,
  type RowReader,
} from "../../import/rows.ts";
import { spendReader } from "../../import/spend.ts";
import { countDrops } from "../collect/drops.ts";
import type { Context } from "../context.ts";
import { putEvents, putSpend } from "./events.ts";
import type { Import, Outcome } from "./job.ts";
import { putPeople } from "./people.ts";

export interface ImportAnswer {
  /** Rows that stand; the same file again is accepted again and changes nothing. */
  accepted: number;
  /** The first so many of them (`TOLD_MAX`), by line. */
  invalid: Invalid[];
  /** Rows that consent didn't let in; as many are told. */
  dropped: Invalid[];
  /** All of both, also those that aren't told. */
  counts: RefusedCounts;
  /** Where to go on with `?from=` when the file is longer than one call takes; null at its end. */
  next: number | null;
  /** False: the file's consent doesn't count before an officer approves its origin; then send it again. */
  approved: boolean;
}

/** Rows, whether or not they are told one by one. */
export interface RefusedCounts {
  invalid: number;
  dropped: number;
}

export const KINDS = ["people", "events", "spend"] as const;
export type Kind = (typeof KINDS)[number];

/** Names of origins: they stand in records and on pages. */
export const ORIGIN = /^[\w .:/-]{1,100}$/;

/** What importing needs of a request; cron has it, too. */
export type ImportContext = Omit<Context, "limiter" | "live">;

/** Rows taken in one call, so that it ends within the platform's limits. */
const ROWS_MAX = 10_000;
/** Of refusals told; a file of another kind would tell as many as it has rows. */
export const TOLD_MAX = 1_000;

/** What is left for one run; rows are taken off it. */
export interface Budget {
  rows: number;
  /** By the machine's clock. */
  until: Millis;
}

/** Told after rows were put away: what came of the run so far, and the line at which another would go on. */
export type Passed = (soFar: ImportAnswer, next: number) => Promise<void>;

export interface Asked {
  kind: Kind;
  origin: string;
  /** Whose national telephone numbers the file has; null: as the merge rules say. */
  country: string | null;
  /** Number of the line to begin at; the header is line 1. */
  from: number;
}

/** @throws Problem `bad_request` for what isn't CSV. What was read before it stands; the same file again changes nothing. */
export async function importFile(
  { kind, origin, country, from }: Asked,
  body: ReadableStream<Uint8Array>,
  context: ImportContext,
  budget: Budget = { rows: ROWS_MAX, until: Number.POSITIVE_INFINITY },
  passed: Passed = async () => undefined,
): Promise<ImportAnswer> {
  const approved = await seenOrigin(context.db, origin, context.now);
  const drops = countDrops(context.db, context.now, (work) => context.waitUntil(work));
  const [policy, rules] = await Promise.all([context.policy(), context.mergeRules()]);
  const job: Import = {
    services: { ...context, drops, limiter: null, live: null },
    policy,
    origin,
    approved,
  };
  const answer: ImportAnswer = {
    accepted: 0,
    invalid: [],
    dropped: [],
    counts: { invalid: 0, dropped: 0 },
    next: null,
    approved,
  };
  const options = {
    phone: await phonesOf(country ?? rules.country),
    isBlocked: blockedBy(rules.blocked),
    from,
  };
  const file = { body, options, budget, answer, passed: (next: number) => passed(answer, next) };
  if (kind === "people") await run(file, peopleReader, 16, (people) => putPeople(job, people));
  else if (kind === "events") await run(file, eventReader, 100, (events) => putEvents(job, events));
  else await run({ ...file, readsBehind: true }, spendReader, 1_000, (rows) => putSpend(job, rows));
  answer.invalid.sort((a, b) => a.line - b.line);
  return answer;
}

interface Open {
  body: ReadableStream<Uint8Array>;
  options: Options & { from: number };
  budget: Budget;
  answer: ImportAnswer;
  /** Whether rows before the one to begin at are read as well. */
  readsBehind?: boolean;
  passed(next: number): Promise<void>;
}

/** Reads the stream and puts away so many rows at once. */
async function run<T>(
  { body, options, budget, answer, readsBehind = false, passed }: Open,
  make: MakeReader<T>,
  atOnce: number,
  put: (values: readonly T[]) => Promise<Outcome[]>,
): Promise<void> {
  let read: RowReader<T> | null = null;
  let batch: { line: number; value: T }[] = [];
  let isBegun = false;
  const flush = async (): Promise<void> => {
    const outcomes = await put(batch.map(({ value }) => value));
    batch.forEach(({ line }, at) => note(answer, line, outcomes[at] ?? null));
    batch = [];
  };
  for await (const row of readCsv(body)) {
    if (!read) {
      if (row.flaw !== null) throw new Problem("bad_request", `The header ${row.flaw}.`);
      read = readerOf(
        row.fields.map((name) => name.trim()),
        make,
      );
      continue;
    }
    if (row.line < options.from) {
      // What is behind it may count for what comes: sums of a file are of all its rows.
      if (readsBehind) read(row, options);
      continue;
    }
    // Between batches alone: rows that are equal in all are told apart within one, so a file falls into the same each time.
    if (isBegun && batch.length === 0 && isSpent(budget)) {
      answer.next = row.line;
      break;
    }
    isBegun = true;
    budget.rows--;
    const said = read(row, options);
    if (said.ok) batch.push(said);
    else note(answer, said.line, { as: "invalid", message: said.message });
    if (batch.length < atOnce) continue;
    await flush();
    await passed(row.line + 1);
  }
  if (batch.length > 0) await flush();
}

const isSpent = ({ rows, until }: Budget): boolean => rows <= 0 || Date.now() > until;

function note(answer: ImportAnswer, line: number, outcome: Outcome): void {
  if (outcome === null) {
    answer.accepted++;
    return;
  }
  const { as, message } = outcome;
  answer.counts[as]++;
  if (answer[as].length < TOLD_MAX) answer[as].push({ line, message });
}
