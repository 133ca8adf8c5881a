/** What the merge policy may know of a visitor, out of how its person shows it. */
import type { VisitorId } from "../ids.ts";
import type { PersonView, VisitorView } from "../person/calls.ts";
import type { Side, VisitorFacts } from "./policy.ts";
import { BUILT_IN_OPENINGS } from "../consent/openings.ts";
import { isRecognised, mayBeLinked } from "./ties.ts";

export const factsOf = ({
  id,
  origin,
  claims,
  decision,
  separate,
  severed,
  device,
  unasked,
  recognised,
}: VisitorView): VisitorFacts => ({
  id,
  origin,
  claims: Object.fromEntries(claims.map((claim) => [claim.key, claim])),
  recognition:
    recognised ?? isRecognised({ decision, ...(unasked ? { unasked } : {}) }, BUILT_IN_OPENINGS),
  separate,
  severed,
  device,
});

/** A person as the policy sees it from one of its visitors; null where that isn't one of them. */
export function sideOf(view: PersonView, at: VisitorId): Side | null {
  const visitors = view.visitors.map(factsOf);
  const found = view.visitors.find(({ id }) => id === at);
  if (!found) return null;
  const recognition =
    found.linkable ?? mayBeLinked(found, view.visitors, view.edges, BUILT_IN_OPENINGS);
  return { at: { ...factsOf(found), recognition }, visitors };
}
