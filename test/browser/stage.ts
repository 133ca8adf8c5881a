import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { build } from "../../scripts/build.ts";
import { STUB } from "../../src/browser/stub.ts";
import { launchChromium } from "../support/chromium.ts";
import { Collector } from "./collector.ts";

export const TAG = '<script async src="/_u/usher.js" data-write-key="key"></script>';

/** A small page. Its only focusable element is the link `#first`. */
export const html = (head: string, body = ""): string =>
  `<!doctype html><html lang="en"><head><title>A page</title>${head}</head>` +
  `<body>${body}<a id="first" href="#x">A link</a></body></html>`;

export interface Stage {
  collector: Collector;
  context: BrowserContext;
  page: Page;
  visit(path?: string): Promise<void>;
  banner(): Locator;
  button(name: string): Locator;
  /** Names of what the page keeps in its storage. */
  stored(): Promise<string[]>;
  /** Opens the page, whose first call fails and which then waits to repeat it for as long as it is open. */
  visitAndHold(): Promise<void>;
  /** Lets the page's clock run on until it holds, so that nobody waits for back-off. */
  hurryUntil(holds: () => boolean): Promise<void>;
}

/**
 * A browser for one file of tests; a fresh profile and a collector at another address for each test, where the last words of
 * the pages before don't come. A test fails on any exception or unhandled rejection of its page.
 */
export function stage(): Stage {
  let browser: Browser;
  let built: Awaited<ReturnType<typeof build>>;
  let errors: string[] = [];
  const its = {
    visit: async (path = "/") => void (await its.page.goto(its.collector.origin + path)),
    banner: () => its.page.getByRole("dialog"),
    button: (name) => its.page.getByRole("button", { name, exact: true }),
    stored: () => its.page.evaluate(() => Object.keys(localStorage)),
    visitAndHold: async () => {
      its.collector.failures = [503];
      await its.page.addInitScript(() => {
        const { setTimeout } = window;
        window.setTimeout = ((run: () => void, wait?: number) => {
          if (wait !== 500) return setTimeout(run, wait);
          document.title = "waits";
          return 0;
        }) as typeof window.setTimeout;
      });
      await its.visit();
      await its.page.waitForFunction(() => document.title === "waits");
    },
    hurryUntil: async (holds) => {
      while (!holds()) await its.page.clock.runFor(20_000);
    },
  } as Stage;

  beforeAll(async () => {
    built = await build();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
  });
  beforeEach(async () => {
    its.collector = new Collector(built);
    await its.collector.listen();
    its.collector.pages.set("/", { html: html(`<script>${STUB}</script>${TAG}`) });
    its.context = await browser.newContext();
    its.page = await its.context.newPage();
    errors = [];
    its.page.on("pageerror", (error) => errors.push(error.message));
  });
  afterEach(async () => {
    await its.context.close();
    await its.collector.close();
    expect(errors).toEqual([]);
  });
  return its;
}
