/** What regions are called: countries by the platform's own names, the subdivisions whose laws the gate tells apart, and what lies in them. */
import { EU_REGIONS } from "../../domain/consent/default-regions.ts";
import type { Region } from "../../domain/consent/region.ts";
import { folded, regionAround } from "./within.ts";

const COUNTRIES = new Intl.DisplayNames("en", { type: "region", fallback: "none" });

const STATES: Readonly<Record<string, string>> = {
  ...named(
    "US",
    "AL Alabama,AK Alaska,AZ Arizona,AR Arkansas,CA California,CO Colorado,CT Connecticut,DE Delaware,DC Washington DC,FL Florida,GA Georgia,HI Hawaii,ID Idaho,IL Illinois,IN Indiana,IA Iowa,KS Kansas,KY Kentucky,LA Louisiana,ME Maine,MD Maryland,MA Massachusetts,MI Michigan,MN Minnesota,MS Mississippi,MO Missouri,MT Montana,NE Nebraska,NV Nevada,NH New Hampshire,NJ New Jersey,NM New Mexico,NY New York,NC North Carolina,ND North Dakota,OH Ohio,OK Oklahoma,OR Oregon,PA Pennsylvania,RI Rhode Island,SC South Carolina,SD South Dakota,TN Tennessee,TX Texas,UT Utah,VT Vermont,VA Virginia,WA Washington,WV West Virginia,WI Wisconsin,WY Wyoming",
  ),
  ...named(
    "CA",
    "AB Alberta,BC British Columbia,MB Manitoba,NB New Brunswick,NL Newfoundland,NS Nova Scotia,NT Northwest Territories,NU Nunavut,ON Ontario,PE Prince Edward Island,QC Quebec,SK Saskatchewan,YT Yukon",
  ),
};

function named(country: string, list: string): Record<string, string> {
  return Object.fromEntries(
    list.split(",").map((each) => [`${country}-${each.slice(0, 2)}`, each.slice(3)]),
  );
}

/** `DE` → `Germany`, `US-CA` → `California`; a code that nobody named stays as it is. */
export function placeName(region: Region): string {
  if (region === "unknown") return "places we can't tell";
  if (region === "EU") return "the rest of the EU";
  const state = STATES[region];
  if (state !== undefined) return state;
  try {
    const name = COUNTRIES.of(region) ?? region;
    return WITH_ARTICLE.has(region) ? `the ${name}` : name;
  } catch {
    return region;
  }
}

/**
 * The code of a region that somebody wrote as a code or by its name, or by that of a part of it or a large city there;
 * null for what is none of these.
 */
export function regionNamed(text: string): Region | null {
  const wanted = folded(text);
  if (wanted === "unknown") return "unknown";
  // What people say that isn't a code, before what looks like one: UK is GB.
  const around = regionAround(wanted);
  if (around !== null) return around;
  if (/^[a-z]{2}(-[a-z0-9]{1,3})?$/.test(wanted)) return wanted.toUpperCase();
  const state = Object.keys(STATES).find((code) => folded(STATES[code] ?? "") === wanted);
  return state ?? countries().get(wanted.replace(/^the /, "")) ?? null;
}

let byName: ReadonlyMap<string, Region> | null = null;

/** Two letters have 676 codes: all are asked for their name, once. Codes given up for another one are left out. */
function countries(): ReadonlyMap<string, Region> {
  byName ??= new Map(
    [...LETTERS].flatMap((first) =>
      [...LETTERS].flatMap((second): [string, Region][] => {
        const code = first + second;
        const name = COUNTRIES.of(code);
        const isCurrent = new Intl.Locale(`und-${code}`).region === code;
        return name !== undefined && isCurrent ? [[folded(name), code]] : [];
      }),
    ),
  );
  return byName;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** As sentences have them. */
const WITH_ARTICLE = new Set(["US", "GB", "NL", "AE", "PH", "CZ", "DO", "BS", "GM", "MV", "SC"]);

const EU: ReadonlySet<Region> = new Set([...EU_REGIONS, "EU"]);

/** `the EU, Brazil and 3 more`; all of them where there are few. */
export function placesWords(regions: readonly Region[], most = 6): string {
  const whole = EU_REGIONS.every((region) => regions.includes(region));
  const rest = whole ? regions.filter((region) => !EU.has(region)) : regions;
  const sorted = rest.map(placeName).toSorted((a, b) => a.localeCompare(b, "en"));
  const names = whole ? ["the EU", ...sorted] : sorted;
  const shown = names.length <= most + 1 ? names : names.slice(0, most);
  const more = names.length - shown.length;
  return listWords(more > 0 ? [...shown, `${more} more`] : shown);
}

/** `a, b and c` */
export const listWords = (words: readonly string[]): string =>
  words.length < 2
    ? (words[0] ?? "")
    : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
