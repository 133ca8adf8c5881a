/**
 * Those in a person whom nobody proved to be one with a visitor, and who say that they are another user. They don't keep
 * apart who proved that they are one: whatever came first, the proof parts them, as a proved sign-in does.
 */
import type { Openings } from "../domain/consent/openings.ts";
import { atLeast, type Claim } from "../domain/identity/claims.ts";
import type { Edge, Evidence } from "../domain/identity/evidence.ts";
import { decideMerge, type Side, type VisitorFacts } from "../domain/identity/policy.ts";
import { isUnique, type MergeRules } from "../domain/identity/rules.ts";
import { tiedTo } from "../domain/identity/ties.ts";
import type { IdentifierKey, Millis, VisitorId } from "../domain/ids.ts";
import type { VisitorDoc } from "./documents.ts";
import { cutBetween } from "./part.ts";
import { facts, sideOf } from "./reader.ts";
import type { Transactor } from "./transactor.ts";

/** A visitor with everybody of its person. */
interface Party {
  at: VisitorDoc;
  group: readonly VisitorDoc[];
  edges: Iterable<Edge>;
}

/** Only those of the person who are proved to be one with `at`. */
const provenSide = ({ at, group, edges }: Party, openings: Openings): Side => {
  const joins = [...edges];
  return sideOf(at, tiedTo(at.id, group, joins), joins, openings);
};

/** Whether these two would be one if it weren't for such strangers on either side. */
export function onlyStrangersRefuse(
  evidence: Evidence,
  guest: Party,
  host: Party,
  rules: MergeRules,
  openings: Openings,
): boolean {
  if (evidence.kind !== "claim") return false;
  const isProven = [guest.at, host.at].every(
    ({ claims }) => claims[evidence.identifier]?.assurance === "verified",
  );
  if (!isProven) return false;
  return (
    decideMerge(evidence, provenSide(guest, openings), provenSide(host, openings), rules)
      .verdict === "merge"
  );
}

/** Parts them from this visitor; true when there were any. */
export function partStrangers(
  tx: Transactor,
  visitor: VisitorId,
  rules: MergeRules,
  now: Millis,
): boolean {
  const near = tx.trusted(visitor);
  const known = new Set(near.flatMap((doc) => usersOf(facts(doc, tx.openings), rules)));
  const before = tx.edges.size;
  for (const companion of tx.companions(visitor)) {
    if (near.some(({ id }) => id === companion.id)) continue;
    if (usersOf(facts(companion, tx.openings), rules).some((user) => !known.has(user)))
      cutBetween(tx, visitor, companion.id, now, "strangers");
  }
  return tx.edges.size < before;
}

const usersOf = ({ claims }: VisitorFacts, rules: MergeRules): IdentifierKey[] =>
  Object.values(claims)
    .filter(
      ({ kind, state, assurance }: Claim) =>
        isUnique(rules, kind) && state !== "refused" && atLeast(assurance, "asserted"),
    )
    .map(({ key }) => key);
