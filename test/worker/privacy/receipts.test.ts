import { env, exports } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { DAY_MS, dayOf } from "../../../src/domain/ids.ts";
import { anchorReceipts } from "../../../src/privacy/anchor.ts";
import { sha256 } from "../../../src/http/secrets.ts";
import { createIdentifierKeys } from "../../../src/keys/identifiers.ts";
import { testBindings } from "../../support/bindings.ts";
import { settle } from "../../support/objects.ts";
import { api, Browser, MARKETER_TOKEN, OFFICER_TOKEN, ORIGIN } from "../../support/site.ts";
import { clear } from "../d1/books.ts";

const identifiers = createIdentifierKeys(
  Uint8Array.from(atob(testBindings.IDENTIFIER_KEY), (char) => char.charCodeAt(0)),
);
const ports = { db: env.DB, identifiers, sha256 };
const tomorrow = dayOf(Date.now() + DAY_MS);

let visitors: string[];

beforeEach(async () => {
  await clear();
  visitors = await Promise.all(
    ["a", "b"].map(async () => {
      const browser = new Browser({ "usher-region": "DE" });
      await browser.consent({ accept: "all" });
      await browser.consent({ choices: { advertising: false } });
      await browser.consent({ choices: { advertising: true } });
      return browser.visitor ?? "";
    }),
  );
});

const verify = async () => (await api("/receipts/verify", OFFICER_TOKEN)).body;

test("receipts show at once, oldest first, before they have landed and after", async () => {
  const [visitor] = visitors;
  const seqs = async () =>
    (
      (await api(`/receipts?visitor=${visitor}`, OFFICER_TOKEN)).body["receipts"] as {
        seq: number;
      }[]
    ).map(({ seq }) => seq);
  expect(await seqs()).toEqual([1, 2, 3]);
  await settle(visitors);
  expect(await seqs()).toEqual([1, 2, 3]);
});

test("an untouched ledger is in order, with and without its anchor, and after an erasure", async () => {
  await settle(visitors);
  expect(await verify()).toMatchObject({ ok: true, receipts: 6, visitors: 2, faults: [] });
  expect(await anchorReceipts(ports, tomorrow)).toBe(1);
  expect(await anchorReceipts(ports, tomorrow)).toBe(0);
  const erased = await api("/requests", OFFICER_TOKEN, {
    kind: "erase",
    identifier: "email:nobody@example.org",
    visitors: [visitors[0]],
  });
  expect(erased.body["state"]).toBe("done");
  expect(await verify()).toMatchObject({
    ok: true,
    receipts: 6,
    faults: [],
    anchors: { anchors: 1, faults: [] },
  });
});

test.each([
  [
    "a changed body",
    "UPDATE receipts SET body = json_set(body, '$.controller', 'x') WHERE visitor = ?1 AND seq = 2",
    "changed",
  ],
  ["a receipt out of the middle", "DELETE FROM receipts WHERE visitor = ?1 AND seq = 2", "missing"],
  [
    "a receipt at another place",
    "UPDATE receipts SET previous = 'x' WHERE visitor = ?1 AND seq = 3",
    "misplaced",
  ],
  [
    "a receipt called erased",
    "UPDATE receipts SET body = NULL, seal = 'x' WHERE visitor = ?1 AND seq = 1",
    "changed",
  ],
])("%s is found by its chain", async (_, sql, kind) => {
  await settle(visitors);
  await env.DB.prepare(sql).bind(visitors[1]).run();
  const found = await verify();
  expect(found["ok"]).toBe(false);
  expect(found["faults"]).toContainEqual(expect.objectContaining({ kind, visitor: visitors[1] }));
});

test.each([
  ["the end of a chain", "DELETE FROM receipts WHERE visitor = ?1 AND seq = 3", "missing"],
  ["a whole chain", "DELETE FROM receipts WHERE visitor = ?1", "missing"],
  ["the anchor", "UPDATE anchors SET receipts = 5 WHERE ?1 <> ''", "changed"],
])("%s that was cut off or changed is found by the anchor", async (_, sql, kind) => {
  await settle(visitors);
  await anchorReceipts(ports, tomorrow);
  await env.DB.prepare(sql).bind(visitors[1]).run();
  const found = await verify();
  expect(found).toMatchObject({
    ok: false,
    faults: [],
    anchors: { faults: [{ kind, day: tomorrow - 1 }] },
  });
});

test("an auditor gets every receipt and anchor line by line; a marketer gets none", async () => {
  await settle(visitors);
  await anchorReceipts(ports, tomorrow);
  const file = await exports.default.fetch(`${ORIGIN}/_u/api/receipts/export`, {
    headers: { authorization: `Bearer ${OFFICER_TOKEN}` },
  });
  const lines = (await file.text()).trim().split("\n");
  const rows = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(rows.filter((row) => "seq" in row)).toHaveLength(6);
  expect(rows.filter((row) => "anchor" in row)).toHaveLength(1);
  for (const path of ["/receipts/export", "/receipts/verify", `/receipts?visitor=${visitors[0]}`])
    expect((await api(path, MARKETER_TOKEN)).status).toBe(403);
});
