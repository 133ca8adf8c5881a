/** Where a visitor's browser was seen: remembered while it may be recognised and is one human's, and forgotten at once after. */
import { isOpen } from "../domain/consent/openings.ts";
import { sharingOf } from "../domain/identity/sharing.ts";
import type { MergeRules } from "../domain/identity/rules.ts";
import { wasTurnedDownFor } from "../domain/identity/turned-down.ts";
import { dayOf, type Millis } from "../domain/ids.ts";
import {
  isNews,
  type NetworkKey,
  tellingOf,
  withSighting,
} from "../domain/suggestion/sightings.ts";
import type { VisitorDoc } from "./documents.ts";
import type { Transactor } from "./transactor.ts";

/** After a batch was recorded. `recognised`: something of it was recorded under what links visitors. */
export function noteSighting(
  tx: Transactor,
  doc: VisitorDoc,
  seen: { network?: NetworkKey; recognised: boolean; now: Millis },
  rules: MergeRules,
): void {
  const { network, recognised, now } = seen;
  forgetUnallowed(tx, doc, now);
  if (network === undefined && !doc.sightings) return;
  const isWanted = rules.probable.devices === "suggest";
  if (!isWanted || !mayBeSeen(tx, doc) || sharingOf(doc.device, rules) !== "personal")
    return forgetSightings(tx, doc, now);
  if (network === undefined || !recognised) return;
  const today = dayOf(now);
  if (doc.sightings && isNews(doc.sightings, today)) {
    doc.sightings = tellingOf(doc.sightings, today);
    doc.pending.push({ kind: "facts", at: now });
  }
  doc.sightings = withSighting(doc.sightings, network, now);
}

/** A browser that agreed to it, as did all that are proven to be the same human's. */
const mayBeSeen = (tx: Transactor, doc: VisitorDoc): boolean =>
  doc.origin === "browser" &&
  doc.retired === null &&
  doc.decision !== null &&
  isOpen(tx.openings, tx.grantedTo(doc.id, doc.decision), "claims") &&
  !isDeniedApart(doc);

/** It proved whom it belongs to, and they can't be joined because somebody who says the same denies it. */
const isDeniedApart = ({ claims }: VisitorDoc): boolean =>
  Object.values(claims).some(
    (claim) => claim.assurance === "verified" && wasTurnedDownFor(claim, "consent"),
  );

/** Nothing of it stays here, and what was told of it is taken back with the next landing. */
export function forgetSightings(tx: Transactor, doc: VisitorDoc, at: Millis): void {
  if (!doc.sightings) return;
  if (doc.sightings.told) doc.pending.push({ kind: "unseen", at });
  delete doc.sightings;
  tx.changed(doc);
}

/** After somebody decided: a withdrawal counts for all that are proven to be the same human's. */
export function forgetUnallowed(tx: Transactor, doc: VisitorDoc, now: Millis): void {
  if (!isAnySeen(tx)) return;
  for (const each of tx.trusted(doc.id)) if (!mayBeSeen(tx, each)) forgetSightings(tx, each, now);
}

/** After visitors were joined: one of them may have withdrawn before. */
export function forgetJoined(tx: Transactor, now: Millis): void {
  if (!isAnySeen(tx)) return;
  for (const each of tx.visitors.values()) if (!mayBeSeen(tx, each)) forgetSightings(tx, each, now);
}

const isAnySeen = (tx: Transactor): boolean => {
  for (const { sightings } of tx.visitors.values()) if (sightings) return true;
  return false;
};
