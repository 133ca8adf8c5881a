import { expect, test } from "vitest";
import { changesInWords } from "../../../src/console/consent/changes.ts";
import { placesWords, regionNamed } from "../../../src/console/consent/places.ts";
import { readSituation } from "../../../src/console/consent/situation.ts";
import { regimeWords } from "../../../src/console/consent/words.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import type { Policy } from "../../../src/domain/consent/policy.ts";
import { differences } from "../../../src/http/api/draft.ts";

const told = (after: Policy): string[] =>
  changesInWords(DEFAULT_POLICY, after, differences(DEFAULT_POLICY, after)).map(
    ({ words }) => words,
  );

test("the policy is read out region by region", () => {
  expect(regimeWords(DEFAULT_POLICY).map(({ where, what }) => `${where} ${what}`)).toEqual([
    "In the EU, Brazil, Iceland, Liechtenstein, Norway, Quebec and 2 more, visitors are asked first. Until they say yes, nothing that can be refused happens.",
    "In the United States, Measurement, Personalization, Recognition and Advertising may begin at once, until the visitor or their browser says no.",
    "Everywhere else, visitors are told. Measurement and Personalization may begin at once; Recognition and Advertising not before they say yes.",
  ]);
});

test("regions are known by code and by name", () => {
  expect(
    ["de", "Germany", "california", "the United Kingdom", "Québec", "Atlantis"].map(regionNamed),
  ).toEqual(["DE", "DE", "US-CA", "GB", "CA-QC", null]);
  expect(placesWords(["DE", "FR"])).toBe("France and Germany");
});

test("a part of a country or a city counts as the region whose rule holds there", () => {
  const places = [
    "Hamburg",
    "MÜNCHEN",
    "Koln",
    "Scotland",
    "UK",
    "Zürich",
    "Île-de-France",
    "Łódź",
  ];
  expect(places.map(regionNamed)).toEqual(["DE", "DE", "DE", "GB", "GB", "CH", "FR", "PL"]);
  expect(
    ["Canary Islands", "San Francisco", "Montreal", "Georgia", "Åland"].map(regionNamed),
  ).toEqual(["ES", "US-CA", "CA-QC", "US-GA", "AX"]);
});

test("a visitor in Hamburg can be described, as in Germany", () => {
  const described = readSituation(new URLSearchParams("region=Hamburg"), DEFAULT_POLICY, 0);
  expect(described.errors).toEqual([]);
  expect(described.situation?.region).toBe("DE");
});

test("a notice in another language is told by the language's name", () => {
  const { notice } = DEFAULT_POLICY;
  const texts = { ...notice.texts, fr: notice.texts["en"]! };
  expect(told({ ...DEFAULT_POLICY, notice: { ...notice, texts } })).toEqual([
    "The notice is there in French too.",
  ]);
});

test("changes are told in words, many regions of one change as one", () => {
  const { regions } = DEFAULT_POLICY.regimes;
  expect(
    told({
      ...DEFAULT_POLICY,
      regimes: {
        ...DEFAULT_POLICY.regimes,
        regions: { ...regions, US: "opt-in", JP: "opt-in", KR: "opt-in" },
      },
    }),
  ).toEqual([
    "The United States: “until they say no” → “ask first”.",
    "Japan and South Korea: as everywhere else → “ask first”.",
  ]);
  const [first, ...rest] = DEFAULT_POLICY.purposes;
  const purposes = rest.map((purpose) =>
    purpose.id === "measurement" ? { ...purpose, retentionDays: 30, switchesOn: [] } : purpose,
  );
  expect(told({ ...DEFAULT_POLICY, purposes: [first!, ...purposes] })).toEqual([
    "Measurement: what is recorded is kept for 30\u00a0days instead of 395\u00a0days.",
    "Measurement no longer lets Usher record what visitors do and set the cookie with a random number.",
  ]);
});

test("no change of any part is told by its path alone", () => {
  const { tcf } = DEFAULT_POLICY.signals;
  const sentences = told({
    ...DEFAULT_POLICY,
    purposes: DEFAULT_POLICY.purposes.slice(0, 3).map((purpose) => ({
      ...purpose,
      label: { ...purpose.label, en: `${purpose.label["en"]} 2`, fr: "Autre" },
      basis: "contract",
    })),
    regimes: { ...DEFAULT_POLICY.regimes, elsewhere: "opt-in" },
    defaults: { ...DEFAULT_POLICY.defaults, notice: {} },
    signals: { ...DEFAULT_POLICY.signals, gpc: { governs: [] }, tcf: { ...tcf, maxAgeMonths: 6 } },
    cookies: [],
    notice: { language: "de", texts: { de: DEFAULT_POLICY.notice.texts["de"]! } },
    reask: { grantDays: 30, refusalDays: 30, besideOtherTools: true },
    withdrawal: "erase",
    scrub: { names: ["x"], values: [] },
    sensitiveTopics: ["horoscopes"],
    sharedDevice: { secondUser: "refuse" },
  });
  expect(sentences.filter((words) => /^[a-z]+(\.[a-z-]+)+:/i.test(words))).toEqual([]);
  expect(sentences.every((words) => words.endsWith(".") || words.endsWith("”"))).toBe(true);
});
