import type { PostHog } from "posthog-js";
import { describe, expect, test } from "vitest";
import { tab } from "./browser.ts";
import { ALL, type Fault, stage, WRITE_KEY } from "./stage.ts";
import { partedBySignOut } from "./vocabulary.ts";

declare global {
  interface Window {
    posthog: PostHog;
  }
}

const site = stage();
const browser = tab(site, `import posthog from "posthog-js"; window.posthog = posthog;`);

const load = (options: Record<string, boolean | string | object> = {}): Promise<void> =>
  browser.page.evaluate(
    ([token, more]) =>
      new Promise<void>((loaded) => {
        window.posthog.init(token, {
          api_host: `${location.origin}/_u`,
          autocapture: false,
          capture_pageleave: false,
          request_queue_config: { flush_interval_ms: 300 },
          loaded: () => loaded(),
          ...more,
        });
      }),
    [WRITE_KEY, options] as const,
  );

const say = (userId: string): Promise<void> =>
  browser.page.evaluate((id) => {
    const { posthog } = window;
    posthog.capture("Looked", { seat: "12A", price: 42.5 });
    posthog.identify(id, { email: `${id}@club.example.org` }, { plan: "season" });
    posthog.group("club", "supporters-north", { seats: 12 });
    posthog.alias("older-id");
    posthog.setPersonProperties({ phone: "+4930123456" });
    posthog.capture("Order Completed", { total: 42.5 });
  }, userId);

/** It takes a 429 as a word about its own volume and doesn't try again (the dialect answers it with 503 for that). */
const TROUBLE: readonly Fault[] = [
  { status: 503, on: "/e/" },
  { status: 503, served: true, on: "/e/" },
];

describe("posthog-js in Chromium", () => {
  test.each([
    ["gzipped", {}, []],
    ["plain", { disable_compression: true }, []],
    ["by XHR", { api_transport: "XHR" as const }, []],
    ["in trouble", {}, TROUBLE],
  ] satisfies [string, Parameters<typeof load>[0], readonly Fault[]][])(
    "its whole vocabulary arrives equal, once and in order, %s",
    async (how, options, faults) => {
      const userId = `posthog-${how.replaceAll(" ", "-")}`;
      await browser.visit();
      await browser.choose(ALL);
      await load(options);
      await site.until(() => site.posts().some(({ path }) => path.includes("/e/")));
      site.faults = [...faults];
      await say(userId);
      const events = await site.journeyOf(`user_id:${userId}`, 7);
      expect(events.map(({ type, name }) => [type, name])).toEqual([
        ["page", null],
        ["track", "Looked"],
        ["identify", null],
        ["group", null],
        ["alias", null],
        ["identify", null],
        ["track", "Order Completed"],
      ]);
      expect(events[0]?.page).toMatchObject({ path: "/tickets", title: "Tickets" });
      expect(events[1]?.props).toMatchObject({ seat: "12A", price: 42.5 });
      expect(new Set(events.map(({ visitor }) => visitor))).toEqual(
        new Set([await browser.visitor()]),
      );
      const person = await site.person(`email:${userId}@club.example.org`);
      expect(person?.["identifiers"]).toContainEqual(
        expect.objectContaining({ kind: "user_id", value: userId, assurance: "asserted" }),
      );
    },
  );

  test.each([
    ["for another address", () => browser.page.goto(`${site.origin}/away`)],
    ["by closing the tab", () => browser.page.close({ runBeforeUnload: true })],
  ] as const)("what waits when the page is really left arrives: %s", async (how, leave) => {
    const userId = `posthog left ${how}`;
    site.pages.set("/away", "<!doctype html><title>Away</title>");
    await browser.visit();
    await browser.choose(ALL);
    await load({ request_queue_config: { flush_interval_ms: 5000 }, capture_pageleave: true });
    await site.until(() => site.posts().some(({ path }) => path.includes("/e/")));
    await browser.page.evaluate((id) => {
      window.posthog.identify(id);
      window.posthog.capture("Last words");
    }, userId);
    // Who it is, is sent at once and not kept alive: what is on its way when the page goes is lost to any collector.
    const said = await site.journeyOf(`user_id:${userId}`, 2);
    expect(said.map(({ name }) => name)).not.toContain("Last words");
    await leave();
    const events = await site.journeyOf(`user_id:${userId}`, 4);
    expect(events.map(({ type, name }) => [type, name])).toEqual([
      ["page", null],
      ["identify", null],
      ["track", "Last words"],
      ["track", "$pageleave"],
    ]);
  });

  test("its install snippet, with the host changed, loads the client from here, and all it says arrives", async () => {
    const userId = "posthog-by-tag";
    await browser.visit();
    await browser.choose(ALL);
    // What the snippet does: a queue under the methods' names, and a tag for the client.
    site.pages.set(
      "/tagged",
      `<!doctype html><html lang="en"><head><title>Tickets</title><script>
        const posthog = window.posthog = Object.assign([], { _i: [], __SV: 1, people: [] });
        for (const method of ["capture", "identify"])
          posthog[method] = (...args) => posthog.push([method, ...args]);
        posthog._i.push([${JSON.stringify(WRITE_KEY)}, {
          api_host: location.origin + "/_u",
          autocapture: false,
          request_queue_config: { flush_interval_ms: 300 },
        }, "posthog"]);
      </script><script async crossorigin="anonymous" src="/_u/static/array.js"></script></head><body></body></html>`,
    );
    const strangers: string[] = [];
    browser.page.on("request", (request) => {
      if (!request.url().startsWith(site.origin)) strangers.push(request.url());
    });
    await browser.page.goto(`${site.origin}/tagged`);
    await browser.page.evaluate((id) => {
      window.posthog.identify(id);
      window.posthog.capture("Looked", { seat: "12A" });
    }, userId);
    const events = await site.journeyOf(`user_id:${userId}`, 3);
    expect(events.map(({ type, name }) => [type, name]).toSorted()).toEqual([
      ["identify", null],
      ["page", null],
      ["track", "Looked"],
    ]);
    expect(strangers).toEqual([]);
    expect(site.arrivals.filter(({ status }) => status >= 400)).toEqual([]);
  });

  test("what is done between a sign-out and the next sign-in is the next user's", async () => {
    await browser.visit();
    await browser.choose(ALL);
    await load({ capture_pageview: false });
    const { page } = browser;
    await partedBySignOut(site, browser, "posthog", {
      identify: (id) => page.evaluate((user) => window.posthog.identify(user), id),
      track: (name) => page.evaluate((event) => void window.posthog.capture(event), name),
      reset: () => page.evaluate(() => window.posthog.reset()),
    });
  });

  test("without consent nothing is recorded, no id is set, and nothing is sent twice", async () => {
    await browser.visit();
    await load();
    await say("posthog-refused");
    const captures = () =>
      site.posts().filter(({ path, status }) => path.includes("/e/") && status > 0);
    await site.until(() => captures().length >= 2);
    expect(
      captures().every(({ status, path }) => status === 200 && !path.includes("retry_count")),
    ).toBe(true);
    expect(await browser.visitor()).toBeNull();
    expect(await site.person("user_id:posthog-refused")).toBeNull();
  });
});
