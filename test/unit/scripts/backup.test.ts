/** The backup's own commands, with wrangler and a local D1: what comes back is what was there. */
import { spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "usher-backup-"));

/** Somewhere with databases of its own. */
function place(name: string, bindings: readonly string[] = ["DB", "DB_1"]): string {
  const config = join(folder, name, "wrangler.toml");
  mkdirSync(join(folder, name));
  const databases = bindings.map(
    (binding, n) =>
      `[[d1_databases]]\nbinding = "${binding}"\ndatabase_name = "usher-${n}"\ndatabase_id = "00000000-0000-0000-0000-00000000000${n}"\nmigrations_dir = ${JSON.stringify(join(root, "migrations"))}\n`,
  );
  writeFileSync(config, `name = "usher"\ncompatibility_date = "2026-10-01"\n${databases.join("")}`);
  return config;
}

function run(command: string, args: readonly string[], env: Record<string, string> = {}) {
  const done = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, CI: "1", ...env },
  });
  return { status: done.status, said: done.stdout + done.stderr };
}

const backup = (config: string, ...args: string[]) =>
  run("node", ["scripts/backup.ts", ...args, "--local", "--config", config]);
const sql = (config: string, command: string, database = "DB") =>
  run("wrangler", [
    "d1",
    "execute",
    database,
    "--local",
    "--config",
    config,
    "--json",
    "--command",
    command,
  ]);

const here = place("here");
const copy = join(folder, "copy");

beforeAll(() => {
  for (const database of ["DB", "DB_1"])
    expect(
      run("wrangler", ["d1", "migrations", "apply", database, "--local", "--config", here]).status,
    ).toBe(0);
  expect(
    sql(here, "INSERT INTO tombstones VALUES ('it''s; a\nline', 5), ('plain', 6)").status,
  ).toBe(0);
  expect(sql(here, "INSERT INTO tombstones VALUES ('second', 7)", "DB_1").status).toBe(0);
  expect(backup(here, "backup", "--out", copy)).toMatchObject({ status: 0 });
}, 600_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("a backup of every bound database, restored into empty ones, has every row, and says that erasures are to be applied again", () => {
  const there = place("there");
  const { status, said } = backup(there, "restore", "--from", copy);
  expect(said).toContain("every row is back");
  expect(said).toContain("Not done yet");
  expect(status).toBe(0);
  expect(sql(there, "SELECT visitor, at FROM tombstones ORDER BY at").said).toContain(
    "it's; a\\nline",
  );
  expect(sql(there, "SELECT visitor FROM tombstones", "DB_1").said).toContain("second");
  // A second restore would mix two states.
  expect(backup(there, "restore", "--from", copy)).toMatchObject({
    status: 1,
    said: expect.stringContaining("isn't empty") as string,
  });
});

test("a backup isn't written over another, and a file that was changed since isn't restored", () => {
  expect(backup(here, "backup", "--out", copy)).toMatchObject({
    status: 1,
    said: expect.stringContaining("already") as string,
  });
  const bad = join(folder, "bad");
  mkdirSync(bad);
  for (const file of ["manifest.json", "DB.sql"])
    writeFileSync(join(bad, file), readFileSync(join(copy, file)));
  appendFileSync(join(bad, "DB.sql"), "\nDELETE FROM tombstones;");
  expect(backup(place("elsewhere"), "restore", "--from", bad)).toMatchObject({
    status: 1,
    said: expect.stringContaining("isn't the file") as string,
  });
});

test("databases with a gap between them aren't backed up as if they were all", () => {
  const config = place("gap", ["DB", "DB_2"]);
  expect(backup(config, "backup", "--out", join(folder, "partial"))).toMatchObject({
    status: 1,
    said: expect.stringMatching(/no DB_1\n$/) as string,
  });
});

test("the erasures are applied again page by page, with the token in the header alone", async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    response.end(
      JSON.stringify({
        visitors: 2,
        claims: 0,
        forged: 0,
        cursor: asked.length < 2 ? "next page" : null,
      }),
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const apply = async (...args: string[]): Promise<string> => {
    const child = spawn(
      "node",
      ["scripts/backup.ts", "restore", "--site", `http://127.0.0.1:${port}/`, ...args],
      { cwd: root, env: { ...process.env, CI: "1", USHER_TOKEN: "officer" } },
    );
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    expect(await new Promise((done) => child.on("close", done))).toBe(0);
    return said;
  };
  const said = await apply("--from", copy, "--local", "--config", place("last"));
  // Again, or after a restore by other means: nothing but this.
  expect(await apply()).toBe("2 erasures applied again\n");
  server.close();
  expect(said).toContain("4 erasures applied again");
  expect(asked).toEqual([
    "POST /_u/api/erasures/reapply Bearer officer",
    "POST /_u/api/erasures/reapply?cursor=next+page Bearer officer",
    "POST /_u/api/erasures/reapply Bearer officer",
  ]);
});

test("an option that is mistyped and a site that doesn't answer are named in a sentence", () => {
  const mistyped = run("node", ["scripts/backup.ts", "restore", "--form", copy]);
  expect(mistyped.status).toBe(1);
  expect(mistyped.said).toMatch(/^Unknown option '--form'[^\n]*\nbackup --out FOLDER[^\n]*\n$/);
  const site = "http://localhost:1";
  const away = run("node", ["scripts/backup.ts", "restore", "--site", site], { USHER_TOKEN: "a" });
  expect(away).toEqual({
    status: 1,
    said: `${site} doesn't answer: the erasures aren't applied again yet\n`,
  });
});
