import { expect, test } from "vitest";
import { CUT_REASONS, type Edge, type UndoneEdge } from "../../../src/domain/identity/evidence.ts";
import {
  mergedBecause,
  undoneBecause,
  undoneEvidence,
} from "../../../src/domain/identity/reasons.ts";
import type { IdentifierKey, MergeId, VisitorId } from "../../../src/domain/ids.ts";
import { historyOf } from "../../../src/http/api/history.ts";
import type { PersonView } from "../../../src/domain/person/calls.ts";

const edge: Edge = {
  id: "m" as MergeId,
  a: "a" as VisitorId,
  b: "b" as VisitorId,
  evidence: { kind: "claim", identifier: "email:x" as IdentifierKey },
  at: 1,
  by: "policy",
  because: "both said the same e-mail address",
  rules: 1,
  finder: "a" as VisitorId,
};
const undone = (by: string, more: Partial<UndoneEdge["undone"]> = {}): UndoneEdge => ({
  ...edge,
  undone: { at: 2, by, ...more },
});

test("each reason for which the policy parts people has words and evidence of its own", () => {
  const words = CUT_REASONS.map((reason) => undoneBecause(undone("policy", { reason })));
  const evidence = CUT_REASONS.map((reason) => undoneEvidence(undone("policy", { reason })));
  expect(new Set(words).size).toBe(CUT_REASONS.length);
  expect(new Set(evidence).size).toBe(CUT_REASONS.length);
  expect(undoneEvidence(undone("policy", { reason: "proved" }))).toBe("a proven sign-in");
  expect(undoneBecause(undone("policy", { reason: "corrected" }))).not.toContain("proved");
});

test("a split of which no reason was kept claims none", () => {
  expect(undoneBecause(undone("policy"))).toBe("the merge policy took the merge back");
  expect(undoneEvidence(undone("policy"))).toBe("e-mail address");
});

test("what an officer gives as the reason stands behind what was done, in the history, too", () => {
  const evidence = {
    kind: "command",
    id: "c",
    by: "officer",
    force: true,
    why: "same card",
  } as const;
  const merged = { ...edge, by: "officer", because: "officer decided it", evidence };
  expect(mergedBecause(merged)).toBe("officer decided it: same card");
  const view = {
    visitors: [],
    edges: [],
    undone: [{ ...merged, undone: { at: 2, by: "officer", why: "twins" } }],
  };
  expect(historyOf(view as unknown as PersonView)).toMatchObject([
    { op: "undo", because: "the merge was taken back: twins", evidence: "human" },
    { op: "merge", because: "officer decided it: same card", evidence: "human" },
  ]);
});
