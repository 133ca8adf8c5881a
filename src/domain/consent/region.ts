import { EU_REGIONS } from "./default-regions.ts";
import type { Policy } from "./policy.ts";
import { strictest, type Regime } from "./purposes.ts";
import { isSubdivided } from "./region-codes.ts";

/** A country like `DE`, a subdivision like `US-CA` or `CA-QC`, `EU`, or `unknown`. */
export type Region = string;

export const UNKNOWN_REGION: Region = "unknown";

/** What the platform says about where a browser's own call came from (`request.cf`). */
export interface Place {
  readonly country?: string | null | undefined;
  readonly regionCode?: string | null | undefined;
  readonly isEUCountry?: string | boolean | null | undefined;
}

const COUNTRY = /^[A-Z]{2}$/;
const SUBDIVISION = /^[A-Z0-9]{1,3}$/;

/** Placeholders for "no country": unknown, and the Tor network. */
const NO_COUNTRY = new Set(["XX", "T1", "ZZ", "AP"]);

/**
 * The region of a browser's own call. `isEUCountry` only adds: it leaves out IS, LI, NO, GB and CH, so a missing
 * flag says nothing.
 */
export function regionOf(place: Place): Region {
  const country = place.country ?? "";
  if (!COUNTRY.test(country) || NO_COUNTRY.has(country)) return UNKNOWN_REGION;
  if (isSubdivided(country)) {
    const code = place.regionCode ?? "";
    return SUBDIVISION.test(code) ? `${country}-${code}` : country;
  }
  const inEu = place.isEUCountry === "1" || place.isEUCountry === true;
  return inEu && !EU_REGIONS.includes(country) ? "EU" : country;
}

/** Reads a region as a person would write it (`DE`, `US-CA`); anything else is unknown. */
export function parseRegion(text: string): Region {
  const match = /^([A-Z]{2})(?:-([A-Z0-9]{1,3}))?$/.exec(text.trim());
  if (match === null) return UNKNOWN_REGION;
  return match[1] === "EU" ? "EU" : regionOf({ country: match[1], regionCode: match[2] });
}

/**
 * The regime of a region. A subdivision that isn't listed takes its country's regime; a country whose subdivision is
 * unknown takes the strictest of the country and all its listed subdivisions.
 */
export function regimeOf(policy: Policy, region: Region): Regime {
  const { regions, elsewhere } = policy.regimes;
  if (region === UNKNOWN_REGION) return "opt-in";
  const country = region.slice(0, 2);
  if (region.length > 2) return regions[region] ?? regions[country] ?? elsewhere;
  if (!isSubdivided(country)) return regions[country] ?? elsewhere;
  const inside = Object.keys(regions).filter(
    (key) => key === country || key.startsWith(`${country}-`),
  );
  const own = regions[country] ?? elsewhere;
  return strictest([own, ...inside.flatMap((key) => regions[key] ?? [])]);
}
