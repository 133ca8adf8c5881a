/**
 * Every test: types, lint, format, then the vitest projects, and at last whether anything that was logged on the way held a
 * secret or personal data. Ends with one line, `N passed, N failed`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { testBindings } from "../test/support/bindings.ts";
import { build } from "./build.ts";
import { ensureChromium } from "./chromium.ts";
import { leaksIn, partsOf } from "./logs.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const report = `${root}test-artifacts/report.json`;

let passed = 0;
let failed = 0;
let logged = "";

function count(name: string, ok: boolean): void {
  if (ok) passed++;
  else failed++;
  console.log(`${ok ? "ok" : "FAILED"}  ${name}`);
}

/** Shows what the command prints, and keeps it. */
async function run(name: string, command: string, args: readonly string[]): Promise<boolean> {
  console.log(`\n# ${name}`);
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const)
    from.setEncoding("utf8").on("data", (text: string) => {
      logged += text;
      to.write(text);
    });
  const [code] = (await once(child, "close")) as [number | null];
  return code === 0;
}

/** A project's own count. A run that broke before it could count is one failure. */
async function vitest(project: string): Promise<void> {
  rmSync(report, { force: true });
  const ok = await run(`vitest: ${project}`, "vitest", [
    "run",
    `--project=${project}`,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ]);
  const counted = readReport();
  passed += counted.passed;
  failed += counted.failed;
  if (!ok && counted.failed === 0) count(`vitest ${project} ran to its end`, false);
}

function readReport(): { passed: number; failed: number } {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, "utf8")) as {
      numPassedTests: number;
      numFailedTests: number;
    };
    return { passed: numPassedTests, failed: numFailedTests };
  } catch {
    return { passed: 0, failed: 0 };
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
ensureChromium();
for (const project of ["node", "worker", "clients", "browser"]) await vitest(project);

const { COOKIE_KEYS, TOKEN_KEYS, IDENTIFIER_KEY, SERVER_KEY, ...others } = testBindings;
const { OWNER_TOKEN, OFFICER_TOKEN, MARKETER_TOKEN } = others;
const secrets = partsOf({ COOKIE_KEYS, TOKEN_KEYS, IDENTIFIER_KEY, SERVER_KEY });
const leaks = leaksIn(logged, { ...secrets, OWNER_TOKEN, OFFICER_TOKEN, MARKETER_TOKEN });
writeFileSync(`${root}test-artifacts/output.log`, logged);
for (const { line, what } of leaks)
  console.log(`line ${line} of test-artifacts/output.log: ${what}`);
count("logs hold no secret and no personal data", leaks.length === 0);

console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
