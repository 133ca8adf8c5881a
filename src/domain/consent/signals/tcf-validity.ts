import type { Policy } from "../policy.ts";
import type { TcfFacts } from "./types.ts";

export type TcfRules = Policy["signals"]["tcf"];

/** A TC string made from this day on needs the DisclosedVendors segment (TCF 2.3); older ones don't. */
const DISCLOSED_VENDORS_REQUIRED = Date.UTC(2026, 1, 28);

/**
 * Whether a TC string may be relied on. `invalid` strings were never good evidence: wrong version, not made for this
 * site, an old policy, dated in the future, or without the segment that TCF 2.3 demands. `expired` ones once were.
 */
export function judgeTcf(
  facts: TcfFacts,
  rules: TcfRules,
  now: number,
): "valid" | "expired" | "invalid" {
  if (facts.version !== 2 || !facts.serviceSpecific) return "invalid";
  if (facts.policyVersion < rules.leastPolicyVersion) return "invalid";
  if (facts.lastUpdated > now || facts.created > facts.lastUpdated) return "invalid";
  if (!facts.disclosedVendors && needsDisclosedVendors(rules, facts)) return "invalid";
  return now > monthsAfter(facts.lastUpdated, rules.maxAgeMonths) ? "expired" : "valid";
}

function needsDisclosedVendors(rules: TcfRules, facts: TcfFacts): boolean {
  switch (rules.disclosedVendors) {
    case "required":
      return true;
    case "optional":
      return false;
    case "required-since-2026-02-28":
      return facts.lastUpdated >= DISCLOSED_VENDORS_REQUIRED;
  }
}

/** The same day of the month so many months later, or that month's last day. */
function monthsAfter(time: number, months: number): number {
  const date = new Date(time);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}
