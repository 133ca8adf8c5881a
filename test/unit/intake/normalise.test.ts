import { expect, test } from "vitest";
import {
  normalise,
  normaliseEmail,
  normaliseId,
  normalisePhone,
} from "../../../src/domain/intake/normalise.ts";
import { lines, pairs } from "./cases.ts";

test.each(pairs("emails_valid"))("the e-mail address %j is written %j", (raw, address) => {
  expect(normaliseEmail(raw)).toBe(address);
});

test.each(lines("emails_invalid"))("%j is no e-mail address", (raw) => {
  expect(normaliseEmail(raw)).toBeNull();
});

test.each(pairs("phones"))("the phone number %j is written %j", (raw, number) => {
  expect(normalisePhone(raw)).toBe(number);
});

test("an address typed with combining accents is the same address", () => {
  expect(normaliseEmail("jo\u0308rg@example.org")).toBe(normaliseEmail("j\u00f6rg@example.org"));
});

test("a user id keeps its case and loses only the blanks around it", () => {
  expect(normaliseId("  A1 b ")).toBe("A1 b");
});

test("a number is an id like any other", () => {
  expect(normaliseId(42)).toBe("42");
  expect(normalise("crm", 42)).toBe("42");
});

test.each([null, true, [], {}, "", "   ", "x".repeat(257)])("%j is no id", (raw) => {
  expect(normaliseId(raw)).toBeNull();
});

test("an id of 256 characters is kept whole", () => {
  expect(normaliseId("x".repeat(256))).toHaveLength(256);
});
