/** What an officer says to a probable match: they are one person, or they are two. */
import * as v from "valibot";
import { type HistoryEntry, withReason } from "../../domain/identity/history.ts";
import type { VisitorId } from "../../domain/ids.ts";
import { Problem } from "../../domain/problem.ts";
import { isOne, pairIn, suggestionId } from "../../domain/suggestion/eligible.ts";
import { decideSuggestion, type Suggestion, type SuggestionState } from "../../d1/suggestions.ts";
import { edgeOf } from "../../suggest/automatic.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { readBody } from "./input.ts";
import { type MergeOutcome, mergePeople } from "./merges.ts";
import { findPerson } from "./person.ts";
import { inferredFrom, stored, suggestionIn, unknown } from "./suggestions.ts";

const Why = v.optional(v.pipe(v.string(), v.trim(), v.maxLength(500)));

export const ApproveRequest = v.optional(
  v.strictObject({
    why: Why,
    /** Joins them although the merge policy refuses; never without their consent. */
    force: v.optional(v.boolean(), false),
    /** Also one that was turned down, or undone; without it that is a conflict, so that of two officers at once the first is heard. */
    reconsider: v.optional(v.boolean(), false),
    dryRun: v.optional(v.boolean(), false),
  }),
  {},
);
export const RejectRequest = v.optional(v.strictObject({ why: Why }), {});

export interface Approval extends MergeOutcome {
  suggestion: string;
  state: SuggestionState;
}

/**
 * Joins the two as an officer's merge with no more than `inferred` evidence. Said again, it answers the same.
 * @throws Problem `not_found`; `conflict` where it was decided otherwise, or the merge policy refuses.
 */
export async function approveSuggestion(
  context: Context,
  id: string,
  { why, force, reconsider, dryRun }: v.InferOutput<typeof ApproveRequest> & object,
  by: string,
): Promise<Approval> {
  const suggestion = await stored(context, id);
  const { a, b, state } = suggestion;
  const view = await findPerson(context, a);
  const stands = view !== null && isOne(view, b) && state !== "open" && state !== "rejected";
  if (stands && state === "approved") {
    const merge = edgeOf(view, id)?.id ?? null;
    return { suggestion: id, state, merge, people: [view.id], changes: [], sides: [] };
  }
  if (stands || (state === "rejected" && !reconsider))
    throw new Problem("conflict", `this suggestion is ${state} already`);
  if (state !== "open" && !reconsider)
    throw new Problem("conflict", "they were joined on this suggestion, and are two again since");
  const inferred = inferredFrom(suggestion);
  const outcome = await mergePeople(context, { a, b, force, dryRun, inferred, why }, by);
  if (dryRun) return { suggestion: id, state, ...outcome };
  if (state === "rejected") await noteReversal(context, suggestion, by, why);
  const decision = { state: "approved", at: context.now, by, why: why ?? "" } as const;
  await decideSuggestion(context.db, [a, b], { ...decision, merge: outcome.merge }, reconsider);
  return { suggestion: id, state: "approved", ...outcome };
}

/**
 * They are two; it isn't suggested again. Said again, it answers the same.
 * @throws Problem `not_found`; `conflict` where they were joined on it.
 */
export async function rejectSuggestion(
  context: Context,
  id: string,
  { why }: { why?: string | undefined },
  by: string,
): Promise<{ suggestion: string; state: SuggestionState }> {
  const pair = pairIn(id) ?? unknown();
  await decideSuggestion(context.db, pair, {
    state: "rejected",
    at: context.now,
    by,
    why: why ?? "",
    merge: null,
  });
  const decided = await stored(context, id);
  if (decided.state !== "rejected")
    throw new Problem("conflict", "they were joined on this suggestion: undo that merge instead");
  // As it was first decided, so that a repetition tells both the same once more.
  await noteRejection(context, decided);
  return { suggestion: id, state: "rejected" };
}

async function noteRejection(
  { people }: Context,
  { a, b, basis, decidedAt, decidedBy, why }: Suggestion,
): Promise<void> {
  const entry = (other: VisitorId): HistoryEntry => ({
    id: suggestionId(a, b),
    op: "reject",
    at: decidedAt ?? 0,
    by: decidedBy ?? "",
    because: withReason(
      basis === "devices"
        ? "their devices are seen at the same places, but they are two people"
        : "what they said of themselves is alike, but they are two people",
      why ?? undefined,
    ),
    evidence: "inferred",
    other,
  });
  await Promise.all([
    people.amend(a, { do: "note", entry: entry(b) }),
    people.amend(b, { do: "note", entry: entry(a) }),
  ]);
}

/** The history keeps both: that it was turned down, and that it was taken up again. */
async function noteReversal(
  { people, now }: Context,
  { a, b, decidedBy }: Suggestion,
  by: string,
  why: string | undefined,
): Promise<void> {
  const entry = (other: VisitorId): HistoryEntry => ({
    id: suggestionId(a, b),
    op: "approve",
    at: now,
    by,
    because: withReason(`they are one person after all, though the ${decidedBy} had said two`, why),
    evidence: "inferred",
    other,
  });
  await Promise.all([
    people.amend(a, { do: "note", entry: entry(b) }),
    people.amend(b, { do: "note", entry: entry(a) }),
  ]);
}

export const postApprove = forRole("officer", async (request, context, role) => {
  const body = await readBody(request, ApproveRequest);
  return json(await approveSuggestion(context, suggestionIn(request), body, role));
});

export const postReject = forRole("officer", async (request, context, role) => {
  const body = await readBody(request, RejectRequest);
  return json(await rejectSuggestion(context, suggestionIn(request), body, role));
});
