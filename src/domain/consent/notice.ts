import { canonical } from "./canonical.ts";
import type { NoticeText, Policy } from "./policy.ts";
import type { Purpose } from "./purposes.ts";

/** A purpose as the banner and `GET /_u/consent` show it. */
export interface PurposeText {
  readonly id: Purpose;
  readonly label: string;
  readonly description: string;
  readonly required: boolean;
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
    const base = tag.split("-")[0];
    const found =
      has.find((name) => name.toLowerCase() === tag) ??
      has.find((name) => name.toLowerCase() === base);
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
