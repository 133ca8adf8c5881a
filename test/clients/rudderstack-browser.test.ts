import type { RudderAnalytics } from "@rudderstack/analytics-js";
import { describe, expect, test } from "vitest";
import { tab } from "./browser.ts";
import { codeOf } from "./recipe.ts";
import { ALL, type Fault, stage, TROUBLE, WRITE_KEY } from "./stage.ts";
import { partedBySignOut, recordedOfBrowser } from "./vocabulary.ts";

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
  browser.page.evaluate((id) => {
    const { rudder } = window;
    rudder.page("Tickets");
    rudder.track("Looked", { seat: "12A", price: 42.5 });
    rudder.identify(id, { email: `${id}@club.example.org`, plan: "season" });
    rudder.group("supporters-north", { seats: 12 });
    rudder.alias(id, "older-id");
    rudder.track("Order Completed", { total: 42.5 });
  }, userId);

const BATCHES = {
  queueOptions: { batch: { enabled: true, maxItems: 100, flushInterval: 300 } },
};
/** Without seven seconds of back-off; single calls wait out theirs. */
const HURRIED = { queueOptions: { ...BATCHES.queueOptions, minRetryDelay: 100 } };

describe("@rudderstack/analytics-js in Chromium", () => {
  test.each([
    ["call by call", {}, []],
    ["in batches", BATCHES, []],
    ["by beacon", { useBeacon: true, beaconQueueOptions: { flushQueueInterval: 300 } }, []],
    ["call by call in trouble", {}, TROUBLE],
    ["in batches in trouble", HURRIED, TROUBLE],
  ] satisfies [string, Record<string, unknown>, readonly Fault[]][])(
    "its whole vocabulary arrives equal, once and in order, %s",
    async (how, options, faults) => {
      const userId = `rudder-${how.replaceAll(" ", "-")}`;
      await browser.visit();
      await browser.choose(ALL);
      await load(options);
      site.faults = [...faults];
      await say(userId);
      const events = await recordedOfBrowser(site, browser, userId);
      expect(events[1]?.props).toMatchObject({ seat: "12A", price: 42.5 });
    },
  );

  test("what is done between a sign-out and the next sign-in is the next user's", async () => {
    await browser.visit();
    await browser.choose(ALL);
    await load();
    const { page } = browser;
    await partedBySignOut(site, browser, "rudder", {
      identify: (id) => page.evaluate((user) => window.rudder.identify(user), id),
      track: (name) => page.evaluate((event) => window.rudder.track(event), name),
      reset: () => page.evaluate(() => window.rudder.reset(true)),
    });
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
      const answered = browser.page.waitForResponse("**/_u/v1/track");
      await browser.page.evaluate(() => window.rudder.track("Looked"));
      expect((await answered).status()).toBe(200);
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
