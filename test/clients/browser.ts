/** A page of the site in Chromium with a client as it comes from npm, bundled as a site would. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { ALL, type Stage } from "./stage.ts";

const PLAIN =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36";

export interface Tab {
  page: Page;
  context: BrowserContext;
  /** Opens the page, where what `code` exports stands in `window.client`. */
  visit(path?: string): Promise<void>;
  /** The visitor's choice, as a banner sends it. */
  choose(choices: Record<string, boolean>): Promise<void>;
  /** The visitor that the cookie names; null without one. */
  visitor(): Promise<string | null>;
}

/** @param code a module that sets `window.client` */
export function tab(site: Stage, code: string): Tab {
  let browser: Browser;
  let bundle: string;
  const its = {
    async visit(path = "/tickets") {
      site.pages.set(
        path,
        `<!doctype html><html lang="en"><head><title>Tickets</title><script src="/client.js"></script></head><body></body></html>`,
      );
      await its.page.goto(site.origin + path);
    },
    async choose(choices: Record<string, boolean>) {
      const all = Object.fromEntries(Object.keys(ALL).map((id) => [id, choices[id] ?? false]));
      await its.page.evaluate(
        (body) => fetch("/_u/consent", { method: "POST", body }).then((answer) => answer.text()),
        JSON.stringify({ choices: all }),
      );
    },
    async visitor() {
      const cookie = (await its.context.cookies()).find(({ name }) => name === "usher");
      return cookie?.value.split(".")[1] ?? null;
    },
  } as Tab;

  beforeAll(async () => {
    const result = await build({
      stdin: { contents: code, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
      bundle: true,
      write: false,
      format: "iife",
      platform: "browser",
      target: "es2022",
      logLevel: "error",
      define: { "process.env.NODE_ENV": '"production"' },
    });
    bundle = result.outputFiles[0]?.text ?? "";
    // What leaves with a page is sent under the browser's own name, not under the context's.
    browser = await launchChromium({ args: [`--user-agent=${PLAIN}`] });
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    // By its own name and its own word a headless browser is a bot.
    its.context = await browser.newContext({ userAgent: PLAIN });
    await its.context.addCookies([{ name: "turn", value: String(site.turn), url: site.origin }]);
    await its.context.addInitScript(() =>
      Object.defineProperty(Navigator.prototype, "webdriver", { get: () => false }),
    );
    await its.context.route("**/client.js", (route) =>
      route.fulfill({ contentType: "text/javascript", body: bundle }),
    );
    its.page = await its.context.newPage();
  });
  afterEach(() => its.context.close());
  return its;
}
