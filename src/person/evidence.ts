/** Settling evidence: what became of a claim or of a human's wish to join, in the visitor's own document. */
import type { Evidence } from "../domain/identity/evidence.ts";
import type { IdentifierKey, VisitorId } from "../domain/ids.ts";
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
  // The owner's own claim stands; it is the other side's that was turned down.
  if (state !== "settled" && claim.state !== "waiting") return;
  const { reason: _, ...rest } = claim;
  doc.claims[evidence.identifier] = { ...rest, state, ...(reason ? { reason } : {}) };
  tx.changed(doc);
}

/**
 * The index names this visitor itself as the owner of an anonymous id, as it nearly always does. That isn't worth a write of
 * its own: the next one carries it, and until then asking again costs the index nothing.
 */
export function settleQuietly(tx: Transactor, visitor: VisitorId, identifier: IdentifierKey): void {
  const doc = tx.visitors.get(visitor);
  const claim = doc?.claims[identifier];
  if (!doc || !claim) return;
  const { reason: _, ...rest } = claim;
  doc.claims[identifier] = { ...rest, state: "settled" };
}
