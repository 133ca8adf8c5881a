/** One merge as the API tells it: who, when, on what evidence, by whom, and what became of it. */
import { type Edge, severedKey, type UndoneEdge } from "../../domain/identity/evidence.ts";
import { undoneBecause, whyOf } from "../../domain/identity/reasons.ts";
import type { IdentifierKey, MergeId, VisitorId } from "../../domain/ids.ts";
import type { VisitorView } from "../../domain/person/calls.ts";
import { iso } from "./input.ts";
import type { IdentifierAnswer } from "./person.ts";

/** Which identifier both said; null when a human decided, or the one who said it is no longer with this person. */
export type MergeEvidence = Pick<IdentifierAnswer, "kind" | "value"> | null;

export interface MergeAnswer {
  id: MergeId;
  visitors: [VisitorId, VisitorId];
  because: string;
  /** What a human gave as the reason. */
  why: string | null;
  identifier: MergeEvidence;
  at: string;
  by: string;
  /** Version of the merge rules under which it was made. */
  rules: number;
  /** Where it rests on what is probable alone: how probable. `by` is `policy` where nobody was asked. */
  probability: number | null;
  /** The suggestion that it was made on. */
  suggestion: string | null;
  undone: UndoneAnswer | null;
}

export interface UndoneAnswer {
  at: string;
  by: string;
  because: string;
  /** The identifier that joined them doesn't join them again until a human does. */
  severed: boolean;
}

/** `visitors`: those of the person who is asked about. */
export function describeMerge(
  edge: Edge | UndoneEdge,
  known: ReadonlyMap<IdentifierKey, IdentifierAnswer>,
  visitors: readonly VisitorView[],
): MergeAnswer {
  const { evidence } = edge;
  const said = evidence.kind === "claim" ? known.get(evidence.identifier) : undefined;
  const inferred = evidence.kind === "command" ? evidence.inferred : undefined;
  return {
    id: edge.id,
    visitors: [edge.a, edge.b],
    because: edge.because,
    why: whyOf(evidence),
    identifier: said ? { kind: said.kind, value: said.value } : null,
    at: iso(edge.at),
    by: edge.by,
    rules: edge.rules,
    probability: inferred?.probability ?? null,
    suggestion: inferred?.suggestion ?? null,
    undone: "undone" in edge ? describeUndone(edge, visitors) : null,
  };
}

function describeUndone(edge: UndoneEdge, visitors: readonly VisitorView[]): UndoneAnswer {
  const { a, b, evidence, undone } = edge;
  const isSevered = (here: VisitorId, there: VisitorId): boolean =>
    evidence.kind === "claim" &&
    visitors.some(
      ({ id, severed }) =>
        id === here && severed[severedKey(evidence.identifier, there)] !== undefined,
    );
  return {
    at: iso(undone.at),
    by: undone.by,
    because: undoneBecause(edge),
    severed: isSevered(a, b) || isSevered(b, a),
  };
}
