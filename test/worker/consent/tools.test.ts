/** What the site's own consent tool and opt-out strings say reaches the person, and is proved once for each change. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { policies } from "../../../src/http/documents.ts";
import type { Host } from "../../../src/person/host.ts";
import { objectOf, settle } from "../../support/objects.ts";
import { ALL, api, Browser, OFFICER_TOKEN, server } from "../../support/site.ts";
import { identityToken } from "../identity/tokens.ts";

afterEach(async () => {
  await env.DB.prepare("DELETE FROM settings").run();
  await env.DB.prepare("DELETE FROM policies").run();
  policies.forget(env.DB);
});

let n = 0;
const id = (): string => `tool-${++n}`;
const NONE = { measurement: false, personalization: false, recognition: false, advertising: false };
const saying = (categoryPreferences: Record<string, boolean>) => ({
  consent: { categoryPreferences },
});

async function signIn(browser: Browser, user: string, context: Record<string, unknown>) {
  const said = await browser.send("identify", {
    messageId: id(),
    userId: user,
    context: { ...context, identityToken: await identityToken(user) },
  });
  expect(said.body).toMatchObject({ accepted: 1 });
  await settle([browser.visitor ?? ""]);
}

const track = (browser: Browser, context: Record<string, unknown> = {}) =>
  browser.send("track", { event: "Looked", messageId: id(), context });

/** The kinds; all of these are proved as said by signals. */
async function receiptsOf(visitor: string): Promise<string[]> {
  await settle([visitor]);
  const { body } = await api(`/receipts?visitor=${visitor}`, OFFICER_TOKEN);
  const receipts = body["receipts"] as { kind: string; body: { method: string } }[];
  expect(receipts.filter(({ body: said }) => said.method !== "signal")).toEqual([]);
  return receipts.map(({ kind }) => kind);
}

const rowsOf = (visitor: string): Promise<number> =>
  runInDurableObject(
    objectOf(visitor),
    (object) => (object as unknown as { host: Host }).host.rows,
  );

const fromServer = (user: string) =>
  server("track", { userId: user, event: "Bought", messageId: id() });

test("a withdrawal through context.consent ends what the site's server may record, and both answers are proved once", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  await signIn(browser, "tool-a", saying(ALL));
  const visitor = browser.visitor ?? "";
  await track(browser, saying(ALL));
  await track(browser, saying(ALL));
  expect(await receiptsOf(visitor)).toEqual(["grant"]);
  expect((await fromServer("tool-a")).body).toMatchObject({ accepted: 1 });
  const withdrawn = await track(browser, saying(NONE));
  expect(withdrawn.body).toMatchObject({ accepted: 0, dropped: [{ reason: "consent" }] });
  expect(withdrawn.cookies.get("usher")).toBe("");
  expect((await fromServer("tool-a")).body).toMatchObject({
    accepted: 0,
    dropped: [{ reason: "consent" }],
  });
  expect(await receiptsOf(visitor)).toEqual(["grant", "withdrawal"]);
});

const ONETRUST = "OptanonConsent";
const groups = (yes: 0 | 1): string =>
  `isGpcEnabled=0&groups=${encodeURIComponent(`C0001:1,C0002:${yes},C0003:${yes},C0004:${yes}`)}`;

test.each(["GET /_u/consent", "an event"])(
  "where a withdrawal erases, one by the consent tool's cookie does, whether %s brings it",
  async (bringer) => {
    const put = await api(
      "/policy",
      OFFICER_TOKEN,
      { ...DEFAULT_POLICY, withdrawal: "erase" },
      "PUT",
    );
    expect(put.status).toBe(200);
    policies.forget(env.DB);
    const browser = new Browser({ "usher-region": "DE" });
    browser.jar.set(ONETRUST, groups(1));
    browser.jar.set("OptanonAlertBoxClosed", "2026-11-01T10:00:00.000Z");
    expect((await track(browser)).body).toMatchObject({ accepted: 1 });
    const visitor = browser.visitor ?? "";
    expect((await api(`/people/${visitor}`)).status).toBe(200);
    expect(await receiptsOf(visitor)).toEqual(["grant"]);
    browser.jar.set(ONETRUST, groups(0));
    if (bringer === "an event") await track(browser);
    else await browser.call("/_u/consent");
    expect(browser.visitor).toBeNull();
    expect((await api(`/people/${visitor}`)).status).toBe(404);
  },
);

test("a usprivacy opt-out of somebody known is proved once, and costs nothing more while it lasts", async () => {
  const browser = new Browser({ "usher-region": "US-CA" });
  await track(browser);
  const visitor = browser.visitor ?? "";
  expect(await receiptsOf(visitor)).toEqual([]);
  browser.jar.set("usprivacy", "1YYN");
  await track(browser);
  await track(browser);
  expect(await receiptsOf(visitor)).toEqual(["opt-out"]);
  browser.jar.delete("usprivacy");
  await track(browser);
  expect(await receiptsOf(visitor)).toEqual(["opt-out"]);
});

test("who keeps refusing while another consent carries the id is told to the person once, without a row after it", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ choices: { personalization: true } });
  // The banner was asked for one purpose; the tool answers for the rest.
  const visitor = browser.visitor ?? "";
  await settle([visitor]);
  const before = await rowsOf(visitor);
  await track(browser, saying({ measurement: false }));
  await track(browser, saying({ measurement: false }));
  expect(browser.visitor).toBe(visitor);
  expect(await rowsOf(visitor)).toBe(before);
});

test("who refuses, agrees and refuses again on an id that stays is told each time, and of the same once", async () => {
  const browser = new Browser({ "usher-region": "US-CA" });
  await track(browser);
  const visitor = browser.visitor ?? "";
  for (const measurement of [true, false, false, true, false, false])
    await track(browser, saying({ measurement }));
  expect(browser.visitor).toBe(visitor);
  expect(await receiptsOf(visitor)).toEqual(["grant", "opt-out", "grant", "opt-out"]);
});

test("a partial withdrawal through the tool is proved with the event that brings it, and erases where that is the rule", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  await track(browser, saying(ALL));
  const visitor = browser.visitor ?? "";
  await track(browser, saying({ ...ALL, advertising: false }));
  await track(browser, saying({ ...ALL, advertising: false }));
  expect(browser.visitor).toBe(visitor);
  expect(await receiptsOf(visitor)).toEqual(["grant", "withdrawal"]);
  await api("/policy", OFFICER_TOKEN, { ...DEFAULT_POLICY, withdrawal: "erase" }, "PUT");
  policies.forget(env.DB);
  const said = await track(browser, saying({ measurement: true, personalization: false }));
  expect(said.body).toMatchObject({ accepted: 1 });
  expect(browser.visitor).not.toBe(visitor);
  expect((await api(`/people/${visitor}`)).status).toBe(404);
});

test("whose consent came from the banner has one receipt, and one row an event, whatever version of the policy they come under", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  const visitor = browser.visitor ?? "";
  await track(browser);
  await settle([visitor]);
  await api("/policy", OFFICER_TOKEN, DEFAULT_POLICY, "PUT");
  policies.forget(env.DB);
  const before = await rowsOf(visitor);
  await track(browser);
  expect((await rowsOf(visitor)) - before).toBe(1);
  await settle([visitor]);
  const { body } = await api(`/receipts?visitor=${visitor}`, OFFICER_TOKEN);
  expect(body["receipts"]).toMatchObject([{ kind: "grant", body: { method: "banner" } }]);
});
