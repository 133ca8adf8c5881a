/** An officer renames purposes in the middle of a site's life: what was recorded and answered stays with them. */
import { createExecutionContext, createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { NIGHTLY } from "../../../src/cron.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import type { Policy } from "../../../src/domain/consent/policy.ts";
import { DAY_MS, dayName, dayOf } from "../../../src/domain/ids.ts";
import { policies } from "../../../src/http/documents.ts";
import type { PersonExport } from "../../../src/privacy/export.ts";
import worker from "../../../src/worker.ts";
import { publishPolicy } from "../../../src/d1/policies.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";
import type { Json } from "../../../src/domain/json.ts";
import { objectOf, settle } from "../../support/objects.ts";
import { calledOtherwise } from "../../support/renamed.ts";
import { ALL, api, Browser, eventually, OFFICER_TOKEN, server } from "../../support/site.ts";
import { offer, PHONE } from "../action/stage.ts";
import { books, clear } from "../d1/books.ts";
import { identityToken } from "../identity/tokens.ts";
import { exportedEvents } from "./exported.ts";

const NOW = Date.now();
const ago = (days: number): Record<string, string> => ({
  "usher-now": new Date(NOW - days * DAY_MS).toISOString(),
});
const EVERY = ["linking", "promotion", "statistics", "tailoring"];

let n = 0;
const id = (): string => `renamed-${++n}`;

beforeEach(async () => {
  await clear();
  await env.DB.prepare("DELETE FROM settings").run();
  policies.forget(env.DB);
});

const publish = async (policy: Policy) => {
  const put = await api("/policy", OFFICER_TOKEN, policy, "PUT");
  policies.forget(env.DB);
  return put;
};

/** Only the ids are others; `change` is what else the new version says. */
async function rename(change: (policy: Policy) => Policy = (policy) => policy): Promise<Policy> {
  const put = await publish(change(calledOtherwise(DEFAULT_POLICY, undefined, true)));
  expect(put.status, JSON.stringify(put.body)).toBe(200);
  return put.body as unknown as Policy;
}

const german = (headers: Record<string, string> = {}): Browser =>
  new Browser({ "usher-region": "DE", ...headers });

const track = (browser: Browser, headers: Record<string, string> = {}) =>
  browser.send("track", { event: "Looked", messageId: id() }, headers);

const signIn = async (browser: Browser, user: string): Promise<void> => {
  const context = { identityToken: await identityToken(user) };
  await browser.send("identify", { messageId: id(), userId: user, context });
};

const joined = (browser: Browser) =>
  eventually(async () => {
    const { body } = await api(`/people/${browser.visitor}`);
    return (body["visitors"] as unknown[] | undefined)?.length === 2 ? body : null;
  });

async function purposesOf(browser: Browser): Promise<string[][]> {
  const { body } = await api(`/people/${browser.visitor}/journey`);
  return (body["events"] as { purposes: string[] }[]).map(({ purposes }) => purposes.toSorted());
}

test("nobody is asked again, events go on, and the journey calls all of them by the new names", async () => {
  const browser = german(PHONE);
  await browser.consent({ accept: "all" });
  await track(browser);
  await settle([browser.visitor ?? ""]);
  const { visitor } = browser;
  const policy = await rename();
  expect(policy.purposes.map(({ since }) => since)).toEqual([1, 1, 1, 1, 1]);
  const said = await browser.call("/_u/consent");
  expect(said.body).toMatchObject({
    ask: false,
    choice: { statistics: true, tailoring: true, linking: true, promotion: true },
    decisions: { statistics: { code: "choice-granted" }, measurement: { code: "choice-granted" } },
  });
  expect((await track(browser)).body).toMatchObject({ accepted: 1, dropped: [] });
  expect(browser.visitor).toBe(visitor);
  expect(await purposesOf(browser)).toEqual([EVERY, EVERY]);
  const hint = await browser.call("/_u/next?slot=hero");
  expect(hint.body).toMatchObject({ action: { id: "get-the-app" } });
  const { body } = await api(`/receipts/verify`, OFFICER_TOKEN);
  expect(body).toMatchObject({ faults: [] });
});

test("a no to the old name is a no to the new one: in the cookie, in the person, and on other devices", async () => {
  const [phone, laptop] = [german(PHONE), german()];
  for (const device of [phone, laptop]) {
    await device.consent({ accept: "all" });
    await signIn(device, "renamed-1");
  }
  await joined(phone);
  await phone.consent({ choices: { advertising: false } });
  await rename();
  expect((await phone.call("/_u/consent")).body).toMatchObject({
    decisions: { promotion: { granted: false, code: "choice-withdrawn" } },
    ask: false,
  });
  await track(laptop);
  const recorded = await purposesOf(laptop);
  expect(recorded.at(-1)).toEqual(["linking", "statistics", "tailoring"]);
  const bought = { userId: "renamed-1", event: "Bought", messageId: id() };
  const preferences = { statistics: true, promotion: true };
  const context = { consent: { categoryPreferences: preferences } };
  expect((await server("track", { ...bought, context })).body).toMatchObject({ accepted: 1 });
  expect(await exportedEvents("promotion")).toEqual([]);

  const refusing = german();
  await refusing.consent({ accept: "none" });
  expect((await track(refusing)).body).toMatchObject({ dropped: [{ reason: "consent" }] });
});

test("a withdrawal after it ends what was agreed to before, and takes old names as well as new ones", async () => {
  const [phone, laptop] = [german(PHONE), german()];
  for (const device of [phone, laptop]) {
    await device.consent({ accept: "all" });
    await track(device);
  }
  await rename();
  const { body } = await phone.consent({ choices: { measurement: false, tailoring: false } });
  expect(body).toMatchObject({ choice: { statistics: false, tailoring: false, linking: true } });
  expect(phone.visitor).toBeNull();
  expect((await track(phone)).body).toMatchObject({ dropped: [{ reason: "consent" }] });
  const receipts = await api(`/receipts?visitor=${laptop.visitor}`, OFFICER_TOKEN);
  expect((receipts.body["receipts"] as unknown[]).length).toBe(1);
});

test("a form from before it, on the page of one's own data, says what its boxes say", async () => {
  const browser = german();
  await browser.consent({ accept: "all" });
  await rename();
  const form = new URLSearchParams([
    ["policy", "1"],
    ["purpose", "measurement"],
    ["purpose", "recognition"],
  ]);
  const type = { "content-type": "application/x-www-form-urlencoded" };
  expect((await browser.call("/_u/me/consent", form.toString(), type)).status).toBe(303);
  expect((await browser.call("/_u/consent")).body).toMatchObject({
    choice: { statistics: true, tailoring: false, linking: true, promotion: false },
    ask: false,
  });
});

test("an object that knows an older policy reads the newer one before it judges by it", async () => {
  const browser = german();
  await browser.consent({ accept: "all" });
  const visitor = browser.visitor as VisitorId;
  // As another isolate publishes: this one doesn't hear of it.
  const policy = { ...calledOtherwise(DEFAULT_POLICY, undefined, true), version: 2 };
  const about = { author: "officer", note: "", at: NOW, document: policy as unknown as Json };
  await publishPolicy(env.DB, {
    ...about,
    version: 1,
    document: DEFAULT_POLICY as unknown as Json,
  });
  await publishPolicy(env.DB, { ...about, version: 2 });
  const granted = { statistics: true, tailoring: true, linking: true, promotion: true };
  const decision = { at: NOW + 1, policy: 2, region: "DE", regime: "opt-in", granted, gpc: false };
  const request = { visitor, now: NOW + 1, decision, receipt: null };
  const answer = await objectOf(visitor).decide(0, request);
  expect(answer).toMatchObject({ at: "home" });
  const standing = await objectOf(visitor).standing(0, visitor);
  expect(standing).toMatchObject({ value: { decision: { granted }, retired: false } });
});

test("servers may go on carrying consent under the old names", async () => {
  await rename();
  const context = { consent: { categoryPreferences: ALL } };
  const bought = { userId: "renamed-2", event: "Bought", messageId: id(), context };
  expect((await server("track", bought)).body).toMatchObject({ accepted: 1 });
  const person = await eventually(async () => {
    const { body } = await api("/people?identifier=user_id:renamed-2");
    return (body["people"] as { id: string }[])[0] ?? null;
  });
  const journey = await api(`/people/${person.id}/journey`);
  expect((journey.body["events"] as { purposes: string[] }[])[0]?.purposes).toEqual(EVERY);
});

test("retention, attribution and exports look at both names, and old rows end by the new terms", async () => {
  const browser = german();
  const visit = async (day: number): Promise<void> => {
    await browser.consent({ accept: "all" }, ago(day));
    const url = "http://localhost:8787/?utm_source=google&gclid=a-click-id";
    await browser.send("page", { messageId: id(), context: { page: { url } } }, ago(day));
    const order = { event: "Order Completed", messageId: id(), properties: { total: 9 } };
    await browser.send("track", order, ago(day));
  };
  for (const day of [60, 20]) await visit(day);
  await settle([browser.visitor ?? ""]);
  await rename((policy) => ({
    ...policy,
    purposes: policy.purposes.map((purpose) =>
      purpose.required
        ? purpose
        : { ...purpose, retentionDays: purpose.id === "promotion" ? 15 : 40 },
    ),
  }));
  await visit(10);
  await settle([browser.visitor ?? ""]);
  const range = `from=${dayName(dayOf(NOW) - 30)}&to=${dayName(dayOf(NOW))}`;
  expect((await api(`/reports/attribution?${range}`)).body).toMatchObject({
    from: dayName(dayOf(NOW) - 15),
    outcomes: { consented: 1, touched: 1 },
  });
  expect(await exportedEvents("statistics")).toHaveLength(4);
  expect(await exportedEvents("measurement")).toHaveLength(4);
  expect((await exportedEvents("statistics"))[0]).toContain('"statistics"');
  await worker.scheduled(
    createScheduledController({ cron: NIGHTLY, scheduledTime: new Date(NOW) }),
    env,
    createExecutionContext(),
  );
  const rows = (await books())["events"] as { day: number; data: string }[];
  expect(rows.map(({ day }) => dayOf(NOW) - day).toSorted()).toEqual([10, 10, 20, 20]);
  expect(rows.filter(({ data }) => data.includes("a-click-id"))).toHaveLength(1);
  await visit(0);
  const file = (await browser.call("/_u/me/export")).body as unknown as PersonExport;
  expect(file.visitors[0]?.profile.map(({ purposes }) => [...purposes].sort())).toEqual([
    ["linking", "statistics", "tailoring"],
    EVERY,
    EVERY,
  ]);
});

test("actions and exports that name a purpose by its old name go on", async () => {
  await offer([{ purposes: ["advertising"] }]);
  const browser = german();
  await browser.consent({ accept: "all" });
  await browser.send("page", { messageId: id() });
  await rename();
  expect((await browser.call("/_u/next?slot=hero")).body).toMatchObject({
    action: { id: "anyone" },
  });
  const { body } = await api("/actions");
  const saved = await api("/actions", OFFICER_TOKEN, { actions: body["actions"] }, "PUT");
  expect(saved.status).toBe(403);
  const again = await api("/actions", undefined, { actions: body["actions"] }, "PUT");
  expect(again.body).toMatchObject({ actions: [{ purposes: ["promotion"] }] });
});

test("without the old name a new id is a new purpose: asked anew, and what was recorded ends", async () => {
  const browser = german();
  await browser.consent({ accept: "all" });
  await track(browser);
  const put = await publish(calledOtherwise(DEFAULT_POLICY));
  expect(put.status).toBe(200);
  expect((await browser.call("/_u/consent")).body).toMatchObject({ ask: true, open: [] });
  expect((await track(browser)).body).toMatchObject({ dropped: [{ reason: "consent" }] });
  const plan = await api("/retention", OFFICER_TOKEN);
  expect(plan.status).toBe(200);
});

test("a former name stays with its purpose, and can't be given to another one", async () => {
  await rename();
  const renamedAgain = calledOtherwise(DEFAULT_POLICY, {
    measurement: "figures",
    personalization: "tailoring",
    recognition: "linking",
    advertising: "promotion",
  });
  const again = await publish({
    ...renamedAgain,
    purposes: renamedAgain.purposes.map((purpose) =>
      purpose.id === "figures" ? { ...purpose, formerly: ["statistics"] } : purpose,
    ),
  });
  const purposes = again.body["purposes"] as { id: string; formerly?: string[] }[];
  expect(purposes.find(({ id: name }) => name === "figures")?.formerly).toEqual([
    "statistics",
    "measurement",
  ]);
  expect(purposes.find(({ id: name }) => name === "promotion")?.formerly).toEqual(["advertising"]);
  const stolen = again.body as unknown as Policy;
  const taken = await publish({
    ...stolen,
    purposes: [
      ...stolen.purposes.map((purpose) =>
        purpose.id === "figures" ? { ...purpose, formerly: [] } : purpose,
      ),
      { ...stolen.purposes[4]!, id: "measurement", formerly: [], switchesOn: [] },
    ],
  });
  expect(taken.status).toBe(422);
  expect(taken.body["error"]).toMatchObject({
    path: "purposes.5.id",
    message: "was the name of figures, which is still in the policy",
  });
  const back = await publish(DEFAULT_POLICY);
  const first = back.body["purposes"] as { id: string; formerly?: string[]; since: number }[];
  expect(first[1]).toMatchObject({
    id: "measurement",
    formerly: ["figures", "statistics"],
    since: 1,
  });
});
