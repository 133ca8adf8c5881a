/** Identifiers that would join nobody whatever the merge policy says of two people: blocked, quarantined, or said by a crowd. */
import { kindOf } from "../../domain/identity/claims.ts";
import { askable, guardOf } from "../../domain/identity/crowds.ts";
import { nameOf, type Side, type Verdict } from "../../domain/identity/policy.ts";
import type { MergeRules } from "../../domain/identity/rules.ts";
import type { IdentifierKey } from "../../domain/ids.ts";
import { blockedBy } from "../../domain/intake/blocked.ts";
import type { Claimant, ClaimAnswer, WaitingClaim } from "../../domain/ports.ts";
import { trying } from "../../d1/claiming.ts";

/** Something that both sides say. */
export interface Shared {
  key: IdentifierKey;
  /** Null where nobody may read it any more. */
  value: string | null;
  sides: readonly [Side, Side];
}

/** Of each, why it is held back; null where the policy decides. */
export async function heldBack(
  db: D1Database,
  shared: readonly Shared[],
  rules: MergeRules,
): Promise<(Verdict | null)[]> {
  const asked = shared.flatMap(({ key, sides }) => sides.map((side) => claimOf(side, key, rules)));
  const answers = await trying(db, asked);
  const isBlocked = blockedBy(rules.blocked);
  return shared.map(({ key, value, sides: [a, b] }, n) => {
    if (value !== null && isBlocked(kindOf(key), value)) return blocked(key);
    const [one, other] = [answers[2 * n], answers[2 * n + 1]];
    // Whoever said it later asks the other.
    const isFirst = one === undefined || !("before" in one) || !names(one.before, b);
    return isFirst ? verdict(key, other, b, a, rules) : verdict(key, one, a, b, rules);
  });
}

function claimOf({ at }: Side, identifier: IdentifierKey, rules: MergeRules): WaitingClaim {
  const claim = at.claims[identifier] ?? { assurance: "asserted", at: 0 };
  return { visitor: at.id, identifier, at: claim.at, guard: guardOf(claim, rules) };
}

const names = (claimants: readonly Claimant[], side: Side): boolean =>
  claimants.some(({ visitor }) => side.visitors.some(({ id }) => id === visitor));

function verdict(
  key: IdentifierKey,
  answer: ClaimAnswer | undefined,
  asking: Side,
  other: Side,
  rules: MergeRules,
): Verdict | null {
  if (!answer || "erased" in answer) return null;
  if (answer.held === "blocked") return blocked(key);
  const isProven = asking.at.claims[key]?.assurance === "verified";
  const asked = askable(answer, isProven, rules);
  if (!asked) return refuse(`so many say this ${nameOf(key)} that it joins nobody further`);
  return names(answer.before, other) && !names(asked, other)
    ? refuse(`so many say this ${nameOf(key)} that only those who prove it are joined by it`)
    : null;
}

const blocked = (key: IdentifierKey): Verdict =>
  refuse(`this ${nameOf(key)} is blocked: it names nobody`);

const refuse = (because: string): Verdict => ({
  verdict: "refuse",
  reason: "quarantined",
  because,
});
