import { listDurableObjectIds } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { dayOf } from "../../../src/domain/ids.ts";
import { api, Browser, eventually, server } from "../../support/site.ts";

/** Every row of every table, with the identifier-free counters apart. */
async function rows(): Promise<{ rows: number; counters: Record<string, unknown>[] }> {
  const { results: tables } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%' AND name <> 'd1_migrations' AND name <> 'counters'",
  ).all<{ name: string }>();
  let count = 0;
  for (const { name } of tables)
    count += (await env.DB.prepare(`SELECT count(*) AS n FROM "${name}"`).first<{ n: number }>())!
      .n;
  const counters = await env.DB.prepare("SELECT * FROM counters").all();
  return { rows: count, counters: counters.results };
}

const objects = async (): Promise<number> => (await listDurableObjectIds(env.PERSON)).length;
const keys = async (): Promise<number> => (await env.KEYS.list()).objects.length;

test("a German who hasn't chosen, or refused, leaves no id cookie, no object, no key and no row but a daily counter", async () => {
  const before = await objects();
  const undecided = new Browser({ "usher-region": "DE" });
  const asked = await undecided.call("/_u/consent");
  expect(asked.body).toMatchObject({ region: "DE", regime: "opt-in", ask: true });
  expect([...asked.cookies.keys()]).toEqual([]);
  const track = await undecided.send("track", {
    event: "Looked",
    messageId: "m1",
    anonymousId: "a1",
  });
  expect(track.body).toEqual({
    success: true,
    accepted: 0,
    dropped: [{ messageId: "m1", reason: "consent" }],
  });
  expect(track.headers.get("usher-decision")).toContain("consent");

  const refusing = new Browser({ "usher-region": "DE" });
  const refused = await refusing.consent({ accept: "none" });
  expect([...refused.cookies.keys()]).toEqual(["usher-consent"]);
  expect(refused.cookies.get("usher-consent")).not.toMatch(/[a-z2-7]{26}/);
  await refusing.send("identify", { userId: "somebody", traits: { email: "a@example.org" } });
  await refusing.call("/_u/v1/pixel/page?url=https://www.example.org/");
  await refusing.call("/_u/next?slot=home");
  expect(refusing.visitor).toBeNull();

  const counted = await eventually(async () => {
    const held = await rows();
    return held.counters.length > 0 ? held : null;
  });
  expect(counted.rows).toBe(0);
  expect(Object.keys(counted.counters[0]!).sort()).toEqual([
    "count",
    "day",
    "kind",
    "reason",
    "regime",
  ]);
  expect(await objects()).toBe(before);
  expect(await keys()).toBe(0);
});

test("whoever makes up pages without consent makes no more rows than there is room for in a day", async () => {
  const browser = new Browser({ "usher-region": "DE", "usher-now": "2026-10-05T10:00:00Z" });
  const letters = (n: number): string =>
    n.toString(26).replace(/\d/g, (digit) => "qrstuvwxyz"[+digit]!);
  for (const half of [0, 1])
    await browser.send("batch", {
      batch: Array.from({ length: 2_400 }, (_, n) => ({
        type: "page",
        context: { page: { path: `/p-${letters(half * 2_400 + n)}` } },
      })),
    });
  const pages = await eventually(async () => {
    const { results } = await env.DB.prepare(
      "SELECT reason, count FROM counters WHERE kind = 'page' AND day = ?1",
    )
      .bind(dayOf(Date.UTC(2026, 9, 5)))
      .all<{ reason: string; count: number }>();
    return results.reduce((sum, { count }) => sum + count, 0) === 4_800 ? results : null;
  });
  expect(pages).toHaveLength(201);
  expect(pages).toContainEqual({ reason: "/…", count: 1_600 });
});

test("two people who refuse get the same cookie, so that it can't tell them apart", async () => {
  const at = { "usher-now": "2026-11-22T10:00:00Z", "usher-region": "DE" };
  const [a, b] = [new Browser(at), new Browser({ ...at, "cf-connecting-ip": "198.51.100.9" })];
  await a.consent({ accept: "none" });
  await b.consent({ accept: "none" }, { "usher-now": "2026-11-22T17:31:05Z" });
  expect(a.jar.get("usher-consent")).toBe(b.jar.get("usher-consent"));
});

test("a server's call about a German without stored or carried consent is dropped, wherever the server stands", async () => {
  const before = await objects();
  const said = await server("track", { userId: "hans", event: "Bought", messageId: "s1" });
  expect(said.body).toMatchObject({
    accepted: 0,
    dropped: [{ messageId: "s1", reason: "consent" }],
  });
  const american = await server("track", {
    userId: "hans",
    event: "Bought",
    messageId: "s2",
    context: { ip: "8.8.8.8", location: { country: "US" } },
  });
  expect(american.body).toMatchObject({ accepted: 0, dropped: [{ reason: "consent" }] });
  expect(await objects()).toBe(before);
});

test("a server's call follows the person's stored decision before what the call carries", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ choices: { measurement: true, recognition: true } });
  const { token } = (await browser.call("/demo/token?user=member-2310")).body;
  await browser.send("identify", {
    userId: "member-2310",
    messageId: "g1",
    context: { identityToken: token },
  });
  await eventually(async () => {
    const { body } = await api("/people?identifier=user_id:member-2310");
    return (body["people"] as unknown[]).length > 0;
  });
  const granted = await server("track", {
    userId: "member-2310",
    event: "Bought",
    messageId: "g2",
  });
  expect(granted.body).toMatchObject({ accepted: 1 });
  await browser.consent({ accept: "none" });
  const denied = await server("track", {
    userId: "member-2310",
    event: "Bought",
    messageId: "g3",
    context: { consent: { categoryPreferences: { measurement: true } } },
  });
  expect(denied.body).toMatchObject({ accepted: 0, dropped: [{ reason: "consent" }] });
});

test("a Californian with GPC is measured, and not used for advertising", async () => {
  const browser = new Browser({ "usher-region": "US-CA", "sec-gpc": "1" });
  const said = await browser.send("page", {
    messageId: "gpc-1",
    anonymousId: "gpc",
    context: { page: { url: "https://www.example.org/?gclid=abc&utm_source=google" } },
  });
  expect(said.body).toMatchObject({ accepted: 1 });
  const row = await eventually(() =>
    env.DB.prepare("SELECT purposes, data FROM events WHERE id = 'gpc-1'").first<{
      purposes: string;
      data: string;
    }>(),
  );
  expect(row.purposes).toContain("measurement");
  expect(row.purposes).not.toContain("advertising");
  expect(row.data).not.toContain("abc");
  const later = await browser.call("/_u/consent", undefined, { "sec-gpc": "" });
  expect(later.body).toMatchObject({
    signals: { gpc: true },
    decisions: { advertising: { granted: false } },
  });
});
