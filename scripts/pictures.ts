/**
 * `node scripts/pictures.ts [http://localhost:8787]`: the pictures of the README, photographed in the storybook; the demo's site, too,
 * where `npm start` serves it at the address.
 */
import { mkdir } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { launchChromium } from "../test/support/chromium.ts";
import { build } from "./build.ts";
import { openStorybook, serveStorybook } from "./storybook.ts";

/** File name, story, and how wide and high the window is. */
const PICTURES = [
  ["overview", "overview", 1280, 800, "light"],
  ["person", "person", 1280, 900, "light"],
  ["person-phone", "person", 360, 720, "dark"],
] as const;

const folder = fileURLToPath(new URL("../docs/images/", import.meta.url));

await build();
const server = await serveStorybook(await openStorybook(), 0);
const browser = await launchChromium();
try {
  await mkdir(folder, { recursive: true });
  const { port } = server.address() as AddressInfo;
  for (const [name, story, width, height, colorScheme] of PICTURES) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme });
    const page = await context.newPage();
    await page.goto(`http://localhost:${port}/${story}`);
    await page.screenshot({ path: `${folder}${name}.png` });
    await context.close();
  }
  const [site] = process.argv.slice(2);
  if (site !== undefined) {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    await page.goto(site);
    await page.getByRole("dialog").waitFor();
    await page.screenshot({ path: `${folder}site.png` });
  }
} finally {
  await browser.close();
  server.close();
}
