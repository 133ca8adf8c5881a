import fc from "fast-check";
import { expect, test } from "vitest";
import type { VisitorId } from "../../../src/domain/ids.ts";
import { seal, unseal } from "../../../src/keys/seal.ts";

const jane = "jane".padEnd(26, "a") as VisitorId;
const john = "john".padEnd(26, "a") as VisitorId;
const key = await crypto.subtle.importKey("raw", new Uint8Array(32), "AES-GCM", false, [
  "encrypt",
  "decrypt",
]);

/** Every character but halves of pairs, which no UTF-8 text has. */
const anyCharacter = fc
  .integer({ min: 0, max: 0x10ffff })
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code));

test("whatever was sealed comes back", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: anyCharacter }), async (text) => {
      expect(await unseal(key, jane, await seal(key, jane, text))).toBe(text);
    }),
  );
  const long = "é".repeat(40_000);
  expect(await unseal(key, jane, await seal(key, jane, long))).toBe(long);
});

test("the same text is never sealed the same way twice", async () => {
  expect(await seal(key, jane, "x")).not.toBe(await seal(key, jane, "x"));
});

test("one visitor's sealed text can't be passed off as another's", async () => {
  expect(await unseal(key, john, await seal(key, jane, "x"))).toBeNull();
});

test("changed, cut or foreign text opens nothing", async () => {
  const sealed = await seal(key, jane, "jane@example.org");
  const changed = [...sealed].map((character, at) =>
    [...sealed].with(at, character === "A" ? "B" : "A").join(""),
  );
  const cut = [...sealed].map((_, at) => sealed.slice(0, at));
  // The last character carries fewer than six bits: a change of the rest of them isn't one.
  for (const text of [...changed.slice(0, -1), ...cut, "", "*", "not sealed", "AQ", `${sealed}=`])
    expect(await unseal(key, jane, text)).toBeNull();
});
