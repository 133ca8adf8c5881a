/**
 * Decisions that are the same for everybody who says the same. Time doesn't matter where no choice, no TC string and nothing
 * else that ages was said, so they are made once for a policy and what was said; a new policy begins anew.
 */
import { decideSafely, type GateInput, type GateResult } from "./gate.ts";
import type { Policy } from "./policy.ts";
import type { Region } from "./region.ts";
import { type CmpReading, NO_SIGNALS, NONE } from "./signals/types.ts";

/** More than there are regions, or ways in which a site's own systems put consent; anybody may make up others. */
const KEPT = 1_000;
/** Characters of what is said; longer is judged each time. */
const SAID_MAX = 300;

type Said = Pick<GateInput, "region" | "browser" | "carried">;

const known = new WeakMap<Policy, Map<string, GateResult>>();

function once(policy: Policy, key: string, said: Said): GateResult {
  let results = known.get(policy);
  if (!results || results.size >= KEPT) {
    results = new Map();
    known.set(policy, results);
  }
  let result = results.get(key);
  if (!result) {
    result = decideSafely({
      ...said,
      policy,
      signals: NO_SIGNALS,
      choice: null,
      subject: { child: false, erased: false },
      now: 0,
    });
    results.set(key, result);
  }
  return result;
}

/** As `decideSafely` for a browser from which neither a choice nor a signal came. */
export const decideUnsaid = (policy: Policy, region: Region): GateResult =>
  once(policy, `in ${region}`, { region, browser: true, carried: NONE });

/** As `decideSafely` for a server's call by the consent that it carries alone, about nobody who is known to be a child. */
export function decideCarried(policy: Policy, carried: CmpReading, now: number): GateResult {
  const said: Said = { region: null, browser: false, carried };
  const key = JSON.stringify(carried);
  if (key.length <= SAID_MAX) return once(policy, key, said);
  return decideSafely({
    ...said,
    policy,
    signals: NO_SIGNALS,
    choice: null,
    subject: { child: false, erased: false },
    now,
  });
}
