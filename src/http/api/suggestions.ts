/** Probable matches: who may be one person, and why. */
import type { DeviceType } from "../../domain/event.ts";
import type { Evidence, Inferred } from "../../domain/identity/evidence.ts";
import { decideMerge, type Verdict } from "../../domain/identity/policy.ts";
import { sideOf } from "../../domain/identity/view-facts.ts";
import type { PersonId, VisitorId } from "../../domain/ids.ts";
import type { WaterfallStep } from "../../domain/matching/index.ts";
import type { PersonView, VisitorView } from "../../domain/person/calls.ts";
import type { Stage } from "../../domain/person/stage.ts";
import { Problem } from "../../domain/problem.ts";
import { summarise } from "../../domain/slice/summary.ts";
import { type Difference, differencesOf } from "../../domain/suggestion/differences.ts";
import {
  areKeptApart,
  isComparable,
  isOne,
  pairIn,
  suggestionId,
} from "../../domain/suggestion/eligible.ts";
import { stepInWords } from "../../domain/suggestion/words.ts";
import {
  decidedBetween,
  findSuggestion,
  listSuggestions,
  type Suggestion,
  type SuggestionBasis,
  SUGGESTION_STATES,
  type SuggestionState,
} from "../../d1/suggestions.ts";
import { edgeOf } from "../../suggest/automatic.ts";
import { openFacts } from "../../suggest/facts.ts";
import { isAbout } from "../audit.ts";
import { forRole } from "../auth.ts";
import type { Call, Context } from "../context.ts";
import { json } from "../respond.ts";
import { asked, iso, pageSize } from "./input.ts";
import { findPerson, stageOf } from "./person.ts";

export interface SuggestedPerson {
  id: PersonId;
  /** Whose facts were compared. */
  visitor: VisitorId;
  origin: VisitorView["origin"];
  /** Type of its device; null for a record of none. */
  device: DeviceType | null;
  stage: Stage;
  visitors: number;
}

export interface SuggestionAnswer {
  id: string;
  state: SuggestionState;
  /** `facts`: what they said of themselves; `devices`: the networks at which their devices are seen. */
  basis: SuggestionBasis;
  at: string;
  probability: number;
  /** Match weight in bits: the sum of what the reasons add. */
  score: number;
  /** The waterfall: what each field adds, and why in words. */
  reasons: WaterfallStep[];
  people: [SuggestedPerson, SuggestedPerson];
  /** What they said of themselves, side by side; what is the same is masked. */
  facts: Difference[];
  /** What the merge policy says to joining them now. */
  policy: { joins: boolean; because: string };
  decided: { at: string; by: string; why: string; merge: string | null } | null;
}

/** Null where there is nothing to decide any more: one is gone, or they are one, or are kept apart by now. */
async function answerOf(
  context: Context,
  suggestion: Suggestion,
): Promise<SuggestionAnswer | null> {
  const { a, b, state } = suggestion;
  const [left, right] = await Promise.all([findPerson(context, a), findPerson(context, b)]);
  const [x, y] = [visitorIn(left, a), visitorIn(right, b)];
  if (!left || !right || !x || !y) return null;
  if (state === "open" && !(await stands(context, suggestion, [left, x], [right, y]))) return null;
  const rules = await context.mergeRules();
  const facts = await Promise.all([openFacts(context, x, rules), openFacts(context, y, rules)]);
  const verdict = await verdictOf(context, suggestion, left, right);
  return {
    id: suggestionId(a, b),
    state,
    basis: suggestion.basis,
    at: iso(suggestion.at),
    probability: suggestion.probability,
    score: suggestion.weight / 1000,
    reasons: suggestion.steps.map(stepInWords),
    people: [suggested(left, x), suggested(right, y)],
    facts: differencesOf(...facts),
    policy: { joins: verdict.verdict === "merge", because: verdict.because },
    decided: decidedOf(suggestion, left),
  };
}

const visitorIn = (view: PersonView | null, id: VisitorId): VisitorView | undefined =>
  view?.visitors.find((visitor) => visitor.id === id);

/** Whether it may still be suggested: consent and what humans said since are asked each time it is shown. */
async function stands(
  context: Context,
  { basis }: Suggestion,
  [left, x]: [PersonView, VisitorView],
  [right, y]: [PersonView, VisitorView],
): Promise<boolean> {
  const rules = await context.mergeRules();
  const areSeen = x.sightings && y.sightings && rules.probable.devices === "suggest";
  if (basis === "devices" && !areSeen) return false;
  if (!isComparable(x, rules) || !isComparable(y, rules)) return false;
  if (isOne(left, y.id) || areKeptApart(left, right)) return false;
  const ids = (view: PersonView): VisitorId[] => view.visitors.map(({ id }) => id);
  return (await decidedBetween(context.db, ids(left), ids(right))).length === 0;
}

async function verdictOf(
  context: Context,
  suggestion: Suggestion,
  left: PersonView,
  right: PersonView,
): Promise<Verdict> {
  const { a, b } = suggestion;
  if (isOne(left, b)) return { verdict: "merge", because: "they are one person" };
  const inferred = inferredFrom(suggestion);
  const evidence: Evidence = { kind: "command", id: "", by: "officer", force: false, inferred };
  const side = (view: PersonView, at: VisitorId) => sideOf(view, at) ?? unknown();
  return decideMerge(evidence, side(left, a), side(right, b), await context.mergeRules());
}

/** As evidence of a merge. */
export const inferredFrom = ({ a, b, probability, basis }: Suggestion): Inferred => ({
  suggestion: suggestionId(a, b),
  probability,
  ...(basis === "devices" ? { basis } : {}),
});

export const unknown = (): never => {
  throw new Problem("not_found", "there is no suggestion of this id");
};

const suggested = (view: PersonView, visitor: VisitorView): SuggestedPerson => ({
  id: view.id,
  visitor: visitor.id,
  origin: visitor.origin,
  device: summarise({ [visitor.id]: visitor.slice }).devices[0]?.type ?? null,
  stage: stageOf(view.visitors),
  visitors: view.visitors.length,
});

function decidedOf(
  { a, b, decidedAt, decidedBy, why, merge }: Suggestion,
  view: PersonView,
): SuggestionAnswer["decided"] {
  if (decidedAt === null || decidedBy === null) return null;
  const edge = edgeOf(view, suggestionId(a, b));
  return {
    at: iso(decidedAt),
    by: decidedBy,
    why: why ?? "",
    merge: merge ?? edge?.id ?? null,
  };
}

export interface SuggestionsPage {
  suggestions: SuggestionAnswer[];
  cursor: string | null;
}

/** The surest first; of one pair of people only the surest. A page may hold fewer than asked for. */
export async function suggestionsPage(
  context: Context,
  query: { state: SuggestionState; limit: number; cursor?: string | undefined },
): Promise<SuggestionsPage> {
  const { probable } = await context.mergeRules();
  const least = query.state === "open" ? probable.suggestFrom : 0;
  const page = await listSuggestions(context.db, { ...query, least });
  const answers = await Promise.all(page.suggestions.map((each) => answerOf(context, each)));
  const shown = new Map<string, SuggestionAnswer>();
  for (const answer of answers) {
    if (!answer) continue;
    const pair = answer.people
      .map(({ id }) => id)
      .toSorted()
      .join(" ");
    const key = query.state === "open" ? pair : answer.id;
    if (!shown.has(key)) shown.set(key, answer);
  }
  return { suggestions: [...shown.values()], cursor: page.cursor };
}

/** @throws Problem `not_found` */
export async function loadSuggestion(context: Context, id: string): Promise<SuggestionAnswer> {
  return (await answerOf(context, await stored(context, id))) ?? unknown();
}

export async function stored(context: Context, id: string): Promise<Suggestion> {
  const pair = pairIn(id);
  return (pair && (await findSuggestion(context.db, pair))) ?? unknown();
}

/** @throws Problem `invalid` at `state`. */
export function readState(text: string | undefined): SuggestionState {
  if (text === undefined) return "open";
  const state = SUGGESTION_STATES.find((each) => each === text);
  if (state) return state;
  throw new Problem("invalid", `must be one of ${SUGGESTION_STATES.join(", ")}`, { path: "state" });
}

/** Each is two calls to objects and two to the key store. */
const PAGE_MOST = 100;

export const getSuggestions = forRole("officer", async (request, context) => {
  const found = await suggestionsPage(context, {
    state: readState(asked(request, "state")),
    limit: Math.min(pageSize(request), PAGE_MOST),
    cursor: asked(request, "cursor"),
  });
  isAbout(request, personsIn(found));
  return json(found);
});

/** Whom a page of suggestions names. */
export const personsIn = ({ suggestions }: Pick<SuggestionsPage, "suggestions">): VisitorId[] =>
  suggestions.flatMap(({ id }) => pairIn(id) ?? []);

/** For the audit: which two it is about. */
export function suggestionIn(request: Call): string {
  const id = request.params["id"] ?? "";
  isAbout(request, pairIn(id) ?? []);
  return id;
}

export const getSuggestion = forRole("officer", async (request, context) =>
  json(await loadSuggestion(context, suggestionIn(request))),
);
