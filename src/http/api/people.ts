/** `GET /_u/api/people`: everybody, newest first, or whoever an identifier or the start of an id leads to. */
import {
  type IdentifierKey,
  isVisitorId,
  type PersonId,
  type VisitorId,
} from "../../domain/ids.ts";
import type { PersonView } from "../../domain/person/calls.ts";
import { type Stage, STAGES } from "../../domain/person/stage.ts";
import { Problem } from "../../domain/problem.ts";
import { type ListedPerson, listPeople } from "../../d1/people.ts";
import { isAbout } from "../audit.ts";
import { forRole } from "../auth.ts";
import { keyOf } from "../identifier-key.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { claimantsOf, guesses, requireIdentifier, requireVisitorId } from "./identifiers.ts";
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
  cursor?: string | undefined;
  limit: number;
}

export interface PeopleFound {
  people: PersonLine[];
  /** Null at the end. */
  cursor: string | null;
}

/** Whom somebody looked for, as the audit log names them. */
export const idsOf = ({ people }: PeopleFound): string[] => people.map(({ id }) => id);

/** More persons than this are no answer to an identifier: it is a junk value then, and the list says enough. */
const CLAIMANTS = 50;
const ID_START = /^[a-z2-7]{1,26}$/;

/** @throws Problem `invalid` for what isn't an identifier, `bad_request` for a cursor that isn't ours. */
export async function searchPeople(context: Context, search: PeopleSearch): Promise<PeopleFound> {
  const { identifier, q, stage, next } = search;
  const isNext = (line: PersonLine): boolean => next === undefined || line.next === next;
  if (identifier !== undefined) {
    const said = requireIdentifier(identifier);
    const visitors = await claimantsOf(context, [said]);
    const key = await keyOf(said, context);
    return {
      people: await linesOf(context, visitors, stage, (view) => bears(view, key)),
      cursor: null,
    };
  }
  if (q === undefined) return listed(context, search);
  const named = await claimantsOf(context, guesses(q));
  // A visitor's id leads to the person it lives in, which may have another name.
  const visitors = isVisitorId(q) ? [q, ...named] : named;
  const led = search.cursor === undefined ? await linesOf(context, visitors, stage) : [];
  const first = led.filter(isNext);
  if (!ID_START.test(q)) return { people: first, cursor: null };
  const rest = await listed(context, search, q);
  const known = new Set(first.map(({ id }) => id));
  return {
    people: [...first, ...rest.people.filter(({ id }) => !known.has(id))],
    cursor: rest.cursor,
  };
}

async function listed(
  context: Context,
  { stage, next, cursor, limit }: PeopleSearch,
  prefix?: string,
): Promise<PeopleFound> {
  const page = await listPeople(context.db, {
    limit,
    ...(prefix === undefined ? {} : { prefix }),
    ...(stage === undefined ? {} : { stage }),
    ...(next === undefined ? {} : { next }),
    ...(cursor === undefined ? {} : { cursor }),
  });
  return { people: page.people.map(lineOfRow), cursor: page.cursor };
}

const lineOfRow = ({ id, stage, lastSeen, visitors, next }: ListedPerson): PersonLine => ({
  id,
  stage,
  lastSeen: iso(lastSeen),
  visitors,
  next,
});

/** The persons these visitors live in now, each once. */
async function linesOf(
  context: Context,
  visitors: readonly VisitorId[],
  stage: Stage | undefined,
  isMeant: (view: PersonView) => boolean = () => true,
): Promise<PersonLine[]> {
  const views = await Promise.all(
    visitors.slice(0, CLAIMANTS).map((visitor) => findPerson(context, visitor)),
  );
  const persons = new Map(views.filter((view) => view !== null).map((view) => [view.id, view]));
  const wanted = [...persons.values()].filter(
    (view) => isMeant(view) && (stage === undefined || stageOf(view.visitors) === stage),
  );
  return Promise.all(wanted.map((view) => lineOf(context, view)));
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
  const answer = await context.people.next(
    {
      visitor: bestKnown(view).id,
      slot,
      now: context.now,
      catalogue: await context.catalogue(),
      learned: await context.learned(),
      give: false,
    },
    view.id,
  );
  if (answer.at === "home") return answer.value;
  throw new Problem("not_found", "there is nobody of this id");
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
    cursor: asked(request, "cursor"),
    limit: pageSize(request),
  });
  if (identifier ?? q) isAbout(request, idsOf(found));
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
