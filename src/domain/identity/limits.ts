/**
 * How many identifiers of a kind one person may have. First come, first kept; but what is proven isn't kept out by what was
 * only said: else whoever types a victim's address and a few numbers could keep the victim's own number out.
 */
import type { IdentifierKey, Millis } from "../ids.ts";
import { atLeast, type Claim } from "./claims.ts";
import type { Evidence } from "./evidence.ts";
import type { Side, VisitorFacts } from "./policy.ts";
import { isHeldBack, isUnique, limitOf, type MergeRules } from "./rules.ts";
import { isLapsed } from "./turned-down.ts";

/**
 * Claims that count: what was refused names somebody else, what is blocked nobody, and a mere hint nobody for sure. What has
 * lapsed still says who a merge was about.
 */
export const standing = (
  visitors: readonly VisitorFacts[],
  rules: Pick<MergeRules, "blockedKeys">,
): Claim[] =>
  visitors.flatMap(({ claims }) =>
    Object.values(claims).filter(
      (claim) =>
        (claim.state !== "refused" || isLapsed(claim)) &&
        claim.kind !== "push" &&
        atLeast(claim.assurance, "asserted") &&
        !isHeldBack(rules, claim.key),
    ),
  );

/** Of one kind: each identifier with whether anybody proved it, and when it was first said. */
type Known = Map<IdentifierKey, { isProven: boolean; at: Millis }>;

function byKind(visitors: readonly VisitorFacts[], rules: MergeRules): Map<Claim["kind"], Known> {
  const kinds = new Map<Claim["kind"], Known>();
  for (const { kind, key, assurance, at } of standing(visitors, rules)) {
    const known = kinds.get(kind) ?? (new Map() as Known);
    const before = known.get(key);
    known.set(key, {
      isProven: before?.isProven === true || assurance === "verified",
      at: Math.min(before?.at ?? at, at),
    });
    kinds.set(kind, known);
  }
  return kinds;
}

/** Whether on both sides somebody has proved what the evidence says; it needn't be the one who is asked about it. */
export const isProvenBy = (
  evidence: Evidence,
  a: Side,
  b: Side,
  rules: Pick<MergeRules, "blockedKeys">,
): boolean =>
  evidence.kind === "claim" &&
  [a, b].every(({ visitors }) =>
    standing(visitors, rules).some(
      ({ key, assurance }) => key === evidence.identifier && assurance === "verified",
    ),
  );

/** The kind of which these two would have too many together: `unique` or beyond its `limit`; null for none. */
export function crowdedKind(
  evidence: Evidence,
  a: Side,
  b: Side,
  rules: MergeRules,
): { kind: Claim["kind"]; count: number; why: "unique" | "limit" } | null {
  const [mine, theirs] = [byKind(a.visitors, rules), byKind(b.visitors, rules)];
  for (const [kind, known] of byKind([...a.visitors, ...b.visitors], rules)) {
    const count = known.size;
    // Where a human joined more than the rules allow, what adds nothing may still come.
    if (count <= most(kind, mine, theirs)) continue;
    if (isUnique(rules, kind) && count > 1) return { kind, count, why: "unique" };
    const counted = isProvenBy(evidence, a, b, rules) ? provenOf(known) : count;
    if (counted > limitOf(rules, kind)) return { kind, count, why: "limit" };
  }
  return null;
}

/** What was only said and makes room when these two are joined on what both have proven: what was said last goes first. */
export function pushedOut(
  evidence: Evidence,
  a: Side,
  b: Side,
  rules: MergeRules,
): IdentifierKey[] {
  if (!isProvenBy(evidence, a, b, rules)) return [];
  const [mine, theirs] = [byKind(a.visitors, rules), byKind(b.visitors, rules)];
  return [...byKind([...a.visitors, ...b.visitors], rules)].flatMap(([kind, known]) => {
    const room = Math.max(limitOf(rules, kind), most(kind, mine, theirs));
    return lastSaid(known, known.size - room);
  });
}

/** What makes room on one visitor for what is proven there, as many as it takes; fewer where all is proven. */
export const roomOn = (
  visitor: VisitorFacts,
  kind: Claim["kind"],
  added: number,
  rules: MergeRules,
): IdentifierKey[] => {
  const known = byKind([visitor], rules).get(kind) ?? new Map();
  return lastSaid(known, known.size + added - limitOf(rules, kind));
};

const most = (kind: Claim["kind"], ...sides: readonly Map<Claim["kind"], Known>[]): number =>
  Math.max(...sides.map((side) => side.get(kind)?.size ?? 0));

const provenOf = (known: Known): number =>
  [...known.values()].filter(({ isProven }) => isProven).length;

const lastSaid = (known: Known, count: number): IdentifierKey[] =>
  [...known]
    .filter(([, { isProven }]) => !isProven)
    .toSorted(([x, a], [y, b]) => b.at - a.at || (x < y ? 1 : -1))
    .slice(0, Math.max(0, count))
    .map(([key]) => key);
