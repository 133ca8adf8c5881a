/** Folds spellings that mean the same, so that comparators see only real differences. */

/** Lower case, no accents, one space between words, no punctuation but what joins words. Empty: nothing is left. */
export function foldText(raw: string): string {
  return raw
    .toLowerCase()
    .replace(/ß/g, "ss")
    .replace(/æ/g, "ae")
    .replace(/ø/g, "o")
    .replace(/ł/g, "l")
    .replace(/đ/g, "d")
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/['’`´]/g, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** A name: folded, without titles and suffixes that come and go. A name that is only a title stays. */
export function foldName(raw: string): string {
  const folded = foldText(raw);
  const words = folded.split(" ").filter((word) => !TITLES.has(word));
  return words.length === 0 ? folded : words.join(" ");
}

/** An e-mail address: lower case without blanks, without `mailto:`. The local part is kept as it is. */
export function foldEmail(raw: string): string {
  return raw
    .toLowerCase()
    .trim()
    .replace(/^mailto:/, "")
    .replace(/\s+/g, "");
}

/** A telephone number: the significant digits, without 00, + or a trunk zero. */
export function foldPhone(raw: string): string {
  return raw.replace(/\(0\)/g, "").replace(/\D+/g, "").replace(/^0+/, "");
}

/** A code (postcode, number, state): upper and lower case and separators don't matter. */
export function foldCode(raw: string): string {
  return foldText(raw).replace(/ /g, "");
}

/** A street or company line: folded, with the common abbreviations of address words spelled one way. */
export function foldLine(raw: string): string {
  return foldText(raw)
    .split(" ")
    .map((word) => LINE_WORDS.get(word) ?? word)
    .join(" ");
}

/** Values that stand for "nothing entered". */
export function isBlank(raw: string | undefined): raw is undefined | "" {
  return raw === undefined || BLANKS.has(raw.trim().toLowerCase());
}

const BLANKS: ReadonlySet<string> = new Set([
  "",
  "-",
  "--",
  ".",
  "?",
  "n/a",
  "na",
  "none",
  "null",
  "nil",
  "nan",
  "unknown",
  "undefined",
  "tbd",
  "xxx",
]);

const TITLES: ReadonlySet<string> = new Set([
  "mr",
  "mrs",
  "ms",
  "miss",
  "mx",
  "dr",
  "prof",
  "sir",
  "jr",
  "sr",
  "phd",
  "esq",
  "herr",
  "frau",
]);

const LINE_WORDS: ReadonlyMap<string, string> = new Map([
  ["st", "street"],
  ["str", "street"],
  ["rd", "road"],
  ["ave", "avenue"],
  ["av", "avenue"],
  ["blvd", "boulevard"],
  ["dr", "drive"],
  ["ln", "lane"],
  ["ct", "court"],
  ["crt", "court"],
  ["pl", "place"],
  ["cres", "crescent"],
  ["cct", "circuit"],
  ["sq", "square"],
  ["hwy", "highway"],
  ["pde", "parade"],
  ["tce", "terrace"],
  ["apt", "apartment"],
  ["ltd", "limited"],
  ["co", "company"],
  ["corp", "corporation"],
  ["inc", "incorporated"],
]);
