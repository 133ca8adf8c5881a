/** Everything that was decided about who a person is, newest first: who, when, why, on what evidence. */
import { type Claim, namesDevice } from "../../domain/identity/claims.ts";
import type { Edge } from "../../domain/identity/evidence.ts";
import type { HistoryOp } from "../../domain/identity/history.ts";
import { nameOf } from "../../domain/identity/policy.ts";
import {
  evidenceWords,
  mergedBecause,
  undoneBecause,
  undoneEvidence,
} from "../../domain/identity/reasons.ts";
import { isDisowned } from "../../domain/identity/turned-down.ts";
import type { MergeId, VisitorId } from "../../domain/ids.ts";
import type { PersonView } from "../../domain/person/calls.ts";
import { iso } from "./input.ts";

/**
 * `link`: an identifier was noted and joined nobody; `refuse`: it is somebody else's. Both by the merge policy, as they
 * stand now.
 */
export type HistoryLineOp = "merge" | "undo" | "link" | "refuse" | HistoryOp;

export interface HistoryLine {
  op: HistoryLineOp;
  at: string;
  /** `policy`, or the role of who decided. */
  by: string;
  because: string;
  /** A kind of identifier in words, `human`, or `inferred` with its probability. */
  evidence: string;
  /** Whom it concerns; the second may be with somebody else now. */
  visitors: VisitorId[];
  /** The merge that it made or took back. */
  merge: MergeId | null;
}

export function historyOf(view: PersonView): HistoryLine[] {
  const edges: Edge[] = [...view.edges, ...view.undone];
  const lines: HistoryLine[] = [
    ...edges.map((edge) => ({
      op: "merge" as const,
      at: iso(edge.at),
      by: edge.by,
      because: mergedBecause(edge),
      evidence: evidenceWords(edge.evidence),
      visitors: [edge.a, edge.b],
      merge: edge.id,
    })),
    ...view.undone.map((edge) => ({
      op: "undo" as const,
      at: iso(edge.undone.at),
      by: edge.undone.by,
      because: undoneBecause(edge),
      evidence: undoneEvidence(edge),
      visitors: [edge.a, edge.b],
      merge: edge.id,
    })),
    ...view.visitors.flatMap(({ id, claims }) =>
      claims.filter(isApart).map((claim) => ({
        op: claim.state === "kept" ? ("link" as const) : ("refuse" as const),
        at: iso(claim.at),
        by: "policy",
        because: claim.reason ?? "",
        evidence: nameOf(claim.key),
        visitors: [id],
        merge: null,
      })),
    ),
    ...(view.history ?? []).map(({ op, at, by, because, evidence, other }) => ({
      op,
      at: iso(at),
      by,
      because,
      evidence,
      visitors: other === null ? [] : [other],
      merge: null,
    })),
  ];
  // Times are all of one form, so they sort as texts.
  return lines.toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}

/** By the policy: what a human decided has a line of its own. */
const isApart = (claim: Claim): boolean =>
  !namesDevice(claim.kind) &&
  (claim.state === "kept" || claim.state === "refused") &&
  !isDisowned(claim);
