/** What a policy of the right shape may still get wrong: it contradicts itself, or what it promises. */
import type { Policy, PolicyFault } from "./policy.ts";
import { faultsOfTexts } from "./page-words.ts";
import { COOKIE_DAYS, DEFAULT_COOKIES } from "./default-cookies.ts";
import { faultsOfNames } from "./former-names.ts";
import { namesOf } from "./openings.ts";
import { NECESSARY, REGIMES } from "./purposes.ts";
import { NOT_A_COUNTRY, NOT_A_PART, NOT_TOLD_APART, neverToldApart } from "./region-codes.ts";

const GPC_GOVERNS = "signals.gpc.governs";

const SHORTER = `must be at least ${COOKIE_DAYS}: so long it is set for, whatever is declared`;

/** New since policies were published without it: those stay in force. */
export const isLaterRule = ({ path, message }: PolicyFault): boolean =>
  path === GPC_GOVERNS || LATER.has(message);

const LATER: ReadonlySet<string> = new Set([SHORTER, NOT_A_COUNTRY, NOT_A_PART, NOT_TOLD_APART]);

const OUR_COOKIES: ReadonlySet<string> = new Set(DEFAULT_COOKIES.map(({ name }) => name));

/** What the opt-outs of sale, sharing and targeted advertising are about. */
const ADVERTISES: ReadonlySet<string> = new Set(["click-ids", "ad-export"]);

export function contradictions(policy: Policy): PolicyFault[] {
  const faults: PolicyFault[] = faultsOfNames(policy);
  const ids = new Set(policy.purposes.flatMap(namesOf));
  const known = (path: string, purposes: readonly string[]): void => {
    purposes.forEach((id, at) => {
      if (!ids.has(id))
        faults.push({
          path: `${path}.${at}`,
          message: "names a purpose this policy does not have",
        });
    });
  };

  const seen = new Set<string>();
  policy.purposes.forEach((purpose, at) => {
    const path = `purposes.${at}`;
    if (seen.has(purpose.id)) faults.push({ path: `${path}.id`, message: "stands twice" });
    seen.add(purpose.id);
    if (purpose.since > policy.version) {
      faults.push({
        path: `${path}.since`,
        message: "must not be later than the policy's version",
      });
    }
    if (purpose.required && purpose.basis === "consent") {
      faults.push({
        path: `${path}.basis`,
        message: "can't be consent where the purpose is required",
      });
    }
    for (const field of ["label", "description"] as const) {
      if (purpose[field][policy.notice.language] === undefined) {
        faults.push({
          path: `${path}.${field}.${policy.notice.language}`,
          message: "is missing in the notice's language",
        });
      }
    }
  });
  if (!policy.purposes.some((purpose) => purpose.id === NECESSARY && purpose.required)) {
    faults.push({ path: "purposes", message: `must have the required purpose ${NECESSARY}` });
  }

  const knownIn = (path: string, table: Readonly<Record<string, unknown>>): void => {
    for (const id of Object.keys(table))
      if (!ids.has(id))
        faults.push({
          path: `${path}.${id}`,
          message: "names a purpose this policy does not have",
        });
  };

  for (const regime of REGIMES) knownIn(`defaults.${regime}`, policy.defaults[regime]);
  for (const purpose of policy.purposes)
    for (const name of namesOf(purpose))
      if (!purpose.required && policy.defaults["opt-in"][name] === true)
        faults.push({
          path: `defaults.opt-in.${name}`,
          message: "must be false: opt-in means nothing before a yes",
        });
  for (const signal of ["gpc", "gpp", "usp"] as const)
    known(`signals.${signal}.governs`, policy.signals[signal].governs);
  const advertises = policy.purposes.some(({ switchesOn }) =>
    switchesOn.some((capability) => ADVERTISES.has(capability)),
  );
  if (advertises && policy.signals.gpc.governs.length === 0)
    faults.push({
      path: GPC_GOVERNS,
      message:
        "must name the purposes for advertising: a signal that denies nothing isn't honoured",
    });
  knownIn("signals.tcf.purposes", policy.signals.tcf.purposes);
  for (const [name, purposes] of Object.entries(policy.signals.cmp.categories)) {
    known(`signals.cmp.categories.${name}`, purposes);
  }
  policy.cookies.forEach((cookie, at) => {
    known(`cookies.${at}.purposes`, cookie.purposes);
    if (OUR_COOKIES.has(cookie.name) && cookie.lifetimeDays < COOKIE_DAYS)
      faults.push({ path: `cookies.${at}.lifetimeDays`, message: SHORTER });
  });
  for (const [language, texts] of Object.entries(policy.notice.pages ?? {})) {
    const path = `notice.pages.${language}`;
    if (policy.notice.texts[language] === undefined)
      faults.push({ path, message: "has no notice in this language" });
    for (const { name, message } of faultsOfTexts(texts))
      faults.push({ path: `${path}.${name}`, message });
  }
  if (policy.notice.texts[policy.notice.language] === undefined) {
    faults.push({ path: `notice.texts.${policy.notice.language}`, message: "is missing" });
  }
  for (const region of Object.keys(policy.regimes.regions)) {
    const message = neverToldApart(region);
    if (message !== null) faults.push({ path: `regimes.regions.${region}`, message });
  }
  if (
    policy.regimes.regions["unknown"] !== undefined &&
    policy.regimes.regions["unknown"] !== "opt-in"
  ) {
    faults.push({
      path: "regimes.regions.unknown",
      message: "must be opt-in: what isn't known is asked",
    });
  }
  return faults;
}
