/**
 * `USHER_TOKEN=<owner's> npm run reshard -- --to 3 --site https://www.example.org` spreads visitors over so many databases, more or
 * fewer (docs/growing.md). Makes those that are needed, binds and deploys them, has the rows copied and checked, deploys with the
 * new shards, and has the old rows removed. Broken off, and run again, it goes on where it stopped. `--undo` takes back what
 * hasn't been switched to, and so does the site itself after an hour in which nobody went on; `--dir` is the folder of another wrangler.toml, and `--every` in how many seconds it looks again.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { boundIn } from "./databases.ts";
import { withDatabase, withShards } from "./reshard/config.ts";

/** A deployment is everywhere within seconds. */
const LOOKS = 60;

const root = fileURLToPath(new URL("../", import.meta.url));

/** What went wrong, in words for whoever runs this. */
class Refused extends Error {}

interface Standing {
  step: string | null;
  shards: string[];
  bound: string[];
  from?: string[];
  to?: string[];
  copied?: Record<string, number>;
  checked?: Record<string, number>;
  wrong?: string;
}

class Site {
  private readonly url: string;
  private readonly origin: string;
  private readonly token: string;

  private readonly every: number;

  /** @throws Refused */
  constructor(site: string, token: string, every: number) {
    if (!/^https?:\/\/./.test(site) || !URL.canParse(site))
      throw new Refused("--site isn't an address like https://www.example.org");
    this.every = every;
    this.origin = site.replace(/\/$/, "");
    this.url = `${this.origin}/_u/api/resharding`;
    this.token = token;
  }

  /** For what takes its time. */
  pause(): Promise<void> {
    return pause(this.every * 1_000);
  }

  /** @throws Refused */
  look(): Promise<Standing> {
    return this.call("GET");
  }

  /** @throws Refused */
  private async call(method: string, body?: object): Promise<Standing> {
    const answer = await fetch(this.url, {
      method,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }).catch(() => {
      throw new Refused(`${this.origin} doesn't answer`);
    });
    if (answer.ok) return (await answer.json()) as Standing;
    const { error } = (await answer.json().catch(() => ({}))) as { error?: { message: string } };
    throw new Refused(`${answer.status}: ${error?.message ?? "no answer"}`);
  }

  /** What fails on the way, a deployment or a database that hiccups, is tried again: each call may be repeated. */
  async ask(body: object): Promise<Standing> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.call("POST", body);
      } catch (error) {
        const isFinal = error instanceof Refused && /^4(?!09)/.test(error.message);
        if (isFinal || tries === LOOKS) throw error;
        await this.pause();
      }
    }
  }

  /** Asks it to go on until it has come there. */
  async until(steps: readonly string[]): Promise<Standing> {
    let shown = "";
    for (;;) {
      const standing = await this.ask({});
      const line = lineOf(standing);
      if (line !== shown) console.log(line);
      if (steps.includes(standing.step ?? "")) return standing;
      if (line === shown) await this.pause();
      shown = line;
    }
  }
}

const sum = (rows: Record<string, number> = {}): number =>
  Object.values(rows).reduce((a, b) => a + b, 0);

const lineOf = ({ step, copied, checked }: Standing): string =>
  ({
    copy: `  ${sum(copied)} rows copied`,
    figures: `  ${sum(copied)} rows copied, daily figures as well`,
    check: `  ${sum(checked)} rows checked`,
    switch: "  all of it is there, as it was",
    back: `  ${sum(checked)} rows looked at: whether anything has landed there`,
    undo: "  removing the copies",
    undone: "  as it was before",
    clean: "  removing the old rows",
  })[step ?? ""] ?? `  ${step}`;

interface Ground {
  dir: string;
  config: string;
  site: Site;
}

function wrangler({ dir }: Ground, args: readonly string[]): string {
  const env = { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false" };
  const done = spawnSync("wrangler", args, { cwd: dir, env, encoding: "utf8" });
  if (done.status === 0) return done.stdout;
  throw new Refused(`wrangler ${args.join(" ")} failed:\n${done.stderr || done.stdout}`);
}

/** @throws Refused when the site doesn't say so in the end */
async function deploy({ dir, site }: Ground, isThere: (now: Standing) => boolean): Promise<void> {
  if (isThere(await site.look())) return;
  console.log("  deploying");
  const done = spawnSync("node", [join(root, "scripts/deploy.ts"), "--dir", dir], {
    env: { ...process.env, CI: "1" },
    stdio: "inherit",
  });
  if (done.status !== 0) throw new Refused("It wasn't deployed. Run the same again.");
  for (let looks = 0; looks < LOOKS; looks++) {
    const now = await site.look().catch(() => null);
    if (now && isThere(now)) return;
    await site.pause();
  }
  throw new Refused("The site doesn't have what was deployed. Is it this wrangler.toml's?");
}

/** Whole or not at all, whoever reads it meanwhile or ends this. */
function rewrite({ config }: Ground, change: (toml: string) => string): void {
  const before = readFileSync(config, "utf8");
  const after = change(before);
  if (after === before) return;
  writeFileSync(`${config}.new`, after);
  renameSync(`${config}.new`, config);
}

/** Those that are bound and not in use come first; `DB` has the index to hold and is taken when it is to be the only one. */
async function targetsFor(ground: Ground, count: number): Promise<string[]> {
  const { names, shards, first, jurisdiction } = await boundIn(ground.config);
  const free = names.filter((name) => !shards.includes(name));
  if (count === 1 && free.includes("DB")) return ["DB"];
  const targets = free.filter((name) => name !== "DB").slice(0, count);
  // Before any is bound, or it would be taken for a shard.
  rewrite(ground, (toml) => withShards(toml, shards));
  const last = Math.max(...names.map((name) => Number(name.slice(3) || 0)));
  for (let n = last + 1; targets.length < count; n++) {
    const database = `${first}-${n}`;
    const id = idOf(ground, database) ?? made(ground, database, jurisdiction);
    rewrite(ground, (toml) => withDatabase(toml, `DB_${n}`, database, id));
    targets.push(`DB_${n}`);
  }
  return targets;
}

function idOf(ground: Ground, database: string): string | undefined {
  const out = wrangler(ground, ["d1", "list", "--json"]);
  const listed = JSON.parse(out.slice(out.indexOf("["))) as { name: string; uuid: string }[];
  return listed.find(({ name }) => name === database)?.uuid;
}

function made(ground: Ground, database: string, jurisdiction: string): string {
  const where = jurisdiction === "" ? [] : ["--jurisdiction", jurisdiction];
  wrangler(ground, ["d1", "create", database, ...where]);
  const id = idOf(ground, database);
  if (id === undefined) throw new Refused(`${database} was made, and isn't listed.`);
  console.log(`  made ${database}`);
  return id;
}

/** Said whenever this ends before the move does. */
let left = "";

const WAITING = `Until this is over, events wait in persons' objects: run the same again to go on, or with --undo to take it back.
After an hour in which nobody did either, the site takes it back by itself.`;

const isOver = (step: string | null): boolean => step === null || /^(?:done|undone)$/.test(step);

async function reshard(ground: Ground, count: number): Promise<void> {
  const { site } = ground;
  let standing = await site.look();
  if (isOver(standing.step)) {
    const { shards } = standing;
    if (count === shards.length) throw new Refused(`Visitors are spread over ${count} already.`);
    console.log("1/4 Databases");
    // What was taken back may have been written there already.
    rewrite(ground, (toml) => withShards(toml, shards));
    const to = await targetsFor(ground, count);
    await deploy(ground, ({ bound }) => to.every((name) => bound.includes(name)));
    standing = await site.ask({ to });
  }
  const { from = [], to = [] } = standing;
  left = WAITING;
  console.log(
    `2/4 Copying to ${to.join(", ")}; until this is over, events wait in persons' objects`,
  );
  if (standing.step !== "clean") {
    standing = await site.until(["switch", "clean", "done", "failed", "undone"]);
    if (standing.step === "undone") left = "";
    if (standing.step === "undone") throw new Refused("It was taken back.");
    if (standing.step === "failed")
      throw new Refused(
        `${standing.wrong} isn't there as it was. Nothing was changed; go back with --undo.`,
      );
  }
  console.log("3/4 The new shards");
  rewrite(ground, (toml) => withShards(toml, to));
  await deploy(ground, ({ shards }) => shards.join() === to.join());
  console.log("4/4 The old rows, in two minutes");
  left = "The site removes the old rows by itself.";
  await site.until(["done"]);
  const unused = from.filter((name) => name !== "DB" && !to.includes(name));
  console.log("Done.");
  if (unused.length > 0)
    console.log(`${unused.join(", ")} is empty now: keep it for the next time, or delete it.`);
}

const USAGE =
  "reshard --to HOW_MANY --site https://…, or reshard --undo --site https://…, with the owner's token in USHER_TOKEN";

/** @throws Refused */
function parsed() {
  try {
    return parseArgs({
      options: {
        to: { type: "string" },
        site: { type: "string" },
        undo: { type: "boolean", default: false },
        dir: { type: "string", default: root },
        every: { type: "string", default: "3" },
      },
    });
  } catch (error) {
    throw new Refused(`${(error as Error).message}\n${USAGE}`);
  }
}

async function main(): Promise<void> {
  const { values } = parsed();
  const token = process.env["USHER_TOKEN"];
  const count = Number(values.to);
  if (!values.site || !token || (!values.undo && !(Number.isInteger(count) && count > 0)))
    throw new Refused(USAGE);
  const site = new Site(values.site, token, Number(values.every));
  const ground = { dir: values.dir, config: join(values.dir, "wrangler.toml"), site };
  return values.undo ? undo(ground) : reshard(ground, count);
}

/** Where something has landed in the new shards there is no way back. */
async function undo(ground: Ground): Promise<void> {
  const { site } = ground;
  const { step, from = [], shards } = await site.look();
  if (step === "clean" || (!isOver(step) && shards.join() !== from.join())) throw inUse();
  if (!isOver(step)) {
    await site.ask({ undo: true });
    left = WAITING;
    const ended = await site.until(["undone", "switch", "clean", "done"]);
    left = "";
    if (ended.step !== "undone") throw inUse();
  } else if (step !== "undone") throw new Refused("Nothing is being moved.");
  else console.log("  as it was before: it was taken back already");
  rewrite(ground, (toml) => withShards(toml, from));
  console.log(`SHARDS is ${from.join(", ")} again in wrangler.toml.`);
}

const inUse = (): Refused =>
  new Refused("The new shards are in use already. Go on with --to, and then move it back.");

process.on("SIGINT", () => {
  console.error(left);
  process.exit(130);
});

try {
  await main();
} catch (error) {
  if (left !== "") console.error(left);
  if (!(error instanceof Refused)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
