import { canonical } from "./canonical.ts";
import { TOLD } from "./default-notice.ts";
import type { NoticeText, Policy } from "./policy.ts";
import { namesOf } from "./openings.ts";
import type { Purpose } from "./purposes.ts";

/** A purpose as the banner and `GET /_u/consent` show it. */
export interface PurposeText {
  readonly id: Purpose;
  readonly label: string;
  readonly description: string;
  readonly required: boolean;
}

/** What it is called where the site's own people read. By what it was called before, too; one that the policy no longer has keeps its id. */
export function labelOf(policy: Policy, purpose: Purpose): string {
  const found = policy.purposes.find((each) => namesOf(each).includes(purpose));
  return found?.label[policy.notice.language] ?? found?.label["en"] ?? purpose;
}

/** The most preferred language of an `Accept-Language` header that the notice has, else the policy's own. */
export function pickLanguage(policy: Policy, acceptLanguage: string | null | undefined): string {
  const has = Object.keys(policy.notice.texts);
  const wanted = (acceptLanguage ?? "")
    .slice(0, MAX_HEADER)
    .split(",")
    .map((part) => {
      const [tag = "", ...parameters] = part.split(";").map((text) => text.trim());
      const quality = parameters.find((parameter) => parameter.startsWith("q="));
      return {
        tag: tag.toLowerCase(),
        quality: quality === undefined ? 1 : Number(quality.slice(2)),
      };
    })
    .filter(({ tag, quality }) => tag !== "" && quality > 0)
    .toSorted((a, b) => b.quality - a.quality);
  for (const { tag } of wanted) {
    const base = baseOf(tag);
    // Portuguese of Brazil is better for somebody from Portugal than another language.
    const found =
      has.find((name) => name.toLowerCase() === tag) ??
      has.find((name) => name.toLowerCase() === base) ??
      has.find((name) => baseOf(name) === base);
    if (found !== undefined) return found;
  }
  return policy.notice.language;
}

/** Characters; real headers have a few dozen. */
const MAX_HEADER = 500;

/** The notice in a language, else in the policy's own (which `parsePolicy` makes sure of). */
export function noticeText(policy: Policy, language: string): NoticeText | undefined {
  const { texts } = policy.notice;
  return Object.hasOwn(texts, language) ? texts[language] : texts[policy.notice.language];
}

/** What is told where nobody is asked. */
export interface ToldText {
  readonly body: string;
  readonly close: string;
  /** Of both: the policy may not have them in the language of the rest. */
  readonly language: string;
}

/** In this language, if the policy or Usher has words in it, else in the policy's own, else in English. `on`: what is granted. */
export function toldText(policy: Policy, language: string, on: readonly Purpose[]): ToldText {
  const own = policy.notice.language;
  for (const each of [language, own, "en"]) {
    const texts = Object.hasOwn(policy.notice.texts, each) ? policy.notice.texts[each] : undefined;
    const known = TOLD[baseOf(each)];
    const told = texts?.told ?? known?.told;
    const close = texts?.close ?? known?.close;
    if (told === undefined || close === undefined) continue;
    const labels = purposeTexts(policy, each).filter(({ id }) => on.includes(id));
    const purposes = labels.map(({ label }) => label).join(", ");
    return { body: told.replaceAll("{purposes}", () => purposes), close, language: each };
  }
  throw new Error("English is always there");
}

const baseOf = (language: string): string => language.split("-")[0] ?? language;

/** Languages that are written from right to left, by ISO 639, and scripts by ISO 15924. */
const RIGHT_TO_LEFT =
  /^(?:ar|arc|ckb|dv|fa|ha-Arab|he|iw|khw|ks|ku-Arab|nqo|pa-Arab|ps|sd|syr|ug|ur|uz-Arab|yi)\b|-(?:Arab|Hebr|Syrc|Thaa|Nkoo)\b/;

/** The way a language is written. */
export const directionOf = (language: string): "ltr" | "rtl" =>
  RIGHT_TO_LEFT.test(language) && !/-Latn\b/.test(language) ? "rtl" : "ltr";

export function purposeTexts(policy: Policy, language: string): PurposeText[] {
  const own = policy.notice.language;
  return policy.purposes.map(({ id, label, description, required }) => ({
    id,
    label: label[language] ?? label[own] ?? id,
    description: description[language] ?? description[own] ?? "",
    required,
  }));
}

/** Everything a visitor was shown, as one text; its SHA-256 stands in the receipt. */
export function shownText(policy: Policy, language: string): string {
  const purposes = purposeTexts(policy, language).map((purpose) => ({ ...purpose }));
  const notice = noticeText(policy, language);
  return canonical({ language, notice: notice === undefined ? null : { ...notice }, purposes });
}
