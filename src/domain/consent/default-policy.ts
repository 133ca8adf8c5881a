import { DEFAULT_COOKIES } from "./default-cookies.ts";
import { DEFAULT_NOTICE } from "./default-notice.ts";
import { DEFAULT_PURPOSES } from "./default-purposes.ts";
import { DEFAULT_REGIONS } from "./default-regions.ts";
import type { Policy } from "./policy.ts";

/**
 * Version 1, in force until an officer publishes another.
 *
 * Notice countries: measurement and personalization are on, since they stay on this site and concern what this
 * browser did here; recognition (one person over several devices) and advertising (data that leaves the site) are
 * off until the visitor says yes. Where a country has no opt-in law, that is what visitors expect of a site that only
 * tells them; some of these countries ask for more in sectors or for minors, so the lines that reach furthest wait.
 */
export const DEFAULT_POLICY: Policy = {
  version: 1,
  purposes: DEFAULT_PURPOSES,
  regimes: { regions: DEFAULT_REGIONS, elsewhere: "notice" },
  defaults: {
    "opt-in": {
      necessary: true,
      measurement: false,
      personalization: false,
      recognition: false,
      advertising: false,
    },
    "opt-out": {
      necessary: true,
      measurement: true,
      personalization: true,
      recognition: true,
      advertising: true,
    },
    notice: {
      necessary: true,
      measurement: true,
      personalization: true,
      recognition: false,
      advertising: false,
    },
  },
  signals: {
    gpc: { governs: ["advertising"] },
    gpp: { governs: ["advertising"] },
    usp: { governs: ["advertising"] },
    tcf: {
      purposes: { measurement: [1, 8], personalization: [1, 5, 6], advertising: [1, 2, 3, 4, 7] },
      regimes: ["opt-in"],
      leastPolicyVersion: 4,
      maxAgeMonths: 13,
      disclosedVendors: "required-since-2026-02-28",
    },
    cmp: {
      categories: {
        // OneTrust's groups.
        c0002: ["measurement"],
        c0003: ["personalization"],
        c0004: ["advertising"],
        c0005: ["advertising"],
        // Cookiebot, vanilla-cookieconsent, Klaro, and what sites commonly call them.
        analytics: ["measurement"],
        statistics: ["measurement"],
        performance: ["measurement"],
        functional: ["personalization"],
        functionality: ["personalization"],
        preferences: ["personalization"],
        ads: ["advertising"],
        marketing: ["advertising"],
        targeting: ["advertising"],
        // Google Consent Mode v2.
        analytics_storage: ["measurement"],
        personalization_storage: ["personalization"],
        ad_storage: ["advertising"],
        ad_user_data: ["advertising"],
        ad_personalization: ["advertising"],
      },
      regimes: ["opt-in", "opt-out", "notice"],
    },
  },
  cookies: DEFAULT_COOKIES,
  notice: DEFAULT_NOTICE,
  // Both a year: whoever refused is not asked more often than whoever agreed, and California wants at least twelve
  // months between an opt-out and the next question (Cal. Civ. Code 1798.135(c)(4)).
  reask: { grantDays: 365, refusalDays: 365, besideOtherTools: false },
  withdrawal: "keep",
  scrub: {
    names: [
      "email",
      "e-mail",
      "mail",
      "phone",
      "tel",
      "password",
      "passwd",
      "token",
      "access_token",
      "ssn",
      "iban",
    ],
    values: ["email"],
  },
  // The special categories of Art. 9 GDPR, as a site's topics would name them.
  sensitiveTopics: [
    "health",
    "religion",
    "politics",
    "sexuality",
    "ethnicity",
    "trade-union",
    "genetics",
    "biometrics",
  ],
  sharedDevice: { secondUser: "new-visitor" },
};
