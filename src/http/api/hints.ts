/** `GET /_u/api/hints`: who should get what now, as a list of those last seen and of everybody, and as CSV. */
import type { Catalogue } from "../../domain/action/catalogue.ts";
import type { PersonId } from "../../domain/ids.ts";
import { Problem } from "../../domain/problem.ts";
import { everybodyFrom } from "../../d1/everybody.ts";
import { listPeople } from "../../d1/people.ts";
import { isAbout } from "../audit.ts";
import { forRole } from "../auth.ts";
import { csv, csvResponse } from "../csv.ts";
import { json } from "../respond.ts";
import { type HintPorts, linesOfAll, personsOf, type SendableLine, told } from "./hint-lines.ts";
import { asked, iso, pageSize } from "./input.ts";

export interface HintList {
  at: string;
  /** People looked at. */
  people: number;
  hints: SendableLine[];
  cursor: string | null;
}

export interface HintQuery {
  action?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** One page of the directory, last seen first. @throws Problem `not_found` for an action that isn't in the catalogue. */
export async function hintList(context: HintPorts, query: HintQuery): Promise<HintList> {
  const catalogue = await catalogueWith(context, query.action);
  const { limit, cursor } = query;
  const page = await listPeople(context.db, { limit, ...(cursor === undefined ? {} : { cursor }) });
  const persons = page.people.map(({ id }) => id);
  return { ...(await listOf(context, catalogue, persons, query.action)), cursor: page.cursor };
}

/**
 * A part of everybody, about `limit` people, each of whom comes in one part whatever they do meanwhile: for lists that take
 * a while. @throws Problem as `hintList`; `bad_request` for a cursor of another list
 */
export async function hintsOfEverybody(
  context: HintPorts,
  { action, limit, cursor }: HintQuery,
): Promise<HintList & { share: number }> {
  const catalogue = await catalogueWith(context, action);
  const { people, next, share } = await everybodyFrom(context.db, cursor ?? null, limit);
  return { ...(await listOf(context, catalogue, people, action)), cursor: next, share };
}

async function catalogueWith(context: HintPorts, action: string | undefined): Promise<Catalogue> {
  const catalogue = await context.catalogue();
  if (action !== undefined && !catalogue.actions.some(({ id }) => id === action))
    throw new Problem("not_found", "there is no such action");
  return catalogue;
}

async function listOf(
  context: HintPorts,
  catalogue: Catalogue,
  persons: readonly PersonId[],
  action: string | undefined,
): Promise<Omit<HintList, "cursor">> {
  const lines = await linesOfAll(context, catalogue, persons);
  const hints = lines.filter((line) => action === undefined || line.action === action);
  return { at: iso(context.now), people: persons.length, hints };
}

const query = (request: Request) => ({
  action: asked(request, "action"),
  limit: pageSize(request),
  cursor: asked(request, "cursor"),
});

/** People looked at for one answer; each is a call to an object or two. */
const LOOKED_AT_MOST = 300;

/**
 * Of one action the directory's pages are gone through until something fills an answer: what few people get shouldn't look
 * like what nobody gets.
 */
async function search(context: HintPorts, asking: HintQuery): Promise<HintList> {
  let list = await hintList(context, asking);
  if (asking.action === undefined) return list;
  while (
    list.cursor !== null &&
    list.hints.length < asking.limit &&
    list.people + asking.limit <= LOOKED_AT_MOST
  ) {
    const { people, hints, cursor } = await hintList(context, { ...asking, cursor: list.cursor });
    list = { ...list, people: list.people + people, hints: [...list.hints, ...hints], cursor };
  }
  return list;
}

export const getHints = forRole("marketer", async (request, context) => {
  const list = await search(context, query(request));
  isAbout(request, personsOf(list.hints));
  return json({ ...list, hints: list.hints.map(told) });
});

const COLUMNS = [
  "person",
  "stage",
  "segment",
  "action",
  "label",
  "channel",
  "address",
  "permitted",
  "why",
  "expected",
  "at",
  "priority",
  "first",
  "title",
  "text",
  "href",
] as const;

/** One list of all pages. */
export const hintsCsv = (pages: readonly HintList[]): string =>
  csv(
    COLUMNS,
    pages.flatMap(({ at, hints }) =>
      hints.map((hint) => [
        hint.person,
        hint.stage,
        hint.segment,
        hint.action,
        hint.label,
        hint.channel,
        hint.address,
        hint.permitted ? "yes" : "no",
        hint.why.join("; "),
        Number(hint.expected.toFixed(4)),
        at,
        Number(hint.priority.toFixed(4)),
        hint.first ? "yes" : "no",
        hint.title,
        hint.text,
        hint.href,
      ]),
    ),
  );

export const getHintsCsv = forRole("marketer", async (request, context) => {
  const page = await search(context, query(request));
  isAbout(request, personsOf(page.hints));
  return csvResponse(
    hintsCsv([page]),
    "hints.csv",
    page.cursor === null ? {} : { "usher-cursor": page.cursor },
  );
});
