import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../scripts/build.ts";
import { openStorybook, serveStorybook } from "../../scripts/storybook.ts";
import { launchChromium } from "../support/chromium.ts";

let server: Server;
let browser: Browser;

beforeAll(async () => {
  await build();
  server = await serveStorybook(await openStorybook(), 0);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  server?.close();
});

test("an officer decides by keyboard alone: a reason, then which of the two it is", async () => {
  const page = await browser.newPage();
  const sent: URLSearchParams[] = [];
  await page.route("**/_u/console/suggestions/*", (route) => {
    sent.push(new URLSearchParams(route.request().postData() ?? ""));
    return route.fulfill({ status: 204 });
  });
  const { port } = server.address() as AddressInfo;
  await page.goto(`http://localhost:${port}/suggestions-refused`);
  const focused = (): Promise<string> =>
    page.evaluate(() => {
      const { id, name, textContent } = document.activeElement as HTMLInputElement;
      return id || name || (textContent ?? "").trim();
    });
  for (let tabs = 0; tabs < 40 && (await focused()) !== "why"; tabs++)
    await page.keyboard.press("Tab");
  await page.keyboard.type("twins");
  const stops: string[] = [];
  for (let tabs = 0; tabs < 3; tabs++) {
    await page.keyboard.press("Tab");
    stops.push(await focused());
    if (tabs === 0) await page.keyboard.press("Space");
  }
  expect(stops).toEqual(["force", "decision", "decision"]);
  await page.keyboard.press("Enter");
  await expect.poll(() => sent.length).toBe(1);
  expect(Object.fromEntries(sent[0] ?? [])).toMatchObject({
    why: "twins",
    force: "yes",
    decision: "reject",
  });
  await page.close();
});
