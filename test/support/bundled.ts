/**
 * Gives tests the product's own modules out of one bundle, as a deployment has them, instead of each by itself: a runtime of
 * its own for every file would fetch and evaluate seven hundred of them again, which takes most of such a file's time. A test
 * that imports a module gets the very one that the Worker works with, as it would without.
 */
import { createHash } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions } from "esbuild";
import type { Plugin } from "vite";
import type { VitestPluginContext } from "vitest/node";

const root = fileURLToPath(new URL("../../", import.meta.url));
const FOLDER = join(root, "dist/tests");
const FILE = join(FOLDER, "worker.js");

/** It would be twice as long as the code, and be sent to every runtime. What fails is found by the bundle's own words. */
const NO_MAP = { mappings: "" } as const;

/** As wrangler bundles a Worker. */
const OPTIONS = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  platform: "browser",
  conditions: ["workerd", "worker", "browser"],
  mainFields: ["browser", "module", "main"],
  target: "es2024",
  external: ["cloudflare:*", "node:*"],
  metafile: true,
  write: false,
  outfile: FILE,
} satisfies BuildOptions;

/** What a module that isn't a file says. */
const saying = (contents: string) => ({
  stdin: { contents, resolveDir: root, sourcefile: "tests.ts" },
});

interface Bundle {
  code: string;
  /** By a module's path, under which names the bundle exports what it does. */
  modules: ReadonlyMap<string, readonly { name: string; as: string }[]>;
}

async function bundle(): Promise<Bundle> {
  const { metafile } = await build({ ...OPTIONS, ...saying('import "./src/worker.ts";') });
  // Each of them may be what a test imports, or what a module imports that only tests use: none may be there twice.
  const own = Object.keys(metafile.inputs).filter((path) => /^(?:src|dist)\/.*\.tsx?$/.test(path));
  const { metafile: each } = await build({
    absWorkingDir: root,
    entryPoints: own,
    format: "esm",
    metafile: true,
    write: false,
    outdir: FOLDER,
  });
  const modules = new Map<string, { name: string; as: string }[]>();
  for (const { entryPoint = "", exports } of Object.values(each.outputs)) {
    const of = createHash("sha256").update(entryPoint).digest("hex").slice(0, 12);
    modules.set(
      join(root, entryPoint),
      exports.map((name) => ({ name, as: `_${of}_${name}` })),
    );
  }
  const exported = Array.from(modules, ([path, names]) => {
    const list = names.map(({ name, as }) => `${name} as ${as}`).join(", ");
    return `export { ${list} } from ${JSON.stringify(path)};\n`;
  });
  const { outputFiles } = await build({ ...OPTIONS, ...saying(exported.join("")) });
  return { code: outputFiles[0]?.text ?? "", modules };
}

let made: Promise<Bundle> | undefined;

/** Once for all projects; in a file of its own, by which Vitest knows whether what it has kept of it still holds. */
const ready = (): Promise<Bundle> =>
  (made ??= bundle().then((done) => {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(`${FILE}.${process.pid}`, done.code);
    renameSync(`${FILE}.${process.pid}`, FILE);
    return done;
  }));

/** Only where the whole is run, by scripts/test.ts: for a single file the bundle isn't worth its making. */
export function bundled(): Plugin {
  let current: Bundle | undefined;
  return {
    name: "usher-bundled",
    enforce: "pre",
    async configureVitest({ defineCacheKeyGenerator }: VitestPluginContext) {
      if (!process.env["USHER_BUNDLED"]) return;
      current = await ready();
      const digest = createHash("sha256").update(current.code).digest("hex");
      defineCacheKeyGenerator(({ id }) => (current?.modules.has(id) ? digest : undefined));
    },
    load(id) {
      if (id === FILE && current) return { code: current.code, map: NO_MAP };
      const names = current?.modules.get(id);
      if (!names) return null;
      const list = names.map(({ name, as }) => `${as} as ${name}`).join(", ");
      return { code: `export { ${list} } from ${JSON.stringify(FILE)};`, map: NO_MAP };
    },
  };
}
