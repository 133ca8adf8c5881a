/**
 * Every test: types, lint, format, then the vitest projects in lanes side by side, and at last whether anything that was
 * logged on the way held a secret or personal data. Ends with one line, `N passed, N failed`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, constants } from "node:os";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { testBindings } from "../test/support/bindings.ts";
import { build } from "./build.ts";
import { ensureChromium } from "./chromium.ts";
import { leaksIn, partsOf } from "./logs.ts";
import { scratch } from "./scratch.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/**
 * Projects of one lane run one after the other, and take about as long as those of each other lane: more lanes than processors,
 * for what drives browsers, or makes platforms fail, waits half of its time.
 */
const LANES =
  availableParallelism() > 1
    ? [
        ["stores", "worker"],
        ["node", "clients"],
        ["storybook", "browser"],
      ]
    : [["node", "stores", "worker", "clients", "browser", "storybook"]];

/**
 * Every process that is started here keeps its temporary files there, finds the code of large tools compiled, and takes the
 * Worker as one bundle.
 */
const kept = scratch();
const env = {
  ...process.env,
  TMPDIR: kept,
  NODE_COMPILE_CACHE: join(kept, "compiled"),
  USHER_BUNDLED: "1",
};
process.once("exit", () => rmSync(kept, { recursive: true, force: true }));

/** What runs now, each the first of a process group of its own: with it end the runtimes and browsers that it started. */
const running = new Set<ChildProcess>();
/** Milliseconds in which browsers are closed by who opened them. */
const CLOSING = 5_000;

function signalAll(signal: NodeJS.Signals): void {
  for (const { pid } of running)
    try {
      if (pid !== undefined) process.kill(-pid, signal);
    } catch {
      // The whole group has ended by itself.
    }
}

async function breakOff(signal: "SIGINT" | "SIGTERM" | "SIGHUP"): Promise<void> {
  const late = setTimeout(() => signalAll("SIGKILL"), CLOSING);
  const closed = [...running].map((child) => once(child, "close"));
  signalAll("SIGTERM");
  await Promise.all(closed);
  clearTimeout(late);
  // What a lane has begun meanwhile.
  signalAll("SIGKILL");
  process.exit(128 + constants.signals[signal]);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => void breakOff(signal));

let passed = 0;
let logged = "";
/** Every failure by its name: they are said again at the end, where one looks first. */
const failures: string[] = [];

function count(name: string, ok: boolean): void {
  if (ok) passed++;
  else failures.push(name);
  console.log(`${ok ? "ok" : "FAILED"}  ${name}`);
}

/**
 * Shows what the command prints, and keeps it. Line by line, for two may run at once.
 * @param mark stands before each line
 */
async function run(
  name: string,
  command: string,
  args: readonly string[],
  mark = "",
): Promise<boolean> {
  console.log(`\n# ${name}`);
  const child = spawn(command, args, {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  running.add(child);
  const shown = ([from, to]: readonly [Readable, NodeJS.WriteStream]) => {
    const lines = createInterface({ input: from, crlfDelay: Infinity });
    lines.on("line", (line) => {
      logged += `${line}\n`;
      to.write(`${mark}${line}\n`);
    });
    return once(lines, "close");
  };
  const all = [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const;
  const [[code]] = await Promise.all([
    once(child, "close") as Promise<[number | null]>,
    ...all.map(shown),
  ]);
  running.delete(child);
  return code === 0;
}

/** What vitest's report says of a run. */
interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** A project's own count. A run, or a file, that broke before its tests could count is one failure. */
async function vitest(project: string): Promise<void> {
  const report = `${root}test-artifacts/report-${project}.json`;
  rmSync(report, { force: true });
  const args = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const ok = await run(
    `vitest: ${project}`,
    "vitest",
    ["run", `--project=${project}`, ...args],
    `${project.padEnd(9)}│ `,
  );
  const before = failures.length;
  const counted = readReport(report);
  passed += counted?.numPassedTests ?? 0;
  for (const { name, status, assertionResults } of counted?.testResults ?? []) {
    const failing = assertionResults.filter((each) => each.status === "failed");
    for (const { fullName } of failing) failures.push(`${relative(root, name)}: ${fullName}`);
    if (status === "failed" && failing.length === 0) failures.push(relative(root, name));
  }
  if (!ok && failures.length === before) count(`vitest ${project} ran to its end`, false);
}

function readReport(report: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(report, "utf8")) as Report;
  } catch {
    return undefined;
  }
}

mkdirSync(`${root}test-artifacts`, { recursive: true });
await build();
for (const project of [
  "tsconfig.json",
  "src/browser/tsconfig.browser.json",
  "test/tsconfig.node.json",
  "test/tsconfig.worker.json",
])
  count(`types: ${project}`, await run(`tsc ${project}`, "tsc", ["-p", project]));
count("lint", await run("oxlint", "oxlint", []));
count("format", await run("oxfmt", "oxfmt", ["--check"]));
try {
  ensureChromium();
} catch (error) {
  // The browser tests will fail by it; all others say what they have to say.
  console.error(error instanceof Error ? error.message : error);
  count("Chromium", false);
}
await Promise.all(
  LANES.map(async (lane) => {
    for (const project of lane) await vitest(project);
  }),
);

const { COOKIE_KEYS, TOKEN_KEYS, IDENTIFIER_KEY, SERVER_KEY, ...others } = testBindings;
const { OWNER_TOKEN, OFFICER_TOKEN, MARKETER_TOKEN } = others;
const secrets = partsOf({ COOKIE_KEYS, TOKEN_KEYS, IDENTIFIER_KEY, SERVER_KEY });
const leaks = leaksIn(logged, { ...secrets, OWNER_TOKEN, OFFICER_TOKEN, MARKETER_TOKEN });
writeFileSync(`${root}test-artifacts/output.log`, logged);
for (const { line, what } of leaks)
  console.log(`line ${line} of test-artifacts/output.log: ${what}`);
count("logs hold no secret and no personal data", leaks.length === 0);

if (failures.length > 0)
  console.log(`\nFailed:\n${failures.map((name) => `  ${name}`).join("\n")}`);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
