/** A site whose purposes have other ids from its first day on: all that purposes open goes by what the policy says. */
import { createExecutionContext, createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { NIGHTLY } from "../../../src/cron.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { DAY_MS, dayName, dayOf } from "../../../src/domain/ids.ts";
import { policies } from "../../../src/http/documents.ts";
import type { PersonExport } from "../../../src/privacy/export.ts";
import worker from "../../../src/worker.ts";
import { settle } from "../../support/objects.ts";
import { calledOtherwise } from "../../support/renamed.ts";
import { api, Browser, eventually, OFFICER_TOKEN, server } from "../../support/site.ts";
import { PHONE } from "../action/stage.ts";
import { books, clear } from "../d1/books.ts";
import { identityToken } from "../identity/tokens.ts";
import { exportedEvents } from "./exported.ts";

const NOW = Date.now();
const ago = (days: number): Record<string, string> => ({
  "usher-now": new Date(NOW - days * DAY_MS).toISOString(),
});
const EVERY = ["linking", "promotion", "statistics", "tailoring"];
/** Consents to the purposes 1, 5, 6 and 8, on 1 November 2026. */
const TC_STRING = "CQtAQoAQtAQoAAKABBENBkFgAI0AAAAAAAYgAAAAAAAA.IABE";

let n = 0;
const id = (): string => `other-${++n}`;

beforeEach(async () => {
  await clear();
  policies.forget(env.DB);
  const policy = calledOtherwise(DEFAULT_POLICY);
  const purposes = policy.purposes.map((purpose) =>
    purpose.id === "promotion" ? { ...purpose, retentionDays: 50 } : purpose,
  );
  const put = await api("/policy", OFFICER_TOKEN, { ...policy, purposes }, "PUT");
  expect(put.status, JSON.stringify(put.body)).toBe(200);
  policies.forget(env.DB);
});

async function agreeing(headers: Record<string, string> = {}): Promise<Browser> {
  const browser = new Browser({ "usher-region": "DE", ...headers });
  await browser.consent({ accept: "all" });
  return browser;
}

const track = (browser: Browser, event = "Looked", more: Record<string, unknown> = {}) =>
  browser.send("track", { event, messageId: id(), ...more });

const signIn = async (browser: Browser, user: string): Promise<void> => {
  const context = { identityToken: await identityToken(user) };
  const said = await browser.send("identify", { messageId: id(), userId: user, context });
  expect(said.body).toMatchObject({ accepted: 1 });
};

const joined = (browser: Browser, visitors: number) =>
  eventually(async () => {
    const { body } = await api(`/people/${browser.visitor}`);
    return (body["visitors"] as unknown[] | undefined)?.length === visitors ? body : null;
  });

const cron = (at = NOW): Promise<void> =>
  worker.scheduled(
    createScheduledController({ cron: NIGHTLY, scheduledTime: new Date(at) }),
    env,
    createExecutionContext(),
  );

test("the consent document says what is open, by whatever purpose it is opened", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  expect((await browser.call("/_u/consent")).body).toMatchObject({ ask: true, open: [] });
  const some = await browser.consent({ choices: { statistics: true } });
  expect(some.body["open"]).toEqual(["events", "id-cookie"]);
  const all = await browser.consent({ accept: "all" });
  expect(all.body["open"]).toEqual([
    "events",
    "id-cookie",
    "claims",
    "hints",
    "click-ids",
    "attribution",
    "ad-export",
  ]);
  expect(Object.keys(all.body["decisions"] as object).toSorted()).toEqual(
    [...EVERY, "necessary"].toSorted(),
  );
});

test("an event is recorded, a claim is kept, and two devices on which somebody signs in are one person", async () => {
  const [phone, laptop] = [await agreeing(PHONE), await agreeing()];
  expect((await track(phone)).body).toMatchObject({ accepted: 1, dropped: [] });
  await signIn(phone, "other-1");
  await signIn(laptop, "other-1");
  const person = await joined(phone, 2);
  expect(person["identifiers"]).toMatchObject([{ kind: "user_id", assurance: "verified" }]);
  const { body } = await api(`/people/${phone.visitor}/journey`);
  const events = body["events"] as { purposes: string[] }[];
  expect(events.map(({ purposes }) => purposes)).toEqual([EVERY, EVERY, EVERY]);
});

test("without linking an event is kept and the claim isn't; a later yes links", async () => {
  const [phone, laptop] = [await agreeing(PHONE), await agreeing()];
  await phone.consent({ choices: { linking: false } });
  await signIn(phone, "other-2");
  await signIn(laptop, "other-2");
  await settle([phone.visitor ?? "", laptop.visitor ?? ""]);
  expect((await api(`/people/${phone.visitor}`)).body).toMatchObject({ identifiers: [] });
  await phone.consent({ choices: { linking: true } });
  await signIn(phone, "other-2");
  await joined(phone, 2);
});

test("a hint is offered, and none after a no to what it is for", async () => {
  const phone = await agreeing(PHONE);
  await phone.send("page", { messageId: id(), properties: { title: "Home" } });
  const hint = await phone.call("/_u/next?slot=hero");
  expect(hint.body).toMatchObject({ action: { id: "get-the-app" }, stage: "device" });
  expect((await phone.call(`/_u/hints/${String(hint.body["hint"])}/shown`, "")).status).toBe(200);
  await phone.consent({ choices: { tailoring: false } });
  expect((await phone.call("/_u/next?slot=hero")).body).toMatchObject({ action: null });
});

test("TCF, Global Privacy Control and the site's own words are honoured", async () => {
  const german = new Browser({ "usher-region": "DE", "usher-now": "2026-11-20T12:00:00Z" });
  german.jar.set("euconsent-v2", TC_STRING);
  expect((await german.call("/_u/consent")).body).toMatchObject({
    decisions: {
      statistics: { granted: true, code: "tcf-granted" },
      tailoring: { granted: true, code: "tcf-granted" },
      promotion: { granted: false, code: "tcf-refused" },
    },
    open: ["events", "id-cookie", "hints"],
  });
  const american = new Browser({ "usher-region": "US-CA", "sec-gpc": "1" });
  const said = await american.call("/_u/consent");
  expect(said.body).toMatchObject({
    decisions: { statistics: { granted: true }, promotion: { code: "gpc-opted-out" } },
    gpcHonoured: true,
  });
  const url = "http://localhost:8787/?utm_source=google&gclid=a-click-id";
  await american.send("page", { messageId: id(), context: { page: { url } } });
  await settle([american.visitor ?? ""]);
  expect(JSON.stringify((await books())["events"])).not.toContain("a-click-id");
  const carried = { context: { consent: { categoryPreferences: { statistics: true } } } };
  const bought = { userId: "other-3", event: "Bought", messageId: id() };
  expect((await server("track", { ...bought, ...carried })).body).toMatchObject({ accepted: 1 });
  expect((await server("track", { ...bought, messageId: id() })).body).toMatchObject({
    accepted: 0,
    dropped: [{ reason: "consent" }],
  });
});

test("a withdrawal ends the id cookie at once, and reaches the person's other devices", async () => {
  const [phone, laptop] = [await agreeing(PHONE), await agreeing()];
  await signIn(phone, "other-4");
  await signIn(laptop, "other-4");
  await joined(phone, 2);
  const withdrawn = await phone.consent({ choices: { statistics: false, tailoring: false } });
  expect(withdrawn.cookies.get("usher")).toBe("");
  expect((await track(phone)).body).toMatchObject({ dropped: [{ reason: "consent" }] });
  expect((await track(laptop)).body).toMatchObject({ dropped: [{ reason: "consent" }] });
  expect((await laptop.call("/_u/consent")).body).toMatchObject({
    decisions: { statistics: { granted: false }, tailoring: { granted: false } },
    open: ["claims", "click-ids", "attribution", "ad-export"],
  });
});

test("attribution counts, exports leave out who withdrew, and click ids go with what they were kept for", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  const visit = async (day: number): Promise<void> => {
    await browser.consent({ choices: { statistics: true, promotion: true } }, ago(day));
    const url = "http://localhost:8787/?utm_source=google&gclid=a-click-id";
    const page = { messageId: id(), context: { page: { url } } };
    expect((await browser.send("page", page, ago(day))).body).toMatchObject({ accepted: 1 });
    const order = { event: "Order Completed", messageId: id(), properties: { total: 9 } };
    await browser.send("track", order, ago(day));
  };
  await visit(60);
  await visit(10);
  await settle([browser.visitor ?? ""]);
  const range = `from=${dayName(dayOf(NOW) - 100)}&to=${dayName(dayOf(NOW))}`;
  expect((await api(`/reports/attribution?${range}`)).body).toMatchObject({
    from: dayName(dayOf(NOW) - 50),
    outcomes: { all: 1, consented: 1, touched: 1 },
  });
  expect(await exportedEvents("statistics")).toHaveLength(4);
  expect(await exportedEvents("promotion")).toHaveLength(2);
  const clicks = async (): Promise<number> =>
    JSON.stringify((await books())["events"]).split("a-click-id").length - 1;
  expect(await clicks()).toBe(2);
  await cron();
  expect(await clicks()).toBe(1);
  await visit(0);
  const file = (await browser.call("/_u/me/export")).body as unknown as PersonExport;
  expect(file.visitors[0]?.profile.map(({ purposes }) => purposes.join())).toEqual([
    "statistics",
    "promotion,statistics",
    "promotion,statistics",
  ]);
  await browser.consent({ choices: { promotion: false } });
  expect(await exportedEvents("promotion")).toEqual([]);
});
