/** How many identifiers a person has, and one visitor keeps: what is proven pushes out what was only said. */
import type { Claim } from "../domain/identity/claims.ts";
import type { Edge } from "../domain/identity/evidence.ts";
import { pushedOut, roomOn } from "../domain/identity/limits.ts";
import type { Side } from "../domain/identity/policy.ts";
import { isHeldBack, limitOf, type MergeRules } from "../domain/identity/rules.ts";
import type { IdentifierKey, Millis } from "../domain/ids.ts";
import type { TravellingVisitor, VisitorDoc } from "./documents.ts";
import { pushOutOn } from "./part.ts";
import { facts } from "./reader.ts";
import type { Transactor } from "./transactor.ts";

/** Identifiers of one kind that one visitor's document keeps, refused ones included: no human has more. */
const CLAIMS_OF_A_KIND = 32;

type Said = Pick<Claim, "key" | "kind" | "assurance">;

const ofKind = ({ claims }: VisitorDoc, kind: Claim["kind"]): Claim[] =>
  Object.values(claims).filter((claim) => claim.kind === kind);

/** Before these are added. */
export function makeRoom(
  tx: Transactor,
  doc: VisitorDoc,
  said: readonly Said[],
  rules: MergeRules,
  now: Millis,
): void {
  for (const { key, kind, assurance } of said) {
    const known = doc.claims[key];
    if (assurance !== "verified" || (known && known.state !== "refused")) continue;
    for (const out of roomOn(facts(doc, tx.openings), kind, 1, rules)) pushOutOn(tx, doc, out, now);
  }
}

/** Proven ones have as many places of their own: none is forgotten for another, for the index may have it. */
export const isFull = (doc: VisitorDoc, { kind, assurance }: Omit<Said, "key">): boolean => {
  const same = ofKind(doc, kind);
  const rivals =
    assurance === "verified" ? same.filter((each) => each.assurance === "verified") : same;
  return rivals.length >= CLAIMS_OF_A_KIND;
};

/** Whether one more of the kind may stand beside the others here. */
export const mayStand = (
  doc: VisitorDoc,
  { key, kind }: { key: IdentifierKey; kind: Claim["kind"] },
  rules: MergeRules,
): boolean =>
  ofKind(doc, kind).filter(
    (each) => each.state !== "refused" && each.key !== key && !isHeldBack(rules, each.key),
  ).length < limitOf(rules, kind);

/** The edge with what makes room for it, as both sides are known where those arrive. */
export function withRoom(
  tx: Transactor,
  arriving: readonly TravellingVisitor[],
  edge: Edge,
  rules: MergeRules,
): Edge {
  const host = tx.visitors.get(edge.b);
  const guest = arriving.find(({ doc }) => doc.id === edge.a)?.doc;
  if (!host || !guest) return edge;
  const guests: Side = {
    at: facts(guest, tx.openings),
    visitors: arriving.map(({ doc }) => facts(doc, tx.openings)),
  };
  const out = pushedOut(edge.evidence, guests, tx.side(host), rules);
  return out.length === 0 ? edge : { ...edge, pushedOut: out };
}
