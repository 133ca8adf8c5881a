/** What an export is made from, page by page: a reader for each kind. */
import { hintList, hintsCsv, type HintPorts } from "../api/hints.ts";
import { dayOf, type PersonId, type VisitorId } from "../../domain/ids.ts";
import { Problem } from "../../domain/problem.ts";
import { firstDayFor, retentionOf } from "../../domain/retention.ts";
import type { ExportJob } from "../../out/exports.ts";
import { purposesOf } from "../../out/line.ts";
import type { Context } from "../context.ts";
import { EventReader } from "./events.ts";
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
  /** How much of the days is behind it, from 0 to 1; null where nobody knows. */
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
    const page = await hintList(ports, {
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
      share: null,
    };
  };
}

async function lines(ports: ExportPorts, job: ExportJob): Promise<Reader> {
  const policy = await ports.policy();
  const purpose = job.purpose ?? "";
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
  return async (after) => {
    const before = events.asked;
    const page: Page & { looked: number } =
      job.kind === "events"
        ? await events.page(after)
        : await peoplePage(ports, policy, query, after);
    return {
      text: page.lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
      lines: page.lines.length,
      named: page.lines.flatMap(namedBy),
      looked: page.looked,
      calls: job.kind === "events" ? events.asked - before + 1 : PERSONS * CALLS_A_PERSON,
      next: page.next,
      share: shareAt(page.next),
    };
  };
}

/** By its own parts: what was sent may hold anything, the id of somebody who was erased, too. */
function namedBy(line: object): VisitorId[] {
  const { person, visitor, visitors } = line as {
    person: PersonId;
    visitor?: VisitorId;
    visitors?: readonly { id: VisitorId }[];
  };
  return [person, ...(visitor ? [visitor] : []), ...(visitors ?? []).map(({ id }) => id)];
}
