import { expect, test } from "vitest";
import { isKnownChild } from "../../../src/domain/consent/child.ts";
import { NOW } from "./support.ts";
import type { Json } from "../../../src/domain/json.ts";

const aged = (age: Json) => [{ traits: { age } }, { context: { traits: { age } } }];

test.each<Json>([0, 5, 12, 12.9, "0", "7", " 12 ", "12.5", "12,5"])(
  "whoever is %j years old is a child",
  (age) => {
    for (const message of aged(age)) expect(isKnownChild(message, NOW)).toBe(true);
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
  for (const message of aged(age)) expect(isKnownChild(message, NOW)).toBe(false);
});

test("a message without an age is about nobody known to be a child, one that says so is", () => {
  expect(isKnownChild({}, NOW)).toBe(false);
  expect(isKnownChild({ traits: {}, context: { child: false } }, NOW)).toBe(false);
  expect(isKnownChild({ traits: { age: 40 }, context: { child: true } }, NOW)).toBe(true);
});

test.each([
  "2015-04-03",
  "2015-04-03T00:00:00.000Z",
  "03.04.2015",
  "20150403",
  "2014",
  "2013-11-23",
])("whoever was born on %s is a child on 2026-11-22", (birthday) => {
  for (const name of ["birthday", "birthdate", "dateOfBirth"])
    expect(isKnownChild({ context: { traits: { [name]: birthday } } }, NOW)).toBe(true);
});

test.each(["2013-11-22", "1985-04-03", "1900-01-01", "2099-01-01", "soon", "", "9".repeat(100)])(
  "a birthday of %j says nothing of a child",
  (birthday) => {
    expect(isKnownChild({ traits: { birthday } }, NOW)).toBe(false);
  },
);

test("the policy says until when somebody is a child", () => {
  expect(isKnownChild({ traits: { age: 15 } }, NOW, 16)).toBe(true);
  expect(isKnownChild({ traits: { birthday: "2010-12-01" } }, NOW, 16)).toBe(true);
  expect(isKnownChild({ traits: { age: 16 } }, NOW, 16)).toBe(false);
});
