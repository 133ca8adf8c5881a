/** What an export is made from, page by page: a reader for each kind. */
import { nameNow, openingsOf } from "../../domain/consent/openings.ts";
import type { HintPorts } from "../api/hint-lines.ts";
import { hintsCsv, hintsOfEverybody } from "../api/hints.ts";
import { dayOf, type PersonId, type VisitorId } from "../../domain/ids.ts";
import { Problem } from "../../domain/problem.ts";
import { firstDayFor, retentionOf } from "../../domain/retention.ts";
import { endingOf, type ExportJob } from "../../out/exports.ts";
import { purposesOf } from "../../out/line.ts";
import type { Context } from "../context.ts";
import { EventReader } from "./events.ts";
import { profilesCsv } from "./people-csv.ts";
import { PERSONS, peoplePage } from "./people.ts";
import { type Asked, type Page, readAfter } from "./stream.ts";

export type ExportPorts = HintPorts & Pick<Context, "bucket" | "policy" | "identifiers">;

export interface Found {
  text: string;
  lines: number;
  /** Visitors that these lines are about, and persons, who bear a visitor's name. */
  named: VisitorId[];
  /** People or events looked at. */
  looked: number;
  /** Calls made, about. */
  calls: number;
  /** Where to go on; null at the end. */
  next: string | null;
  /** How much of the days or people is behind it, from 0 to 1; null where nobody knows. */
  share: number | null;
}

/** `first`: whether nothing was written yet, so that a header comes before. */
type Reader = (after: string | null, first: boolean) => Promise<Found>;

/** People looked at for one page of hints, and calls that each takes. */
const HINT_PEOPLE = 50;
const CALLS_A_PERSON = 3;

export async function readerFor(ports: ExportPorts, job: ExportJob): Promise<Reader> {
  return job.kind === "hints" ? hints(ports, job) : lines(ports, job);
}

function hints(ports: ExportPorts, { action }: ExportJob): Reader {
  return async (after, first) => {
    const page = await hintsOfEverybody(ports, {
      ...(action === null ? {} : { action }),
      limit: HINT_PEOPLE,
      ...(after === null ? {} : { cursor: after }),
    });
    const text = hintsCsv([page]);
    return {
      text: first ? text : text.slice(text.indexOf("\n") + 1),
      lines: page.hints.length,
      named: page.hints.map(({ person }) => person),
      looked: page.people,
      calls: page.people * CALLS_A_PERSON,
      next: page.cursor,
      share: page.share,
    };
  };
}

async function lines(ports: ExportPorts, job: ExportJob): Promise<Reader> {
  const policy = await ports.policy();
  const purpose = nameNow(openingsOf(policy), job.purpose ?? "");
  if (!purposesOf(policy).includes(purpose))
    throw new Problem("invalid", "the policy has no such purpose any more");
  const usable = firstDayFor(retentionOf(policy), purpose, dayOf(ports.now));
  const query: Asked = { purpose, from: Math.max(job.from, usable), to: job.to, after: null };
  const events = new EventReader(ports, policy, query);
  const shareAt = (next: string | null): number => {
    if (next === null) return 1;
    const days = Math.max(1, query.to - query.from + 1);
    return Math.min(1, Math.max(0, (readAfter(next).day - query.from) / days));
  };
  const found = (
    { lines, next, looked }: Page & { looked: number },
    text: string,
    calls: number,
  ): Found => ({
    text,
    lines: lines.length,
    named: lines.flatMap(namedBy),
    looked,
    calls,
    next,
    share: shareAt(next),
  });
  if (job.kind === "events")
    return async (after) => {
      const before = events.asked;
      const page = await events.page(after);
      return found(page, asJson(page.lines), events.asked - before + 1);
    };
  const isTable = endingOf(job) === "csv";
  return async (after, first) => {
    const page = await peoplePage(ports, policy, query, after);
    const text = isTable ? profilesCsv(page.lines, first) : asJson(page.lines);
    return found(page, text, PERSONS * CALLS_A_PERSON);
  };
}

const asJson = (lines: readonly object[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join("");

/** By its own parts: what was sent may hold anything, the id of somebody who was erased, too. */
function namedBy(line: object): VisitorId[] {
  const { person, visitor, visitors } = line as {
    person: PersonId;
    visitor?: VisitorId;
    visitors?: readonly { id: VisitorId }[];
  };
  return [person, ...(visitor ? [visitor] : []), ...(visitors ?? []).map(({ id }) => id)];
}
