import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium, type LaunchOptions } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

const MAC = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** Where Chromium is: `CHROMIUM_PATH`, else a system's Chromium or Chrome, else Playwright's own. Throws a sentence. */
export function chromiumPath(): string {
  const wished = process.env["CHROMIUM_PATH"];
  if (wished) {
    if (existsSync(wished)) return wished;
    throw new Error(`CHROMIUM_PATH is ${wished}, but there is no such file.`);
  }
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const found = [
    ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))),
    ...MAC,
    chromium.executablePath(),
  ].find((path) => path && existsSync(path));
  if (found) return found;
  throw new Error(
    "The browser tests need Chromium and found none: install Chromium or Chrome, " +
      "run `npx playwright-core install chromium`, or set CHROMIUM_PATH to the program.",
  );
}

/** A headless Chromium that calls nobody but the tests' own servers. */
export function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    ...options,
    args: [
      "--no-sandbox",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-domain-reliability",
      "--no-first-run",
      "--no-default-browser-check",
      "--disable-dev-shm-usage",
      ...(options.args ?? []),
    ],
  });
}
