import type { RudderAnalytics } from "@rudderstack/analytics-js";
import { describe, expect, test } from "vitest";
import { tab } from "./browser.ts";
import { codeOf } from "./recipe.ts";
import { ALL, stage, WRITE_KEY } from "./stage.ts";

declare global {
  interface Window {
    rudder: RudderAnalytics;
  }
}

const site = stage();
const browser = tab(
  site,
  `import { RudderAnalytics } from "@rudderstack/analytics-js/bundled"; window.rudder = new RudderAnalytics();`,
);

/** With data plane and configuration at `/_u`. */
const load = (options: Record<string, unknown> = {}): Promise<void> =>
  browser.page.evaluate(
    ([writeKey, more]) =>
      new Promise<void>((ready) => {
        window.rudder.load(writeKey, `${location.origin}/_u`, {
          configUrl: `${location.origin}/_u`,
          onLoaded: () => ready(),
          ...more,
        } as Parameters<RudderAnalytics["load"]>[2]);
      }),
    [WRITE_KEY, options] as const,
  );

const say = (userId: string): Promise<void> =>
  browser.page.evaluate(async (id) => {
    const { rudder } = window;
    const pause = () => new Promise((later) => setTimeout(later, 5));
    rudder.page("Tickets");
    await pause();
    rudder.track("Looked", { seat: "12A", price: 42.5 });
    await pause();
    rudder.identify(id, { email: `${id}@club.example.org`, plan: "season" });
    await pause();
    rudder.group("supporters-north", { seats: 12 });
    await pause();
    rudder.alias(id, "older-id");
    await pause();
    rudder.track("Order Completed", { total: 42.5 });
  }, userId);

describe("@rudderstack/analytics-js in Chromium", () => {
  test.each([
    ["call by call", {}],
    [
      "in batches",
      { queueOptions: { batch: { enabled: true, maxItems: 100, flushInterval: 300 } } },
    ],
    ["by beacon", { useBeacon: true, beaconQueueOptions: { flushQueueInterval: 300 } }],
  ])("its whole vocabulary arrives equal, once and in order, %s", async (how, options) => {
    const userId = `rudder-${how.replaceAll(" ", "-")}`;
    await browser.visit();
    await browser.choose(ALL);
    await load(options);
    await say(userId);
    const events = await site.journeyOf(`user_id:${userId}`, 6);
    expect(events.map(({ type, name }) => [type, name])).toEqual([
      ["page", "Tickets"],
      ["track", "Looked"],
      ["identify", null],
      ["group", null],
      ["alias", null],
      ["track", "Order Completed"],
    ]);
    expect(events[1]?.props).toMatchObject({ seat: "12A", price: 42.5 });
    expect(events[0]?.page?.["path"]).toBe("/tickets");
    expect(new Set(events.map(({ visitor }) => visitor))).toEqual(
      new Set([await browser.visitor()]),
    );
    const person = await site.person(`email:${userId}@club.example.org`);
    expect(person?.["identifiers"]).toContainEqual(
      expect.objectContaining({ kind: "user_id", value: userId, assurance: "asserted" }),
    );
  });

  test.each([
    ["a 503", { status: 503, retryAfter: 1 }],
    ["a 429", { status: 429, retryAfter: 1 }],
    ["an answer lost on its way back", { status: 503, served: true }],
  ])("after %s it tries again, and the message is there once", async (what, fault) => {
    const userId = `rudder ${what}`;
    await browser.visit();
    await browser.choose(ALL);
    await load();
    site.faults = [fault];
    await browser.page.evaluate((id) => window.rudder.identify(id), userId);
    await site.until(() =>
      site.posts().some(({ status, path }) => status === 200 && path.endsWith("/identify")),
    );
    expect(await site.journeyOf(`user_id:${userId}`, 1)).toHaveLength(1);
  });

  test.each([true, false])(
    "consent that its events carry counts by the recipe: %s",
    async (statistics) => {
      const recipe = await codeOf("rudderstack-consent");
      await browser.visit();
      await browser.page.addScriptTag({ content: `${recipe}; window.asked = asked;` });
      const consentManagement = await browser.page.evaluate(
        (yes) =>
          (window as unknown as { asked(answers: object): Record<string, unknown> }).asked({
            statistics: yes,
            marketing: false,
          }),
        statistics,
      );
      await load({ consentManagement });
      await browser.page.evaluate(() => window.rudder.track("Looked"));
      await site.until(() => site.posts().some(({ status }) => status === 200));
      expect((await browser.visitor()) !== null).toBe(statistics);
    },
  );

  test("without consent nothing is recorded, no id is set, and nothing is sent twice", async () => {
    await browser.visit();
    await load();
    await say("rudder-refused");
    const calls = () => site.posts().filter(({ path }) => path.startsWith("/_u/v1/"));
    await site.until(() => calls().filter(({ status }) => status > 0).length >= 6);
    expect(calls().map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(await browser.visitor()).toBeNull();
    expect(await site.person("user_id:rudder-refused")).toBeNull();
  });
});
