import { beforeEach, expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { GENESIS, seal } from "../../../src/domain/consent/ledger.ts";
import type { Policy } from "../../../src/domain/consent/policy.ts";
import { readSignals } from "../../../src/domain/consent/signals/read.ts";
import { NONE } from "../../../src/domain/consent/signals/types.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import type { Receipt } from "../../../src/domain/person/consent.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { apiRoutes } from "../../../src/http/api/routes.ts";
import { sha256 } from "../../../src/http/secrets.ts";
import { clear, db, landing, NOON, receipt, visitor } from "../d1/books.ts";
import { contextOf, identifiers, send, Village } from "./stage.ts";

beforeEach(clear);

const jane = visitor("jane");
const john = visitor("john");
const ledger = createLedger(db, identifiers.stubs);

async function call<T>(
  method: string,
  path: string,
  body?: unknown,
  token = "the-officer",
): Promise<{ status: number; body: T }> {
  const answer = await send(
    apiRoutes,
    contextOf(new Village()),
    new Request(`https://www.example.org/_u/api/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  return { status: answer.status, body: await answer.json() };
}

const kept = (days: number): Policy => ({
  ...DEFAULT_POLICY,
  purposes: DEFAULT_POLICY.purposes.map((purpose) =>
    purpose.id === "measurement" ? { ...purpose, retentionDays: days } : purpose,
  ),
});

test("before anybody published, the starting policy is in force, as version 1", async () => {
  expect((await call("GET", "policy")).body).toEqual(DEFAULT_POLICY);
  expect((await call("GET", "policy/versions")).body).toMatchObject({
    versions: [{ version: 1, author: "usher" }],
  });
  expect((await call("GET", "policy/versions/1")).body).toEqual(DEFAULT_POLICY);
  expect((await call("GET", "policy/versions/2")).status).toBe(404);
});

test("what is published is in force, and what was before stays as it was", async () => {
  const put = await call<Policy>("PUT", "policy?note=Shorter", kept(30));
  expect(put.status).toBe(200);
  expect(put.body.version).toBe(2);
  expect((await call("GET", "policy")).body).toEqual(put.body);
  expect((await call("GET", "policy/versions")).body).toMatchObject({
    versions: [
      { version: 2, author: "officer", note: "Shorter", at: new Date(NOON + 60_000).toISOString() },
      { version: 1, author: "usher" },
    ],
  });
  expect((await call("GET", "policy/versions/1")).body).toEqual(DEFAULT_POLICY);
});

test("what was read can be sent back, and becomes the next version each time", async () => {
  await call("PUT", "policy", (await call("GET", "policy")).body);
  await call("PUT", "policy", (await call("GET", "policy")).body);
  expect((await call<Policy>("GET", "policy")).body.version).toBe(3);
});

test("keeping data longer expires the grants from before; keeping it shorter doesn't", async () => {
  const since = async () =>
    (await call<Policy>("GET", "policy")).body.purposes.find(({ id }) => id === "measurement")
      ?.since;
  await call("PUT", "policy", kept(1));
  expect(await since()).toBe(1);
  await call("PUT", "policy", kept(3_000));
  expect(await since()).toBe(3);
});

test("a draft with a fault is refused with its place and never with what was sent", async () => {
  const { status, body } = await call("PUT", "policy", {
    ...DEFAULT_POLICY,
    withdrawal: "sell-it-all",
  });
  expect(status).toBe(422);
  expect(body).toMatchObject({ error: { code: "invalid", path: "withdrawal" } });
  expect(JSON.stringify(body)).not.toContain("sell");
  expect((await call<Policy>("GET", "policy")).body.version).toBe(1);
});

test("a draft may say nothing of versions, which count only once it is published", async () => {
  const { version: _, ...rest } = kept(100);
  const purposes = rest.purposes.map(({ since: __, ...purpose }) => purpose);
  const published = await call<Policy>("PUT", "policy", { ...rest, purposes });
  expect(published.status).toBe(200);
  expect(published.body.version).toBe(2);
  expect(published.body.purposes.map(({ since }) => since)).toEqual(
    DEFAULT_POLICY.purposes.map(() => 1),
  );
  const tried = await call("POST", "policy/simulate", {
    region: "DE",
    policy: { ...rest, purposes },
  });
  expect(tried.body).toMatchObject({ policy: { draft: true } });
});

test.each([
  ["purposes.0.retentionDays", { retentionDays: 0 }, "must be at least 1"],
  ["purposes.0.retentionDays", { retentionDays: 4_000 }, "must be at most 3650"],
  ["purposes.0.formerly", { formerly: "x" }, "must be a list"],
])("a bound that %s oversteps is said in words", async (path, part, message) => {
  const purposes = DEFAULT_POLICY.purposes.map((each, n) =>
    n === 0 ? { ...each, ...part } : each,
  );
  const { body } = await call("PUT", "policy", { ...DEFAULT_POLICY, purposes });
  expect(body).toEqual({ error: { code: "invalid", message, path } });
});

test("a policy without a purpose is told how many it must have", async () => {
  const { body } = await call("PUT", "policy", { ...DEFAULT_POLICY, purposes: [] });
  expect(body).toMatchObject({
    error: { message: "must have at least 1 entry", path: "purposes" },
  });
});

test("the policy is the officer's", async () => {
  expect((await call("GET", "policy", undefined, "the-marketer")).status).toBe(403);
  expect((await call("PUT", "policy", kept(1), "the-marketer")).status).toBe(403);
});

test("a simulated visitor is decided as the gate would, with the rule behind each decision", async () => {
  const german = await call("POST", "policy/simulate", { region: "DE" });
  expect(german.body).toMatchObject({
    regime: "opt-in",
    ask: true,
    decisions: { measurement: { granted: false, code: "default-denied" } },
  });
  const californian = await call("POST", "policy/simulate", { region: "US-CA", gpc: true });
  expect(californian.body).toMatchObject({
    decisions: {
      measurement: { granted: true },
      advertising: { granted: false, code: "gpc-opted-out" },
    },
    rules: { advertising: { source: "gpc" } },
  });
  const brought = await call("POST", "policy/simulate", {
    region: "US-CA",
    headers: { "sec-gpc": "1", Cookie: "a=b; usprivacy=1YYN" },
  });
  expect(brought.body).toMatchObject({
    signals: { gpc: true, usp: { state: "read", optedOut: true } },
    decisions: { advertising: { granted: false, code: "gpc-opted-out" } },
  });
  const named = { headers: { cookie: "usprivacy=1YYN" }, cookies: { usprivacy: "1YNN" } };
  expect((await call("POST", "policy/simulate", named)).body).toMatchObject({
    signals: { gpc: false, usp: { optedOut: false } },
  });
  expect((await call("POST", "policy/simulate", { region: 7 })).body).toMatchObject({
    error: { path: "region" },
  });
});

test("a draft is tried on the visitors there are before it counts", async () => {
  const evidence = JSON.parse(
    JSON.stringify({
      region: "US-CA",
      browser: true,
      signals: readSignals({ secGpc: null, cookie: () => null }),
      choice: null,
      carried: NONE,
      subject: { child: false, erased: false },
    }),
  ) as JsonObject;
  await ledger.land(landing({ receipts: [receipt(jane, 1, { body: { evidence } })] }));
  const draft: Policy = {
    ...DEFAULT_POLICY,
    defaults: {
      ...DEFAULT_POLICY.defaults,
      "opt-out": { ...DEFAULT_POLICY.defaults["opt-out"], advertising: false },
    },
  };
  const { body } = await call("POST", "policy/simulate", { policy: draft, region: "US-CA" });
  expect(body).toMatchObject({
    policy: { version: 1, draft: true },
    decisions: { advertising: { granted: false } },
    changes: [{ path: "defaults.opt-out.advertising", before: true, after: false }],
    whatIf: { visitors: 1, purposes: { advertising: { gain: 0, lose: 1 } }, whole: true },
  });
  expect((await call<Policy>("GET", "policy")).body.version).toBe(1);
});

async function chainOf(of: typeof jane, length: number): Promise<Receipt[]> {
  const chain: Receipt[] = [];
  for (let n = 0; n < length; n++) {
    const { visitor: who, at, kind, policy, body } = receipt(of, n + 1, { at: NOON + n });
    chain.push(await seal({ visitor: who, at, kind, policy, body }, chain.at(-1) ?? null, sha256));
  }
  return chain;
}

test("a visitor's receipts are read oldest first, by the officer alone", async () => {
  await ledger.land(landing({ receipts: await chainOf(jane, 2) }));
  const { body } = await call<{ receipts: unknown[] }>("GET", `receipts?visitor=${jane}`);
  expect(body.receipts).toMatchObject([
    { seq: 1, at: new Date(NOON).toISOString(), previous: GENESIS },
    { seq: 2 },
  ]);
  expect((await call("GET", `receipts?visitor=${jane}`, undefined, "the-marketer")).status).toBe(
    403,
  );
  expect((await call("GET", "receipts")).body).toMatchObject({ error: { path: "visitor" } });
});

test("untouched receipts verify, also where a visitor was erased", async () => {
  const receipts = [...(await chainOf(jane, 3)), ...(await chainOf(john, 2))];
  await ledger.land(landing({ receipts }));
  expect((await call("GET", "receipts/verify")).body).toMatchObject({
    ok: true,
    receipts: 5,
    visitors: 2,
    faults: [],
    cursor: null,
  });
  const erased = [{ visitor: jane, at: NOON, identifiers: [], days: [], merges: [] }];
  await ledger.land(landing({ erased }));
  expect((await call("GET", "receipts/verify")).body).toMatchObject({ ok: true, receipts: 5 });
  const left = await call<{ receipts: unknown[] }>("GET", `receipts?visitor=${jane}`);
  expect(left.body.receipts).toMatchObject([{ erased: true }, { erased: true }, { erased: true }]);
});

test("a receipt that was changed, taken out or called erased is found", async () => {
  await ledger.land(landing({ receipts: await chainOf(jane, 3) }));
  await db.prepare("UPDATE receipts SET body = '{\"granted\":{}}' WHERE seq = 1").run();
  await db.prepare("DELETE FROM receipts WHERE seq = 2").run();
  await db.prepare("UPDATE receipts SET body = NULL, seal = 'made-up' WHERE seq = 3").run();
  const { body } = await call("GET", "receipts/verify");
  expect(body).toMatchObject({
    ok: false,
    faults: [
      { kind: "changed", visitor: jane, seq: 1 },
      { kind: "missing", visitor: jane, seq: 2 },
      { kind: "changed", visitor: jane, seq: 3 },
    ],
  });
});
