/** What the merge policy may know of a visitor, out of how its person shows it. */
import type { VisitorView } from "../person/calls.ts";
import type { VisitorFacts } from "./policy.ts";

export const factsOf = ({
  id,
  origin,
  claims,
  decision,
  separate,
  severed,
  device,
  unasked,
}: VisitorView): VisitorFacts => ({
  id,
  origin,
  claims: Object.fromEntries(claims.map((claim) => [claim.key, claim])),
  recognition: decision === null ? !unasked : decision.granted["recognition"] === true,
  separate,
  severed,
  device,
});
