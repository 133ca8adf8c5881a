/** Sees to it that the browser tests find Chromium: in CI as root on Debian it is installed, elsewhere asked for. */
import { spawnSync } from "node:child_process";
import { chromiumPath } from "../test/support/chromium.ts";

/** @throws Error with a sentence that says what to do */
export function ensureChromium(): void {
  try {
    chromiumPath();
    return;
  } catch (missing) {
    if (!process.env["CI"] || process.getuid?.() !== 0) throw missing;
    console.log("Chromium isn't here; installing Debian's package.");
    for (const args of [["update"], ["install", "--yes", "--no-install-recommends", "chromium"]]) {
      const { status } = spawnSync("apt-get", args, {
        stdio: ["ignore", "ignore", "inherit"],
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      });
      if (status !== 0) throw missing;
    }
    chromiumPath();
  }
}
