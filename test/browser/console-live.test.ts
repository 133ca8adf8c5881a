/** On the real Worker, by keyboard alone: see why an event was dropped; the light turns green; the line comes back. */
import { mkdir } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../scripts/build.ts";
import { type Runtime, start } from "../bench/runtime.ts";
import { testBindings } from "../support/bindings.ts";
import { launchChromium } from "../support/chromium.ts";
import { press, reach, signIn } from "./keyboard.ts";

const ARTIFACTS = new URL("../../test-artifacts/", import.meta.url);

let runtime: Runtime;
let chromium: Browser;
let page: Page;
let site: string;

beforeAll(async () => {
  await mkdir(ARTIFACTS, { recursive: true });
  await build();
  runtime = await start([{ name: "usher", entry: "src/worker.ts", objects: ["Person", "Live"] }]);
  site = String(runtime.urls.get("usher")).replace(/\/$/, "");
  chromium = await launchChromium();
  const context = await chromium.newContext({ viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
  await signIn(page, `${site}/_u/console/sign-in`, testBindings.OFFICER_TOKEN);
});

afterAll(async () => {
  await chromium?.close();
  await runtime?.dispose();
});

/** Somebody on the site, with or without having agreed. */
async function visitor(agrees: boolean, event: string): Promise<void> {
  const headers: Record<string, string> = {
    origin: site,
    "usher-region": "DE",
    "user-agent":
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
  };
  const send = (path: string, body: unknown): Promise<Response> =>
    fetch(site + path, { method: "POST", headers, body: JSON.stringify(body) });
  const answer = await send("/_u/consent", { accept: agrees ? "all" : "none" });
  headers["cookie"] = answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  await send("/_u/v1/track", {
    writeKey: testBindings.WRITE_KEY,
    event,
    messageId: event,
    context: { page: { path: "/tickets" } },
  });
}

test("the light on the install page turns green with an event that came before its line was there", async () => {
  const early = await page.context().newPage();
  // Its line opens, and leads nowhere.
  await early.routeWebSocket(/live\/socket/, () => undefined);
  await early.goto(`${site}/_u/console/install`);
  const light = early.locator("#live-light");
  expect(await light.innerText()).not.toContain("It works");
  await visitor(true, "First");
  await expect.poll(() => light.innerText()).toContain("It works");
  await early.close();
});

test("an officer sees, as it happens, which events were dropped and why", async () => {
  await press(page, "Live");
  await page.getByText("Watching", { exact: true }).waitFor();
  await visitor(true, "Ticket Viewed");
  await visitor(false, "Ticket Refused");
  const lines = page.locator("#live-lines tr:visible");
  await expect.poll(() => lines.count()).toBe(2);
  await reach(page, "Decision");
  await page.keyboard.type("Dropped");
  await expect.poll(() => lines.count()).toBe(1);
  const text = (await lines.first().innerText()).replace(/\s+/g, " ");
  expect(text).toContain("track: Ticket Refused");
  expect(text).toContain("dropped: consent");
  expect(text).toMatch(/refus|said no/i);
  expect(text).toContain("/tickets");
  await page.screenshot({ path: new URL("live-dropped.png", ARTIFACTS).pathname, fullPage: true });

  await reach(page, "Hold");
  await page.keyboard.press("Enter");
  await visitor(false, "While Held");
  await page.getByText("Held, 1 waiting").waitFor();
  expect(await lines.count()).toBe(1);
  await page.keyboard.press("Enter");
  await expect.poll(() => lines.count()).toBe(2);
});

test("the light on the install page turns green at once with an event that comes while it is watched", async () => {
  await press(page, "Install");
  const light = page.locator("#live-light");
  let sent = 0;
  // Nothing on the page says since when its line is there.
  await expect
    .poll(async () => {
      await visitor(true, `First ${++sent}`);
      return light.innerText();
    })
    .toContain("just now");
  expect(await light.getAttribute("data-state")).toBe("good");
});
