import { expect, test } from "vitest";
import {
  blockedBy,
  type BlockedRules,
  isBlocked,
  matches,
} from "../../../src/domain/intake/blocked.ts";
import { lines } from "./cases.ts";

test.each(lines("ids_blocked"))("%j never identifies anybody", (value) => {
  expect(isBlocked(value)).toBe(true);
});

test.each(["", "   ", " null ", "\tundefined\n"])(
  "%j, blank around a placeholder, doesn't either",
  (value) => {
    expect(isBlocked(value)).toBe(true);
  },
);

test.each(lines("ids_good"))("%j may identify somebody", (value) => {
  expect(isBlocked(value)).toBe(false);
});

const rules = (said: Partial<BlockedRules>): BlockedRules => ({
  values: [],
  patterns: [],
  allowed: [],
  ...said,
});

test("what an officer blocks names nobody, whatever its case and its brackets, and the built-in list goes on", () => {
  const blocks = blockedBy(rules({ values: ["WebUser", "{{user.id}}"] }));
  expect(blocks("user_id", "webuser")).toBe(true);
  expect(blocks("anonymous_id", " (webuser) ")).toBe(true);
  expect(blocks("user_id", "{{user.id}}")).toBe(true);
  expect(blocks("user_id", "user.id")).toBe(false);
  expect(blocks("user_id", "webuser2")).toBe(false);
  expect(blocks("user_id", "undefined")).toBe(true);
});

test("an entry of one kind blocks that kind alone, and one of a family all of the family", () => {
  const blocks = blockedBy(
    rules({ values: ["user_id:till", "social:none-yet"], patterns: ["email:*@shop.example"] }),
  );
  expect(blocks("user_id", "till")).toBe(true);
  expect(blocks("crm", "till")).toBe(false);
  expect(blocks("social:google", "none-yet")).toBe(true);
  expect(blocks("user_id", "none-yet")).toBe(false);
  expect(blocks("email", "desk@shop.example")).toBe(true);
  expect(blocks("user_id", "desk@shop.example")).toBe(false);
});

test("a telephone number is blocked however it is spelt in the rules", () => {
  const blocks = blockedBy(rules({ values: ["+49 (30) 90-18 20"] }));
  expect(blocks("phone", "+4930901820")).toBe(true);
});

test("what is allowed isn't blocked by a pattern or the built-in list, and nothing near it is freed", () => {
  const blocks = blockedBy(
    rules({ patterns: ["web-*"], allowed: ["user_id:guest", "noreply@club.example", "web-1"] }),
  );
  expect(blocks("user_id", "Guest")).toBe(false);
  expect(blocks("user_id", "(guest)")).toBe(true);
  expect(blocks("crm", "guest")).toBe(true);
  expect(blocks("email", "noreply@club.example")).toBe(false);
  expect(blocks("email", "noreply@shop.example")).toBe(true);
  expect(blocks("user_id", "web-1")).toBe(false);
  expect(blocks("user_id", "web-2")).toBe(true);
});

test.each([
  ["web-*", "web-", true],
  ["web-*", "web-7f", true],
  ["web-*", "aweb-7f", false],
  ["*-test", "qa-test", true],
  ["*-test", "qa-tests", false],
  ["a*b*c", "a.c.b.c", true],
  ["a*b*c", "a.c.b", false],
  ["ab*ba", "aba", false],
  ["{{*}}", "{{user.id}}", true],
  ["plain.dot", "plainxdot", false],
])("%j against %j: %j", (pattern, value, said) => {
  expect(matches(pattern, value)).toBe(said);
});

test("a pattern made to take long is through after one pass", () => {
  let looked = 0;
  const value = {
    length: 256,
    startsWith: (part: string) => "a".repeat(256).startsWith(part),
    endsWith: (part: string) => part === "",
    indexOf: (part: string, at: number) => {
      looked++;
      return "a".repeat(256).indexOf(part, at);
    },
  } as unknown as string;
  expect(matches("a*a*a*a*a*a*a*ab*", value)).toBe(false);
  expect(looked).toBeLessThanOrEqual(8);
});
