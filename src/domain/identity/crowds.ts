/** Identifiers that too many say: who is held up by that, and who isn't. */
import type { Millis } from "../ids.ts";
import type { Claimant, ClaimAnswer, CrowdGuard } from "../ports.ts";
import type { Claim } from "./claims.ts";
import type { MergeRules } from "./rules.ts";

/**
 * Why an identifier joins nobody. `said`: too many said it, which doesn't hold up those who prove it; `proven`: too many proved
 * it; `blocked`: an officer said so.
 */
export type Held = "said" | "proven" | "blocked";

const HOUR_MS = 3_600_000;

/** What counts as a crowd for this claim. What is proven isn't held up by those who only say it. */
export function guardOf(
  { assurance, at }: Pick<Claim, "assurance"> & { at: Millis },
  { flood, maxVisitorsPerIdentifier: most }: MergeRules,
): CrowdGuard {
  const proven = assurance === "verified";
  return {
    proven,
    visitors: proven ? flood.proven : flood.visitors,
    most,
    since: at - flood.hours * HOUR_MS,
  };
}

/**
 * Who may be asked, surest first; null where there are too many. Whoever proves it isn't held up by a crowd that doesn't,
 * and the first who said it isn't by those who came after.
 */
export function askable(
  { before, crowd, proven, held }: Exclude<ClaimAnswer, { erased: true }>,
  isProven: boolean,
  { maxVisitorsPerIdentifier: most }: Pick<MergeRules, "maxVisitorsPerIdentifier">,
): readonly Claimant[] | null {
  if (held === "blocked") return null;
  if (before.length === 0 && crowd > 0) return before;
  if (held === "proven") return null;
  if (!isProven) return held || crowd > most ? null : before;
  if (proven > most) return null;
  return crowd > most ? before.filter((each) => each.proven) : before;
}
