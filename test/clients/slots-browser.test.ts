import { expect, test } from "vitest";
import { installation } from "../../src/browser/stub.ts";
import { tab } from "./browser.ts";
import { ALL, stage, WRITE_KEY } from "./stage.ts";

const site = stage();
const browser = tab(site, "");

const FILLED =
  '<div data-usher-slot="home"><section class="usher-hint" data-usher-hint="h1" aria-label="An app">' +
  '<strong>An app</strong><p>For you</p><a href="#app">Get it</a><button type="button">Not interested</button>' +
  "</section></div>";

test("a slot that came filled with the page is listened to, and not filled again", async () => {
  await browser.visit("/plain");
  await browser.choose(ALL);
  site.pages.set(
    "/filled",
    `<!doctype html><html lang="en"><head><title>A</title>${installation("", WRITE_KEY)}</head><body>${FILLED}</body></html>`,
  );
  await browser.page.goto(`${site.origin}/filled`);
  const outcomes = () =>
    site
      .posts()
      .filter(({ path }) => path.startsWith("/_u/hints/"))
      .map(({ path }) => path);
  await site.until(() => outcomes().includes("/_u/hints/h1/shown"));
  await browser.page.getByRole("link", { name: "Get it" }).click();
  await site.until(() => outcomes().includes("/_u/hints/h1/taken"));
  await browser.page.getByRole("button", { name: "Not interested" }).click();
  await site.until(() => outcomes().includes("/_u/hints/h1/dismissed"));
  expect(await browser.page.locator(".usher-hint").count()).toBe(0);
  expect(site.arrivals.some(({ path }) => path.startsWith("/_u/next"))).toBe(false);
});
