/** The facts of one visitor, opened: what it said of itself, and its addresses that stand. What names nobody is no fact. */
import type { Claim } from "../domain/identity/claims.ts";
import { internationalPhone } from "../domain/identity/phones.ts";
import { isHeldBack, type MergeRules } from "../domain/identity/rules.ts";
import { blockedBy } from "../domain/intake/blocked.ts";
import { normalise } from "../domain/intake/normalise.ts";
import { isObject, type JsonObject } from "../domain/json.ts";
import type { VisitorView } from "../domain/person/calls.ts";
import { type Facts, factsOf, type TraitSet } from "../domain/suggestion/facts.ts";
import type { SuggestPorts } from "./ports.ts";

/** Empty when the visitor's key is gone. */
export async function openFacts(
  { sealer, identifiers }: Pick<SuggestPorts, "sealer" | "identifiers">,
  visitor: Pick<VisitorView, "id" | "traits" | "claims">,
  rules: MergeRules,
): Promise<Facts> {
  const addresses = standing(visitor.claims).filter(({ key }) => !isHeldBack(rules, key));
  const texts = await sealer.unseal(visitor.id, [
    ...visitor.traits.map(({ sealed }) => sealed),
    ...addresses.map(({ sealed }) => sealed ?? ""),
  ]);
  const sets = visitor.traits.map(({ at }, n): TraitSet => ({
    at,
    traits: traitsIn(texts[n] ?? null),
  }));
  const claimed: Partial<Record<"email" | "phone", string>> = {};
  addresses.forEach(({ kind }, n) => {
    const value = texts[visitor.traits.length + n];
    if (value && (kind === "email" || kind === "phone")) claimed[kind] ??= value;
  });
  return withoutBlocked(factsOf(sets, claimed), identifiers, rules);
}

/** What an officer blocked is among the traits as it was said, also where it makes no claim any more. */
async function withoutBlocked(
  facts: Facts,
  identifiers: SuggestPorts["identifiers"],
  rules: MergeRules,
): Promise<Facts> {
  const isListed = blockedBy(rules.blocked);
  const kept = { ...facts };
  for (const kind of ["email", "phone"] as const) {
    const said = normalise(kind, facts[kind]);
    if (said === null) continue;
    if (isListed(kind, said)) delete kept[kind];
    if (!rules.blockedKeys?.size) continue;
    const value = kind === "phone" ? await internationalPhone(said, rules.country) : said;
    if (isHeldBack(rules, await identifiers.key(kind, value))) delete kept[kind];
  }
  return kept;
}

/** The first said comes first. What was refused is somebody else's, and what came with a mail link may be. */
const standing = (claims: readonly Claim[]): Claim[] =>
  claims
    .filter(
      ({ kind, state, assurance }) =>
        (kind === "email" || kind === "phone") &&
        state !== "refused" &&
        (assurance === "verified" || assurance === "asserted"),
    )
    .toSorted((a, b) => a.at - b.at);

function traitsIn(text: string | null): JsonObject {
  const traits: unknown = text === null ? null : JSON.parse(text);
  return isObject(traits) ? traits : {};
}
