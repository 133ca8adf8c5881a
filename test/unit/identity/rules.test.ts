import * as v from "valibot";
import { expect, test } from "vitest";
import {
  completeRules,
  DEFAULT_MERGE_RULES,
  isUnique,
  leastAssuranceOf,
  limitOf,
  rankOf,
} from "../../../src/domain/identity/rules.ts";
import { MergeRulesSchema, rulesFrom } from "../../../src/domain/identity/rules-schema.ts";

const { version: _, ...starter } = DEFAULT_MERGE_RULES;

/** Where the first flaw is; null when the rules may be saved. */
const flawIn = (changes: object): string | null => {
  const read = v.safeParse(MergeRulesSchema, { ...starter, ...changes });
  return read.success ? null : (v.getDotPath(read.issues[0]) ?? "");
};

test("every setting of a family holds for each of its providers", () => {
  const rules = {
    ...DEFAULT_MERGE_RULES,
    unique: ["social"],
    priority: ["social", "user_id"],
    limits: { default: 5, social: 2 },
    leastAssurance: { default: "asserted", social: "verified" },
  } as const;
  expect(isUnique(rules, "social:google")).toBe(true);
  expect(isUnique(rules, "esp:mailchimp")).toBe(false);
  expect(isUnique({ ...rules, unique: ["social:google"] }, "social:apple")).toBe(false);
  expect(rankOf(rules, "social:google")).toBe(0);
  expect(limitOf(rules, "social:google")).toBe(2);
  expect(leastAssuranceOf(rules, "social:google")).toBe("verified");
});

test.each([
  ["unique", { unique: ["default"] }],
  ["priority", { priority: ["anonymous_id"] }],
  ["leastAssurance", { leastAssurance: { default: "asserted", anonymous_id: "verified" } }],
])("a setting in %s that nothing would read is refused with its place", (place, changes) => {
  expect(flawIn(changes)).toBe(place);
});

const blocked = (said: object) => ({
  blocked: { values: [], patterns: [], allowed: [], ...said },
});

test.each([
  ["blocked.values.0", blocked({ values: [" "] })],
  ["blocked.values.0", blocked({ values: ["x".repeat(257)] })],
  ["blocked.values", blocked({ values: Array.from({ length: 501 }, (_, n) => `v${n}`) })],
  ["blocked.patterns.0", blocked({ patterns: ["*@*"] })],
  ["blocked.patterns.0", blocked({ patterns: ["email:*a*"] })],
  ["blocked.patterns.1", blocked({ patterns: ["web-*", "a*b*c*d*e*f*g*h*i*j"] })],
  ["blocked.allowed", blocked({ values: ["Guest"], allowed: ["guest"] })],
  ["blocked.colours", blocked({ colours: [] })],
])("what can't be blocked is refused at %s", (place, changes) => {
  expect(flawIn(changes)).toBe(place);
});

test("what is blocked, by patterns too, may be saved and is kept", () => {
  const said = { values: ["webuser"], patterns: ["email:*@shop.example"], allowed: ["guest"] };
  const read = v.parse(MergeRulesSchema, { ...starter, blocked: said });
  expect(rulesFrom(read, 2)).toMatchObject({ version: 2, blocked: said });
});

test("rules from before something could be said go on, with twice as many proven claims as typed ones for a flood", () => {
  const { blocked: __, ...older } = { ...starter, flood: { visitors: 3, hours: 2 } };
  expect(completeRules(older)).toMatchObject({
    flood: { visitors: 3, hours: 2, proven: 6 },
    blocked: { values: [], patterns: [], allowed: [] },
  });
  expect(rulesFrom(v.parse(MergeRulesSchema, older), 2).flood.proven).toBe(6);
  expect(completeRules({}).flood.proven).toBe(40);
});
