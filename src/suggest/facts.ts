/** The facts of one visitor, opened: what it said of itself, and its addresses that stand. */
import type { Claim } from "../domain/identity/claims.ts";
import { isObject, type JsonObject } from "../domain/json.ts";
import type { VisitorView } from "../domain/person/calls.ts";
import { type Facts, factsOf, type TraitSet } from "../domain/suggestion/facts.ts";
import type { SuggestPorts } from "./ports.ts";

/** Empty when the visitor's key is gone. */
export async function openFacts(
  { sealer }: Pick<SuggestPorts, "sealer">,
  visitor: Pick<VisitorView, "id" | "traits" | "claims">,
): Promise<Facts> {
  const addresses = standing(visitor.claims);
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
  return factsOf(sets, claimed);
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
