import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { build, type Built, hashOf } from "../../../scripts/build.ts";
import { ours, table } from "../../../scripts/sizes.ts";
import { isSame, releaseOf } from "../../../scripts/release.ts";
import { CHANGELOG, MODULE, releasedCode, releases } from "../../../scripts/releases.ts";

let built: Built;
beforeAll(async () => {
  built = await build();
});

const all = await releases();

test.each(all)("release $version has the bytes that were released", async (release) => {
  const code = await releasedCode(release.version);
  const hash = createHash("sha384").update(code).digest("base64");
  expect(`sha384-${hash}`).toBe(release.integrity);
  expect(Buffer.byteLength(code)).toBe(release.bytes);
  expect(gzipSync(code, { level: 9 }).byteLength).toBe(release.gzipped);
  for (const [file, { integrity, bytes }] of Object.entries(release.others ?? {})) {
    const other = await releasedCode(release.version, file);
    expect([file, hashOf(other), Buffer.byteLength(other)]).toEqual([file, integrity, bytes]);
  }
});

test.each(all)("the changelog tells users of $version, with its hash", ({ version, integrity }) => {
  const text = readFileSync(CHANGELOG, "utf8");
  const [, part = ""] = text.split(`\n## ${version}\n`);
  expect(part.split("\n## ")[0]).toContain(integrity);
});

test("a snippet that isn't what was released has a version of its own, above every released one", () => {
  const known = all.find(({ version }) => version === built.version);
  if (known)
    expect(
      isSame(known, releaseOf(built, known.date).manifest),
      "raise the version: a release never changes",
    ).toBe(true);
  const newest = all[0]?.version ?? "0.0.0";
  const order = built.version.localeCompare(newest, "en", { numeric: true });
  expect(order).toBeGreaterThanOrEqual(0);
});

test("the next release freezes the snippet, the module and its types, each with its hash", () => {
  const { manifest, files } = releaseOf(built, "2026-12-01");
  expect(Object.keys(files)).toEqual(["usher.js", "usher.mjs", "types.d.ts", "usher.d.ts"]);
  for (const [file, code] of Object.entries(files))
    expect((file === "usher.js" ? manifest : manifest.others?.[file])?.integrity).toBe(
      hashOf(code),
    );
  expect(files["usher.mjs"]).toMatch(/export\s*\{/);
});

test("a module that changed isn't the release any more, nor is one whose types did", () => {
  const { manifest } = releaseOf(built, "2026-12-01");
  expect(isSame(manifest, manifest)).toBe(true);
  const changed = { ...built.module, code: `${built.module.code};` };
  expect(isSame(manifest, releaseOf({ ...built, module: changed }, "").manifest)).toBe(false);
  const types = { ...built.types, "types.d.ts": "" };
  expect(isSame(manifest, releaseOf({ ...built, types }, "").manifest)).toBe(false);
  // What was released without a module.
  const { others: _, ...old } = manifest;
  expect(isSame(old, releaseOf({ ...built, module: changed }, "").manifest)).toBe(true);
});

test("the Worker serves every release and nothing that isn't one", async () => {
  const { released, releasedModules } = (await import("../../../dist/assets.ts")) as {
    released: Record<string, string>;
    releasedModules: Record<string, string>;
  };
  const withModule = all.filter(({ others }) => others?.[MODULE]);
  expect(Object.keys(releasedModules)).toEqual(withModule.map(({ version }) => version));
  for (const { version, others } of withModule)
    expect(hashOf(releasedModules[version]!)).toBe(others?.[MODULE]?.integrity);
  expect(Object.keys(released)).toEqual(all.map(({ version }) => version));
  for (const { version, integrity } of all) expect(hashOf(released[version]!)).toBe(integrity);
});

test("the package for sites that bundle has types that hold its users to its calls", () => {
  const folder = mkdtempSync(join(tmpdir(), "usher-types-"));
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  try {
    writeFileSync(
      join(folder, "site.ts"),
      `import { start, type Usher, type NextAnswer } from "${root}dist/browser/usher.js";
const usher: Usher = start({ writeKey: "key", auto: false });
export const taken: Promise<boolean> = usher.track("Order Completed", { revenue: 12 });
export const next: Promise<NextAnswer> = usher.next("home");
// @ts-expect-error an event has a name
void usher.track();
// @ts-expect-error there is no such call
void usher.spy();
`,
    );
    const tsc = join(root, "node_modules/.bin/tsc");
    const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022"];
    const more = ["--lib", "es2022,dom", "--types", ""];
    const checked = spawnSync(tsc, [...options, ...more, join(folder, "site.ts")], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(checked.stdout).toBe("");
    expect(checked.status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the guide names the hash of the inline line and of the release it shows", () => {
  const guide = readFileSync(
    fileURLToPath(new URL("../../../docs/snippet.md", import.meta.url)),
    "utf8",
  );
  expect(guide).toContain(`'${built.integrity.stub}'`);
  const [, version] = /usher\.(\d+\.\d+\.\d+)\.js" crossorigin/.exec(guide) ?? [];
  expect(guide).toContain(all.find((release) => release.version === version)?.integrity);
});

test("the README's figures of our own are what is built", () => {
  const readme = readFileSync(
    fileURLToPath(new URL("../../../README.md", import.meta.url)),
    "utf8",
  );
  for (const line of table(ours(built)).split("\n")) expect(readme).toContain(line);
});
