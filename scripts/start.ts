/**
 * `npm start`: from a bare clone to a running site. Builds, migrates the local D1, makes secrets where there are none,
 * serves, and gives an empty database a past.
 */
import { spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "./build.ts";
import { databases } from "./databases.ts";
import { devVars } from "./dev-vars.ts";
import { PAST_DAYS, seed } from "./seed/seed.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const port = Number(process.env["PORT"] || 8787);
const site = `http://localhost:${port}`;
/** Wrangler asks nothing when it takes the terminal for a machine. */
const env = { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false" };

function step(name: string, command: string, args: readonly string[]): void {
  const done = spawnSync(command, args, { cwd: root, env, encoding: "utf8" });
  if (done.status === 0) return;
  console.error(`${name} failed:\n${done.stdout}${done.stderr}`);
  process.exit(1);
}

function stop(why: string): never {
  console.error(why);
  process.exit(1);
}

/** Before anything is made or changed: whoever answers there already would be taken for the Worker, and given its past. */
async function requirePort(): Promise<void> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    stop("PORT has to be a number from 1 to 65535.");
  const probe = createServer();
  const failed = await new Promise<NodeJS.ErrnoException | null>((done) => {
    probe.once("error", done);
    probe.listen(port, "localhost", () => probe.close(() => done(null)));
  });
  if (failed?.code === "EADDRINUSE")
    stop(
      `Something else listens on localhost:${port}: stop it, or take another port, like PORT=8788 npm start`,
    );
  if (failed) stop(`localhost:${port} can't be listened on: ${failed.message}`);
}

/** What the Worker says of itself; null while nobody answers. */
async function health(): Promise<{ ok: boolean; said: string } | null> {
  try {
    const answer = await fetch(`${site}/_u/health`, { signal: AbortSignal.timeout(2_000) });
    return { ok: answer.ok, said: await answer.text() };
  } catch {
    return null;
  }
}

/** Tries, in case somebody answers for the Worker until it is there. */
const REFUSED_MOST = 10;

/**
 * Wrangler takes some seconds; a minute is more than any machine needs. A Worker that isn't well is shown all the same, unless
 * it refuses to serve by the name of a setting.
 */
async function ready(stopped: () => boolean): Promise<void> {
  let refused = 0;
  for (let tries = 0; tries < 300; tries++) {
    if (stopped()) throw new Error("wrangler stopped before it served anything");
    const answer = await health();
    if (answer?.ok) return;
    const wrong = /"wrong":\[(.*?)\]/.exec(answer?.said ?? "")?.[1];
    const setting = /"([A-Z_]+)"/.exec(wrong ?? "")?.[1];
    if (setting)
      throw new Error(
        `The Worker refuses to serve: look at ${setting} in .dev.vars or wrangler.toml.`,
      );
    if (wrong) return console.warn(`Not all is well: ${wrong}`);
    if (answer && ++refused === REFUSED_MOST)
      throw new Error(`The Worker refuses to serve: ${answer.said}`);
    await new Promise((later) => setTimeout(later, 200));
  }
  throw new Error(`nothing answered at ${site}`);
}

/** Once what was played has landed, its days are counted as cron would have, had it been there. */
async function countPast(): Promise<void> {
  await new Promise((later) => setTimeout(later, 12_000));
  const [minute, day] = [60_000, 86_400_000];
  const past = Array.from({ length: PAST_DAYS }, (_, days) => (days + 1) * day);
  // Whom to compare is learned in one run and done in the next: both are of today.
  for (const ago of [5 * minute, 0, ...past]) {
    const time = Date.now() - ago;
    await fetch(`${site}/cdn-cgi/handler/scheduled?cron=*/5+*+*+*+*&time=${time}`);
  }
}

/** @throws what isn't about files of this folder */
function explained(error: unknown): never {
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return stop(message);
  if (!path || !["EACCES", "EPERM", "EROFS", "ENOSPC"].includes(code)) throw error;
  return stop(`Can't use ${path} (${code}): it has to be yours to read and write, with room left.`);
}

async function prepared(): Promise<Map<string, string>> {
  await requirePort();
  const vars = devVars(`${root}.dev.vars`, site);
  console.log("Building …");
  await build();
  return vars;
}

const vars = await prepared().catch(explained);
console.log("Migrating the local database …");
for (const database of await databases())
  step("migrating", "wrangler", ["d1", "migrations", "apply", database, "--local"]);

console.log("Starting the Worker …");
const server = spawn(
  "wrangler",
  ["dev", "--port", String(port), "--ip", "localhost", "--test-scheduled"],
  {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  },
);
let log = "";
let exited = false;
const keep = (chunk: Buffer): void => {
  log = (log + chunk.toString()).slice(-20_000);
};
server.stdout.on("data", keep);
server.stderr.on("data", keep);
server.on("exit", (code) => {
  exited = true;
  if (code && !process.exitCode) console.error(log);
  process.exit(process.exitCode || code || 0);
});
// Wrangler's own launcher hands on these two alone: at another, as of a terminal that is closed, it would leave the rest running.
process.on("SIGINT", () => server.kill("SIGINT"));
for (const signal of ["SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => server.kill("SIGTERM"));

try {
  await ready(() => exited);
  const owner = vars.get("OWNER_TOKEN") ?? "";
  const seeded = await seed(site, vars, owner);
  if (seeded > 0) {
    console.log(`Gave the empty database a past: ${seeded} calls.`);
    countPast().catch(() => console.error("The past's daily figures will be there tomorrow."));
  }
} catch (error) {
  console.error(`${log}\n${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
  server.kill("SIGTERM");
  await new Promise(() => undefined);
}

console.log(`
  The club's site   ${site}/
  The console       ${site}/_u/console/

  Tokens for the console (from .dev.vars)
    owner           ${vars.get("OWNER_TOKEN")}
    privacy officer ${vars.get("OFFICER_TOKEN")}
    marketer        ${vars.get("MARKETER_TOKEN")}

  Stop with Ctrl+C.
`);
