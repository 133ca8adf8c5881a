/**
 * What a visitor said of who it is ends with the purpose it was said under: an identifier that wasn't said again since, and what
 * was told with it. It leaves the object and the index. A merge that rests on it stands, as what was recorded together under that
 * consent does: its edge keeps the keyed name, and of the claim what proves it, so that a withdrawal on one device still reaches
 * the others.
 */
import { type Claim, lastSaid } from "../domain/identity/claims.ts";
import { isDisowned, isLapsed, lapsed } from "../domain/identity/turned-down.ts";
import { type Day, dayOf, dayStart } from "../domain/ids.ts";
import { firstDayOpen, type Keeping } from "../domain/retention.ts";
import type { VisitorDoc } from "./documents.ts";
import { tellFacts } from "./match-facts.ts";
import { restsOn } from "./part.ts";
import type { Transactor } from "./transactor.ts";

/** Identifiers that stand today, whose values needn't be sealed again. */
export function standing({ claims }: VisitorDoc, today: Day, keeping: Keeping | null): string[] {
  const first = keeping ? firstDayOpen(keeping, "claims", today) : -Infinity;
  return Object.values(claims)
    .filter((claim) => !isLapsed(claim) && lastSaid(claim) >= first)
    .map(({ key }) => key);
}

/** True when something went. The document is for the caller to write. */
export function lapse(tx: Transactor, doc: VisitorDoc, today: Day, keeping: Keeping): boolean {
  const first = firstDayOpen(keeping, "claims", today);
  const claims = Object.values(doc.claims);
  const over = claims.filter((claim) => lastSaid(claim) < first && hasValue(claim));
  const idle = claims.filter((claim) => isLapsed(claim) && !provesMerge(tx, doc, claim));
  const traits = doc.traits.filter(({ at }) => dayOf(at) >= first);
  const isLess = over.length > 0 || traits.length < doc.traits.length;
  if (!isLess && idle.length === 0) return false;
  for (const { key } of idle) delete doc.claims[key];
  for (const claim of over) {
    const left = remains(tx, doc, claim);
    if (left) doc.claims[claim.key] = left;
    else delete doc.claims[claim.key];
    doc.pending.push({ kind: "unsaid", identifier: claim.key });
  }
  doc.traits = traits;
  if (isLess) tellFacts(doc, dayStart(today));
  // The same facts, told once more, are new ones.
  if (isLess && doc.facts !== undefined) doc.facts = "";
  return true;
}

/** Somebody's word that it isn't this device's is kept without the value, or it would count once more. */
const hasValue = (claim: Claim): boolean =>
  !isLapsed(claim) && (!isDisowned(claim) || claim.sealed !== undefined);

function remains(tx: Transactor, doc: VisitorDoc, claim: Claim): Claim | null {
  if (isDisowned(claim)) {
    const { sealed: _, ...rest } = claim;
    return rest;
  }
  return provesMerge(tx, doc, claim) ? lapsed(claim) : null;
}

/** A merge rests on it, or the proof that two who are joined otherwise are one. */
const provesMerge = (tx: Transactor, doc: VisitorDoc, { key, assurance }: Claim): boolean =>
  [...tx.edges.values()].some((edge) => restsOn(edge, doc.id, key)) ||
  (assurance === "verified" &&
    tx
      .companions(doc.id)
      .some(({ id, claims }) => id !== doc.id && claims[key]?.assurance === "verified"));
