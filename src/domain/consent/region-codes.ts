/**
 * The regions that can be told apart: what the platform says of a browser's call, and nothing finer. A rule for any other would
 * stand in the policy and never be followed.
 */

/** ISO 3166-1 alpha-2, and XK for Kosovo, which the platform says as well. */
const COUNTRIES: ReadonlySet<string> = new Set(
  (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ " +
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO " +
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE " +
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO " +
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW " +
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM " +
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
  ).split(" "),
);

/**
 * Parts of countries that have consent laws of their own, by ISO 3166-2. Puerto Rico and the other territories of the United
 * States come as countries.
 */
const PARTS: Readonly<Record<string, ReadonlySet<string>>> = {
  US: new Set(
    (
      "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK " +
      "OR PA RI SC SD TN TX UT VT VA WA WV WI WY"
    ).split(" "),
  ),
  CA: new Set("AB BC MB NB NL NS NT NU ON PE QC SK YT".split(" ")),
};

/** Whether parts of this country are told apart. Elsewhere DE-BE is only DE. */
export const isSubdivided = (country: string): boolean => Object.hasOwn(PARTS, country);

export const NOT_A_COUNTRY =
  "is no country's code that a call can come from (ISO 3166-1; the United Kingdom is GB)";
export const NOT_A_PART = "is no state or province's code that a call can come from (ISO 3166-2)";
export const NOT_TOLD_APART =
  "is never told apart from its country: parts are told apart in the US and in Canada alone";

/** Why no call ever comes from there; null where calls can. `EU` and `unknown` stand for what isn't told. */
export function neverToldApart(region: string): string | null {
  if (region === "EU" || region === "unknown") return null;
  const [country = "", part] = region.split("-");
  if (!COUNTRIES.has(country)) return NOT_A_COUNTRY;
  if (part === undefined) return null;
  const parts = isSubdivided(country) ? PARTS[country] : undefined;
  if (!parts) return NOT_TOLD_APART;
  return parts.has(part) ? null : NOT_A_PART;
}
