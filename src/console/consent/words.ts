/** A policy in plain words. Pure: every sentence is made of the document. */
import { labelOf } from "../../domain/consent/notice.ts";
import { CHILD_BELOW } from "../../domain/consent/child.ts";
import type { Policy, PolicyPurpose } from "../../domain/consent/policy.ts";
import {
  type Capability,
  type Purpose,
  REGIMES,
  type Regime,
} from "../../domain/consent/purposes.ts";
import type { Region } from "../../domain/consent/region.ts";
import { listWords, placeName, placesWords } from "./places.ts";

export const REGIME_NAMES: Readonly<Record<Regime, string>> = {
  "opt-in": "Ask first",
  "opt-out": "Until they say no",
  notice: "Tell them",
};

export const BASIS_NAMES: Readonly<Record<PolicyPurpose["basis"], string>> = {
  consent: "Consent",
  "legitimate-interest": "Legitimate interest",
  contract: "Contract",
  "legal-obligation": "Legal obligation",
  "strictly-necessary": "Strictly necessary",
};

export const CAPABILITY_NAMES: Readonly<Record<Capability, string>> = {
  events: "Record what visitors do",
  "id-cookie": "Set the cookie with a random number",
  claims: "Keep identifiers and join devices by them",
  hints: "Suggest a next action",
  "click-ids": "Keep click ids of ad networks",
  attribution: "Use campaigns in attribution",
  engagement: "Measure scrolling and time on pages",
  "ad-export": "Hand audiences to ad systems",
};

export const SECOND_USER_WORDS: Readonly<Record<Policy["sharedDevice"]["secondUser"], string>> = {
  "new-visitor": "becomes a new visitor, so that two people are never taken for one",
  refuse: "isn't recorded: the device stays the first one's",
};

export const WITHDRAWAL_WORDS: Readonly<Record<Policy["withdrawal"], string>> = {
  keep: "what was recorded before stays until its retention ends",
  erase:
    "everything recorded of the person until then is erased, under the other purposes as well, on all devices proven to be theirs; what is still allowed begins anew under a new visitor",
};

export const labelsOf = (policy: Policy, purposes: readonly Purpose[]): string =>
  listWords(purposes.map((purpose) => labelOf(policy, purpose)));

/** `395 days`, `1 day` */
export const days = (n: number): string =>
  `${n.toLocaleString("en")}\u00a0${n === 1 ? "day" : "days"}`;

export const optional = (policy: Policy): PolicyPurpose[] =>
  policy.purposes.filter(({ required }) => !required);

/** Region codes of one regime. */
export const regionsUnder = (policy: Policy, regime: Regime): Region[] =>
  Object.keys(policy.regimes.regions).filter((code) => policy.regimes.regions[code] === regime);

export interface RegimeWords {
  regime: Regime;
  /** Where it holds, in short and in full. */
  where: string;
  all: string[];
  what: string;
}

/** Regimes that hold somewhere, the strictest first. */
export function regimeWords(policy: Policy): RegimeWords[] {
  return REGIMES.flatMap((regime) => {
    const codes = regionsUnder(policy, regime);
    const named = codes.filter((code) => code !== "unknown");
    const rest = policy.regimes.elsewhere === regime;
    if (named.length === 0 && !rest) return [];
    return [
      {
        regime,
        where:
          named.length === 0
            ? "Everywhere else,"
            : `In ${placesWords(named)}${rest ? ", and everywhere else" : ""},`,
        all: codes.map(placeName).toSorted((a, b) => a.localeCompare(b, "en")),
        what: doneUnder(policy, regime),
      },
    ];
  });
}

/** What happens to a visitor who has said nothing yet. */
function doneUnder(policy: Policy, regime: Regime): string {
  const choosable = optional(policy).map(({ id }) => id);
  const on = choosable.filter((id) => policy.defaults[regime][id] === true);
  const off = choosable.filter((id) => !on.includes(id));
  if (regime === "opt-in")
    return "visitors are asked first. Until they say yes, nothing that can be refused happens.";
  if (on.length === 0)
    return "nothing that can be refused happens until a visitor says yes on their own data page.";
  const rest = off.length > 0 ? `; ${labelsOf(policy, off)} not before they say yes` : "";
  return regime === "opt-out"
    ? `${labelsOf(policy, on)} may begin at once, until the visitor or their browser says no${rest}.`
    : `visitors are told. ${labelsOf(policy, on)} may begin at once${rest}.`;
}

/** How signals are taken. */
export function signalWords(policy: Policy): string[] {
  const { gpc, gpp, usp, tcf, cmp } = policy.signals;
  const optOut = (name: string, purposes: readonly Purpose[]): string =>
    purposes.length === 0
      ? `${name} governs nothing here.`
      : `${name} denies ${labelsOf(policy, purposes)}.`;
  const mapped = Object.entries(tcf.purposes).map(
    ([purpose, numbers]) => `${labelOf(policy, purpose)} (TCF ${numbers.join(", ")})`,
  );
  const answered = new Set(Object.values(cmp.categories).flat());
  return [
    optOut("Global Privacy Control", gpc.governs),
    optOut("An opt-out in a GPP string", gpp.governs),
    optOut("A US Privacy string", usp.governs),
    mapped.length === 0
      ? "TCF strings are read and grant nothing."
      : `A TCF string may answer for ${listWords(mapped)} where the rule is ${regimeList(tcf.regimes)}; it is good for ${tcf.maxAgeMonths} months.`,
    answered.size === 0
      ? "The site's own consent tool answers for nothing."
      : `The site's own consent tool may answer for ${labelsOf(policy, [...answered])} where the rule is ${regimeList(cmp.regimes)}.`,
    "What can't be read counts as a no.",
  ];
}

const regimeList = (regimes: readonly Regime[]): string =>
  regimes.length === 0
    ? "(nowhere)"
    : listWords(regimes.map((regime) => `“${REGIME_NAMES[regime].toLowerCase()}”`));

/** What else the document promises. */
export function promiseWords(policy: Policy): string[] {
  const { reask, withdrawal, sharedDevice, scrub, sensitiveTopics } = policy;
  return [
    `A yes is good for ${days(reask.grantDays)}; after a no, nobody is asked again for ${days(reask.refusalDays)}.`,
    reask.besideOtherTools
      ? "What another consent tool on the site leaves open is asked here."
      : "Where another consent tool on the site has asked, nothing is asked here.",
    `When consent is withdrawn, ${WITHDRAWAL_WORDS[withdrawal]}.`,
    `Of whoever is known to be younger than ${policy.childBelow ?? CHILD_BELOW} years only what the site can't work without is recorded.`,
    `A second person who signs in on a device ${SECOND_USER_WORDS[sharedDevice.secondUser]}.`,
    scrub.names.length + scrub.values.length === 0
      ? "Nothing is scrubbed from what the site sends, beside e-mail addresses."
      : `Never kept: values named ${listWords(scrub.names) || "(none)"}${scrub.values.length > 0 ? `, and anything that looks like ${listWords(scrub.values.map((kind) => VALUE_NAMES[kind]))}` : ""}.`,
    sensitiveTopics.length === 0
      ? "No topic is left out of profiles."
      : `Never folded into a profile: ${listWords(sensitiveTopics)}.`,
  ];
}

export const VALUE_NAMES: Readonly<Record<Policy["scrub"]["values"][number], string>> = {
  email: "an e-mail address",
  phone: "a phone number",
  card: "a card number",
  iban: "an IBAN",
};

const LANGUAGES = new Intl.DisplayNames("en", { type: "language", fallback: "code" });

/** `de` → `German` */
export function languageName(language: string): string {
  try {
    return LANGUAGES.of(language) ?? language;
  } catch {
    return language;
  }
}
