/** What is kept between calls to be fast belongs to exactly those who say the same. */
import { expect, test } from "vitest";
import { readCookies } from "../../../src/http/cookie-reading.ts";
import { cookieNames, writeChoice, writeVisitor } from "../../../src/http/cookies.ts";
import type { Config } from "../../../src/http/context.ts";
import { sameSecret } from "../../../src/http/secrets.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";

const NOW = Date.parse("2026-11-22T10:00:00Z");
const names = cookieNames({ origin: "https://a.example", isLocal: false, isPlain: false });
const keysOf = (byte: number): Config =>
  ({ cookieKeys: [{ kid: "k", secret: new Uint8Array(32).fill(byte) }] }) as unknown as Config;
const one = keysOf(1);
const other = keysOf(2);
const visitor = "a".repeat(26) as VisitorId;
const pair = (line: string): string => line.split(";", 1)[0] ?? "";

async function header(since: number): Promise<string> {
  const id = await writeVisitor(one.cookieKeys, names, { visitor, home: visitor, since }, NOW);
  const choice = await writeChoice(one.cookieKeys, names, {
    answers: { measurement: { state: "granted", at: NOW, policy: 1, regime: "opt-in" } },
    overrides: [],
    gpc: false,
  });
  return `${pair(id)}; ${pair(choice)}`;
}

test("cookies that held under one set of keys don't hold under another", async () => {
  const sent = await header(NOW / 1000);
  const held = await readCookies(sent, names, one, NOW);
  expect(held.cookie?.visitor).toBe(visitor);
  expect((await readCookies(sent, names, one, NOW)).cookie?.visitor).toBe(visitor);
  const foreign = await readCookies(sent, names, other, NOW);
  expect(foreign.cookie).toBeNull();
  expect(foreign.choice?.answers).toEqual({});
});

test("a cookie that was read before ends on its day all the same", async () => {
  const sent = await header(NOW / 1000);
  expect((await readCookies(sent, names, one, NOW)).cookie).not.toBeNull();
  expect((await readCookies(sent, names, one, NOW + 396 * 86_400_000)).cookie).toBeNull();
});

test("a header that differs in one character is read anew", async () => {
  const sent = await header(NOW / 1000);
  await readCookies(sent, names, one, NOW);
  const forged = sent.replace(visitor, `b${visitor.slice(1)}`);
  expect((await readCookies(forged, names, one, NOW)).cookie).toBeNull();
});

test("secrets are the same only when they are whole and equal, and nothing equals an empty one", () => {
  expect(sameSecret("secret", "secret")).toBe(true);
  for (const given of ["", "s", "secre", "secreT", "secretsecret", "secret\0"])
    expect(sameSecret(given, "secret")).toBe(false);
  expect(sameSecret("", "")).toBe(false);
  expect(sameSecret("ü", "u")).toBe(false);
});
