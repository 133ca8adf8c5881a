/** What was typed and turns out to be somebody else's: typed wrongly and again at once, or outdone by a proof. */
import type { UsherEvent } from "../domain/event.ts";
import type { Claim } from "../domain/identity/claims.ts";
import { correctedBy } from "../domain/identity/doubts.ts";
import { isUnique, type MergeRules } from "../domain/identity/rules.ts";
import type { Millis } from "../domain/ids.ts";
import type { VisitorDoc } from "./documents.ts";
import { areProvenOne, cut, cutBetween, restsOn } from "./part.ts";
import type { Transactor } from "./transactor.ts";

interface Said {
  event: UsherEvent;
  claims: readonly Omit<Claim, "at" | "state">[];
}

/** A mistyped address, typed again as it should be, names nobody here; and what it joined is parted. */
export function takeCorrections(tx: Transactor, doc: VisitorDoc, item: Said, now: Millis): void {
  for (const typed of item.claims) {
    if (doc.claims[typed.key]) continue;
    for (const wrong of correctedBy(typed, Object.values(doc.claims), item.event.received)) {
      for (const edge of tx.edges.values())
        if (restsOn(edge, doc.id, wrong) && !areProvenOne(tx, edge))
          cut(tx, edge, now, "corrected", { whose: doc.id });
      const claim = doc.claims[wrong];
      if (claim) doc.claims[wrong] = { ...claim, state: "refused", reason: "corrected" };
    }
  }
}

/**
 * Whoever is proved to be somebody parts from those who only typed that they are somebody else, and isn't joined with any who are
 * about to arrive.
 */
export function partFromTyped(
  tx: Transactor,
  doc: VisitorDoc,
  item: Said,
  rules: MergeRules,
  now: Millis,
): void {
  for (const claim of item.claims) {
    if (claim.assurance !== "verified" || !isUnique(rules, claim.kind)) continue;
    for (const companion of tx.companions(doc.id))
      if (companion.id !== doc.id && isOther(companion, claim))
        cutBetween(tx, doc.id, companion.id, now, "proved");
    const joins = tx.companions(doc.id).some(({ id }) => id === tx.work.staged?.edge?.b);
    if (joins && [...tx.staged.values()].some((guest) => isOther(guest, claim))) tx.partStaged();
  }
}

/** It stands for another one of that kind. */
const isOther = ({ claims }: VisitorDoc, claim: Said["claims"][number]): boolean =>
  Object.values(claims).some(
    ({ kind, key, state }) => kind === claim.kind && key !== claim.key && state !== "refused",
  );
