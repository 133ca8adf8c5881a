import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { seal } from "../../../src/domain/consent/ledger.ts";
import type { Json } from "../../../src/domain/json.ts";
import type { Receipt } from "../../../src/domain/person/consent.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { type PublishedPolicy, publishPolicy } from "../../../src/d1/policies.ts";
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

test("a receipt calls its purposes as the version did that was agreed to, and leads to that version", async () => {
  const called = (label: string, version: number): PublishedPolicy => {
    const purposes = DEFAULT_POLICY.purposes.map((purpose) =>
      purpose.id === "measurement" ? { ...purpose, label: { en: label } } : purpose,
    );
    const document = { ...DEFAULT_POLICY, version, purposes } as unknown as Json;
    return { version, document, author: "officer", note: label, at: NOON + version };
  };
  await publishPolicy(env.DB, called("Counting visits", 1));
  await publishPolicy(env.DB, called("Knowing you better", 2));
  const purpose = {
    purpose: "measurement",
    basis: "consent",
    granted: true,
    state: "granted",
    because: "choice",
    retentionDays: 395,
    validUntil: null,
  };
  const jane = visitor("jane");
  const said = { visitor: jane, at: NOON, kind: "grant" as const, body: { purposes: [purpose] } };
  const first = await seal({ ...said, policy: 1 }, null, sha256);
  const unknown = await seal({ ...said, policy: 9 }, first, sha256);
  await createLedger(env.DB, stubs).land(landing({ receipts: [first, unknown] }));
  const one = await see(`${RECEIPTS}/${jane}/1`);
  expect(one).toContain("Counting visits");
  expect(one).not.toContain("Knowing you better");
  expect(one).toContain('href="/_u/console/policy/versions/1"');
  expect(await see(`${RECEIPTS}/${jane}/2`)).toContain("t known here any more");
  await env.DB.prepare("DELETE FROM policies").run();
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
