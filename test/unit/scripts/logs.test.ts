import { expect, test } from "vitest";
import { leaksIn, partsOf } from "../../../scripts/logs.ts";

const what = (output: string, secrets = {}) =>
  leaksIn(output, secrets).map((leak) => `${leak.line}: ${leak.what}`);

test("a log with an address, a phone, an IP address, a cookie or a token is found out", () => {
  expect(what('{"message":"failed for jane@example.org"}')).toEqual(["1: an e-mail address"]);
  expect(what("ok\ncall +49 40 1234567 now")).toEqual(["2: a phone number"]);
  expect(what("from 203.0.113.7")).toEqual(["1: an IP address"]);
  expect(what("cookie usher=1.aaaaaaaaaaaa")).toEqual(["1: a cookie"]);
  expect(what("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.sig")).toEqual(["1: a token"]);
});

test("a secret is found by its value, each key of a list by its own", () => {
  const secrets = partsOf({ COOKIE_KEYS: "k2:bmV3ZXN0LWtleQ==,k1:b2xkZXIta2V5" });
  expect(what("key is b2xkZXIta2V5", secrets)).toEqual(["1: COOKIE_KEYS[1]"]);
});

test("code that the runner shows beside a failure is no leak", () => {
  expect(what('    \u001B[90m125|\u001B[39m   traits: { email: "jane@example.org" },')).toEqual([]);
  expect(what("| jane@example.org")).toEqual(["1: an e-mail address"]);
});

test("names of tests, versions, times and addresses of this machine are no leaks", () => {
  expect(what(" \u001B[32m✓\u001B[39m jane@example.org is one person")).toEqual([]);
  expect(
    what("workerd 1.20261119.0, took 12.5 s, at 2026-11-22T10:00:00.000Z, http://127.0.0.1:8787"),
  ).toEqual([]);
});
