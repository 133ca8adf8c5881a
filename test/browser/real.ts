/** The Worker as it is deployed, on workerd, and a Chromium to look at it: one of each for a file of tests. */
import { mkdir } from "node:fs/promises";
import type { Browser, BrowserContext, BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { build } from "../../scripts/build.ts";
import { type Runtime, start } from "../bench/runtime.ts";
import { launchChromium } from "../support/chromium.ts";

/** Where pictures go. */
export const ARTIFACTS = new URL("../../test-artifacts/", import.meta.url);

/** Headless Chromium calls itself a bot, and is taken for one. */
export const LAPTOP =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36";

export interface Real {
  /** `http://127.0.0.1:<port>` */
  site: string;
  /** A fresh profile: a device of its own. */
  device(options?: BrowserContextOptions): Promise<BrowserContext>;
}

/** @param objects the exported Durable Object classes that the tests need */
export function real(objects: readonly string[] = ["Person"]): Real {
  let runtime: Runtime;
  let chromium: Browser;
  const its: Real = {
    site: "",
    device: (options) => chromium.newContext({ userAgent: LAPTOP, ...options }),
  };
  beforeAll(async () => {
    await mkdir(ARTIFACTS, { recursive: true });
    await build();
    runtime = await start([{ name: "usher", entry: "src/worker.ts", objects }]);
    its.site = String(runtime.urls.get("usher")).replace(/\/$/, "");
    chromium = await launchChromium();
  });
  afterAll(async () => {
    await chromium?.close();
    await runtime?.dispose();
  });
  return its;
}
