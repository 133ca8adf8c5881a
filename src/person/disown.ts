/** A human's word that an identifier isn't this device's: whom it joined parts, until a human takes that back or it is proven. */
import type { Undone } from "../domain/identity/evidence.ts";
import { isDisowned } from "../domain/identity/turned-down.ts";
import type { IdentifierKey } from "../domain/ids.ts";
import type { VisitorDoc } from "./documents.ts";
import { cutBy, restsOn } from "./part.ts";
import type { Transactor } from "./transactor.ts";

/**
 * Nothing is severed: whoever else says it is joined by it with each other, and other evidence may join them with this one.
 * False while they are moving, for what is staged elsewhere would join them all the same.
 */
export function disown(
  tx: Transactor,
  doc: VisitorDoc,
  key: IdentifierKey,
  undone: Omit<Undone, "reason">,
): boolean {
  const claim = doc.claims[key];
  if (!claim || isDisowned(claim) || tx.moving || tx.isSplit) return false;
  const { turnedDown: _, tell: __, ...rest } = claim;
  doc.claims[key] = { ...rest, state: "refused", reason: "disowned" };
  tx.changed(doc);
  for (const edge of tx.edges.values())
    if (restsOn(edge, doc.id, key)) cutBy(tx, edge, { ...undone, reason: "disowned" }, () => false);
  return true;
}

/** It is asked again as if it were said now. */
export function own(tx: Transactor, doc: VisitorDoc, key: IdentifierKey): boolean {
  const claim = doc.claims[key];
  if (!claim || !isDisowned(claim)) return false;
  const { reason: _, ...rest } = claim;
  // Those who said it after this one are told, too: they would have asked it.
  doc.claims[key] = { ...rest, state: "waiting", tell: true };
  tx.changed(doc);
  return true;
}
