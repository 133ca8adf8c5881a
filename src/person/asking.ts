/**
 * What the index is asked about the claims of those who live here, and who is to ask again: others who said the same, where one of
 * them was erased, or says it more surely by now.
 */
import type { Claim } from "../domain/identity/claims.ts";
import { guardOf } from "../domain/identity/crowds.ts";
import { type MergeRules, rankOf } from "../domain/identity/rules.ts";
import { isOpenToMore } from "../domain/identity/turned-down.ts";
import type { IdentifierKey, VisitorId } from "../domain/ids.ts";
import type { WaitingClaim } from "../domain/ports.ts";
import { isUrgent } from "./claimed.ts";
import type { VisitorDoc } from "./documents.ts";
import { isProvenAt } from "./evidence.ts";
import type { PersonReader } from "./reader.ts";
import { wait } from "./split.ts";
import type { Transactor } from "./transactor.ts";

/** As many claimants as are told at once that an identifier became surer; a crowd joins nobody anyway. */
const TOLD_MAX = 100;

/** The claims that are to be asked about now: the others of this visitor wait until those before them have their answer. */
export function nextClaims({ claims }: VisitorDoc, rules: MergeRules): Claim[] {
  const waiting = Object.values(claims).filter(
    (claim) => claim.state === "waiting" && isUrgent(claim.kind),
  );
  const first = Math.min(...waiting.map(({ kind }) => rankOf(rules, kind)));
  return waiting.filter(({ kind }) => rankOf(rules, kind) === first);
}

/** Claims that go along with the outbox. */
export function waitingClaims(reader: PersonReader, rules: MergeRules): WaitingClaim[] {
  const found: WaitingClaim[] = [];
  for (const { id, claims } of reader.visitors.values())
    for (const claim of Object.values(claims))
      if (claim.state === "waiting" && !isUrgent(claim.kind))
        found.push({
          visitor: id,
          identifier: claim.key,
          at: claim.at,
          guard: guardOf(claim, rules),
        });
  return found;
}

/** Once it waits no more: before, the others would be answered as they were. */
export const mustTell = (reader: PersonReader, doc: VisitorDoc, claim: Claim): boolean =>
  claim.state !== "waiting" &&
  (claim.tell === true || (claim.keptOut === true && isProvenAt(reader, doc, claim.key)));

/** The others for whom it wasn't sure enough ask again, those in here at once. */
export function told(
  tx: Transactor,
  { visitor, identifier }: Pick<WaitingClaim, "visitor" | "identifier">,
  claimants: readonly VisitorId[],
): void {
  const doc = tx.visitors.get(visitor);
  const claim = doc?.claims[identifier];
  if (!doc || !claim || !mustTell(tx, doc, claim)) return;
  const { tell: _, keptOut, ...rest } = claim;
  const isStillOut = keptOut && !isProvenAt(tx, doc, identifier);
  doc.claims[identifier] = { ...rest, ...(isStillOut ? { keptOut } : {}) };
  tx.changed(doc);
  const others = claimants.filter((other) => other !== visitor).slice(0, TOLD_MAX);
  for (const other of others) askAgain(tx, other, identifier, true);
  rememberAsks(
    tx,
    others
      .filter((other) => !tx.visitors.has(other))
      .map((other) => ({ visitor: other, identifier, kept: true })),
  );
}

/** To be asked again by whoever carries that to them. */
export function rememberAsks(tx: Transactor, asks: Transactor["work"]["asks"]): void {
  if (asks.length === 0) return;
  tx.work.asks = [...tx.work.asks, ...asks];
  tx.changedWork();
}

/** Another claimant was erased, or said it more surely: the index is asked again. */
export function askAgain(
  tx: Transactor,
  visitor: VisitorId,
  identifier: IdentifierKey,
  keptOnly: boolean,
): void {
  const doc = tx.visitors.get(visitor);
  const claim = doc?.claims[identifier];
  if (!doc || !claim || (keptOnly && !isOpenToMore(claim))) return;
  wait(doc, identifier);
  tx.changed(doc);
}
