/** Why two were joined or parted, in words for people: what a machine found, and what a human said of it. */
import type { CutReason, Edge, Evidence, UndoneEdge } from "./evidence.ts";
import { withReason } from "./history.ts";
import { nameOf } from "./policy.ts";

/** What a human gave as the reason; null where nobody gave one, or nobody was asked. */
export const whyOf = (evidence: Evidence): string | null =>
  evidence.kind === "command" ? (evidence.why ?? null) : null;

export const mergedBecause = ({ because, evidence }: Pick<Edge, "because" | "evidence">): string =>
  withReason(because, whyOf(evidence) ?? undefined);

/** On what it was cut, and why. */
const CUTS: Readonly<Record<CutReason, { because: string; evidence: string }>> = {
  proved: {
    because:
      "somebody proved on one side that they are another user, and nobody had proved that both sides are one",
    evidence: "a proven sign-in",
  },
  strangers: {
    because:
      "one side says that it is another user, and so kept apart others who have proved that they are one",
    evidence: "what others have proved",
  },
  corrected: {
    because: "what joined them was typed again with another spelling within minutes",
    evidence: "a corrected form",
  },
  refuted: {
    because: "an address that was proved since shows that what joined them is somebody else's",
    evidence: "a proven address",
  },
  room: {
    because:
      "what joined them was only said, and made room for what is proven: a person has so many",
    evidence: "a limit of the merge rules",
  },
  disowned: {
    because: "the identifier that joined them isn't that device's",
    evidence: "human",
  },
};

/** Why a merge was taken back. Of long ago the policy's reason isn't known. */
export function undoneBecause({ undone }: Pick<UndoneEdge, "undone">): string {
  if (undone.reason) return withReason(CUTS[undone.reason].because, undone.why);
  return undone.by === "policy"
    ? "the merge policy took the merge back"
    : withReason("the merge was taken back", undone.why);
}

export function undoneEvidence({ undone, evidence }: UndoneEdge): string {
  if (undone.by !== "policy") return "human";
  return undone.reason ? CUTS[undone.reason].evidence : evidenceWords(evidence);
}

/** A kind of identifier in words, `human`, or `inferred` with its probability. */
export function evidenceWords(evidence: Evidence): string {
  if (evidence.kind === "claim") return nameOf(evidence.identifier);
  const { inferred } = evidence;
  if (!inferred) return "human";
  return `inferred, ${(Math.floor(inferred.probability * 1000) / 10).toFixed(1)} %`;
}
