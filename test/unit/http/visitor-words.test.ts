/** The pages for visitors in languages that the policy carries. */
import { expect, test } from "vitest";
import { BECAUSE_CODES } from "../../../src/domain/consent/because.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { pickLanguage } from "../../../src/domain/consent/notice.ts";
import { faultsOfTexts, PAGE_WORDS } from "../../../src/domain/consent/page-words.ts";
import { parsePolicy, type Policy } from "../../../src/domain/consent/policy.ts";
import { DE, EN } from "../../../src/http/me/texts.ts";
import { wordsIn } from "../../../src/http/me/words.ts";

/** Each text marked, so that it shows which language it is of. */
const marked = (mark: string): Record<string, string> =>
  Object.fromEntries(Object.entries(EN).map(([name, text]) => [name, `${mark} ${text}`]));

const speaking = (languages: Record<string, Record<string, string> | null>): Policy => ({
  ...DEFAULT_POLICY,
  notice: {
    ...DEFAULT_POLICY.notice,
    texts: {
      ...DEFAULT_POLICY.notice.texts,
      ...Object.fromEntries(
        Object.keys(languages).map((language) => [language, DEFAULT_POLICY.notice.texts["en"]!]),
      ),
    },
    pages: Object.fromEntries(
      Object.entries(languages).flatMap(([language, texts]) => (texts ? [[language, texts]] : [])),
    ),
  },
});

test.each(Object.entries({ EN, DE }))("Usher's own texts in %s are whole", (_, texts) => {
  expect(faultsOfTexts(texts)).toEqual([]);
});

test("a policy's texts are said, with what has to stand in them, and its words for reasons", () => {
  const policy = speaking({ ar: { ...marked("ar"), "because.choice-granted": "ar agreed" } });
  expect(parsePolicy(policy).ok).toBe(true);
  const { lang, words } = wordsIn(policy, "ar");
  expect(lang).toBe("ar");
  expect(words.title).toBe(`ar ${EN.title}`);
  expect(words.rules.notice).toBe(`ar ${EN["rules.notice"]}`);
  expect(words.consentUnder(3, "Monday")).toBe(
    "ar as you decided on Monday, under version 3 of our policy",
  );
  expect(words.networksSeen(2, 1, "Monday")).toContain("ar 2 on 1 days, the last Monday");
  expect(words.table.days(5)).toBe("ar 5 days");
  expect(words.because("choice-granted")).toBe("ar agreed");
  expect(words.because("choice-refused")).toBeNull();
});

test("a language without texts of the pages is answered in the notice's own, else in English, never in two", () => {
  expect(wordsIn(speaking({ fr: null }), "fr")).toMatchObject({
    lang: "en",
    words: { title: EN.title },
  });
  const spanish = speaking({ fr: null, es: marked("es") });
  const own = { ...spanish, notice: { ...spanish.notice, language: "es" } };
  expect(wordsIn(own, "fr")).toMatchObject({ lang: "es", words: { title: `es ${EN.title}` } });
  expect(wordsIn(own, "de-AT")).toMatchObject({ lang: "de", words: { title: DE.title } });
  const french = speaking({ fr: null });
  const only = { ...french, notice: { ...french.notice, language: "fr" } };
  expect(wordsIn(only, "fr").lang).toBe("en");
});

test("a language that isn't whole, lacks a place, says too much or has no notice is refused with the path", () => {
  const { title: _, ...rest } = marked("fr");
  const fr = { ...rest, maybe: "quelques autres", subtitle: "x" };
  const parsed = parsePolicy(speaking({ fr }));
  expect(parsed.ok ? [] : parsed.faults).toEqual([
    {
      path: "notice.pages.fr.title",
      message: "is missing: a language is whole or isn't there",
    },
    { path: "notice.pages.fr.maybe", message: "must contain {count}" },
    { path: "notice.pages.fr.subtitle", message: "is no text of these pages" },
  ]);
  const silent = { ...DEFAULT_POLICY.notice, pages: { it: marked("it") } };
  const unheard = parsePolicy({ ...DEFAULT_POLICY, notice: silent });
  expect(unheard.ok ? [] : unheard.faults).toEqual([
    { path: "notice.pages.it", message: "has no notice in this language" },
  ]);
});

test("Usher says in its own languages why, and what identifiers and traits are called", () => {
  for (const language of ["en", "de"]) {
    const { words } = wordsIn(DEFAULT_POLICY, language);
    expect(BECAUSE_CODES.filter((code) => words.because(code) === null)).toEqual([]);
    const kinds = ["user_id", "email", "phone", "crm", "anonymous_id", "push", "social:google"];
    expect(kinds.filter((kind) => words.kind(kind) === null)).toEqual([]);
    expect(words.trait("plan")).toBeNull();
  }
  const { words } = wordsIn(DEFAULT_POLICY, "de");
  expect(words.because("choice-granted")).toBe("Sie haben dem auf dieser Website zugestimmt.");
  expect(words.kind("social:google")).toBe("Konto bei google");
  expect(["firstName", "first_name"].map(words.trait)).toEqual(["Vorname", "Vorname"]);
});

test("a policy may leave out what identifiers are called; what it says of them has its places", () => {
  const policy = speaking({ fr: { ...marked("fr"), "kind.email": "adresse e-mail" } });
  expect(parsePolicy(policy).ok).toBe(true);
  const { words } = wordsIn(policy, "fr");
  expect([words.kind("email"), words.kind("phone")]).toEqual(["adresse e-mail", null]);
  const parsed = parsePolicy(speaking({ fr: { ...marked("fr"), "kind.social": "compte" } }));
  expect(parsed.ok ? [] : parsed.faults).toEqual([
    { path: "notice.pages.fr.kind.social", message: "must contain {provider}" },
  ]);
});

test.each([
  ["pt-PT,en;q=0.5", "pt-BR"],
  ["zh-TW", "zh-Hant"],
  ["fr,de;q=0.8", "de"],
  ["", "en"],
])("somebody who prefers %j reads %s", (accepted, language) => {
  const policy = speaking({ "pt-BR": null, "zh-Hant": null });
  expect(pickLanguage(policy, accepted)).toBe(language);
  expect(parsePolicy(policy).ok).toBe(true);
});

test("every text has a name of its own in both lists", () => {
  expect(Object.keys(EN).toSorted()).toEqual(Object.keys(PAGE_WORDS).toSorted());
});
