/**
 * `npm run backup -- --out FOLDER` writes each D1 database as SQL, with a manifest of its rows and checksums.
 * `npm run restore -- --from FOLDER` puts such a copy into empty databases, counts the rows again, and has the erasures since
 * then applied once more: without that a restore brings erased people back.
 *
 * Both take every database that wrangler.toml binds, or those of `--databases DB,DB_1`; `--local` is for the local ones,
 * `--config FILE` for another wrangler.toml. A restore takes `--site https://…` and the officer's or owner's token in USHER_TOKEN;
 * without `--from` it only applies the erasures again, after a restore by other means or one whose site wasn't there yet.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { databases } from "./databases.ts";

interface Copy {
  database: string;
  file: string;
  sha256: string;
  /** By table. */
  rows: Record<string, number>;
}

interface Manifest {
  made: string;
  copies: Copy[];
}

interface Target {
  database: string;
  where: readonly string[];
}

const MANIFEST = "manifest.json";
const root = fileURLToPath(new URL("../", import.meta.url));

/** What went wrong, in words for whoever runs this. */
class Refused extends Error {}

function wrangler(args: readonly string[]): string {
  const env = { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false" };
  const done = spawnSync("wrangler", args, {
    cwd: root,
    env,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (done.status !== 0)
    throw new Refused(
      `wrangler ${args.slice(0, 3).join(" ")} failed:\n${done.stderr || done.stdout}`,
    );
  return done.stdout;
}

/** @throws Refused */
function ask(target: Target, sql: string): Record<string, unknown>[] {
  const out = wrangler([
    "d1",
    "execute",
    target.database,
    ...target.where,
    "--json",
    "--command",
    sql,
  ]);
  const [first] = JSON.parse(out.slice(out.indexOf("["))) as {
    results: Record<string, unknown>[];
  }[];
  return first?.results ?? [];
}

function rowsOf(target: Target): Record<string, number> {
  const names = ask(
    target,
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%' ORDER BY name",
  ).map(({ name }) => String(name));
  if (names.length === 0) return {};
  const each = names.map((name) => `(SELECT count(*) FROM "${name}") AS "${name}"`);
  const [counted = {}] = ask(target, `SELECT ${each.join(", ")}`);
  return Object.fromEntries(names.map((name) => [name, Number(counted[name])]));
}

const checksum = (file: string): string =>
  createHash("sha256").update(readFileSync(file)).digest("hex");

function backup(targets: readonly Target[], out: string): void {
  mkdirSync(out, { recursive: true });
  if (existsSync(join(out, MANIFEST))) throw new Refused(`${out} holds a backup already`);
  const copies = targets.map((target): Copy => {
    const file = `${target.database}.sql`;
    wrangler([
      "d1",
      "export",
      target.database,
      ...target.where,
      "--output",
      join(out, file),
      "--skip-confirmation",
    ]);
    return {
      database: target.database,
      file,
      sha256: checksum(join(out, file)),
      rows: rowsOf(target),
    };
  });
  const manifest: Manifest = { made: new Date().toISOString(), copies };
  writeFileSync(join(out, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const { database, rows } of copies)
    console.log(
      `${database}: ${Object.keys(rows).length} tables, ${Object.values(rows).reduce((sum, n) => sum + n, 0)} rows`,
    );
}

function readManifest(from: string): Manifest {
  const file = join(from, MANIFEST);
  if (!existsSync(file)) throw new Refused(`${from} holds no ${MANIFEST}`);
  const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
  for (const { file: name, sha256 } of manifest.copies)
    if (checksum(join(from, name)) !== sha256)
      throw new Refused(`${name} isn't the file that was backed up`);
  return manifest;
}

function restore(targets: readonly Target[], from: string): void {
  const { copies } = readManifest(from);
  const pairs = targets.map((target) => {
    const copy = copies.find(({ database }) => database === target.database);
    if (!copy) throw new Refused(`the backup has no ${target.database}`);
    if (Object.keys(rowsOf(target)).length > 0)
      throw new Refused(
        `${target.database} isn't empty; restore into a new database and bind that`,
      );
    return { target, copy };
  });
  for (const { target, copy } of pairs) {
    wrangler([
      "d1",
      "execute",
      target.database,
      ...target.where,
      "--file",
      resolve(from, copy.file),
      "--yes",
    ]);
    const now = rowsOf(target);
    const wrong = Object.keys({ ...copy.rows, ...now }).filter(
      (table) => copy.rows[table] !== now[table],
    );
    if (wrong.length > 0)
      throw new Refused(`${target.database}: other rows than backed up in ${wrong.join(", ")}`);
    console.log(`${target.database}: every row is back`);
  }
}

/** Page by page, until the ledger's end. */
async function reapply(site: string, token: string): Promise<void> {
  let cursor: string | null = null;
  let visitors = 0;
  do {
    const query: string = cursor === null ? "" : `?${new URLSearchParams({ cursor })}`;
    const answer = await fetch(`${site.replace(/\/$/, "")}/_u/api/erasures/reapply${query}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
    }).catch(() => {
      throw new Refused(`${site} doesn't answer: the erasures aren't applied again yet`);
    });
    if (!answer.ok)
      throw new Refused(`re-applying the erasures was answered with ${answer.status}`);
    const page = (await answer.json()) as { visitors: number; cursor: string | null };
    visitors += page.visitors;
    cursor = page.cursor;
  } while (cursor !== null);
  console.log(`${visitors} erasures applied again`);
}

const bound = (config: string | undefined): Promise<string[]> =>
  databases(config).catch((error: Error) => {
    throw new Refused(error.message);
  });

const USAGE = "backup --out FOLDER, restore --from FOLDER, or restore --site https://…";

/** @throws Refused */
function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        out: { type: "string" },
        from: { type: "string" },
        local: { type: "boolean", default: false },
        config: { type: "string" },
        databases: { type: "string" },
        site: { type: "string" },
      },
    });
  } catch (error) {
    throw new Refused(`${(error as Error).message}\n${USAGE}`);
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parsed();
  const { site } = values;
  const token = process.env["USHER_TOKEN"];
  if (positionals[0] === "restore" && !values.from && site && token) return reapply(site, token);
  const where = [
    values.local ? "--local" : "--remote",
    ...(values.config ? ["--config", values.config] : []),
  ];
  const chosen = values.databases?.split(",") ?? (await bound(values.config));
  const targets = chosen.map((database): Target => ({ database, where }));
  if (positionals[0] === "backup" && values.out) return backup(targets, resolve(values.out));
  if (positionals[0] !== "restore" || !values.from) throw new Refused(USAGE);
  restore(targets, resolve(values.from));
  if (site && token) return reapply(site, token);
  console.log(
    "Not done yet: apply the erasures again before the site is opened, with restore --site and USHER_TOKEN, or",
  );
  console.log("POST /_u/api/erasures/reapply until its answer has no cursor.");
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
