/**
 * Workers on Miniflare for measuring: bundled as they would be deployed, each on a socket of its own straight into
 * workerd, their state on a file system in memory where there is one, so that the disk doesn't decide.
 */
import { constants, rmSync } from "node:fs";
import { access, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare, type MiniflareOptions } from "miniflare";
import { testBindings } from "../support/bindings.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

type Workers = MiniflareOptions["workers"];
type WorkerConfig = Workers[number]["config"];

export interface WorkerSpec {
  name: string;
  /** Path from the top of the repository. */
  entry: string;
  /** Names of exported Durable Object classes, each bound as itself in capitals. */
  objects?: readonly string[];
  /** Names of its databases, bound as `DB`, `DB_1`, `DB_2` and so on. */
  databases?: readonly string[];
  /** Name of a queue that it sends to and consumes, bound as `EVENTS`. */
  queue?: string;
}

const DATABASES = ["usher-bench"] as const;

const bindingOf = (place: number): string => (place === 0 ? "DB" : `DB_${place}`);

export interface Runtime {
  /** `http://127.0.0.1:port` of a Worker's own socket. */
  urls: ReadonlyMap<string, URL>;
  miniflare: Miniflare;
  /** Runs these instead, on the same state: as after a deployment. */
  redeploy(specs: readonly WorkerSpec[], variables?: Record<string, string>): Promise<void>;
  dispose(): Promise<void>;
}

/** What a Worker weighs and says: one module, everything but the platform's own inside. */
export async function bundle(entry: string, minify = false): Promise<string> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".css": "text" },
    logLevel: "error",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  return result.outputFiles[0]?.text ?? "";
}

/** Every Worker has the same database, bucket, variables and secrets, as in the tests. */
export async function start(
  specs: readonly WorkerSpec[],
  options: { inspectorPort?: number; variables?: Record<string, string>; port?: number } = {},
): Promise<Runtime> {
  const state = await mkdtemp(join(await fastFolder(), "usher-bench-"));
  // SQLite's journals of statements are files, too. workerd inherits this.
  process.env["SQLITE_TMPDIR"] = state;
  const optionsFor = async (
    wanted: readonly WorkerSpec[],
    variables: Record<string, string>,
  ): Promise<MiniflareOptions> => ({
    cf: false,
    logRequests: false,
    telemetry: { enabled: false },
    handleStructuredLogs: ({ level, message }) => {
      if (level === "error" || level === "warn") process.stderr.write(`${message}\n`);
    },
    resourcePersistencePath: state,
    ...(options.inspectorPort === undefined ? {} : { inspectorPort: options.inspectorPort }),
    workers: await Promise.all(
      wanted.map(async (spec) => ({
        config: await configOf(spec, { ...testBindings, ...variables }),
        dev: { unsafeDirectSockets: [{ host: "127.0.0.1", port: options.port ?? 0 }] },
      })),
    ),
  });
  const miniflare = new Miniflare(await optionsFor(specs, options.variables ?? {}));
  const dispose = async (): Promise<void> => {
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
    await miniflare.dispose();
    await rm(state, { recursive: true, force: true });
  };
  // Miniflare ends the process at once when it is interrupted, so what is to be cleared is cleared before.
  const interrupted = (): void => rmSync(state, { recursive: true, force: true });
  process.prependOnceListener("SIGINT", interrupted);
  process.prependOnceListener("SIGTERM", interrupted);
  const done = new Set<string>();
  const migrateAll = async (wanted: readonly WorkerSpec[]): Promise<void> => {
    for (const { name, databases = DATABASES } of wanted)
      for (const [place, database] of databases.entries()) {
        if (!done.has(database)) await migrate(miniflare, bindingOf(place), name);
        done.add(database);
      }
  };
  const redeploy: Runtime["redeploy"] = async (wanted, variables = {}) => {
    await miniflare.setOptions(await optionsFor(wanted, { ...options.variables, ...variables }));
    await migrateAll(wanted);
  };
  try {
    await miniflare.ready;
    await migrateAll(specs);
    const urls = new Map<string, URL>();
    for (const { name } of specs) urls.set(name, await miniflare.unsafeGetDirectURL(name));
    return { urls, miniflare, redeploy, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function configOf(
  { name, entry, objects = [], databases = DATABASES, queue }: WorkerSpec,
  variables: Record<string, string>,
): Promise<WorkerConfig> {
  return {
    name,
    compatibilityDate: "2026-10-01",
    manifest: {
      mainModule: "worker.js",
      modulesRoot: "/",
      modules: { "worker.js": { type: "esm", contents: await bundle(entry) } },
    },
    env: {
      ...Object.fromEntries(
        databases.map((id, place) => [bindingOf(place), { type: "d1", id } as const]),
      ),
      KEYS: { type: "r2", name: "usher-bench" },
      ...(queue === undefined ? {} : { EVENTS: { type: "queue", name: queue } as const }),
      ...Object.fromEntries(
        objects.map((exportName) => [
          exportName.toUpperCase(),
          { type: "durable-object", worker: name, exportName } as const,
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(variables).map(([key, value]) => [key, { type: "text", value } as const]),
      ),
    },
    // As docs/growing.md has the queue.
    ...(queue === undefined
      ? {}
      : { triggers: [{ type: "queue", name: queue, maxBatchSize: 100, maxBatchTimeout: 2 }] }),
    exports: Object.fromEntries(
      objects.map((exportName) => [
        exportName,
        { type: "durable-object", storage: "sqlite" } as const,
      ]),
    ),
  };
}

async function migrate(miniflare: Miniflare, binding: string, worker: string): Promise<void> {
  const db = await miniflare.getD1Database(binding, worker);
  const files = (await readdir(join(root, "migrations"))).filter((file) => file.endsWith(".sql"));
  // As wrangler keeps it.
  await db.exec(
    "CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TEXT)",
  );
  for (const file of files.sort()) {
    const sql = await readFile(join(root, "migrations", file), "utf8");
    // A trigger holds statements of its own.
    const statements = sql.replace(/^\s*--.*$/gm, "").match(/\s*CREATE TRIGGER[^]*?END;|[^;]+;/g);
    if (!statements) continue;
    const done = db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(file);
    await db.batch([...statements.map((statement) => db.prepare(statement)), done]);
  }
}

/** Memory where Linux has it, else the usual place. */
async function fastFolder(): Promise<string> {
  try {
    await access("/dev/shm", constants.W_OK);
    return "/dev/shm";
  } catch {
    return tmpdir();
  }
}

/** CPU seconds that this process's workerd has used so far; zero where there is no /proc. Counted in hundredths. */
export async function cpuSeconds(): Promise<number> {
  try {
    const task = `/proc/${process.pid}/task/${process.pid}/children`;
    let ticks = 0;
    for (const child of (await readFile(task, "utf8")).trim().split(" ")) {
      const stat = await readFile(`/proc/${child}/stat`, "utf8");
      if (!stat.includes("(workerd)")) continue;
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      ticks += Number(fields[11]) + Number(fields[12]);
    }
    return ticks / 100;
  } catch {
    return 0;
  }
}
