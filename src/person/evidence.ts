/** Settling evidence: what became of a claim or of a human's wish to join, in the visitor's own document. */
import type { Evidence } from "../domain/identity/evidence.ts";
import type { VisitorId } from "../domain/ids.ts";
import type { Transactor } from "./transactor.ts";

export function settleEvidence(
  tx: Transactor,
  visitor: VisitorId,
  evidence: Evidence,
  state: "settled" | "kept" | "refused",
  reason?: string,
): void {
  const doc = tx.visitors.get(visitor);
  if (!doc) return;
  if (evidence.kind === "command") {
    if (!doc.links[evidence.id]) return;
    delete doc.links[evidence.id];
    tx.changed(doc);
    return;
  }
  const claim = doc.claims[evidence.identifier];
  if (!claim || (claim.state === state && claim.reason === reason)) return;
  const { reason: _, ...rest } = claim;
  doc.claims[evidence.identifier] = { ...rest, state, ...(reason ? { reason } : {}) };
  tx.changed(doc);
}
