import { createExecutionContext, createScheduledController } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { NIGHTLY } from "../../../src/cron.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { DAY_MS, dayName, dayOf } from "../../../src/domain/ids.ts";
import type { PersonExport } from "../../../src/privacy/export.ts";
import worker from "../../../src/worker.ts";
import { settle } from "../../support/objects.ts";
import { api, Browser, MARKETER_TOKEN, OFFICER_TOKEN, ORIGIN } from "../../support/site.ts";
import { books, clear } from "../d1/books.ts";
import { everything, placesOf } from "./household.ts";

const NOW = Date.now();
const ago = (days: number): Record<string, string> => ({
  "usher-now": new Date(NOW - days * DAY_MS).toISOString(),
});

const cron = (pattern: string, at = NOW): Promise<void> =>
  worker.scheduled(
    createScheduledController({ cron: pattern, scheduledTime: new Date(at) }),
    env,
    createExecutionContext(),
  );

/** Days ago of which D1 has events. */
const eventDays = async (): Promise<number[]> =>
  ((await books())["events"] as { day: number }[])
    .map(({ day }) => dayOf(NOW) - day)
    .toSorted((a, b) => a - b);

/** Comes on these days, agreeing to the same purposes each time. */
async function visit(
  browser: Browser,
  days: readonly number[],
  purposes: readonly string[],
): Promise<void> {
  const choices = Object.fromEntries(purposes.map((purpose) => [purpose, true]));
  for (const day of days) {
    await browser.consent({ choices }, ago(day));
    const sent = await browser.send("page", { messageId: `day-${day}` }, ago(day));
    expect(sent.body).toMatchObject({ accepted: 1 });
  }
  await settle([browser.visitor ?? ""]);
}

const german = (): Browser => new Browser({ "usher-region": "DE" });

beforeEach(async () => {
  await clear();
  // Nothing longer than 200 days; advertising for 50.
  const purposes = DEFAULT_POLICY.purposes.map((purpose) => ({
    ...purpose,
    retentionDays: purpose.id === "advertising" ? 50 : 200,
  }));
  const put = await api("/policy", OFFICER_TOKEN, { ...DEFAULT_POLICY, purposes }, "PUT");
  expect(put.status).toBe(200);
});

test("events go when the longest of their purposes has run out: in D1 by night, in the object with its next event", async () => {
  const browser = german();
  await visit(browser, [300, 100], ["measurement"]);
  const plan = await api("/retention", OFFICER_TOKEN);
  expect(plan.body["rows"]).toContainEqual({
    table: "events",
    purposes: ["measurement"],
    before: dayName(dayOf(NOW) - 200),
    rows: 1,
  });
  expect((await api("/retention", MARKETER_TOKEN)).status).toBe(403);
  expect(await eventDays()).toEqual([100, 300]);
  await cron(NIGHTLY);
  expect(await eventDays()).toEqual([100]);
  await visit(browser, [0], ["measurement"]);
  const file = (await browser.call("/_u/me/export")).body as unknown as PersonExport;
  expect(file.visitors[0]?.profile.map(({ day }) => day)).toEqual(
    [100, 0].map((day) => dayName(dayOf(NOW) - day)),
  );
});

test("after advertising has ended an event counts for measurement alone, and its click id is gone", async () => {
  const browser = german();
  const land = async (day: number): Promise<void> => {
    await browser.consent({ choices: { measurement: true, advertising: true } }, ago(day));
    const order = { event: "Order Completed", messageId: `order-${day}`, properties: { total: 9 } };
    const url = "http://localhost:8787/?utm_source=google&gclid=a-click-id";
    await browser.send("page", { messageId: `land-${day}`, context: { page: { url } } }, ago(day));
    await browser.send("track", order, ago(day));
  };
  await land(60);
  await land(10);
  await settle([browser.visitor ?? ""]);
  const clicks = async (): Promise<number[]> =>
    ((await books())["events"] as { day: number; data: string }[])
      .filter(({ data }) => data.includes("a-click-id"))
      .map(({ day }) => dayOf(NOW) - day);
  expect((await clicks()).toSorted()).toEqual([10, 60]);
  expect((await api("/retention", OFFICER_TOKEN)).body["clickIds"]).toMatchObject({ rows: 1 });

  const range = `from=${dayName(dayOf(NOW) - 100)}&to=${dayName(dayOf(NOW))}`;
  const report = await api(`/reports/attribution?${range}`, MARKETER_TOKEN);
  expect(report.body).toMatchObject({
    from: dayName(dayOf(NOW) - 50),
    outcomes: { all: 1, consented: 1 },
  });
  const lines = async (purpose: string): Promise<number> => {
    const headers = { authorization: `Bearer ${OFFICER_TOKEN}` };
    const url = `${ORIGIN}/_u/api/export/events.ndjson?purpose=${purpose}&${range}`;
    const body = await (await exports.default.fetch(url, { headers })).arrayBuffer();
    return new TextDecoder()
      .decode(body)
      .split("\n")
      .filter((line) => line.includes('"visitor"')).length;
  };
  expect(await lines("measurement")).toBe(4);
  expect(await lines("advertising")).toBe(2);
  await cron(NIGHTLY);
  expect(await clicks()).toEqual([10]);
  expect((await eventDays()).filter((day) => day === 60)).toHaveLength(2);
  expect((await api("/retention", OFFICER_TOKEN)).body["clickIds"]).toMatchObject({ rows: 0 });

  await visit(browser, [0], ["measurement", "advertising"]);
  const file = (await browser.call("/_u/me/export")).body as unknown as PersonExport;
  expect(file.visitors[0]?.profile.map(({ purposes }) => purposes.join())).toEqual([
    "measurement",
    "advertising,measurement",
    "advertising,measurement",
  ]);
});

test("the next night looks at what has run out since, and at everything after the policy was changed", async () => {
  await visit(german(), [200, 100, 40], ["measurement"]);
  await visit(german(), [50, 40], ["advertising", "measurement"]);
  await cron(NIGHTLY);
  expect(await eventDays()).toEqual([40, 40, 50, 100, 200]);
  await cron(NIGHTLY, NOW + DAY_MS);
  expect(await eventDays()).toEqual([40, 40, 50, 100]);
  const purposes = DEFAULT_POLICY.purposes.map((each) => ({ ...each, retentionDays: 45 }));
  await api("/policy", OFFICER_TOKEN, { ...DEFAULT_POLICY, purposes }, "PUT");
  expect((await api("/retention", OFFICER_TOKEN)).body).toMatchObject({
    rows: [
      { purposes: ["advertising", "measurement"], rows: 1 },
      { purposes: ["measurement"], rows: 1 },
      { table: "hints", rows: 0 },
    ],
    whole: true,
  });
  await cron(NIGHTLY, NOW + DAY_MS);
  expect(await eventDays()).toEqual([40, 40]);
});

test("who hasn't been heard of for longer than anything may be kept is erased altogether", async () => {
  const browser = german();
  await visit(browser, [250], ["measurement", "recognition"]);
  const kept = german();
  await visit(kept, [150], ["measurement"]);
  expect((await api("/retention", OFFICER_TOKEN)).body["people"]).toMatchObject({ persons: 1 });
  await cron("*/5 * * * *");
  const left = placesOf(await everything(), [browser.visitor ?? ""]);
  expect(left.filter((place) => !/tombstones|^r2 (visitor|erasure)|hot:tomb/.test(place))).toEqual(
    [],
  );
  expect((await api(`/people/${kept.visitor}`)).status).toBe(200);
});

test("cron goes on with erasures that were cut off, and anchors the receipts of days that are over", async () => {
  await visit(german(), [0], ["measurement"]);
  await cron(NIGHTLY);
  expect((await books())["anchors"]).toEqual([]);
  await cron(NIGHTLY, NOW + DAY_MS);
  expect((await books())["anchors"]).toHaveLength(1);
});
