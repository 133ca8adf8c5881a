import type { jitsuAnalytics } from "@jitsu/js";
import { expect, test } from "vitest";
import { tab } from "./browser.ts";
import { ALL, stage, WRITE_KEY } from "./stage.ts";
import { partedBySignOut } from "./vocabulary.ts";

declare global {
  interface Window {
    jitsuAnalytics: typeof jitsuAnalytics;
    jitsu: ReturnType<typeof jitsuAnalytics>;
  }
}

const site = stage();
const browser = tab(
  site,
  `import { jitsuAnalytics } from "@jitsu/js"; window.jitsuAnalytics = jitsuAnalytics;`,
);

const say = (userId: string): Promise<void> =>
  browser.page.evaluate(
    async ([key, id]) => {
      const jitsu = window.jitsuAnalytics({
        host: `${location.origin}/_u`,
        writeKey: `usher:${key}`,
      });
      await jitsu.page({ name: "Tickets" });
      await jitsu.track("Looked", { seat: "12A", price: 42.5 });
      await jitsu.identify(id, { email: `${id}@club.example.org` });
      await jitsu.group("supporters-north", { seats: 12 });
    },
    [WRITE_KEY, userId] as const,
  );

test("@jitsu/js in Chromium: its whole vocabulary arrives equal, once and in order", async () => {
  await browser.visit();
  await browser.choose(ALL);
  await say("jitsu-1");
  const events = await site.journeyOf("user_id:jitsu-1", 4);
  expect(events.map(({ type, name }) => [type, name])).toEqual([
    ["page", "Tickets"],
    ["track", "Looked"],
    ["identify", null],
    ["group", null],
  ]);
  expect(events[1]?.props).toEqual({ seat: "12A", price: 42.5 });
  expect(await site.person("email:jitsu-1@club.example.org")).not.toBeNull();
});

test("@jitsu/js in Chromium: what is done between a sign-out and the next sign-in is the next user's", async () => {
  await browser.visit();
  await browser.choose(ALL);
  const { page } = browser;
  await page.evaluate((key) => {
    window.jitsu = window.jitsuAnalytics({
      host: `${location.origin}/_u`,
      writeKey: `usher:${key}`,
    });
  }, WRITE_KEY);
  await partedBySignOut(site, browser, "jitsu", {
    identify: (id) => page.evaluate(async (user) => void (await window.jitsu.identify(user)), id),
    track: (name) => page.evaluate(async (event) => void (await window.jitsu.track(event)), name),
    reset: () => page.evaluate(async () => void (await window.jitsu.reset())),
  });
});

test("@jitsu/js in Chromium: without consent nothing is recorded and no id is set", async () => {
  await browser.visit();
  await say("jitsu-refused");
  expect(site.posts().map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(await browser.visitor()).toBeNull();
  expect(await site.person("user_id:jitsu-refused")).toBeNull();
});
