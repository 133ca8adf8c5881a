import { expect, test } from "vitest";
import type { VisitorId } from "../../../src/domain/ids.ts";
import type { TokenRules } from "../../../src/domain/identity/rules.ts";
import { misuse } from "../../../src/http/collect/token-use.ts";
import { createIdentifierKeys } from "../../../src/keys/identifiers.ts";

const NOW = Date.UTC(2026, 10, 22);
const proof = { name: "a.b", isUnique: false, userId: "ann", until: NOW + 300_000, claims: [] };
const [own, other] = ["own-visitor", "other-visitor"] as VisitorId[] as [VisitorId, VisitorId];

/** A table of one token that counts how often it is asked. */
function site(bound: TokenRules["bound"] = "all") {
  let row: unknown[] | null = null;
  const asked = { times: 0, fails: false };
  const db = {
    prepare: (text: string) => ({ bind: (...values: unknown[]) => ({ text, values }) }),
    batch: async ([insert]: { values: unknown[] }[]) => {
      asked.times++;
      if (asked.fails) throw new Error("D1 is down");
      row ??= insert?.values ?? [];
      const [, device, rotated, , firstUsed] = row;
      return [{}, { results: [{ device, rotated, firstUsed }] }];
    },
  } as unknown as D1Database;
  const identifiers = createIdentifierKeys(new Uint8Array(32).fill(7));
  const ask = (visitor: VisitorId, now = NOW) =>
    misuse({ db, identifiers, now }, visitor, proof, { bound });
  return { asked, ask };
}

test("a token that comes with every call is looked up with the first, for its own device and for any other", async () => {
  const { asked, ask } = site();
  for (let n = 0; n < 50; n++) expect(await ask(own, NOW + n * 1_000)).toBeNull();
  expect(asked.times).toBe(1);
  for (let n = 0; n < 50; n++) expect(await ask(other, NOW + 11_000 + n)).toBe("replayed");
  expect(asked.times).toBe(2);
});

test("while the database can't say nothing is proven, and nothing is remembered of it", async () => {
  const { asked, ask } = site();
  asked.fails = true;
  expect(await ask(own)).toBe("unchecked");
  asked.fails = false;
  expect(await ask(own)).toBeNull();
});

test("what one secret names is not remembered for another", async () => {
  const [first, second] = [site(), site()];
  expect(await first.ask(own)).toBeNull();
  expect(await second.ask(other)).toBeNull();
  expect(await second.ask(own, NOW + 60_000)).toBe("replayed");
});

test("a token without a name is good on any device, and not looked up, unless the rules bind all of them", async () => {
  const { asked, ask } = site("named");
  expect(await ask(own)).toBeNull();
  expect(await ask(other, NOW + 60_000)).toBeNull();
  expect(asked.times).toBe(0);
});
