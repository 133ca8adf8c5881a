import type { Regime } from "./purposes.ts";

/** EU member states, by ISO 3166-1 alpha-2 (GDPR, and Art. 5(3) ePrivacy Directive). */
const EU = [
  "AT",
  "BE",
  "BG",
  "CY",
  "CZ",
  "DE",
  "DK",
  "EE",
  "ES",
  "FI",
  "FR",
  "GR",
  "HR",
  "HU",
  "IE",
  "IT",
  "LT",
  "LU",
  "LV",
  "MT",
  "NL",
  "PL",
  "PT",
  "RO",
  "SE",
  "SI",
  "SK",
] as const;

/**
 * Parts of the EU with country codes of their own: the outermost regions (Art. 349 TFEU; the Canaries, Azores
 * and Madeira come as ES and PT) and Åland.
 */
const EU_OWN_CODES = ["GP", "MQ", "RE", "GF", "YT", "MF", "AX"] as const;

/** In the EEA without being in the EU, so `isEUCountry` doesn't name them. */
const EEA_ONLY = ["IS", "LI", "NO"] as const;

/** Other laws that ask first: UK (PECR), Switzerland (DSG, read cautiously), Brazil (LGPD), Quebec (Law 25). */
const OTHER_OPT_IN = ["GB", "CH", "BR", "CA-QC"] as const;

/** Opt-out laws: US states, one entry for the country since a site rarely tells them apart. */
const OPT_OUT = ["US"] as const;

export const EU_REGIONS: readonly string[] = [...EU, ...EU_OWN_CODES];

/** Region → regime of the default policy. A region that isn't here takes `elsewhere`. */
export const DEFAULT_REGIONS: Record<string, Regime> = {
  unknown: "opt-in",
  /** A country of the EU that this table doesn't name. */
  EU: "opt-in",
  ...table([...EU_REGIONS, ...EEA_ONLY, ...OTHER_OPT_IN], "opt-in"),
  ...table(OPT_OUT, "opt-out"),
};

function table(regions: readonly string[], regime: Regime): Record<string, Regime> {
  return Object.fromEntries(regions.map((region) => [region, regime]));
}
