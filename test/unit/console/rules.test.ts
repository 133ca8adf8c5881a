import { expect, test } from "vitest";
import { Fields } from "../../../src/console/consent/edit/fields.ts";
import { changesBetween } from "../../../src/console/rules/changes.ts";
import { fieldsOf, readRules } from "../../../src/console/rules/fields.ts";
import { partsOf } from "../../../src/console/rules/words.ts";
import { DEFAULT_MERGE_RULES, type MergeRules } from "../../../src/domain/identity/rules.ts";
import { rulesFrom } from "../../../src/domain/identity/rules-schema.ts";

const RARE: MergeRules = {
  version: 7,
  unique: ["user_id", "social:google"],
  priority: [],
  limits: { default: 3, email: 9, "esp:klaviyo": 1 },
  leastAssurance: { default: "verified", phone: "never", email: "asserted" },
  maxVisitorsPerIdentifier: 2,
  flood: { visitors: 2, hours: 720, proven: 3 },
  blocked: {
    values: ["user, test", "desk"],
    patterns: ["email:*@shop.example"],
    allowed: ["guest"],
  },
  devices: { sharedFrom: 3, kioskFrom: 3 },
  tokens: { bound: "all", hours: 24 },
  personas: { apart: false, organisations: ["club.example"], personal: ["family.example"] },
  probable: { suggestFrom: 0.5, mergeFrom: 0.975, devices: "suggest" },
  country: "DE",
};

/** As a browser sends the form: ends of lines as on paper tape. */
const sent = (rules: MergeRules, changes: Record<string, string> = {}): Fields => {
  const form = new URLSearchParams();
  for (const [name, text] of fieldsOf(rules))
    if (!(name in changes)) form.append(name, text.replaceAll("\n", "\r\n"));
  for (const [name, text] of Object.entries(changes)) form.append(name, text);
  return new Fields(form);
};

const errorsOf = (fields: Fields): Record<string, string> => {
  const reading = readRules(fields);
  return reading.ok ? {} : Object.fromEntries(reading.errors.byName);
};

test.each([DEFAULT_MERGE_RULES, RARE])("the form sent back unchanged changes no rule", (rules) => {
  const reading = readRules(sent(rules));
  if (!reading.ok) throw new Error(JSON.stringify(reading.errors.list));
  const read = rulesFrom(reading.edited, rules.version);
  expect(changesBetween(rules, read)).toEqual([]);
  expect(read).toEqual(rules);
});

test("every rule of the document is a sentence, and a change of any is told", () => {
  const rules = new Set(
    partsOf(RARE).flatMap(({ sentences }) => sentences.map(({ id }) => id.split(".")[0])),
  );
  for (const part of Object.keys(DEFAULT_MERGE_RULES))
    if (part !== "version") expect(rules).toContain(part);
  const told = new Set(changesBetween(DEFAULT_MERGE_RULES, RARE).map(({ id }) => id));
  const paths =
    "unique priority limits.user_id limits.email limits.default leastAssurance.phone flood.visitors flood.proven " +
    "maxVisitorsPerIdentifier blocked.values blocked.patterns blocked.allowed devices.sharedFrom devices.kioskFrom " +
    "tokens.bound tokens.hours personas.apart personas.organisations personas.personal country " +
    "probable.suggestFrom probable.mergeFrom probable.devices";
  for (const path of paths.split(" ")) expect(told, path).toContain(path);
});

test("a list tells what came and what went, and nothing of what stayed", () => {
  const after = { ...RARE, blocked: { ...RARE.blocked, values: ["desk", "till"] } };
  expect(changesBetween(RARE, after)).toEqual([
    {
      id: "blocked.values",
      before: "Values that name nobody, no longer: user, test.",
      after: "Values that name nobody, new: till.",
    },
  ]);
});

test("what is wrong stands beside its field, all of it at once", () => {
  const errors = errorsOf(
    sent(DEFAULT_MERGE_RULES, {
      "kinds.2.most": "many",
      "limits.default": "",
      "devices.sharedFrom": "9",
      "devices.kioskFrom": "3",
      "probable.mergeFrom": "0.5",
      "personas.organisations": "club.example\nnot a domain",
      country: "Germany",
      priority: "email\nemail",
    }),
  );
  expect(Object.keys(errors).toSorted()).toEqual([
    "country",
    "devices.kioskFrom",
    "kinds.2.most",
    "limits.default",
    "personas.organisations",
    "priority",
    "probable.mergeFrom",
  ]);
  expect(errors["kinds.2.most"]).toBe("This must be a whole number.");
});

test("a kind that was added is taken, and refused where it stands twice, is none or has nothing set", () => {
  const added = (kind: string, more: Record<string, string> = { "kinds.7.most": "2" }) =>
    sent(DEFAULT_MERGE_RULES, { "kinds.7.kind": kind, "kinds.7.least": "", ...more });
  const reading = readRules(
    added("social:google", { "kinds.7.most": "2", "kinds.7.unique": "yes" }),
  );
  expect(reading).toMatchObject({
    ok: true,
    edited: { limits: { "social:google": 2 }, unique: ["user_id", "social:google"] },
  });
  expect(errorsOf(added("email"))).toEqual({ "kinds.7.kind": "This stands twice." });
  expect(Object.keys(errorsOf(added("facebook")))).toEqual(["kinds.7.kind"]);
  expect(Object.keys(errorsOf(added("")))).toEqual(["kinds.7.kind"]);
  expect(Object.keys(errorsOf(added("social:x", {})))).toEqual(["kinds.7.kind"]);
  expect(errorsOf(added("", {}))).toEqual({});
});

test("a decimal is read with a point or a comma, and a bound left empty is none", () => {
  const reading = readRules(
    sent(RARE, { "probable.suggestFrom": "0,9", "probable.mergeFrom": "", "tokens.hours": "" }),
  );
  expect(reading).toMatchObject({
    ok: true,
    edited: { probable: { suggestFrom: 0.9, mergeFrom: null }, tokens: { hours: null } },
  });
});
