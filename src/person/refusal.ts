/** A merge that the policy refused: what each side keeps of it. */
import { kindOf } from "../domain/identity/claims.ts";
import type { Edge, Evidence } from "../domain/identity/evidence.ts";
import { nameOf, type RefusalCode, type Side } from "../domain/identity/policy.ts";
import { isDisowned } from "../domain/identity/turned-down.ts";
import type { VisitorId } from "../domain/ids.ts";
import { noteKeptOut, noteShared, refuseEvidence } from "./evidence.ts";
import { find } from "./separation.ts";
import { forgetUnallowed } from "./sightings.ts";
import type { Transactor } from "./transactor.ts";

/**
 * Those of one person who say what the evidence is about; by a human's word, nobody. Where it isn't that device's, the others of
 * its person may say it with as good a right as anybody: they weren't asked.
 */
export const saying = (
  evidence: Evidence,
  { visitors }: Side,
  reason: RefusalCode,
): VisitorId[] => {
  if (evidence.kind === "command") return [];
  return visitors
    .filter(({ claims }) => {
      const claim = claims[evidence.identifier];
      return claim !== undefined && (reason !== "foreign" || isDisowned(claim));
    })
    .map(({ id }) => id);
};

/** At each side. Who found the match is turned down by those of the other side; their own claim stands. */
export function settleRefusal(
  tx: Transactor,
  edge: Edge,
  here: VisitorId,
  reason: RefusalCode | "done",
  by: readonly VisitorId[],
): void {
  const { evidence } = edge;
  if (edge.finder === here || evidence.kind === "command")
    refuseEvidence(tx, here, evidence, reason, by);
  else if (reason === "limit") noteKeptOut(tx, here, evidence.identifier);
  else if (reason === "consent") noteShared(tx, here, evidence.identifier);
  const doc = tx.visitors.get(here);
  if (doc && reason === "consent") forgetUnallowed(tx, doc, edge.at);
}

/** Where both were weighed: two personas know of each other from then on. */
export function settlePersonas(tx: Transactor, edge: Edge): void {
  const { evidence, a: other } = edge;
  const doc = tx.visitors.get(edge.b);
  if (!doc || evidence.kind === "command") return;
  find(tx, doc, other, {
    command: edge.id.slice(edge.id.lastIndexOf(".") + 1),
    entry: {
      id: edge.id,
      op: "separate",
      at: edge.at,
      by: "policy",
      because: `they said the same ${nameOf(evidence.identifier)}, and these are two personas`,
      evidence: kindOf(evidence.identifier),
      other,
    },
  });
}
