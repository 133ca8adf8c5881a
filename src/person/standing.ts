/** What stands of what was decided: for a visitor with all who are proven to be the same human, and for whoever says something. */
import { type SeveredKey, severedKey } from "../domain/identity/evidence.ts";
import type { IdentifierKey, VisitorId } from "../domain/ids.ts";
import type { Standing } from "../domain/person/calls.ts";
import {
  type ConsentDecision,
  type Decided,
  mostRestrictive,
  refusedBy,
} from "../domain/person/consent.ts";
import type { VisitorDoc } from "./documents.ts";
import { isParted } from "./sever.ts";
import type { Transactor } from "./transactor.ts";

export const standingOf = (tx: Transactor, doc: VisitorDoc): Standing => ({
  decision: standingDecision(tx, doc),
  retired: doc.retired !== null,
  refused: refusedTo(tx, doc),
});

/** What the visitor, on whichever of its proven devices, said no to. */
const refusedTo = (tx: Transactor, doc: VisitorDoc): string[] =>
  doc.decision
    ? refusedBy(
        doc.decision,
        tx
          .trusted(doc.id)
          .flatMap((each) =>
            each.decision && each.id !== doc.id
              ? [{ decision: each.decision, retired: each.retired !== null }]
              : [],
          ),
      )
    : [];

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
  const granted = mostRestrictive(
    newest,
    decided.map(({ decision, retired }) => ({
      decision: decision as ConsentDecision,
      retired: retired !== null,
    })),
  );
  return { ...newest, granted, gpc: decided.some((each) => each.decision?.gpc === true) };
}

const isSeveredByHand = ({ severed, severedByRule }: VisitorDoc, key: SeveredKey): boolean =>
  severed[key] === true && !severedByRule?.[key];

/** A human said so; what only the policy keeps apart are two personas of one. */
const isSaidTwo = ({ separate, history = [] }: VisitorDoc, other: VisitorId): boolean =>
  separate.includes(other) &&
  history.some(
    (entry) => entry.op === "separate" && entry.other === other && entry.by !== "policy",
  );

/** What stands for the person of somebody who says this; null also where a human took them apart from `about`. */
export function decidedBy(
  tx: Transactor,
  doc: VisitorDoc,
  identifier: IdentifierKey,
  about?: VisitorId,
): Decided | null {
  const key = about && severedKey(identifier, about);
  const isApart = (each: VisitorDoc): boolean =>
    key !== undefined &&
    about !== undefined &&
    (isSeveredByHand(each, key) || isSaidTwo(each, about));
  if (tx.companions(doc.id).some(isApart)) return null;
  const decision = standingDecision(tx, doc);
  if (!decision) return null;
  const sure = doc.claims[identifier]?.assurance === "verified";
  const same = tx.trusted(doc.id);
  const retired = same.every((each) => each.decision === null || each.retired !== null);
  return { decision, sure, retired: retired && !same.some((each) => isParted(each, identifier)) };
}
