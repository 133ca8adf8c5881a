/** Consent decisions of a known visitor: remembered, and proved by a receipt in the visitor's own chain. */
import { anew, wasTurnedDownFor } from "../domain/identity/turned-down.ts";
import type { Millis } from "../domain/ids.ts";
import type { DecideAnswer, DecideRequest } from "../domain/person/calls.ts";
import type { ConsentDecision, Receipt } from "../domain/person/consent.ts";
import type { VisitorDoc } from "./documents.ts";
import { aroundDecision } from "./match-facts.ts";
import { isRecognised } from "./reader.ts";
import { forgetUnallowed } from "./sightings.ts";
import type { Transactor } from "./transactor.ts";

/** Null where another decision took the receipt's place while its hash was computed: hash again. */
export function decide(
  tx: Transactor,
  doc: VisitorDoc,
  { decision, now, unlessDenied }: DecideRequest,
  chained: Receipt | null,
): DecideAnswer | null {
  if (chained && chained.previous !== doc.receipts.hash) return null;
  const denied = deniedOf(tx, doc, decision);
  const answer = { home: tx.self, ...(denied.length > 0 ? { denied } : {}) };
  if (unlessDenied && denied.length > 0) return answer;
  // An answer that arrives after a newer one is proved, but doesn't replace it.
  const standing = doc.decision ? newerDecision(doc.decision, decision) : decision;
  aroundConsent(doc, now, () => {
    doc.decision = standing;
    doc.retired = keepsId(standing) ? null : (doc.retired ?? now);
  });
  if (chained) {
    doc.receipts = { seq: chained.seq, hash: chained.hash };
    doc.pending.push({ kind: "receipt", receipt: chained });
  }
  tx.changed(doc);
  forgetUnallowed(tx, doc, now);
  return answer;
}

/** What this decision grants, and the person, or a newer answer of the visitor's own, denies. */
function deniedOf(tx: Transactor, doc: VisitorDoc, decision: ConsentDecision): string[] {
  const own = doc.decision ? newerDecision(doc.decision, decision) : decision;
  const standing = tx.grantedTo(doc.id, own);
  return Object.keys(decision.granted).filter(
    (purpose) => decision.granted[purpose] === true && standing[purpose] === false,
  );
}

/** What follows from a change of the decision: who may be compared, and who may be linked. */
export function aroundConsent(doc: VisitorDoc, now: Millis, change: () => void): void {
  const before = isRecognised(doc);
  aroundDecision(doc, now, change);
  if (!before && isRecognised(doc)) askForConsented(doc);
}

/** What wasn't linked for want of consent is asked again, here and by the others who said the same. */
function askForConsented(doc: VisitorDoc): void {
  for (const claim of Object.values(doc.claims)) {
    if (claim.kind === "anonymous_id") continue;
    const again = wasTurnedDownFor(claim, "consent") ? anew(claim) : claim;
    doc.claims[claim.key] = { ...again, tell: true };
  }
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
