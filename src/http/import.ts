/** `POST /_u/api/import?kind=people|events|spend`: a file that a marketer brings, row by row as it streams in. */
import { Problem } from "../domain/problem.ts";
import { approveOrigin, listOrigins, seenOrigin } from "../d1/imports.ts";
import { isCallingCountry } from "../import/clean.ts";
import { readCsv } from "../import/csv.ts";
import {
  eventReader,
  type Invalid,
  type MakeReader,
  type Options,
  peopleReader,
  readerOf,
  type RowReader,
  spendReader,
} from "../import/rows.ts";
import { asked, iso } from "./api/input.ts";
import { forRole } from "./auth.ts";
import { countDrops } from "./collect/drops.ts";
import type { Call, Context } from "./context.ts";
import { putEvents, putSpend } from "./import/events.ts";
import type { Import, Outcome } from "./import/job.ts";
import { putPerson } from "./import/people.ts";
import { json } from "./respond.ts";

export interface ImportAnswer {
  /** Rows that stand; the same file again is accepted again and changes nothing. */
  accepted: number;
  invalid: Invalid[];
  /** Rows that consent didn't let in. */
  dropped: Invalid[];
  /** Where to go on with `?from=` when the file is longer than one call takes; null at its end. */
  next: number | null;
  /** False: the file's consent doesn't count before an officer approves its origin; then send it again. */
  approved: boolean;
}

const KINDS = ["people", "events", "spend"] as const;
const ORIGIN = /^[\w .:/-]{1,100}$/;

/** Rows taken in one call, so that it ends within the platform's limits. */
const ROWS_MAX = 10_000;
/** Of refusals told; a file of another kind would tell as many as it has rows. */
const TOLD_MAX = 1_000;

interface Asked extends Options {
  kind: (typeof KINDS)[number];
  origin: string;
  from: number;
}

export const postImport = forRole("marketer", async (request, context) => {
  const { kind, origin, ...options } = readAsked(request);
  if (!request.body) throw new Problem("bad_request", "The body is the file, as CSV.");
  const approved = await seenOrigin(context.db, origin, context.now);
  const drops = countDrops(context.db, context.now, (work) => context.waitUntil(work));
  const policy = await context.policy();
  const job: Import = { services: { ...context, drops, limiter: null }, policy, origin, approved };
  const answer: ImportAnswer = { accepted: 0, invalid: [], dropped: [], next: null, approved };
  const { body } = request;
  if (kind === "people")
    await run(answer, body, options, peopleReader, 16, (people) =>
      Promise.all(people.map((person) => putPerson(job, person))),
    );
  else if (kind === "events")
    await run(answer, body, options, eventReader, 100, (events) => putEvents(job, events));
  else await run(answer, body, options, spendReader, 1_000, (rows) => putSpend(job, rows));
  answer.invalid.sort((a, b) => a.line - b.line);
  return json(answer);
});

/** @throws Problem `invalid` with the parameter that is wrong */
function readAsked(request: Call): Asked {
  const wrong = (path: string, message: string): Problem =>
    new Problem("invalid", message, { path });
  const kind = KINDS.find((each) => each === asked(request, "kind"));
  if (!kind) throw wrong("kind", `must be one of ${KINDS.join(", ")}`);
  const origin = asked(request, "origin") ?? "upload";
  if (!ORIGIN.test(origin)) throw wrong("origin", "must be a plain name of at most 100 characters");
  const country = asked(request, "country")?.toUpperCase() ?? null;
  if (country !== null && !isCallingCountry(country))
    throw wrong("country", "must be a country that we know the calling code of, like DE");
  const from = Number(asked(request, "from") ?? 2);
  if (!Number.isInteger(from) || from < 2)
    throw wrong("from", "must be the number of a line, from 2 on");
  return { kind, origin, country, from };
}

/** Reads the stream and puts away so many rows at once. */
async function run<T>(
  answer: ImportAnswer,
  body: ReadableStream<Uint8Array>,
  options: Options & { from: number },
  make: MakeReader<T>,
  atOnce: number,
  put: (values: readonly T[]) => Promise<Outcome[]>,
): Promise<void> {
  let read: RowReader<T> | null = null;
  let batch: { line: number; value: T }[] = [];
  let taken = 0;
  const flush = async (): Promise<void> => {
    const outcomes = await put(batch.map(({ value }) => value));
    batch.forEach(({ line }, at) => note(answer, line, outcomes[at] ?? null));
    batch = [];
  };
  for await (const row of readCsv(body)) {
    if (!read) {
      read = readerOf(
        row.fields.map((name) => name.trim()),
        make,
      );
      continue;
    }
    if (row.line < options.from) continue;
    if (taken++ === ROWS_MAX) {
      answer.next = row.line;
      break;
    }
    const said = read(row, options);
    if (said.ok) batch.push(said);
    else note(answer, said.line, { as: "invalid", message: said.message });
    if (batch.length === atOnce) await flush();
  }
  if (batch.length > 0) await flush();
}

function note(answer: ImportAnswer, line: number, outcome: Outcome): void {
  if (outcome === null) answer.accepted++;
  else if (answer[outcome.as].length < TOLD_MAX)
    answer[outcome.as].push({ line, message: outcome.message });
}

const inWords = (origin: Awaited<ReturnType<typeof approveOrigin>>) => ({
  origin: origin.origin,
  firstSeen: iso(origin.firstSeen),
  approved:
    origin.approvedAt === null ? null : { at: iso(origin.approvedAt), by: origin.approvedBy },
});

export const getOrigins = forRole("either", async (_request, context: Context) =>
  json({ origins: (await listOrigins(context.db)).map(inWords) }),
);

export const postApproval = forRole("officer", async (request, context, role) => {
  const origin = decodeURIComponent(request.params["origin"] ?? "");
  if (!ORIGIN.test(origin)) throw new Problem("not_found", "there is no such origin");
  return json(inWords(await approveOrigin(context.db, origin, role, context.now)));
});
