/** `POST /_u/api/merges/{id}/undo`: takes one merge back, so that one person becomes two again. */
import * as v from "valibot";
import { components, type Edge } from "../../domain/identity/evidence.ts";
import { type MergeId, type VisitorId, visitorIn } from "../../domain/ids.ts";
import type {
  PersonView,
  UndoRequest as CutRequest,
  VisitorView,
} from "../../domain/person/calls.ts";
import { Problem } from "../../domain/problem.ts";
import { isAbout } from "../audit.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { readBody } from "./input.ts";
import { changesOf, describeSide, type MergeOutcome } from "./merges.ts";
import { findPerson, loadPerson } from "./person.ts";
import { until } from "./waiting.ts";
import { reasonIn, Why } from "./why.ts";

export const UndoRequest = v.optional(
  v.strictObject({ dryRun: v.optional(v.boolean(), false), why: Why }),
  {},
);
export type UndoRequest = v.InferOutput<typeof UndoRequest>;

/**
 * The two persons that an undo leaves, the one that keeps the name first.
 * @throws Problem `not_found` for a merge there isn't; `unavailable` when the person is still moving.
 */
export async function undoMerge(
  context: Context,
  id: string,
  { dryRun, why }: v.InferOutput<typeof UndoRequest>,
  by: string,
): Promise<MergeOutcome> {
  const merge = id as MergeId;
  const visitor = visitorIn(id);
  if (!visitor) throw noMerge();
  const view = await findPerson(context, visitor);
  const edge = view?.edges.find((each) => each.id === merge);
  if (!view || !edge) return repeated(context, view, merge);
  const [staying, leaving] = sidesWithout(view, edge);
  // The side that leaves lives where its own oldest visitor first lived.
  const home = oldest(leaving).id;
  const sides = await Promise.all([
    describeSide(context, view.id, staying),
    describeSide(context, home, leaving),
  ]);
  const people = [view.id, home];
  const changes = changesOf(leaving, view.id, home);
  if (dryRun) return { merge, people, changes, sides };
  await cut(context, { visitor, merge, by, now: context.now, ...reasonIn({ why }) });
  const settled = await until(() => apart(context, edge));
  if (settled === null)
    throw new Problem("unavailable", "the merge is undone, and both sides are still parting", {
      retryAfter: 2,
    });
  return { merge, people, changes, sides };
}

const noMerge = (): Problem => new Problem("not_found", "there is no merge of this id");

/** An undo that was done before is answered with what there is. */
async function repeated(
  context: Context,
  view: PersonView | null,
  merge: MergeId,
): Promise<MergeOutcome> {
  const undone = view?.undone.find((each) => each.id === merge);
  if (!undone) throw noMerge();
  const [a, b] = await Promise.all([loadPerson(context, undone.a), loadPerson(context, undone.b)]);
  return { merge, people: [...new Set([a.id, b.id])], changes: [], sides: [] };
}

function sidesWithout(view: PersonView, edge: Edge): [VisitorView[], VisitorView[]] {
  const rest = view.edges.filter((other) => other.id !== edge.id);
  const byId = new Map(view.visitors.map((visitor) => [visitor.id, visitor]));
  const age = (id: VisitorId): number => byId.get(id)?.created ?? 0;
  const [first = [], second = []] = components(
    byId.keys(),
    rest,
    (a, b) => age(a) - age(b) || (a < b ? -1 : 1),
  ).map((ids) => ids.map((id) => byId.get(id)).filter((visitor) => visitor !== undefined));
  return [first, second];
}

function oldest(visitors: readonly VisitorView[]): VisitorView {
  const [first] = visitors;
  if (!first) throw noMerge();
  return first;
}

/** A person that is moving takes no other change; it is asked again. */
async function cut(context: Context, request: CutRequest): Promise<void> {
  const done = await until(async () => {
    const answer = await context.people.undo(request);
    if (answer.at !== "home") throw noMerge();
    const { value } = answer;
    // Gone after it was there: somebody else, or an answer that was lost, has undone it.
    return value.done || value.why === "gone" ? value : null;
  });
  if (done === null)
    throw new Problem("unavailable", "this person is being moved; try again", { retryAfter: 2 });
}

/** True once both ends live in objects of their own. */
async function apart(context: Context, edge: Edge): Promise<true | null> {
  const [a, b] = await Promise.all([loadPerson(context, edge.a), loadPerson(context, edge.b)]);
  return a.id === b.id ? null : true;
}

export const postUndo = forRole("officer", async (request, context, role) => {
  const wanted = await readBody(request, UndoRequest);
  const outcome = await undoMerge(context, request.params["id"] ?? "", wanted, role);
  isAbout(request, outcome.people);
  return json(outcome);
});
