/** `POST /_u/api/merges`: an officer joins two persons. The merge policy is asked first, as the objects will ask it again. */
import * as v from "valibot";
import type { Evidence, Inferred } from "../../domain/identity/evidence.ts";
import { isSaidTwoSince } from "../../domain/identity/history.ts";
import { decideMerge, type Side, type VisitorFacts } from "../../domain/identity/policy.ts";
import { factsOf } from "../../domain/identity/view-facts.ts";
import { isVisitorId, type MergeId, type PersonId, type VisitorId } from "../../domain/ids.ts";
import type { PersonView, VisitorView } from "../../domain/person/calls.ts";
import { Problem } from "../../domain/problem.ts";
import { isOne } from "../../domain/suggestion/eligible.ts";
import { isAbout } from "../audit.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { readBody } from "./input.ts";
import { identifiersOf, loadPerson, summaryOf } from "./person.ts";
import { until } from "./waiting.ts";
import { reasonIn, Why } from "./why.ts";

const Id = v.pipe(
  v.string(),
  v.check(isVisitorId, "must be the id of a person or a visitor"),
  v.transform((id) => id as VisitorId),
);

export const MergeRequest = v.strictObject({
  a: Id,
  b: Id,
  dryRun: v.optional(v.boolean(), false),
  /** Joins them although the merge policy refuses. */
  force: v.optional(v.boolean(), false),
  why: Why,
});
export type MergeRequest = v.InferOutput<typeof MergeRequest>;

/** One of the two persons there are before a merge or after an undo. */
export interface SideAnswer {
  person: PersonId;
  visitors: VisitorId[];
  identifiers: { kind: string; value: string | null; assurance: string }[];
  events: number;
}

/** A visitor that is with another person than before. */
export interface Change {
  visitor: VisitorId;
  from: PersonId;
  to: PersonId;
}

export interface MergeOutcome {
  /** Null in a dry run, and where they were one already for another reason. */
  merge: MergeId | null;
  /** The ids of the persons there are then. */
  people: PersonId[];
  changes: Change[];
  /** Both persons as they are apart. */
  sides: SideAnswer[];
}

/** A merge as it is asked for; `inferred` where it is because of a probable match. */
export interface WantedMerge extends MergeRequest {
  inferred?: Inferred;
}

/** @throws Problem `not_found`; `conflict` where the merge policy refuses and `force` wasn't set; `unavailable`. */
export async function mergePeople(
  context: Context,
  request: WantedMerge,
  by: string,
): Promise<MergeOutcome> {
  const [a, b] = await Promise.all([
    loadPerson(context, request.a),
    loadPerson(context, request.b),
  ]);
  if (isOne(a, request.b)) {
    const merge = edgeBetween(a, request.a, request.b);
    return { merge, people: [a.id], changes: [], sides: [] };
  }
  await refuseByPolicy(context, request, by, a, b);
  const outcome = await expected(context, a, b);
  if (request.dryRun) return outcome;
  const command = crypto.randomUUID();
  await context.people.link({
    visitor: request.a,
    with: request.b,
    command,
    by,
    force: request.force,
    now: context.now,
    ...(request.inferred ? { inferred: request.inferred } : {}),
    ...reasonIn(request),
  });
  const merged = await until(async () => {
    const view = await loadPerson(context, request.a);
    return isOne(view, request.b) ? view : null;
  });
  if (merged === null) {
    const [nowA, nowB] = await Promise.all([
      loadPerson(context, request.a),
      loadPerson(context, request.b),
    ]);
    await refuseByPolicy(context, request, by, nowA, nowB);
    if (isSaidTwoSince(context.now, toldOf(nowA), toldOf(nowB)))
      throw new Problem("conflict", "somebody said meanwhile that these are two");
    throw new Problem("unavailable", "the merge is under way but not done; look again soon", {
      retryAfter: 2,
    });
  }
  const edge = merged.edges.find(
    ({ evidence }) => evidence.kind === "command" && evidence.id === command,
  );
  const moved = [a, b].filter((side) => side.id !== merged.id);
  return {
    merge: edge?.id ?? edgeBetween(merged, request.a, request.b),
    people: [merged.id],
    changes: moved.flatMap((side) => changesOf(side.visitors, side.id, merged.id)),
    sides: outcome.sides,
  };
}

const toldOf = ({ visitors, history }: PersonView) =>
  visitors.map(({ id, separate }) => ({ id, separate, ...(history ? { history } : {}) }));

const edgeBetween = (view: PersonView, a: VisitorId, b: VisitorId): MergeId | null =>
  view.edges.find((edge) => (edge.a === a && edge.b === b) || (edge.a === b && edge.b === a))?.id ??
  null;

async function refuseByPolicy(
  context: Context,
  request: WantedMerge,
  by: string,
  a: PersonView,
  b: PersonView,
): Promise<void> {
  const { force, inferred } = request;
  const evidence: Evidence = { kind: "command", id: "", by, force, ...(inferred && { inferred }) };
  const rules = await context.mergeRules();
  const verdict = decideMerge(evidence, sideOf(a, request.a), sideOf(b, request.b), rules);
  if (verdict.verdict !== "merge") throw new Problem("conflict", verdict.because);
}

function sideOf(view: PersonView, at: VisitorId): Side {
  const visitors = view.visitors.map(withoutSevered);
  const found = visitors.find(({ id }) => id === at);
  if (!found) throw new Problem("not_found", "there is nobody of this id");
  return { at: found, visitors };
}

/** What was severed stays with the objects: it concerns evidence of machines, and here a human decides. */
const withoutSevered = (visitor: VisitorView): VisitorFacts => ({ ...known(visitor), severed: {} });

export const known = factsOf;

/** The younger person moves to the older one. */
async function expected(context: Context, a: PersonView, b: PersonView): Promise<MergeOutcome> {
  const [older, younger] = isOlder(a, b) ? [a, b] : [b, a];
  return {
    merge: null,
    people: [older.id],
    changes: changesOf(younger.visitors, younger.id, older.id),
    sides: await Promise.all(
      [older, younger].map((side) => describeSide(context, side.id, side.visitors)),
    ),
  };
}

/** By when the visitor was made that gave the person its name, then by that name. */
function isOlder(a: PersonView, b: PersonView): boolean {
  const [x, y] = [createdOf(a), createdOf(b)];
  return x !== y ? x < y : a.id < b.id;
}

const createdOf = ({ id, visitors }: PersonView): number =>
  visitors.find((visitor) => visitor.id === id)?.created ??
  Math.min(...visitors.map(({ created }) => created));

export const changesOf = (
  visitors: readonly VisitorView[],
  from: PersonId,
  to: PersonId,
): Change[] => visitors.map(({ id }) => ({ visitor: id, from, to }));

export async function describeSide(
  context: Context,
  person: PersonId,
  visitors: readonly VisitorView[],
): Promise<SideAnswer> {
  const identifiers = await identifiersOf(context, visitors);
  return {
    person,
    visitors: visitors.map(({ id }) => id),
    identifiers: identifiers
      .filter(({ state }) => state !== "refused")
      .map(({ kind, value, assurance }) => ({ kind, value, assurance })),
    events: summaryOf(visitors).events,
  };
}

export const postMerge = forRole("officer", async (request, context, role) => {
  const wanted = await readBody(request, MergeRequest);
  isAbout(request, [wanted.a, wanted.b]);
  return json(await mergePeople(context, wanted, role));
});
