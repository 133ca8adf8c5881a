/**
 * Chromium with nothing attached to it: a browser that is driven from outside neither prerenders nor keeps pages in its
 * back-forward cache as it does for people. Pages move themselves on, by what they fetch.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromiumPath } from "./chromium.ts";

/** Opens it at this address; answers how to close it. */
export function openPlain(url: string): () => Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), "usher-chromium-"));
  const browser: ChildProcess = spawn(
    chromiumPath(),
    [
      "--headless=new",
      "--no-sandbox",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
      "--no-default-browser-check",
      // Without it a headless browser has nothing to keep it open.
      "--remote-debugging-port=0",
      `--user-data-dir=${profile}`,
      url,
    ],
    { stdio: "ignore" },
  );
  const ended = once(browser, "exit");
  return async () => {
    browser.kill("SIGTERM");
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
}
