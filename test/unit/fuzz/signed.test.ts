/** What is signed, forged and damaged: identity tokens, links in mails, and our two cookies. */
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Config } from "../../../src/http/context.ts";
import { readChoice, readVisitor } from "../../../src/http/cookies.ts";
import { provenBy } from "../../../src/http/identity-token.ts";
import { readLink, writeLink } from "../../../src/http/link-token.ts";
import type { IdentifierKey } from "../../../src/domain/ids.ts";
import { columns, damaged } from "./corpus.ts";

const NOW = Date.UTC(2026, 10, 22);
const HOURS = 24;
const SECRETS: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  k1: new Uint8Array(32).fill(7),
  k0: new Uint8Array(32).fill(6),
  empty: new Uint8Array(0),
};
const keys = ["k1", "k0"].map((kid) => ({ kid, secret: SECRETS[kid]! }));
const config = { siteName: "Test club", tokenKeys: keys } as unknown as Config;

// How long a token lives is counted by the later of two clocks.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));
afterEach(() => void vi.useRealTimers());

const base64url = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString("base64url");

/** As an attacker puts one together, who needn't keep to what libraries write. */
function tokenOf(header: string, payload: string, signedWith: string): string {
  const text = `${base64url(header)}.${base64url(payload)}`;
  if (signedWith === "nothing") return `${text}.`;
  if (signedWith === "zeros") return `${text}.${base64url(new Uint8Array(32))}`;
  const mac = createHmac("sha256", SECRETS[signedWith] ?? SECRETS["k1"]!)
    .update(text)
    .digest();
  return `${text}.${base64url(signedWith === "half" ? mac.subarray(0, 16) : mac)}`;
}

const TOKENS = columns("jwt").map(([fault = "", header = "", payload = "", by = "k1"]) => ({
  fault,
  payload,
  by,
  header,
  token: tokenOf(header, payload, by),
}));

test.each(TOKENS)("$fault: $header $payload, signed with $by", async ({ fault, token }) => {
  const proof = await provenBy(token, config, NOW, HOURS);
  if (fault === "proven") expect(proof).toMatchObject({ userId: "jane" });
  else expect(proof).toBe(fault);
});

test("no damage to an identity token gets through: only what was signed is proven", async () => {
  const good = TOKENS.filter(({ fault }) => fault === "proven").map(({ token }) => token);
  const signed = new Set(good.map((token) => token.split(".", 2).join(".")));
  await fc.assert(
    fc.asyncProperty(damaged(TOKENS.map(({ token }) => token)), async (text) => {
      const proven = await provenBy(text, config, NOW, HOURS);
      if (typeof proven !== "string") expect(signed).toContain(text.split(".", 2).join("."));
    }),
    { numRuns: 1_500 },
  );
});

test("no damage to a signed link gets through, nor one that was signed for something else", async () => {
  const link = await writeLink(keys, {
    does: "go",
    to: "key" as IdentifierKey,
    url: "https://www.example.org/",
  });
  expect((await readLink(keys, link, "go"))?.url).toBe("https://www.example.org/");
  expect(await readLink(keys, link, "unsubscribe")).toBeNull();
  const [payload] = link.split("~");
  await fc.assert(
    fc.asyncProperty(damaged([link]), async (text) => {
      const read = await readLink(keys, text, "go");
      if (read) expect(text.split("~")[0]).toBe(payload);
    }),
    { numRuns: 800 },
  );
});

const VISITORS = columns("visitor-cookie");

test.each(VISITORS)("a visitor's cookie that is %s: %s", async (state, value = "") => {
  const read = await readVisitor(keys, [value], NOW);
  if (state === "good") expect(read).toMatchObject({ visitor: value.split(".")[1] });
  else expect(read).toBeNull();
});

test("no damage to a visitor's cookie makes another visitor of it, nor another day", async () => {
  const signed = new Set(
    VISITORS.filter(([state]) => state === "good").map(([, value = ""]) =>
      value.split(".", 4).join("."),
    ),
  );
  await fc.assert(
    fc.asyncProperty(damaged(VISITORS.map(([, value = ""]) => value)), async (text) => {
      const read = await readVisitor(keys, [text], NOW);
      if (read) expect(signed).toContain(text.split(".", 4).join("."));
    }),
    { numRuns: 1_000 },
  );
});

const CHOICES = columns("choice-cookie");
const granted = (choice: Awaited<ReturnType<typeof readChoice>>): string[] =>
  Object.entries(choice?.answers ?? {}).flatMap(([purpose, { state }]) =>
    state === "granted" ? [purpose] : [],
  );
const refused = (choice: Awaited<ReturnType<typeof readChoice>>): string[] =>
  Object.entries(choice?.answers ?? {}).flatMap(([purpose, { state }]) =>
    state === "granted" ? [] : [purpose],
  );

test.each(CHOICES)("a choice grants [%s] and refuses [%s]: %s", async (yes, no, value = "") => {
  const choice = await readChoice(keys, [value]);
  expect(granted(choice).join()).toBe(yes);
  expect(refused(choice).join()).toBe(no);
});

test("no damage to a choice's cookie grants what wasn't sealed", async () => {
  const sealed = new Map(
    CHOICES.filter(([yes]) => yes !== "").map(([yes = "", , value = ""]) => [
      value.split("~")[0] ?? "",
      yes.split(","),
    ]),
  );
  await fc.assert(
    fc.asyncProperty(damaged(CHOICES.map(([, , value = ""]) => value)), async (text) => {
      const yes = granted(await readChoice(keys, [text]));
      if (yes.length > 0) expect(sealed.get(text.split("~")[0] ?? "")).toEqual(yes);
    }),
    { numRuns: 1_000 },
  );
});
