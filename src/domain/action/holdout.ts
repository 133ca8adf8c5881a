/**
 * The hold-out: a stable share of visitors who never see an action, so that its lift can be measured. The arm hangs on
 * the visitor alone, so shares are nested: whoever is held out at 5 % is so at 10 % too, and for every action.
 */
import type { VisitorId } from "../ids.ts";
import { hash32 } from "../slice/tally.ts";

/** `mixed`: merged from both arms, so it sees nothing and is left out of the lift. */
export type Arm = "shown" | "held" | "mixed";

/** Where a visitor stands in [0, 1): always the same, evenly spread (the finaliser of MurmurHash3 over FNV-1a). */
export function standing(visitor: VisitorId): number {
  let hash = hash32(`hold-out ${visitor}`);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** @param holdOut share of the visitors that is held out, 0 to 1 */
export function armOf(visitors: readonly VisitorId[], holdOut: number): Arm {
  const held = visitors.filter((visitor) => standing(visitor) < holdOut).length;
  if (held === 0) return "shown";
  return held === visitors.length ? "held" : "mixed";
}
