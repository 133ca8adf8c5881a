/** Consent decisions of a known visitor: remembered, and proved by a receipt in the visitor's own chain. */
import type { Millis } from "../domain/ids.ts";
import type { ConsentDecision, Receipt } from "../domain/person/consent.ts";
import type { VisitorDoc } from "./documents.ts";
import { aroundDecision } from "./match-facts.ts";
import type { Transactor } from "./transactor.ts";

export function decide(
  tx: Transactor,
  doc: VisitorDoc,
  decision: ConsentDecision,
  now: Millis,
  chained: Receipt | null,
): boolean {
  // Another decision took this place while the hash was computed: hash again.
  if (chained && chained.previous !== doc.receipts.hash) return false;
  // An answer that arrives after a newer one is proved, but doesn't replace it.
  const standing = doc.decision ? newerDecision(doc.decision, decision) : decision;
  aroundDecision(doc, now, () => {
    doc.decision = standing;
    doc.retired = keepsId(standing) ? null : (doc.retired ?? now);
  });
  if (chained) {
    doc.receipts = { seq: chained.seq, hash: chained.hash };
    doc.pending.push({ kind: "receipt", receipt: chained });
  }
  tx.changed(doc);
  return true;
}

/** The newer of two answers of one visitor; of the same age a no beats a yes. An opt-out signal sticks. */
export function newerDecision(known: ConsentDecision, next: ConsentDecision): ConsentDecision {
  const gpc = known.gpc || next.gpc;
  if (next.at !== known.at) return { ...(next.at > known.at ? next : known), gpc };
  const granted = Object.fromEntries(
    Object.entries(next.granted).map(([purpose, given]) => [
      purpose,
      given && known.granted[purpose] !== false,
    ]),
  );
  return { ...next, granted, gpc };
}

/** The id cookie is for `measurement` or `personalization`; without both there is nobody to recognise. */
export const keepsId = (decision: ConsentDecision): boolean =>
  decision.granted["measurement"] === true || decision.granted["personalization"] === true;

/**
 * What stands for the person, for calls that bring no choice of their own: the newest decision of the visitors it is
 * verified to be, with what any of them denies denied.
 */
export function standingDecision(tx: Transactor, doc: VisitorDoc): ConsentDecision | null {
  const decided = tx.trusted(doc.id).flatMap((each) => (each.decision ? [each] : []));
  const newest = decided
    .map((each) => each.decision as ConsentDecision)
    .sort((a, b) => b.at - a.at)[0];
  if (!newest) return null;
  const active = decided.filter((each) => each.retired === null);
  const granted = Object.fromEntries(
    Object.entries(newest.granted).map(([purpose, given]) => [
      purpose,
      given && active.every((each) => each.decision?.granted[purpose] !== false),
    ]),
  );
  return { ...newest, granted, gpc: decided.some((each) => each.decision?.gpc === true) };
}
