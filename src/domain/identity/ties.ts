/** Who of a person is proven to be the same human, and whether they may be linked with anybody else. */
import { isOpen, type Openings } from "../consent/openings.ts";
import type { IdentifierKey, Millis, VisitorId } from "../ids.ts";
import { type ConsentDecision, mostRestrictive } from "../person/consent.ts";
import type { Claim } from "./claims.ts";
import { components, type Edge, isInferred, type Link } from "./evidence.ts";
import { isLapsed } from "./turned-down.ts";

interface Claiming {
  readonly id: VisitorId;
  readonly claims: Readonly<Record<IdentifierKey, Claim>> | readonly Claim[];
}

interface Deciding {
  readonly decision: ConsentDecision | null;
  /** Known from an import, and never asked for consent. */
  readonly unasked?: true;
  /** It withdrew everything, and its cookie is gone: since when, or that it is so. */
  readonly retired: Millis | boolean | null;
}

/**
 * Those of a group who are tied to this visitor by evidence nobody can fake: identifiers that both have verified, or a human's
 * decision that isn't only about what is probable, step by step.
 */
export function tiedTo<T extends Claiming>(
  visitor: VisitorId,
  group: readonly T[],
  edges: Iterable<Edge>,
): T[] {
  if (group.length <= 1) return [...group];
  const ties: Link[] = [];
  const firstBy = new Map<IdentifierKey, VisitorId>();
  for (const { id, claims } of group)
    for (const claim of Object.values(claims)) {
      if (claim.assurance !== "verified" || (claim.state === "refused" && !isLapsed(claim)))
        continue;
      const first = firstBy.get(claim.key);
      if (first) ties.push({ a: first, b: id });
      else firstBy.set(claim.key, id);
    }
  for (const edge of edges)
    if (edge.evidence.kind === "command" && !isInferred(edge.evidence)) ties.push(edge);
  const ids = group.map(({ id }) => id);
  const tied = components(ids, ties, (a, b) => (a < b ? -1 : 1)).find((each) =>
    each.includes(visitor),
  );
  return group.filter(({ id }) => tied?.includes(id));
}

/** What a server said without a decision was recorded, if at all, because linking was granted with it. */
export const isRecognised = (
  { decision, unasked }: Pick<Deciding, "decision" | "unasked">,
  openings: Openings,
): boolean => (decision === null ? !unasked : isOpen(openings, decision.granted, "claims"));

/** Whether it agrees to be linked, and nobody who is proven to be the same human denies that. */
export function mayBeLinked<T extends Claiming & Deciding>(
  at: T,
  group: readonly T[],
  edges: Iterable<Edge>,
  openings: Openings,
): boolean {
  if (!isRecognised(at, openings)) return false;
  const others = tiedTo(at.id, group, edges).flatMap(({ id, decision, retired }) =>
    decision && id !== at.id ? [{ decision, retired: retired !== null && retired !== false }] : [],
  );
  const [newest] = others.toSorted((a, b) => b.decision.at - a.decision.at);
  if (!newest) return true;
  return isOpen(openings, mostRestrictive(at.decision ?? newest.decision, others), "claims");
}
