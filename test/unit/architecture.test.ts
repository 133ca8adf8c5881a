import { readdirSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const src = fileURLToPath(new URL("../../src/", import.meta.url));

/** Which rooms each room may import from, itself included (DESIGN.md 6). */
const ROOMS: Record<string, readonly string[]> = {
  domain: ["domain"],
  keys: ["keys", "domain"],
  d1: ["d1", "domain"],
  person: ["person", "domain"],
  import: ["import", "domain"],
  live: ["live", "domain"],
  out: ["out", "d1", "keys", "domain"],
  suggest: ["suggest", "d1", "keys", "domain"],
  privacy: ["privacy", "out", "d1", "person", "keys", "import", "domain"],
  console: [
    "console",
    "http",
    "privacy",
    "suggest",
    "out",
    "d1",
    "person",
    "keys",
    "import",
    "domain",
  ],
  http: [
    "http",
    "console",
    "privacy",
    "suggest",
    "out",
    "d1",
    "person",
    "keys",
    "import",
    "domain",
  ],
  demo: ["demo", "domain"],
  browser: ["browser"],
};

/** Bundled by esbuild on their own; types alone may come from elsewhere. */
const IMPORT = /^(?:import|export)(?<types> type)?[^;]*?from "(?<from>\.[^"]+)";/gm;

function* imports(): Generator<{ file: string; target: string; types: boolean }> {
  for (const entry of readdirSync(src, { recursive: true, encoding: "utf8" })) {
    if (!/\.tsx?$/.test(entry)) continue;
    const text = readFileSync(src + entry, "utf8");
    for (const { groups } of text.matchAll(IMPORT)) {
      const target = relative(src, resolve(src, dirname(entry), groups!["from"]!));
      if (!target.startsWith(".."))
        yield { file: entry, target, types: groups!["types"] !== undefined };
    }
  }
}

const roomOf = (path: string): string => path.split("/")[0]!;

test("imports run one way: rooms import only from the rooms below them", () => {
  const wrong = [...imports()].filter(({ file, target, types }) => {
    const room = roomOf(file);
    const allowed = ROOMS[room];
    if (!file.includes("/") || allowed === undefined) return false;
    if (room === "browser" && types) return false;
    return !allowed.includes(roomOf(target));
  });
  expect(wrong.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
});

test("every room is known, so that a new one is placed on purpose", () => {
  const rooms = readdirSync(src, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  expect(rooms.filter((room) => !(room in ROOMS))).toEqual([]);
});

test("the domain is pure: no clock, no randomness, no platform", () => {
  const impure = /\b(?:Date\.now|Math\.random|crypto\.|fetch\(|console\.|setTimeout|process\.)/;
  const guilty = readdirSync(`${src}domain`, { recursive: true, encoding: "utf8" })
    .filter((entry) => entry.endsWith(".ts"))
    .filter((entry) => impure.test(readFileSync(`${src}domain/${entry}`, "utf8")));
  expect(guilty).toEqual([]);
});

test("a file is read in one sitting", () => {
  const long = readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter((entry) => /\.tsx?$/.test(entry))
    .filter((entry) => readFileSync(src + entry, "utf8").split("\n").length > 350);
  expect(long).toEqual([]);
});
