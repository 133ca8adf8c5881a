import fc from "fast-check";
import { expect, test } from "vitest";
import { errorsOf, pathWords } from "../../../src/console/consent/edit/area.ts";
import { EN } from "../../../src/http/me/texts.ts";
import { AREAS } from "../../../src/console/consent/edit/areas.ts";
import { Fields } from "../../../src/console/consent/edit/fields.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { type Policy, readDraft } from "../../../src/domain/consent/policy.ts";

const area = (id: string) => AREAS.find((each) => each.id === id)!;

/** As a browser sends it: names and texts, ends of lines as on paper tape. */
const sent = (id: string, policy: Policy, changes: [string, string][] = []): Fields => {
  const form = new URLSearchParams();
  const changed = new Set(changes.map(([name]) => name));
  for (const [name, text] of area(id).write(policy))
    if (!changed.has(name)) form.append(name, text.replaceAll("\n", "\r\n"));
  for (const [name, text] of changes) form.append(name, text);
  return new Fields(form);
};

const rare: Policy = {
  ...DEFAULT_POLICY,
  purposes: [
    ...DEFAULT_POLICY.purposes,
    {
      id: "surveys",
      label: { en: "Surveys", fr: "Enquêtes" },
      description: { en: "Asks for your opinion,\nonce in a while." },
      required: false,
      basis: "legitimate-interest",
      retentionDays: 1,
      switchesOn: [],
      since: 1,
    },
  ],
  regimes: {
    regions: { unknown: "opt-in", "US-CA": "opt-in", JP: "notice" },
    elsewhere: "opt-out",
  },
  defaults: { "opt-in": {}, "opt-out": { measurement: true }, notice: { surveys: false } },
  withdrawal: "erase",
  reask: { grantDays: 1, refusalDays: 3_650, besideOtherTools: true },
  scrub: { names: [], values: ["iban", "card"] },
  sensitiveTopics: [],
  sharedDevice: { secondUser: "refuse" },
};

test.each(AREAS.map(({ id }) => id))("the form of %s sent back unchanged changes nothing", (id) => {
  for (const policy of [DEFAULT_POLICY, rare]) {
    const reading = area(id).read(sent(id, policy), policy);
    expect(reading.faults ?? []).toEqual([]);
    const { policy: read } = readDraft(reading.document);
    expect(read).toEqual(policy);
  }
});

test("every part of a policy is edited somewhere, and every fault leads to its part", () => {
  const edited = new Set(AREAS.flatMap(({ owns }) => owns));
  const parts = Object.keys(DEFAULT_POLICY).filter((part) => part !== "version");
  expect(parts.filter((part) => !edited.has(part as keyof Policy))).toEqual([]);
});

test("a row is added, removed and renumbered without another losing a letter", () => {
  const fields = sent("purposes", DEFAULT_POLICY).without("purposes.1").renumbered("purposes");
  const { document } = area("purposes").read(fields, DEFAULT_POLICY);
  expect((document as Policy).purposes).toEqual(
    DEFAULT_POLICY.purposes.filter(({ id }) => id !== "measurement"),
  );
  expect(fields.withRow("purposes").rows("purposes")).toEqual([0, 1, 2, 3, 4]);
});

test.each([
  ["purposes", "purposes.2.retentionDays", "soon", "purposes.2.retentionDays"],
  ["purposes", "purposes.1.id", "Measurement!", "purposes.1.id"],
  ["regions", "regions.notice", "Germany", "regions.notice"],
  ["signals", "signals.tcf.purposes.measurement", "1, 99", "signals.tcf.purposes.measurement"],
  ["signals", "signals.tcf.maxAgeMonths", "14", "signals.tcf.maxAgeMonths"],
  ["notice", "notice.texts.de.title", " ", "notice.texts.de.title"],
  ["cookies", "cookies.0.lifetimeDays", "0", "cookies.0.lifetimeDays"],
  ["promises", "reask.grantDays", "", "reask.grantDays"],
  ["document", "document", '{"version":1}', "document"],
])("in %s a wrong %s is told at its field", (id, name, text, at) => {
  const fields = sent(id, DEFAULT_POLICY, [[name, text]]);
  const reading = area(id).read(fields, DEFAULT_POLICY);
  const { policy, faults } = readDraft(reading.document);
  expect(policy).toBeNull();
  const { byName, list } = errorsOf(area(id), faults, fields);
  expect([...byName.keys()]).toContain(at);
  expect(list.length).toBe(faults.length);
});

test("a region under two rules, and what isn't JSON, are the form's own faults", () => {
  const twice = sent("regions", DEFAULT_POLICY, [["regions.notice", "JP, DE"]]);
  expect(area("regions").read(twice, DEFAULT_POLICY).faults).toEqual([
    { path: "regimes.regions.DE", message: "stands twice" },
  ]);
  for (const text of ["{", "[".repeat(100_000), `${'{"a":'.repeat(33)}1${"}".repeat(33)}`]) {
    const broken = sent("document", DEFAULT_POLICY, [["document", text]]);
    expect(area("document").read(broken, DEFAULT_POLICY).faults).toMatchObject([
      { message: "is not JSON, or nested too deep" },
    ]);
  }
});

test("adding a language copies the notice to be translated, and leads there; a tag that is none is told by the field's name", () => {
  const fields = sent("notice", DEFAULT_POLICY, [["add-language", "fr"]]);
  const { policy } = readDraft(area("notice").read(fields, DEFAULT_POLICY).document);
  expect(policy?.notice.texts["fr"]).toEqual(DEFAULT_POLICY.notice.texts["en"]);
  expect(policy?.notice.texts["de"]).toEqual(DEFAULT_POLICY.notice.texts["de"]);
  expect(area("notice").made?.(fields)).toBe("notice.texts.fr.title");
  const wrong = sent("notice", DEFAULT_POLICY, [["add-language", "french!"]]);
  const { faults = [] } = area("notice").read(wrong, DEFAULT_POLICY);
  expect(errorsOf(area("notice"), faults, wrong).list).toEqual([
    {
      name: "add-language",
      message: "The language to add must be a language tag like fr, de-CH or zh-Hant",
    },
  ]);
});

test("no form, however it was made, does more than be refused", () => {
  const name = fc.oneof(
    fc.constantFrom(...AREAS.flatMap((each) => [...each.write(rare)].map(([field]) => field))),
    fc.constantFrom("purposes.__proto__.id", "purposes.9999999.id", "languages", "cookies.3.row"),
    fc.string(),
  );
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom("__proto__", "constructor", "<script>", "1e9"),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...AREAS),
      fc.array(fc.tuple(name, text), { maxLength: 30 }),
      (each, pairs) => {
        let fields = new Fields(new URLSearchParams(pairs));
        for (const list of each.rows) fields = fields.renumbered(list).withRow(list);
        const reading = each.read(fields, rare);
        const { faults } = readDraft(reading.document);
        errorsOf(each, [...faults, ...(reading.faults ?? [])], fields);
        expect(({} as Record<string, unknown>)["id"]).toBeUndefined();
      },
    ),
    { numRuns: 200 },
  );
});

test("a path is said in words", () => {
  expect(pathWords("purposes.2.retentionDays")).toBe("Purpose 3, retention days");
  expect(pathWords("")).toBe("The document");
});

test("texts of the pages go to and fro one a line, and what is wrong with one is told at its language", () => {
  const french = {
    ...DEFAULT_POLICY.notice.texts["en"]!,
    told: "Ici : {purposes}",
    close: "Fermer",
  };
  const pages = { fr: { ...EN, title: "Vos données = à vous" } };
  const { notice } = DEFAULT_POLICY;
  const policy: Policy = {
    ...DEFAULT_POLICY,
    notice: { ...notice, texts: { ...notice.texts, fr: french }, pages },
  };
  const { document } = area("notice").read(sent("notice", policy), policy);
  expect(readDraft(document)).toEqual({ policy, faults: [] });
  const short = sent("notice", policy, [["notice.pages.fr", "title = Vos données"]]);
  const { faults } = readDraft(area("notice").read(short, policy).document);
  expect(faults.length).toBe(Object.keys(EN).length - 1);
  const { byName } = errorsOf(area("notice"), faults, short);
  expect([...byName.keys()]).toEqual(["notice.pages.fr"]);
  const none = sent("notice", policy, [["notice.pages.fr", ""]]);
  expect((area("notice").read(none, policy).document as Policy).notice.pages).toBeUndefined();
});
