import { env, exports } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { DAY_MS, dayOf } from "../../../src/domain/ids.ts";
import { anchorReceipts } from "../../../src/privacy/anchor.ts";
import { sha256 } from "../../../src/http/secrets.ts";
import { identifierKeys as identifiers } from "../../support/identifier-keys.ts";
import { settle } from "../../support/objects.ts";
import { surround } from "../../support/outside.ts";
import {
  api,
  Browser,
  MARKETER_TOKEN,
  OFFICER_TOKEN,
  ORIGIN,
  read,
  type Said,
} from "../../support/site.ts";
import { clear } from "../d1/books.ts";

const ports = { db: env.DB, bucket: env.KEYS, identifiers, sha256 };
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

test.each([
  ["the end of a chain", "DELETE FROM receipts WHERE visitor = ?1 AND seq = 3", "missing", 3],
  ["a whole chain", "DELETE FROM receipts WHERE visitor = ?1", "missing", 1],
  [
    "a newest receipt in another's place",
    "UPDATE receipts SET hash = 'x' WHERE visitor = ?1 AND seq = 3",
    "changed",
    3,
  ],
])(
  "%s that is gone before its day is over is found by what the person remembers",
  async (_, sql, kind, seq) => {
    await settle(visitors);
    expect(await verify()).toMatchObject({ ok: true, faults: [], cursor: null });
    await env.DB.prepare(sql).bind(visitors[1]).run();
    const found = await verify();
    expect(found).toMatchObject({ ok: false, anchors: { faults: [] }, cursor: null });
    expect(found["faults"]).toContainEqual({ kind, visitor: visitors[1], seq });
  },
);

test("a receipt that still waits to land isn't missed", async () => {
  expect(await verify()).toMatchObject({ ok: true, faults: [] });
});

test("of who is erased after their object answered, and before the ledger did, nothing is missed", async () => {
  await settle(visitors);
  const erasing = { kind: "erase", identifier: "email:nobody@example.org", visitors };
  const erased: Promise<Said>[] = [];
  const stop = await surround(
    async (what, ask) => {
      const answer = await ask();
      if (what !== "object.heads") return answer;
      if (erased.length === 0) erased.push(api("/requests", OFFICER_TOKEN, erasing));
      await Promise.all(erased);
      return answer;
    },
    ["object"],
  );
  const found = await verify();
  stop();
  expect((await erased[0])?.body["state"]).toBe("done");
  expect(found).toMatchObject({ ok: true, faults: [] });
});

test("of more persons than one call asks, the next one goes on behind them", async () => {
  await settle(visitors);
  await env.DB.prepare("DELETE FROM receipts WHERE visitor = ?1").bind(visitors[0]).run();
  const many = `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 499)
    INSERT INTO people (seen_day, id, stage, first_seen, last_seen, visitors, events)
    SELECT 1, printf('aaaaaaaaaaaaaaaaaaaaaaa%s%s%s', char(97 + i / 100), char(97 + i / 10 % 10), char(97 + i % 10)), 'device', 0, 0, 1, 0 FROM n`;
  await env.DB.prepare(many).run();
  const first = await verify();
  expect(first).toMatchObject({ ok: true, faults: [], cursor: expect.stringMatching(/^=1\//) });
  const path = `/receipts/verify?cursor=${encodeURIComponent(first["cursor"] as string)}`;
  expect((await api(path, OFFICER_TOKEN)).body).toMatchObject({ ok: false, cursor: null });
  expect((await api("/receipts/verify?cursor=%3D1", OFFICER_TOKEN)).status).toBe(400);
});

describe("days that are over", () => {
  const today = tomorrow - 1;
  const [first, second] = [today - 3, today - 2];
  const run = (sql: string, ...bound: unknown[]) =>
    env.DB.prepare(sql)
      .bind(...bound)
      .run();
  const faults = async () => {
    const found = await verify();
    const { anchors } = found as { anchors: { faults: { kind: string; day: number }[] } };
    expect(found["ok"]).toBe(anchors.faults.length === 0);
    return anchors.faults.map(({ kind, day }) => `${kind} ${day - today}`);
  };
  const night = () => anchorReceipts(ports, today);
  const takeCopies = async () => {
    const { objects } = await env.KEYS.list({ prefix: "anchor/" });
    await env.KEYS.delete(objects.map(({ key }) => key));
  };
  const dayGone = (day: number) =>
    env.DB.batch(
      ["anchors WHERE day", "receipts WHERE landed"].map((rows) =>
        env.DB.prepare(`DELETE FROM ${rows} = ?1`).bind(day),
      ),
    );

  beforeEach(async () => {
    await settle(visitors);
    await run("UPDATE receipts SET landed = ?1 WHERE visitor = ?2", first, visitors[0]);
    await run("UPDATE receipts SET landed = ?1 WHERE visitor = ?2", second, visitors[1]);
  });

  test("one with receipts and without an anchor is named, yesterday alone isn't yet", async () => {
    expect(await faults()).toEqual(["unsealed -3", "unsealed -2"]);
    await run("UPDATE receipts SET landed = ?1", today - 1);
    expect(await faults()).toEqual([]);
    await run("UPDATE receipts SET landed = ?1", second);
    expect(await night()).toBe(1);
    expect(await faults()).toEqual([]);
  });

  test("an anchor that was taken away is found by its copy, and comes back in the night", async () => {
    await night();
    for (const which of ["day = ?1", "day <> ?1", "?1 > 0"]) {
      await run(`DELETE FROM anchors WHERE ${which}`, second);
      expect((await faults()).every((fault) => fault.startsWith("missing"))).toBe(true);
      expect(await faults()).not.toEqual([]);
      expect(await night()).toBe(0);
      expect(await faults()).toEqual([]);
    }
  });

  test("the newest anchor taken away with its receipts is found, and the night doesn't seal what is left", async () => {
    await run("UPDATE receipts SET landed = ?1", second);
    await night();
    await run("DELETE FROM anchors");
    await run("DELETE FROM receipts WHERE visitor = ?1", visitors[0]);
    expect(await faults()).toEqual(["cut_off -2"]);
    expect(await night()).toBe(0);
    expect(await faults()).toEqual(["cut_off -2"]);
    // The next day goes on from what was sealed, and only what is gone is told.
    await run("UPDATE receipts SET landed = ?1 WHERE seq = 3", today);
    expect(await anchorReceipts(ports, tomorrow)).toBe(1);
    expect(await faults()).toEqual(["cut_off -2"]);
  });

  test("an older version's anchors have no copies yet, which is no fault; that their first is gone shows all the same", async () => {
    await night();
    await takeCopies();
    expect(await faults()).toEqual([]);
    await dayGone(first);
    expect(await faults()).toEqual(["missing -2"]);
  });

  test("receipts gone while their anchor is there are told apart from what a restore takes", async () => {
    await night();
    await run("DELETE FROM receipts WHERE visitor = ?1", visitors[0]);
    await dayGone(second);
    expect(await faults()).toEqual(["missing -3", "cut_off -2"]);
  });

  test("a night that breaks off between D1 and R2 is no fault, and the next one writes the copies", async () => {
    const failing = new Proxy(env.KEYS, {
      get: (bucket, name) =>
        name === "put"
          ? () => Promise.reject(new Error("R2 is away"))
          : (Reflect.get(bucket, name) as () => unknown).bind(bucket),
    });
    await expect(anchorReceipts({ ...ports, bucket: failing }, today)).rejects.toThrow("away");
    expect(await faults()).toEqual([]);
    expect(await night()).toBe(0);
    await run("DELETE FROM anchors");
    expect(await faults()).toEqual(["missing -3", "missing -2"]);
  });

  test("a copy that isn't ours, or isn't the anchor's, is named", async () => {
    await night();
    const { objects } = await env.KEYS.list({ prefix: "anchor/", include: ["customMetadata"] });
    const { key, customMetadata = {} } = objects[0]!;
    await env.KEYS.put(key, "", { customMetadata: { ...customMetadata, receipts: "many" } });
    await env.KEYS.put("anchor/junk", "");
    expect(await faults()).toEqual(["changed -3"]);
    await night();
    expect(await faults()).toEqual(["changed -3"]);
    await env.KEYS.put(key, "", { customMetadata });
    // Sealed anew over what is left, as the job itself would have without the copy.
    await dayGone(second);
    await run("UPDATE receipts SET landed = ?1 WHERE seq = 3", second);
    const { objects: all } = await env.KEYS.list({ prefix: "anchor/" });
    const kept = await env.KEYS.head(all[1]!.key);
    await env.KEYS.delete(all[1]!.key);
    await night();
    await env.KEYS.put(all[1]!.key, "", { customMetadata: kept!.customMetadata! });
    expect(await faults()).toContain("changed -2");
    await env.KEYS.delete("anchor/junk");
  });

  test("what is older than a quarter is held to its anchor as well, and an anchor that is gone comes back", async () => {
    await run("UPDATE receipts SET landed = landed - 100 WHERE visitor = ?1", visitors[0]);
    await night();
    expect(await faults()).toEqual([]);
    await run("DELETE FROM anchors WHERE day < ?1", second);
    expect(await faults()).toEqual(["missing -103"]);
    await night();
    expect(await faults()).toEqual([]);
    await run("DELETE FROM receipts WHERE visitor = ?1 AND seq = 3", visitors[0]);
    expect(await faults()).toEqual(["missing -103"]);
  });

  test("where older days have many receipts they are held to their anchors call by call, each once", async () => {
    await run("UPDATE receipts SET landed = ?1 WHERE seq = 1", today - 300);
    await run("UPDATE receipts SET landed = ?1 WHERE seq = 2", today - 200);
    await night();
    // As if each of these days had more receipts than are compared at once: that isn't what was signed, and is said so.
    await run("UPDATE anchors SET receipts = 20000 WHERE day < ?1", today - 100);
    const calls: { ok: boolean; kinds: string[]; cursor: string | null }[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const { body } = await api(`/receipts/verify?cursor=${cursor}`, OFFICER_TOKEN);
      const { anchors } = body as { anchors: { faults: { kind: string; day: number }[] } };
      cursor = body["cursor"] as string | null;
      calls.push({
        ok: body["ok"] === true,
        kinds: anchors.faults.map(({ kind, day }) => `${kind} ${day - today}`),
        cursor,
      });
    }
    expect(calls).toEqual([
      { ok: false, kinds: ["changed -300", "changed -200"], cursor: `~${today - 200}` },
      { ok: true, kinds: [], cursor: null },
    ]);
    expect((await api("/receipts/verify?cursor=~x", OFFICER_TOKEN)).status).toBe(400);
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
  expect(Object.keys(rows.at(-1) ?? {})).toEqual(["signed"]);
  const published = await read(await exports.default.fetch(`${ORIGIN}/_u/ledger.json`));
  const { signed } = rows.at(-1) as { signed: { key: unknown; statement: { link: string } } };
  expect(published.body).toMatchObject({
    key: signed.key,
    algorithm: "Ed25519",
    statement: { until: tomorrow - 1, link: signed.statement.link },
  });
  expect((await api("/receipts/check.mjs", MARKETER_TOKEN)).status).toBe(403);
  const program = await api("/receipts/check.mjs", OFFICER_TOKEN);
  expect(program.body["text"]).toContain("receipts.ndjson");
  for (const path of ["/receipts/export", "/receipts/verify", `/receipts?visitor=${visitors[0]}`])
    expect((await api(path, MARKETER_TOKEN)).status).toBe(403);
});
