/**
 * What is wrong with a site's tracking and how to mend it. Each check looks at the facts and says what it found, with the
 * evidence; a check that can't tell yet says what it needs.
 */
import { clicksWithoutCampaign, spentWithoutLandings, unnamedLandings } from "./campaigns.ts";
import type { SetupFacts } from "./facts.ts";
import {
  type Check,
  type Finding,
  found,
  good,
  isSilent,
  type Level,
  many,
  n,
  unknown,
} from "./finding.ts";
import { anything, banner, consentPages, cookies, silentPages } from "./pages.ts";
import { cappedVisitors } from "./capped.ts";
import { compareWithPlan, type PlanDifference } from "./plan.ts";
import { refusedCalls } from "./refused.ts";
import { clocks, duplicates, identifies, junk, manyNames } from "./senders.ts";
import { identityTokens } from "./tokens.ts";

export type { Finding, Level } from "./finding.ts";

export function differenceWords(each: PlanDifference): string {
  switch (each.kind) {
    case "never came":
      return `${each.event} never came`;
    case "not known":
      return `Whether ${each.event} came isn't known: it isn't among each day's most frequent events nor among the newest`;
    case "not planned":
      return `${each.event} came ${many(each.times, "time")} and isn't planned`;
    case "property missing":
      return `${each.event} lacks ${each.property} in ${n(each.times)} of ${n(each.of)}`;
    case "property not planned":
      return `${each.event} has ${each.property}, which isn't planned, in ${n(each.times)} of ${n(each.of)}`;
    case "another type":
      return `${each.event} has ${each.property} as ${each.came.join(" and ")}; planned is ${each.planned}`;
  }
}

/** How often each tracked event came, by its name. */
export const trackCounts = ({ events }: Pick<SetupFacts, "events">): Map<string, number> =>
  new Map(
    [...events]
      .filter(([name]) => name.startsWith("track:"))
      .map(([name, times]) => [name.slice(6), times]),
  );

export const planDifferences = (facts: SetupFacts): PlanDifference[] =>
  compareWithPlan(facts.plan, trackCounts(facts), facts.seen, {
    whole: facts.whole.events,
    sought: facts.sought.events,
    views: facts.sought.views ?? null,
  });

const plan: Check = (facts) => {
  if (facts.plan.events.length === 0)
    return unknown("plan", "There is no event plan to compare with", [
      "Write down which events you mean to send; begin with what arrives.",
    ]);
  const differences = planDifferences(facts);
  if (differences.length === 0)
    return good("plan", `All ${n(facts.plan.events.length)} planned events arrive as planned`);
  const lost = differences.some(({ kind }) => kind === "never came" || kind === "property missing");
  return found(
    "plan",
    lost ? "wrong" : "look",
    `${many(differences.length, "difference")} from the event plan`,
    differences.map(differenceWords),
    ["Mend the call, or the plan if it has moved on."],
  );
};

const CHECKS: readonly Check[] = [
  anything,
  refusedCalls,
  silentPages,
  consentPages,
  banner,
  identifies,
  identityTokens,
  duplicates,
  junk,
  clocks,
  cappedVisitors,
  spentWithoutLandings,
  unnamedLandings,
  clicksWithoutCampaign,
  manyNames,
  cookies,
  plan,
];

const ORDER: readonly Level[] = ["wrong", "look", "unknown", "good"];

/** What each check that goes by what arrives can't tell where nothing does. */
const ASKED: Readonly<Record<string, string>> = {
  refused: "calls are refused",
  "consent-pages": "pages lose most views for want of consent",
  tokens: "identity tokens are turned down",
  duplicates: "anything is sent twice",
  "junk-ids": "junk identifiers arrive",
  clocks: "senders' clocks are right",
  capped: "a visitor sends more than is recorded in a day",
  "campaign-names": "landings from campaigns are named",
  "click-ids": "ads' clicks say their campaign",
  names: "event names are made of ids",
};

function unlessSilent(finding: Finding): Finding {
  const asked = finding.level === "good" ? ASKED[finding.id] : undefined;
  return asked === undefined
    ? finding
    : unknown(finding.id, `Whether ${asked} isn't known: nothing arrives`);
}

/** The gravest first. */
export function findingsOf(facts: SetupFacts): Finding[] {
  const findings = CHECKS.map((check) => check(facts));
  return (isSilent(facts) ? findings.map(unlessSilent) : findings).toSorted(
    (a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level),
  );
}
