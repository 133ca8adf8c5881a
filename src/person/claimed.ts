/**
 * What the index answered to a claim: who said the same before is met one after the other, surest first, until one is
 * joined or nobody is left.
 */
import { askable } from "../domain/identity/crowds.ts";
import type { Evidence } from "../domain/identity/evidence.ts";
import type { MergeRules } from "../domain/identity/rules.ts";
import { ended, isTurnedDownBy } from "../domain/identity/turned-down.ts";
import type { IdentifierKey, Millis } from "../domain/ids.ts";
import type { Claimant, ClaimAnswer, WaitingClaim } from "../domain/ports.ts";
import { hashId } from "./cold.ts";
import type { VisitorDoc } from "./documents.ts";
import { settleEvidence, settleQuietly } from "./evidence.ts";
import { found, isOpen, type MeetRequest } from "./merge.ts";
import type { Transactor } from "./transactor.ts";

/** An anonymous id comes with the first event of nearly everybody and joins hardly anyone: it waits for the outbox. */
export const isUrgent = (kind: string): boolean => kind !== "anonymous_id";

/** Whom to meet now that the index has answered, if anybody. */
export function claimed(
  tx: Transactor,
  call: Pick<WaitingClaim, "visitor" | "identifier">,
  answer: ClaimAnswer,
  { rules, now }: { rules: MergeRules; now: Millis },
): MeetRequest | null {
  const doc = tx.visitors.get(call.visitor);
  const evidence: Evidence = { kind: "claim", identifier: call.identifier };
  // Erased in D1 means that the erasure of this visitor is on its way here, or has been.
  const claim = doc?.claims[call.identifier];
  if (!doc || !claim || "erased" in answer || tx.isHeld || !isOpen(doc, evidence)) return null;
  const claimants = askable(answer, claim.assurance === "verified", rules);
  if (!claimants) {
    settleEvidence(tx, doc.id, evidence, "refused", "quarantined");
    return null;
  }
  for (const { visitor } of claimants) {
    if (isTurnedDownBy(doc.claims[call.identifier] ?? claim, hashId(visitor))) continue;
    const next = found(tx, doc, evidence, visitor, now);
    if (next.ask === "meet") return next.request;
    if (next.ask === "nobody" || !isOpen(doc, evidence)) return null;
  }
  askedAll(tx, doc, call.identifier, claimants);
  return null;
}

/** Nobody is left who might be asked: what is proved, and wasn't by anybody before, stands whoever else says it. */
function askedAll(
  tx: Transactor,
  doc: VisitorDoc,
  identifier: IdentifierKey,
  claimants: readonly Claimant[],
): void {
  const claim = doc.claims[identifier];
  if (!claim) return;
  if (!isUrgent(claim.kind)) return settleQuietly(tx, doc.id, identifier);
  const isFirst = claim.assurance === "verified" && !claimants.some(({ proven }) => proven);
  const isShared = tx
    .companions(doc.id)
    .some((companion) => companion.id !== doc.id && companion.claims[identifier]);
  if (isFirst || isShared)
    return settleEvidence(tx, doc.id, { kind: "claim", identifier }, "settled");
  doc.claims[identifier] = ended(claim);
  tx.changed(doc);
}
