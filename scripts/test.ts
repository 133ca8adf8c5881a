/** Every test: types, lint, format, then the vitest projects. Ends with one line, `N passed, N failed`. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "./build.ts";
import { ensureChromium } from "./chromium.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const report = `${root}test-artifacts/report.json`;

let passed = 0;
let failed = 0;

function count(name: string, ok: boolean): void {
  if (ok) passed++;
  else failed++;
  console.log(`${ok ? "ok" : "FAILED"}  ${name}`);
}

function run(name: string, command: string, args: readonly string[]): boolean {
  console.log(`\n# ${name}`);
  return spawnSync(command, args, { cwd: root, stdio: "inherit" }).status === 0;
}

/** A project's own count. A run that broke before it could count is one failure. */
function vitest(project: string): void {
  rmSync(report, { force: true });
  const ok = run(`vitest: ${project}`, "vitest", [
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
  count(`types: ${project}`, run(`tsc ${project}`, "tsc", ["-p", project]));
count("lint", run("oxlint", "oxlint", []));
count("format", run("oxfmt", "oxfmt", ["--check"]));
ensureChromium();
for (const project of ["node", "worker", "clients", "browser"]) vitest(project);

console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
