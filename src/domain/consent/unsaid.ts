/** What the policy says of a browser that said nothing: most first calls, and the same for everybody in a region. */
import { decideSafely, type GateResult } from "./gate.ts";
import type { Policy } from "./policy.ts";
import type { Region } from "./region.ts";
import { NO_SIGNALS, NONE } from "./signals/types.ts";

const known = new WeakMap<Policy, Map<Region, GateResult>>();

/** More regions than there are: in development a header may name any. */
const REGIONS_KEPT = 1_000;

/**
 * As `decideSafely` for a browser from which neither a choice nor a signal came. Time doesn't matter where nothing was said,
 * so it is decided once for a policy and a region.
 */
export function decideUnsaid(policy: Policy, region: Region): GateResult {
  let byRegion = known.get(policy);
  if (!byRegion || byRegion.size >= REGIONS_KEPT) {
    byRegion = new Map();
    known.set(policy, byRegion);
  }
  let result = byRegion.get(region);
  if (!result) {
    result = decideSafely({
      policy,
      region,
      browser: true,
      signals: NO_SIGNALS,
      choice: null,
      carried: NONE,
      subject: { child: false, erased: false },
      now: 0,
    });
    byRegion.set(region, result);
  }
  return result;
}
