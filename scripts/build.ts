/**
 * Bundles what browsers get, holds it to its budgets, and writes it where the Worker imports it from.
 * Everything lands in dist/, which is not kept in git.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build as bundle, transform, type BuildOptions, type Plugin } from "esbuild";
import { STUB } from "../src/browser/stub.ts";
import { clientFiles } from "./client-files.ts";
import { MODULE, releasedCode, releases } from "./releases.ts";

/**
 * Bytes after gzip. What every page pays, what those pay that have to ask, that show next actions, and whose policy
 * measures engagement.
 */
export const BUDGETS = { snippet: 2_048, banner: 4_096, slots: 1_024, leave: 1_024 } as const;
/** Bytes after gzip of each script of the console. */
const ISLAND_BUDGET = 4_096;

export interface Asset {
  readonly code: string;
  readonly gzipped: number;
  readonly integrity: string;
}

export interface Built {
  readonly version: string;
  readonly snippet: Asset;
  readonly banner: Asset;
  readonly slots: Asset;
  readonly leave: Asset;
  /** The snippet for sites that bundle their scripts. */
  readonly module: Asset;
  /** Of the module, by the file's name. */
  readonly types: Readonly<Record<string, string>>;
  /** For `integrity` attributes, and of the inline stub for a Content-Security-Policy. */
  readonly integrity: Readonly<Record<keyof typeof BUDGETS | "stub", string>>;
}

const root = fileURLToPath(new URL("../", import.meta.url));
const dist = `${root}dist/`;

/** Throws when a bundle is over its budget. */
export async function build(): Promise<Built> {
  const { version } = JSON.parse(await readFile(`${root}package.json`, "utf8")) as {
    version: string;
  };
  const [snippet, module, banner, slots, leave, demoScript, demoStyle, consoleScripts] =
    await Promise.all([
      compile("src/browser/snippet.ts", { format: "iife", ...sloppy }, version),
      compile("src/browser/module.ts", { format: "esm" }, version),
      compile("src/browser/banner.ts", { format: "esm", plugins: [styleAsText] }, version),
      compile("src/browser/slots.ts", { format: "esm" }, version),
      compile("src/browser/leave.ts", { format: "esm" }, version),
      compile("src/demo/site.js", { format: "iife" }, version),
      compile("src/demo/site.css", {}, version),
      islands(version),
    ]);
  for (const [name, asset] of Object.entries({ snippet, banner, slots, leave })) {
    const budget = BUDGETS[name as keyof typeof BUDGETS];
    if (asset.gzipped > budget) {
      throw new Error(
        `usher: ${name} has ${asset.gzipped} bytes gzipped, its budget is ${budget}.`,
      );
    }
  }

  const integrity = {
    snippet: snippet.integrity,
    banner: banner.integrity,
    slots: slots.integrity,
    leave: leave.integrity,
    stub: `sha256-${createHash("sha256").update(STUB).digest("base64")}`,
  };
  const types = await typesOfModule();
  await mkdir(dist, { recursive: true });
  await Promise.all([
    write("usher.js", snippet.code),
    write("usher-banner.js", banner.code),
    write("usher-slots.js", slots.code),
    write("usher-leave.js", leave.code),
    writePackage(version, module.code, types),
    write(
      "assets.ts",
      constants({
        version,
        snippet: snippet.code,
        banner: banner.code,
        slots: slots.code,
        leave: leave.code,
        stub: STUB,
        integrity,
        released: await released(),
        releasedModules: await releasedModules(),
      }),
    ),
    write("clients.ts", constants({ clientFiles: await clientFiles() })),
    write("console.ts", constants({ consoleScripts })),
    write("auditor.ts", constants({ checkReceipts: await checker(version) })),
    write("migrations.ts", await migrationNames()),
    write("demo.ts", constants({ siteScript: demoScript.code, siteStyle: demoStyle.code })),
  ]);
  return { version, snippet, module, types, banner, slots, leave, integrity };
}

/** Saves the directive "use strict" in every page; nothing here depends on it. */
const sloppy: BuildOptions = { tsconfigRaw: { compilerOptions: {} } };

/** Every snippet that was ever released, by version: pages that name its hash get these bytes for ever. */
async function released(): Promise<Record<string, string>> {
  const all = (await releases()).map(
    async ({ version }) => [version, await releasedCode(version)] as const,
  );
  return Object.fromEntries(await Promise.all(all));
}

/** The modules of those that have one. */
async function releasedModules(): Promise<Record<string, string>> {
  const having = (await releases()).filter(({ others }) => others?.[MODULE] !== undefined);
  const all = having.map(
    async ({ version }) => [version, await releasedCode(version, MODULE)] as const,
  );
  return Object.fromEntries(await Promise.all(all));
}

const typesOfModule = async (): Promise<Record<string, string>> => ({
  "types.d.ts": await readFile(`${root}src/browser/types.ts`, "utf8"),
  "usher.d.ts":
    'import type { Options, Usher } from "./types.js";\nexport type * from "./types.js";\n' +
    "/** Calls again answer with what was started first. Never throws. */\n" +
    "export declare const start: (options: Options) => Usher;\n",
});

/** `dist/browser`: a package of its own for `npm install`, with types. */
async function writePackage(
  version: string,
  code: string,
  types: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(`${dist}browser`, { recursive: true });
  const about = {
    name: "usher-browser",
    version,
    license: "MIT",
    type: "module",
    sideEffects: false,
    exports: { ".": { types: "./usher.d.ts", import: "./usher.js" } },
  };
  await Promise.all([
    write("browser/package.json", `${JSON.stringify(about, null, 2)}\n`),
    write("browser/usher.js", code),
    ...Object.entries(types).map(([file, text]) => write(`browser/${file}`, text)),
  ]);
}

/** What an auditor checks receipts with: one file for Node, to be read before it is run. */
const checker = async (version: string): Promise<string> =>
  (
    await compile(
      "scripts/check-receipts.ts",
      { format: "esm", platform: "node", target: "node20", minify: false },
      version,
    )
  ).code;

/** The migrations this Worker was built with: the database must have them all. */
async function migrationNames(): Promise<string> {
  const names = (await readdir(`${root}migrations`)).filter((name) => name.endsWith(".sql"));
  return `export const migrations: readonly string[] = ${JSON.stringify(names.toSorted())};\n`;
}

/** The scripts of the console's pages by name: each file is one, folders beside them hold what they share. */
async function islands(version: string): Promise<Record<string, string>> {
  const entries = (await readdir(`${root}src/browser/console`)).filter((name) =>
    name.endsWith(".ts"),
  );
  const made = await Promise.all(
    entries.map(async (entry) => {
      const asset = await compile(`src/browser/console/${entry}`, { format: "iife" }, version);
      if (asset.gzipped > ISLAND_BUDGET)
        throw new Error(
          `usher: the console's ${entry} has ${asset.gzipped} bytes gzipped, its budget is ${ISLAND_BUDGET}.`,
        );
      return [entry.replace(/\.ts$/, ""), asset.code] as const;
    }),
  );
  return Object.fromEntries(made);
}

/** As an `integrity` attribute has it. */
export const hashOf = (code: string): string =>
  `sha384-${createHash("sha384").update(code).digest("base64")}`;

async function compile(entry: string, options: BuildOptions, version: string): Promise<Asset> {
  const result = await bundle({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    charset: "utf8",
    target: "es2020",
    legalComments: "none",
    logLevel: "error",
    define: { USHER_VERSION: JSON.stringify(version) },
    ...options,
  });
  const code = result.outputFiles?.[0]?.text ?? "";
  return {
    code,
    gzipped: gzipSync(code, { level: 9 }).byteLength,
    integrity: hashOf(code),
  };
}

/** A style sheet imported by a script arrives as its text, minified. */
const styleAsText: Plugin = {
  name: "style-as-text",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const sheet = await transform(await readFile(path, "utf8"), { loader: "css", minify: true });
      return { contents: sheet.code.trim(), loader: "text" };
    });
  },
};

/** A module of constants. Types are widened so that checking doesn't depend on what was built. */
function constants(values: Record<string, string | Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => {
      const type = typeof value === "string" ? "string" : "Readonly<Record<string, string>>";
      return `export const ${name}: ${type} = ${JSON.stringify(value)};\n`;
    })
    .join("");
}

let draftNumber = 0;

/**
 * Leaves an unchanged file alone, or watchers would rebuild the Worker for nothing; and puts a changed one in place at
 * once, so that two builds side by side never leave half a file.
 */
async function write(name: string, text: string): Promise<void> {
  const path = dist + name;
  if (existsSync(path) && (await readFile(path, "utf8")) === text) return;
  const draft = `${path}.${process.pid}.${draftNumber++}`;
  await writeFile(draft, text);
  await rename(draft, path);
}

if (import.meta.main) {
  const built = await build();
  const sizes = (Object.keys(BUDGETS) as (keyof typeof BUDGETS)[]).map(
    (name) => `${name} ${built[name].gzipped} of ${BUDGETS[name]}`,
  );
  console.log(`usher ${built.version}, bytes gzipped: ${sizes.join(", ")}`);
}
