import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { seal } from "../../../src/domain/consent/ledger.ts";
import type { Receipt } from "../../../src/domain/person/consent.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { sha256 } from "../../../src/http/secrets.ts";
import { OFFICER_TOKEN } from "../../support/site.ts";
import { clear, landing, NOON, receipt, stubs, visitor } from "../d1/books.ts";
import { type Console, signedIn } from "./session.ts";

const RECEIPTS = "/_u/console/receipts";
let officer: Console;

const see = async (path: string): Promise<string> =>
  String((await officer.call(path)).body["text"]);

async function verify(): Promise<string> {
  const form = await officer.formToken();
  expect((await officer.form(`${RECEIPTS}/verification`, { form })).status).toBe(303);
  return see(`${RECEIPTS}/verification`);
}

async function chainOf(name: string, length: number): Promise<Receipt[]> {
  const chain: Receipt[] = [];
  for (let n = 0; n < length; n++) {
    const {
      visitor: who,
      at,
      kind,
      policy,
      body,
    } = receipt(visitor(name), n + 1, { at: NOON + n });
    chain.push(await seal({ visitor: who, at, kind, policy, body }, chain.at(-1) ?? null, sha256));
  }
  return chain;
}

beforeEach(async () => {
  await clear();
  await env.KEYS.delete("run/verification");
  officer = await signedIn(OFFICER_TOKEN);
});

test("a visitor's receipts are shown, each with its place in a chain that is checked", async () => {
  const chain = await chainOf("jane", 2);
  await createLedger(env.DB, stubs).land(landing({ receipts: chain }));
  const jane = visitor("jane");
  expect(await see(`${RECEIPTS}?visitor=${jane}`)).toContain(`${RECEIPTS}/${jane}/2`);
  const one = await see(`${RECEIPTS}/${jane}/2`);
  expect(one).toContain(chain[1]?.hash);
  expect(one).toContain("All 2 in this chain are as they were when they were made.");
  await env.DB.prepare("UPDATE receipts SET kind = 'withdrawal' WHERE seq = 2").run();
  expect(await see(`${RECEIPTS}/${jane}/2`)).toContain("1 of this chain is not as made.");
  expect((await officer.call(`${RECEIPTS}/${jane}/3`)).status).toBe(404);
  expect((await officer.call(`${RECEIPTS}?visitor=jane`)).status).toBe(422);
});

test("a verification goes on where it was left until all is checked, and names what is wrong", async () => {
  const names = Array.from({ length: 12 }, (_, n) => `visitor-${n}`);
  const chains = await Promise.all(names.map((name) => chainOf(name, 100)));
  for (const receipts of chains) await createLedger(env.DB, stubs).land(landing({ receipts }));
  expect(await see(`${RECEIPTS}/verification`)).toContain("Never verified yet");
  // One look checks a thousand and finishes the last chain.
  const begun = await verify();
  expect(begun).toContain("Every receipt and every anchor is as it was made.");
  expect(begun).toContain("1,200");

  await env.DB.prepare("DELETE FROM receipts WHERE visitor = ?1 AND seq = 50")
    .bind(visitor("visitor-7"))
    .run();
  const wrong = await verify();
  expect(wrong).toContain("not as made");
  expect(wrong).toContain(`Receipt 50 of <code>${visitor("visitor-7")}</code>`);
  expect(wrong).toContain("1,199");
});
