/**
 * What the pages for visitors say beside the notice: `/_u/me` and `/_u/cookies`. Usher has them in English and German; the policy may
 * carry them in any language, each whole, so that no page is a mixture.
 */
import { BECAUSE_CODES } from "./because.ts";

/** What has to stand in each text, by its name. */
type PlacesOf = Readonly<Record<string, readonly string[]>>;

/** Each text with what has to stand in it, in braces: `{count}`. */
export const PAGE_WORDS = {
  title: [],
  intro: [],
  saved: [],
  choice: [],
  choiceIntro: [],
  withdrawalErases: [],
  required: [],
  granted: [],
  denied: [],
  save: [],
  acceptAll: [],
  refuseAll: [],
  "rules.opt-in": [],
  "rules.opt-out": [],
  "rules.notice": [],
  gpcHonoured: [],
  gpcOverridden: [],
  gpcGovernsNothing: [],
  gpcUnseen: [],
  known: [],
  nothing: [],
  thisDevice: [],
  otherDevice: [],
  server: [],
  since: [],
  lastSeen: [],
  events: [],
  topics: [],
  campaigns: [],
  identifiers: [],
  traits: [],
  networks: [],
  networksSeen: ["networks", "days", "last"],
  hints: [],
  consent: [],
  consentUnder: ["policy", "at"],
  byDefault: [],
  defaultUnder: ["policy"],
  noConsent: [],
  verified: [],
  unverified: [],
  unreadable: [],
  maybe: ["count"],
  others: [],
  download: [],
  downloadIntro: [],
  downloadButton: [],
  erase: [],
  eraseIntro: [],
  eraseConfirm: [],
  eraseButton: [],
  erased: [],
  erasedWords: ["reference"],
  erasing: ["reference"],
  notConfirmed: [],
  back: [],
  cookies: [],
  "table.title": [],
  "table.intro": [],
  "table.name": [],
  "table.what": [],
  "table.purpose": [],
  "table.kept": [],
  "table.days": ["days"],
  "table.untilConsentEnds": [],
  "table.identifies": [],
  "table.anonymous": [],
  "table.storage": [],
  "table.change": [],
} as const satisfies PlacesOf;

export type PageWord = keyof typeof PAGE_WORDS;

/**
 * What may be left out, and is said in English then, marked as such: why something is allowed or not, what identifiers are called
 * by their kind and traits by their usual names. A site's own traits have no words but their names.
 */
const MORE_WORDS: PlacesOf = {
  "kind.user_id": [],
  "kind.email": [],
  "kind.phone": [],
  "kind.crm": [],
  "kind.social": ["provider"],
  "kind.esp": ["provider"],
  "kind.anonymous_id": [],
  "kind.push": [],
  "trait.name": [],
  "trait.firstname": [],
  "trait.lastname": [],
  "trait.email": [],
  "trait.phone": [],
  "trait.birthday": [],
  "trait.gender": [],
  "trait.address": [],
  "trait.company": [],
  ...Object.fromEntries(BECAUSE_CODES.map((code) => [`because.${code}`, []])),
};

/** By the names above. */
export type PageTexts = Readonly<Record<string, string>>;

/** What is wrong with one language's texts, by the name of the text. */
export function faultsOfTexts(texts: PageTexts): { name: string; message: string }[] {
  const faults: { name: string; message: string }[] = [];
  for (const [name, places] of Object.entries(PAGE_WORDS)) {
    const text = Object.hasOwn(texts, name) ? texts[name] : undefined;
    if (text === undefined)
      faults.push({ name, message: "is missing: a language is whole or isn't there" });
    else faults.push(...missingIn(name, text, places));
  }
  for (const [name, text] of Object.entries(texts)) {
    if (Object.hasOwn(PAGE_WORDS, name)) continue;
    if (Object.hasOwn(MORE_WORDS, name))
      faults.push(...missingIn(name, text, MORE_WORDS[name] ?? []));
    else faults.push({ name, message: "is no text of these pages" });
  }
  return faults;
}

const missingIn = (name: string, text: string, places: readonly string[]) =>
  places
    .filter((place) => !text.includes(`{${place}}`))
    .map((place) => ({ name, message: `must contain {${place}}` }));

/** A text with its places filled in. */
export const filled = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (place, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : place,
  );
