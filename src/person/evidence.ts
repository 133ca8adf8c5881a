/** Settling evidence: what became of a claim or of a human's wish to join, in the visitor's own document. */
import type { Evidence } from "../domain/identity/evidence.ts";
import type { Claim } from "../domain/identity/claims.ts";
import { turnDown } from "../domain/identity/turned-down.ts";
import type { IdentifierKey, VisitorId } from "../domain/ids.ts";
import { hashId } from "./cold.ts";
import type { VisitorDoc } from "./documents.ts";
import type { PersonReader } from "./reader.ts";
import type { Transactor } from "./transactor.ts";

export function settleEvidence(
  tx: Transactor,
  visitor: VisitorId,
  evidence: Evidence,
  state: "settled" | "refused",
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

/** Somebody who says the same couldn't be joined with this visitor for want of consent: theirs is to be asked for, too. */
export function noteShared(tx: Transactor, visitor: VisitorId, identifier: IdentifierKey): void {
  const doc = tx.visitors.get(visitor);
  const claim = doc?.claims[identifier];
  if (!doc || !claim || claim.shared) return;
  doc.claims[identifier] = { ...claim, shared: true };
  tx.changed(doc);
}

/**
 * Somebody who says the same found no room with this person. What both prove makes room, so they are told when somebody here
 * proves it, whoever that is.
 */
export function noteKeptOut(tx: Transactor, visitor: VisitorId, identifier: IdentifierKey): void {
  const doc = tx.visitors.get(visitor);
  const claim = doc?.claims[identifier];
  if (!doc || !claim || claim.keptOut || isProvenAt(tx, doc, identifier)) return;
  doc.claims[identifier] = { ...claim, keptOut: true };
  tx.changed(doc);
}

/** Whether somebody of this visitor's person has proved it. */
export const isProvenAt = (
  reader: PersonReader,
  { id, claims }: VisitorDoc,
  identifier: IdentifierKey,
): boolean =>
  isProven(claims[identifier]) ||
  reader.companions(id).some((companion) => isProven(companion.claims[identifier]));

const isProven = (claim: Claim | undefined): boolean =>
  claim?.assurance === "verified" && claim.state !== "refused";

/** These, of one person, won't be joined with this visitor on what it says; it may ask others who say the same. */
export function refuseEvidence(
  tx: Transactor,
  visitor: VisitorId,
  evidence: Evidence,
  reason: string,
  by: readonly VisitorId[],
): void {
  if (evidence.kind === "command") return settleEvidence(tx, visitor, evidence, "refused", reason);
  const doc = tx.visitors.get(visitor);
  const claim = doc?.claims[evidence.identifier];
  // The owner's own claim stands; it is the other side's that was turned down.
  if (!doc || claim?.state !== "waiting") return;
  const next = turnDown(claim, reason, by.map(hashId));
  if (next === claim) return;
  doc.claims[evidence.identifier] = next;
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
