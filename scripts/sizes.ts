/**
 * `npm run sizes`: what a page loads of Usher and of its peers, in bytes after gzip -9, as the table of the README. Peers come
 * from npm in the versions named here, into a folder that is removed. Each is the script that its own instructions load;
 * what isn't minified there is minified here, so that nobody is measured with comments.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { transform } from "esbuild";
import { build, type Built } from "./build.ts";

interface Peer {
  name: string;
  package: string;
  version: string;
  file: string;
}

const PEERS: readonly Peer[] = [
  { name: "Umami", package: "umami", version: "2.10.0", file: "src/tracker/index.js" },
  {
    name: "Plausible",
    package: "@plausible-analytics/tracker",
    version: "0.4.6",
    file: "plausible.js",
  },
  {
    name: "Snowplow",
    package: "@snowplow/browser-tracker",
    version: "4.10.1",
    file: "dist/index.umd.min.js",
  },
  {
    name: "Segment analytics-next",
    package: "@segment/analytics-next",
    version: "1.84.3",
    file: "dist/umd/standalone.js",
  },
  {
    name: "RudderStack",
    package: "@rudderstack/analytics-js",
    version: "3.34.1",
    file: "dist/npm/modern/umd/index.js",
  },
  { name: "PostHog", package: "posthog-js", version: "1.449.2", file: "dist/array.js" },
];

export interface Row {
  name: string;
  what: string;
  gzipped: number;
}

const weigh = (code: string): number => gzipSync(code, { level: 9 }).byteLength;

/** What every page of a site with Usher pays, and what those pay that have to ask. */
export const ours = ({ version, snippet, banner }: Built): Row[] => [
  { name: "**Usher**", what: `snippet ${version}`, gzipped: snippet.gzipped },
  {
    name: "**Usher**, first visit",
    what: "snippet and consent banner",
    gzipped: snippet.gzipped + banner.gzipped,
  },
];

async function theirs(folder: string, peer: Peer): Promise<Row> {
  const name = `${peer.package}@${peer.version}`;
  const packed = spawnSync("npm", ["pack", name, "--silent"], { cwd: folder, encoding: "utf8" });
  const archive = packed.stdout.trim().split("\n").at(-1) ?? "";
  if (packed.status !== 0 || archive === "")
    throw new Error(`npm has no ${name}: ${packed.stderr}`);
  const path = `package/${peer.file}`;
  const unpacked = spawnSync("tar", ["-xzf", archive, path], { cwd: folder, encoding: "utf8" });
  if (unpacked.status !== 0) throw new Error(`${name} has no ${peer.file}: ${unpacked.stderr}`);
  const code = await readFile(join(folder, path), "utf8");
  const minified = await transform(code, { minify: true, legalComments: "none" });
  return {
    name: peer.name,
    what: `${name}, ${peer.file}`,
    gzipped: Math.min(weigh(code), weigh(minified.code)),
  };
}

export const table = (rows: readonly Row[]): string =>
  [
    "| | measured | bytes, gzip -9 |",
    "|---|---|---|",
    ...rows.map(
      ({ name, what, gzipped }) => `| ${name} | ${what} | ${gzipped.toLocaleString("en")} |`,
    ),
  ].join("\n");

if (import.meta.main) {
  const folder = mkdtempSync(join(tmpdir(), "usher-sizes-"));
  try {
    const rows = ours(await build());
    for (const peer of PEERS) rows.push(await theirs(folder, peer));
    console.log(table(rows.toSorted((a, b) => a.gzipped - b.gzipped)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
