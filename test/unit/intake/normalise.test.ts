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

test.each(["M\ufffdller", "m\ufffdller@example.org", "a\ud800b", "\udfff", "\0", " \0 \0 "])(
  "%j, which lost a letter or has none, is nobody's id, since others would have the same",
  (raw) => {
    expect(normaliseId(raw)).toBeNull();
    expect(normaliseEmail(raw)).toBeNull();
  },
);

test.each([
  ["jane@example.org", "j\u0430ne@example.org", "a Cyrillic letter"],
  ["jane@example.org", "ja\u200bne@example.org", "a letter that can't be seen"],
  ["jane@example.org", "jane@example\u0301.org", "an accent on a dot's neighbour"],
  ["fiona@example.org", "\ufb01ona@example.org", "two letters in one"],
  ["mike@example.org", "m\u0131ke@example.org", "an i without its dot"],
  ["mike@example.org", "M\u0130KE@example.org", "an I with one"],
  ["stasse@example.org", "sta\u00dfe@example.org", "a sharp s"],
  ["paypal@example.org", "paypa\u217c@example.org", "a Roman numeral"],
])("%s and %s, with %s, are two addresses", (one, other) => {
  expect(normaliseEmail(other)).not.toBe(normaliseEmail(one));
});

test("what Unicode calls the same letter is the same in an address, however it is written", () => {
  // The sign for Kelvin, and A with a ring as one letter or two.
  expect(normaliseEmail("MI\u212aE@example.org")).toBe("mike@example.org");
  expect(normaliseEmail("\u212bsa@example.org")).toBe(normaliseEmail("A\u030asa@example.org"));
});

test("a full-width @ makes no address", () => {
  expect(normaliseEmail("jane\uff20example.org")).toBeNull();
});
