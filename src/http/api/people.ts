/** `GET /_u/api/people`: everybody, newest first, or whoever an identifier or the start of an id leads to. */
import {
  type IdentifierKey,
  isVisitorId,
  type PersonId,
  type VisitorId,
} from "../../domain/ids.ts";
import type { PersonView } from "../../domain/person/calls.ts";
import type { NextAnswer } from "../../domain/person/people.ts";
import { type Stage, STAGES } from "../../domain/person/stage.ts";
import { Problem } from "../../domain/problem.ts";
import { type ListedPerson, listPeople } from "../../d1/people.ts";
import { isAbout } from "../audit.ts";
import { forRole } from "../auth.ts";
import { keyOf } from "../identifier-key.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { claimantsOf, guesses, requireIdentifier, requireVisitorId } from "./identifiers.ts";
import { fittingFor } from "./hint-lines.ts";
import { historyOf } from "./history.ts";
import { asked, iso, pageSize } from "./input.ts";
import { bestKnown, describe, findPerson, loadPerson, stageOf, summaryOf } from "./person.ts";

export interface PersonLine {
  id: PersonId;
  stage: Stage;
  lastSeen: string;
  visitors: number;
  /** Label of the next action, if there is one. */
  next: string | null;
}

export interface PeopleSearch {
  identifier?: string | undefined;
  /** An identifier, with or without its kind, or the start of an id. */
  q?: string | undefined;
  stage?: Stage | undefined;
  /** Label of the next action. */
  next?: string | undefined;
  /** Name of a segment. */
  segment?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

export interface PeopleFound {
  people: PersonLine[];
  /** Null at the end. */
  cursor: string | null;
  /** Persons who were asked whether they fit; null where nobody had to be, since the directory tells. */
  lookedAt: number | null;
}

/** Whom somebody looked for, as the audit log names them. */
export const idsOf = ({ people }: PeopleFound): string[] => people.map(({ id }) => id);

/** Persons asked for one page, where not all of them fit: each is a call to an object or two. */
const LOOKED_AT_MOST = 150;
const AT_ONCE = 50;
/** More persons than this are no answer to an identifier: it is a junk value then, and the list says enough. */
const CLAIMANTS = 50;
const ID_START = /^[a-z2-7]{1,26}$/;

/** @throws Problem `invalid` for what isn't an identifier, `bad_request` for a cursor that isn't ours. */
export async function searchPeople(context: Context, search: PeopleSearch): Promise<PeopleFound> {
  const { identifier, q } = search;
  if (identifier !== undefined) {
    const said = requireIdentifier(identifier);
    const visitors = await claimantsOf(context, [said]);
    const key = await keyOf(said, context);
    return {
      people: await linesOf(context, visitors, search, (view) => bears(view, key)),
      cursor: null,
      lookedAt: null,
    };
  }
  if (q === undefined) return listed(context, search);
  const named = await claimantsOf(context, guesses(q));
  // A visitor's id leads to the person it lives in, which may have another name.
  const visitors = isVisitorId(q) ? [q, ...named] : named;
  const first = search.cursor === undefined ? await linesOf(context, visitors, search) : [];
  if (!ID_START.test(q)) return { people: first, cursor: null, lookedAt: null };
  const rest = await listed(context, search, q);
  const known = new Set(first.map(({ id }) => id));
  return { ...rest, people: [...first, ...rest.people.filter(({ id }) => !known.has(id))] };
}

/** What the directory doesn't tell is asked of the persons themselves, until a page is full or enough of them were asked. */
async function listed(
  context: Context,
  search: PeopleSearch,
  prefix?: string,
): Promise<PeopleFound> {
  const { stage, next, segment, cursor, limit } = search;
  const isAsked = next !== undefined || segment !== undefined;
  const page = await listPeople(context.db, {
    limit: isAsked ? Math.max(limit, LOOKED_AT_MOST) : limit,
    ...(prefix === undefined ? {} : { prefix }),
    ...(stage === undefined ? {} : { stage }),
    ...(cursor === undefined ? {} : { cursor }),
  });
  const people: PersonLine[] = [];
  let looked = 0;
  while (looked < page.people.length && people.length < limit) {
    const rows = page.people.slice(looked, looked + AT_ONCE);
    const lines = await Promise.all(rows.map((row) => lineOfRow(context, row, search)));
    // The page ends with the one that fills it: who was asked after that is asked again on the next.
    for (const line of lines) {
      if (people.length === limit) break;
      looked++;
      if (line !== null) people.push(line);
    }
  }
  return {
    people,
    cursor: looked < page.people.length ? (page.cursors[looked - 1] ?? null) : page.cursor,
    lookedAt: isAsked ? looked : null,
  };
}

/** Null where it doesn't fit. Whoever moved into another is listed there. */
async function lineOfRow(
  context: Context,
  { id, stage, lastSeen, visitors }: ListedPerson,
  search: PeopleSearch,
): Promise<PersonLine | null> {
  if (!(await isInSegment(context, id, search))) return null;
  const next = await nextLabel(context, { id, visitors });
  if (search.next !== undefined && search.next !== next) return null;
  return { id, stage, lastSeen: iso(lastSeen), visitors, next };
}

async function isInSegment(
  context: Context,
  id: PersonId,
  { segment }: PeopleSearch,
): Promise<boolean> {
  if (segment === undefined) return true;
  const none = { ...(await context.catalogue()), actions: [] };
  return (await fittingFor(context, none, id))?.segment === segment;
}

const nextLabel = async (context: Context, person: Listed): Promise<string | null> =>
  (await nextOf(context, person))?.action?.label ?? null;

type Listed = Pick<ListedPerson, "id" | "visitors">;

/**
 * What somebody of the directory would be shown now. Of one visitor there is no choice whom to ask; of several the best known
 * is found first. Null for whoever moved into another.
 */
export async function nextOf(
  context: Context,
  { id, visitors }: Listed,
): Promise<NextAnswer | null> {
  if (visitors > 1) {
    const view = await findPerson(context, id);
    return view?.id === id ? nextFor(context, view, "") : null;
  }
  const answer = await lookAhead(context, id, id, "");
  return answer?.home === id ? answer.value : null;
}

/** The persons these visitors live in now, each once. */
async function linesOf(
  context: Context,
  visitors: readonly VisitorId[],
  search: PeopleSearch,
  isMeant: (view: PersonView) => boolean = () => true,
): Promise<PersonLine[]> {
  const views = await Promise.all(
    visitors.slice(0, CLAIMANTS).map((visitor) => findPerson(context, visitor)),
  );
  const persons = new Map(views.filter((view) => view !== null).map((view) => [view.id, view]));
  const wanted = [...persons.values()].filter(
    (view) => isMeant(view) && [undefined, stageOf(view.visitors)].includes(search.stage),
  );
  const lines = await Promise.all(
    wanted.map(async (view) =>
      (await isInSegment(context, view.id, search)) ? lineOf(context, view) : null,
    ),
  );
  return lines.filter(
    (line) => line !== null && (search.next === undefined || line.next === search.next),
  ) as PersonLine[];
}

/** False where everybody who said it was refused: then it names somebody else. */
const bears = (view: PersonView, key: IdentifierKey): boolean =>
  view.visitors.some(({ claims }) =>
    claims.some((claim) => claim.key === key && claim.state !== "refused"),
  );

async function lineOf(context: Context, view: PersonView): Promise<PersonLine> {
  const next = await nextFor(context, view, "");
  const created = Math.min(...view.visitors.map((visitor) => visitor.created));
  return {
    id: view.id,
    stage: stageOf(view.visitors),
    lastSeen: iso(summaryOf(view.visitors).lastSeen ?? created),
    visitors: view.visitors.length,
    next: next.action?.label ?? null,
  };
}

/** What this person would be shown now in that slot. Only a look: nothing is recorded as given. */
export async function nextFor(context: Context, view: PersonView, slot: string) {
  const answer = await lookAhead(context, bestKnown(view).id, view.id, slot);
  if (answer) return answer.value;
  throw new Problem("not_found", "there is nobody of this id");
}

async function lookAhead(context: Context, visitor: VisitorId, near: PersonId, slot: string) {
  const answer = await context.people.next(
    {
      visitor,
      slot,
      now: context.now,
      catalogue: await context.catalogue(),
      learned: await context.learned(),
      give: false,
    },
    near,
  );
  return answer.at === "home" ? answer : null;
}

/** @throws Problem `invalid` at `stage`. */
export function readStage(text: string | undefined): Stage | undefined {
  const stage = STAGES.find((each) => each === text);
  if (text !== undefined && stage === undefined)
    throw new Problem("invalid", `must be one of ${STAGES.join(", ")}`, { path: "stage" });
  return stage;
}

export const getPeople = forRole("marketer", async (request, context) => {
  const [identifier, q] = [asked(request, "identifier"), asked(request, "q")];
  const found = await searchPeople(context, {
    identifier,
    q,
    stage: readStage(asked(request, "stage")),
    next: asked(request, "next"),
    segment: asked(request, "segment"),
    cursor: asked(request, "cursor"),
    limit: pageSize(request),
  });
  isAbout(request, idsOf(found));
  return json(found);
});

export const getPerson = forRole("marketer", async (request, context) => {
  const view = await loadPerson(context, requireVisitorId(request.params["id"]));
  return json(await describe(context, view));
});

export const getHistory = forRole("either", async (request, context) => {
  const view = await loadPerson(context, requireVisitorId(request.params["id"]));
  return json({ person: view.id, history: historyOf(view) });
});

export const getNext = forRole("marketer", async (request, context) => {
  const view = await loadPerson(context, requireVisitorId(request.params["id"]));
  return json(await nextFor(context, view, asked(request, "slot") ?? ""));
});
