import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const fake = fileURLToPath(new URL("./wrangler.sh", import.meta.url));

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "usher-deploy-"));
  for (const folder of ["bin", "scripts", "state"]) mkdirSync(join(dir, folder));
  copyFileSync(fake, join(dir, "bin", "wrangler"));
  copyFileSync(join(root, "wrangler.toml"), join(dir, "wrangler.toml"));
  writeFileSync(join(dir, "scripts", "build.ts"), "");
  writeFileSync(join(dir, "state", "d1"), "usher");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const bind = (binding: string): void =>
  appendFileSync(
    join(dir, "wrangler.toml"),
    `\n[[d1_databases]]\nbinding = "${binding}"\ndatabase_name = "usher-${binding}"\ndatabase_id = "00000000-0000-0000-0000-000000000001"\n`,
  );

function deploy(env: Record<string, string> = {}) {
  const state = join(dir, "state");
  const done = spawnSync("node", [join(root, "scripts/deploy.ts"), "--dir", dir], {
    encoding: "utf8",
    env: {
      ...process.env,
      PATH: `${join(dir, "bin")}:${process.env["PATH"]}`,
      WRANGLER_STATE: state,
      ...env,
    },
  });
  const calls = join(state, "calls");
  return {
    status: done.status,
    said: done.stderr,
    calls: existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [],
  };
}

test("a deployment migrates every database that is bound, then deploys", () => {
  bind("DB_1");
  bind("DB_2");
  expect(deploy()).toEqual({
    status: 0,
    said: "",
    calls: [
      "d1 migrations apply DB --remote",
      "d1 migrations apply DB_1 --remote",
      "d1 migrations apply DB_2 --remote",
      "deploy",
    ],
  });
});

test("nothing is deployed when a database couldn't be migrated, and it says which", () => {
  bind("DB_1");
  const { status, said, calls } = deploy({ WRANGLER_FAILS_AT: "2", WRANGLER_FAILS: "before" });
  expect(status).toBe(1);
  expect(said).toContain("DB_1 couldn't be migrated, so nothing was deployed.");
  expect(calls).not.toContain("deploy");
});

test("a gap in the databases is refused before anything is touched: the Worker wouldn't see those behind it", () => {
  bind("DB_2");
  const { status, said, calls } = deploy();
  expect(status).toBe(1);
  expect(said).toMatch(/binds DB, DB_2, but no DB_1/);
  expect(calls).toEqual([]);
});

test("what can't be built isn't deployed, and no database is touched", () => {
  writeFileSync(join(dir, "scripts", "build.ts"), "process.exit(1)");
  expect(deploy()).toMatchObject({ status: 1, calls: [] });
});
