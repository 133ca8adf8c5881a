/** What the own-data page and the table of cookies say, in the language of the notice. */
import { filled, PAGE_WORDS, type PageWord } from "../../domain/consent/page-words.ts";
import type { Policy } from "../../domain/consent/policy.ts";
import type { Regime } from "../../domain/consent/purposes.ts";
import { DE_MORE, EN_MORE, type MoreTexts } from "./more-texts.ts";
import { DE, EN, type Texts } from "./texts.ts";

/** Of `/_u/cookies`. */
export interface TableWords {
  title: string;
  intro: string;
  name: string;
  what: string;
  purpose: string;
  kept: string;
  days: (days: number) => string;
  untilConsentEnds: string;
  identifies: string;
  anonymous: string;
  storage: string;
  change: string;
}

export interface Words {
  title: string;
  intro: string;
  saved: string;
  choice: string;
  choiceIntro: string;
  /** Where the policy erases on withdrawal. */
  withdrawalErases: string;
  required: string;
  granted: string;
  denied: string;
  save: string;
  acceptAll: string;
  refuseAll: string;
  rules: Record<Regime, string>;
  /** 11 CCR 7025(c)(6) wants the words of the first. */
  gpcHonoured: string;
  gpcOverridden: string;
  gpcGovernsNothing: string;
  gpcUnseen: string;
  known: string;
  nothing: string;
  thisDevice: string;
  otherDevice: string;
  server: string;
  since: string;
  lastSeen: string;
  events: string;
  topics: string;
  campaigns: string;
  identifiers: string;
  traits: string;
  networks: string;
  /** `last` is a day. */
  networksSeen: (networks: number, days: number, last: string) => string;
  hints: string;
  consent: string;
  consentUnder: (policy: number, at: string) => string;
  byDefault: string;
  defaultUnder: (policy: number) => string;
  noConsent: string;
  verified: string;
  unverified: string;
  unreadable: string;
  maybe: (count: number) => string;
  others: string;
  download: string;
  downloadIntro: string;
  downloadButton: string;
  erase: string;
  eraseIntro: string;
  eraseConfirm: string;
  eraseButton: string;
  erased: string;
  erasedWords: (reference: string) => string;
  erasing: (reference: string) => string;
  notConfirmed: string;
  back: string;
  cookies: string;
  table: TableWords;
  /** Why something is allowed or not; null where the language has no words for it. */
  because: (code: string) => string | null;
  /** What an identifier is called by its kind (`social:google`); null where the language has no words for it. */
  kind: (kind: string) => string | null;
  /** What a trait is called, by the name the site gave it; null where the language has no words for it. */
  trait: (name: string) => string | null;
}

/** Texts that have no more to say than themselves. */
type Plain = { [Name in keyof Words]: Words[Name] extends string ? Name : never }[keyof Words];

function wordsFrom(texts: Texts & MoreTexts): Words {
  const say = (name: PageWord, values: Readonly<Record<string, string | number>>): string =>
    filled(texts[name], values);
  const plain = Object.fromEntries(
    Object.keys(PAGE_WORDS)
      .filter((name) => !name.includes("."))
      .map((name) => [name, texts[name as PageWord]]),
  ) as Record<Plain, string>;
  return {
    ...plain,
    rules: {
      "opt-in": texts["rules.opt-in"],
      "opt-out": texts["rules.opt-out"],
      notice: texts["rules.notice"],
    },
    networksSeen: (networks, days, last) => say("networksSeen", { networks, days, last }),
    consentUnder: (policy, at) => say("consentUnder", { policy, at }),
    defaultUnder: (policy) => say("defaultUnder", { policy }),
    maybe: (count) => say("maybe", { count }),
    erasedWords: (reference) => say("erasedWords", { reference }),
    erasing: (reference) => say("erasing", { reference }),
    table: {
      title: texts["table.title"],
      intro: texts["table.intro"],
      name: texts["table.name"],
      what: texts["table.what"],
      purpose: texts["table.purpose"],
      kept: texts["table.kept"],
      days: (days) => say("table.days", { days }),
      untilConsentEnds: texts["table.untilConsentEnds"],
      identifies: texts["table.identifies"],
      anonymous: texts["table.anonymous"],
      storage: texts["table.storage"],
      change: texts["table.change"],
    },
    because: (code) => texts[`because.${code}`] ?? null,
    kind: (kind) => {
      const [family = "", provider = ""] = kind.split(":");
      const text = texts[`kind.${family}`];
      return text === undefined ? null : filled(text, { provider });
    },
    // `firstName`, `first_name` and `firstname` are one.
    trait: (name) => texts[`trait.${name.toLowerCase().replaceAll("_", "")}`] ?? null,
  };
}

/** One of something is said otherwise than several, in these two. */
const en: Words = {
  ...wordsFrom({ ...EN, ...EN_MORE }),
  networksSeen: (networks, days, last) =>
    filled(days === 1 ? EN.networksSeen.replace("{days} days", "{days} day") : EN.networksSeen, {
      networks,
      days,
      last,
    }),
  maybe: (count) =>
    count === 1
      ? "1 other device may be yours, but nothing proves it. Sign in on both to see it here."
      : filled(EN.maybe, { count }),
};

const de: Words = {
  ...wordsFrom({ ...DE, ...DE_MORE }),
  networksSeen: (networks, days, last) =>
    filled(days === 1 ? DE.networksSeen.replace("{days} Tagen", "{days} Tag") : DE.networksSeen, {
      networks,
      days,
      last,
    }),
  maybe: (count) =>
    count === 1
      ? "Ein weiteres Gerät könnte Ihres sein, aber nichts beweist es. Melden Sie sich auf beiden an, um es hier zu sehen."
      : filled(DE.maybe, { count }),
};

/** For what another language has no words for. */
export const ENGLISH: Words = en;

const WORDS: Readonly<Record<string, Words>> = { en, de };

/**
 * In the language of the notice: as the policy has it, else as Usher has it; else in the policy's own language, and else in English.
 * A page is in one language, and says in `lang` which.
 */
export function wordsIn({ notice }: Policy, language: string): { lang: string; words: Words } {
  for (const lang of [language, notice.language]) {
    const texts = notice.pages?.[lang];
    if (texts) return { lang, words: wordsFrom(texts as Texts & MoreTexts) };
    const base = lang.split("-")[0] ?? lang;
    const words = Object.hasOwn(WORDS, base) ? WORDS[base] : undefined;
    if (words) return { lang: base, words };
  }
  return { lang: "en", words: en };
}
