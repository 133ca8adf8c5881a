import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
/** Of what Cloudflare takes on its free plan, gzipped. */
const UPLOAD_MAX = 3 * 1024 * 1024;

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "usher-upload-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test("what a deployment uploads fits a free plan, and names no function while it runs", () => {
  const { status, stderr } = spawnSync("wrangler", ["deploy", "--dry-run", "--outdir", dir], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false" },
  });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  const uploaded = readFileSync(join(dir, "worker.js"), "utf8");
  expect(gzipSync(uploaded).length).toBeLessThan(UPLOAD_MAX);
  // Every closure would be given its name when it is made, which is what no benchmark here measures.
  expect(uploaded.match(/\b__name\w*\(/g)).toBeNull();
}, 120_000);
