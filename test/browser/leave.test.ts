import { expect, test } from "vitest";
import { html, stage, TAG } from "./stage.ts";

const its = stage();

const LONG = '<div style="height: 4000px">A long read</div>';
const OPENED = Date.UTC(2026, 10, 22, 12);
const left = () => its.collector.messages.filter(({ event }) => event === "Page Left");

/** A page whose clock stands still unless it is told to go on, from before its first script. */
async function read(): Promise<void> {
  its.collector.grant();
  its.collector.engagement = true;
  its.collector.pages.set("/", { html: html(TAG, LONG) });
  its.collector.pages.set("/away", { html: html("") });
  // It runs until it is stopped, which can be done at a later moment only.
  await its.page.clock.install({ time: OPENED - 3_600_000 });
  await its.page.clock.pauseAt(OPENED);
  const loaded = its.page.waitForResponse("**/_u/leave.js");
  await its.visit();
  await loaded;
  // It has begun to watch when it has run.
  await its.page.evaluate(`import("/_u/leave.js").then(() => {})`);
  await its.collector.until(({ story }) => story.length === 1);
}

test("where the policy measures it, a page that is left says how long it was looked at and how far it was read", async () => {
  await read();
  await its.page.clock.runFor(12_000);
  await its.page.evaluate(() => scrollTo(0, 1_000));
  await its.page.evaluate(() => dispatchEvent(new Event("scroll")));
  await its.page.clock.runFor(8_000);
  await its.visit("/away");
  await its.collector.until(() => left().length === 1);
  const { properties } = left()[0]!;
  expect(properties).toMatchObject({ seconds: 20, path: "/" });
  const height = 720 + 1_000;
  expect(properties?.["scroll"]).toBeGreaterThanOrEqual(Math.floor((height / 4_100) * 100));
  expect(properties?.["scroll"]).toBeLessThan(60);
});

test("a page that nobody touches counts for half a minute, however long it stays open", async () => {
  await read();
  await its.page.clock.runFor(600_000);
  await its.visit("/away");
  await its.collector.until(() => left().length === 1);
  expect(left()[0]?.properties).toMatchObject({ seconds: 30 });
});

test("a single-page site's navigation leaves the page before, once", async () => {
  await read();
  await its.page.clock.runFor(5_000);
  await its.page.evaluate(() => history.pushState(null, "", "/next"));
  await its.page.clock.runFor(100);
  await its.collector.until(({ story }) => story.length === 3);
  expect(its.collector.story).toEqual(["page", "track:Page Left", "page"]);
  expect(left()[0]?.properties).toMatchObject({ seconds: 5, path: "/" });
});

test("without the policy's word, or without the visitor's, nothing is measured and nothing more is loaded", async () => {
  const asked: string[] = [];
  its.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  its.collector.grant();
  its.collector.pages.set("/away", { html: html("") });
  await its.visit();
  await its.collector.until(({ story }) => story.length === 1);
  its.collector.engagement = true;
  its.collector.choices = {};
  await its.visit();
  await its.page.waitForFunction(() => window.usher && !("q" in window.usher));
  await its.page.evaluate(() => window.usher?.track("Refused"));
  await its.visit("/away");
  expect(asked).not.toContain("/_u/leave.js");
  expect(left()).toEqual([]);
});

test("who withdraws while reading isn't measured to the end", async () => {
  await read();
  await its.page.evaluate(() => window.usher?.consent({ accept: "none" }));
  await its.visit("/away");
  its.collector.pages.set("/last", { html: html("") });
  await its.visit("/last");
  expect(left()).toEqual([]);
});

test("the module does what the tag does, calls nothing before it is started, and starts once", async () => {
  its.collector.grant();
  const code = `import { start } from "/module.js";
    window.first = start({ writeKey: "key", auto: false });
    window.same = start({ writeKey: "other" }) === window.first;`;
  its.collector.pages.set("/", { html: html(`<script type="module">${code}</script>`) });
  await its.visit();
  await its.page.waitForFunction(() => "same" in window);
  expect(await its.page.evaluate(() => (window as never as { same: boolean }).same)).toBe(true);
  expect(await its.page.evaluate(() => window.usher?.track("Bundled"))).toBe(true);
  expect(its.collector.story).toEqual(["track:Bundled"]);
});
