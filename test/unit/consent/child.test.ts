import { expect, test } from "vitest";
import { isKnownChild } from "../../../src/domain/consent/child.ts";
import type { Json } from "../../../src/domain/json.ts";

const aged = (age: Json) => [{ traits: { age } }, { context: { traits: { age } } }];

test.each<Json>([0, 5, 12, 12.9, "0", "7", " 12 ", "12.5", "12,5"])(
  "whoever is %j years old is a child",
  (age) => {
    for (const message of aged(age)) expect(isKnownChild(message)).toBe(true);
  },
);

test.each<Json>([
  "",
  " ",
  "\t",
  "unknown",
  "null",
  "-1",
  "0x5",
  "1e1",
  "12-17",
  "13",
  "40",
  "Infinity",
  13,
  40,
  -1,
  false,
  true,
  null,
  [],
  [5],
  ["5"],
  {},
  { age: 5 },
])("an age of %j says nothing of a child", (age) => {
  for (const message of aged(age)) expect(isKnownChild(message)).toBe(false);
});

test("a message without an age is about nobody known to be a child, one that says so is", () => {
  expect(isKnownChild({})).toBe(false);
  expect(isKnownChild({ traits: {}, context: { child: false } })).toBe(false);
  expect(isKnownChild({ traits: { age: 40 }, context: { child: true } })).toBe(true);
});
