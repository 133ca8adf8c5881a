/**
 * Joining without a human, where the officer's rules say from which probability on; off otherwise, and never because of
 * where devices are seen. The suggestion stays, as
 * the evidence, and the merge can be undone like any other.
 */
import { decideSuggestion, type Found } from "../d1/suggestions.ts";
import type { Edge, Evidence } from "../domain/identity/evidence.ts";
import { decideMerge } from "../domain/identity/policy.ts";
import { sideOf } from "../domain/identity/view-facts.ts";
import type { PersonView } from "../domain/person/calls.ts";
import { isOne, pairIn, suggestionId } from "../domain/suggestion/eligible.ts";
import type { Comparing } from "./compare.ts";
import type { SuggestPorts } from "./ports.ts";

export async function joinByRule(
  { ports, rules, now }: Comparing,
  { a, b, probability }: Found,
): Promise<void> {
  const { mergeFrom } = rules.probable;
  if (mergeFrom === null || probability < mergeFrom) return;
  const id = suggestionId(a, b);
  const inferred = { suggestion: id, probability };
  const [left, right] = await Promise.all([ports.people.view(a), ports.people.view(b)]);
  if (left.at !== "home" || right.at !== "home") return;
  if (isOne(left.value, b)) return noteJoined(ports, left.value, id);
  const command = `suggestion:${id}`;
  const evidence: Evidence = { kind: "command", id: command, by: "policy", force: false, inferred };
  const [x, y] = [sideOf(left.value, a), sideOf(right.value, b)];
  // What the merge policy refuses stays for the officer to look at.
  if (!x || !y || decideMerge(evidence, x, y, rules).verdict !== "merge") return;
  await ports.people.link({
    visitor: a,
    with: b,
    command,
    by: "policy",
    force: false,
    now,
    inferred,
  });
  await decideSuggestion(ports.db, [a, b], {
    state: "automatic",
    at: now,
    by: "policy",
    why: `the merge rules join from ${mergeFrom} on`,
    merge: null,
  });
}

/** They were joined on this suggestion, and whoever did so was stopped before writing that down. */
export async function noteJoined(
  { db }: Pick<SuggestPorts, "db">,
  view: PersonView,
  id: string,
): Promise<void> {
  const edge = edgeOf(view, id);
  const pair = pairIn(id);
  if (!edge || !pair) return;
  await decideSuggestion(db, pair, {
    state: edge.by === "policy" ? "automatic" : "approved",
    at: edge.at,
    by: edge.by,
    why: edge.because,
    merge: edge.id,
  });
}

/** The merge that was made on this suggestion, if it stands. */
export const edgeOf = (view: PersonView, suggestion: string): Edge | undefined =>
  view.edges.find(
    ({ evidence }) => evidence.kind === "command" && evidence.inferred?.suggestion === suggestion,
  );
