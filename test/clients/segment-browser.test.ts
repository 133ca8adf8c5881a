import type { AnalyticsBrowser } from "@segment/analytics-next";
import { describe, expect, test } from "vitest";
import { tab } from "./browser.ts";
import { codeOf } from "./recipe.ts";
import { ALL, type Fault, stage, TROUBLE, WRITE_KEY } from "./stage.ts";
import { partedBySignOut, recordedOfBrowser } from "./vocabulary.ts";

declare global {
  interface Window {
    client: { AnalyticsBrowser: typeof AnalyticsBrowser };
    analytics: AnalyticsBrowser;
  }
}

const site = stage();
const browser = tab(
  site,
  `import { AnalyticsBrowser } from "@segment/analytics-next"; window.client = { AnalyticsBrowser };`,
);

const load = (batching: boolean): Promise<void> =>
  browser.page.evaluate(
    async ([writeKey, inBatches]) => {
      window.analytics = window.client.AnalyticsBrowser.load(
        { writeKey, cdnURL: `${location.origin}/_u` },
        {
          integrations: {
            "Segment.io": {
              apiHost: `${location.host}/_u/v1`,
              protocol: "http",
              ...(inBatches
                ? {
                    deliveryStrategy: { strategy: "batching", config: { size: 100, timeout: 300 } },
                  }
                : {}),
            },
          },
        },
      );
      await window.analytics.ready();
    },
    [WRITE_KEY, batching] as const,
  );

/** Everything a site says, one after another. */
const say = (userId: string): Promise<void> =>
  browser.page.evaluate(async (id) => {
    const { analytics } = window;
    await analytics.page("Tickets");
    await analytics.track("Looked", { seat: "12A", price: 42.5 });
    await analytics.identify(id, { email: `${id}@club.example.org`, plan: "season" });
    await analytics.group("supporters-north", { seats: 12 });
    await analytics.alias(id, "older-id");
    await analytics.track("Order Completed", { total: 42.5 });
  }, userId);

describe("@segment/analytics-next in Chromium", () => {
  test.each([
    ["call by call", false, []],
    ["in batches", true, []],
    ["call by call in trouble", false, TROUBLE],
    ["in batches in trouble", true, TROUBLE],
  ] satisfies [string, boolean, readonly Fault[]][])(
    "its whole vocabulary arrives equal, once and in order, %s",
    async (how, batching, faults) => {
      const userId = `next-${how.replaceAll(" ", "-")}`;
      await browser.visit();
      await browser.choose(ALL);
      await load(batching);
      site.faults = [...faults];
      await say(userId);
      const events = await recordedOfBrowser(site, browser, userId);
      expect(events[1]?.props).toEqual({ seat: "12A", price: 42.5 });
    },
  );

  test("its install snippet, with the host changed, loads the client from here, and all it says arrives", async () => {
    const userId = "segment-by-tag";
    await browser.visit();
    await browser.choose(ALL);
    // What the snippet does: a queue under the methods' names, and a tag for the client. Then what plain http and the relay need.
    const methods = ["page", "track", "identify", "group", "alias"];
    site.pages.set(
      "/tagged",
      `<!doctype html><html lang="en"><head><title>Tickets</title><script>
        const analytics = window.analytics = [];
        for (const method of ${JSON.stringify(methods)})
          analytics[method] = (...args) => analytics.push([method, ...args]);
        analytics._writeKey = ${JSON.stringify(WRITE_KEY)};
        analytics._cdn = location.origin + "/_u";
        analytics._loadOptions = { integrations: { "Segment.io": { apiHost: location.host + "/_u/v1", protocol: "http" } } };
      </script><script async src="/_u/analytics.js/v1/${WRITE_KEY}/analytics.min.js"></script></head><body></body></html>`,
    );
    const strangers: string[] = [];
    browser.page.on("request", (request) => {
      if (!request.url().startsWith(site.origin)) strangers.push(request.url());
    });
    await browser.page.goto(`${site.origin}/tagged`);
    await browser.page.evaluate((id) => {
      const { analytics } = window as unknown as Record<
        string,
        Record<string, (...args: unknown[]) => void>
      >;
      analytics?.["page"]?.("Tickets");
      analytics?.["identify"]?.(id);
      analytics?.["track"]?.("Looked", { seat: "12A" });
    }, userId);
    const events = await site.journeyOf(`user_id:${userId}`, 3);
    expect(events.map(({ type, name }) => [type, name])).toEqual([
      ["page", "Tickets"],
      ["identify", null],
      ["track", "Looked"],
    ]);
    expect(strangers).toEqual([]);
    expect(site.arrivals.filter(({ status }) => status >= 400)).toEqual([]);
  });

  test.each([true, false])(
    "consent that its events carry counts by the recipe: %s",
    async (statistics) => {
      const recipe = await codeOf("segment-consent");
      await browser.visit();
      await load(false);
      await browser.page.addScriptTag({
        content: `window.yourTool = { answers: () => ({ statistics: ${statistics}, marketing: false }) };${recipe}`,
      });
      await browser.page.evaluate(async () => void (await window.analytics.track("Looked")));
      expect(site.posts().at(-1)?.status).toBe(200);
      expect((await browser.visitor()) !== null).toBe(statistics);
    },
  );

  test("what is done between a sign-out and the next sign-in is the next user's", async () => {
    await browser.visit();
    await browser.choose(ALL);
    await load(false);
    const { page } = browser;
    await partedBySignOut(site, browser, "next", {
      identify: (id) =>
        page.evaluate(async (user) => void (await window.analytics.identify(user)), id),
      track: (name) =>
        page.evaluate(async (event) => void (await window.analytics.track(event)), name),
      reset: () => page.evaluate(async () => void (await window.analytics.reset())),
    });
  });

  test("without consent nothing is recorded, no id is set, and nothing is sent twice", async () => {
    await browser.visit();
    await load(false);
    await say("next-refused");
    const calls = site.posts().filter(({ path }) => path.startsWith("/_u/v1/"));
    expect(calls.map(({ status }) => status)).toEqual(calls.map(() => 200));
    expect(calls).toHaveLength(6);
    expect(await browser.visitor()).toBeNull();
    expect(await site.person("user_id:next-refused")).toBeNull();
  });
});
