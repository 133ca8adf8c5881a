/**
 * The steps of an installation. Each first looks whether it is done, so that running it again goes on where it stopped and
 * makes nothing twice. What a step would do is said by the same lines in a dry run.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Answers, SECRETS, writeKey } from "./answers.ts";
import { check } from "./check.ts";
import { databases } from "../databases.ts";
import { apartOf, databaseOf, exportsOf, fill, keysOf, known, queueOf } from "./config.ts";

export interface Ran {
  ok: boolean;
  out: string;
  err: string;
}

export interface Ground {
  dir: string;
  answers: Answers;
  /** Where the result is checked. */
  url: string;
  run(command: string, args: readonly string[]): Ran;
  say(line: string): void;
}

export interface Step {
  title: string;
  /** What it runs, as one would type it. */
  commands: string[];
  do(ground: Ground): Promise<void> | void;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const inEu = ({ jurisdiction }: Answers): string[] =>
  jurisdiction === "" ? [] : ["--jurisdiction", jurisdiction];

/** @throws Error with what the command said */
function must(ground: Ground, command: string, args: readonly string[]): string {
  const { ok, out, err } = ground.run(command, args);
  if (!ok) throw new Error(`${[command, ...args].join(" ")} failed:\n${(err || out).trim()}`);
  return out;
}

/** What a command prints may have words before it. @throws Error when there is no JSON in it */
function jsonIn<T>(text: string): T {
  const at = text.search(/^[[{]/m);
  if (at < 0) throw new Error(`That was to be JSON: ${text.trim().slice(0, 200)}`);
  return JSON.parse(text.slice(at)) as T;
}

const databaseId = (ground: Ground): string | undefined =>
  jsonIn<{ name: string; uuid: string }[]>(must(ground, "wrangler", ["d1", "list", "--json"])).find(
    ({ name }) => name === databaseOf(ground.answers),
  )?.uuid;

const bucketStep = (answers: Answers, bucket: string, what: string): Step => {
  const info = ["r2", "bucket", "info", bucket, "--json", ...inEu(answers)];
  const create = ["r2", "bucket", "create", bucket, ...inEu(answers)];
  return {
    title: `R2 bucket ${bucket}, ${what}`,
    commands: [`wrangler ${info.join(" ")}`, `wrangler ${create.join(" ")}`],
    do(ground) {
      if (ground.run("wrangler", info).ok) return ground.say("  is there");
      must(ground, "wrangler", create);
      return ground.say("  made");
    },
  };
};

/** Beside wrangler.toml, readable by its owner alone, kept out of git. */
export const secretsFile = ({ name }: Answers): string => `.usher-secrets.${name}.json`;

export function stepsFor(answers: Answers): Step[] {
  const database = databaseOf(answers);
  const create = ["d1", "create", database, ...inEu(answers)];
  return [
    {
      title: "Sign-in at Cloudflare",
      commands: ["wrangler whoami --json"],
      do(ground) {
        if (!ground.run("wrangler", ["whoami", "--json"]).ok)
          throw new Error("Nobody is signed in. Run: npx wrangler login");
      },
    },
    {
      title: `D1 database ${database}`,
      commands: ["wrangler d1 list --json", `wrangler ${create.join(" ")}`],
      do(ground) {
        if (databaseId(ground) !== undefined) return ground.say("  is there");
        must(ground, "wrangler", create);
        return ground.say("  made");
      },
    },
    bucketStep(answers, keysOf(answers), "the visitors' keys and the erasure ledger"),
    ...(answers.exports ? [bucketStep(answers, exportsOf(answers), "files for a warehouse")] : []),
    ...(answers.queue ? [queueOf(answers), apartOf(answers)].map(queueStep) : []),
    {
      title: "wrangler.toml",
      commands: [
        `routes ${answers.host}/_u/* and ${answers.host}/.well-known/gpc.json on ${answers.zone};`,
        "names and ids of what was made, SITE_NAME, SITE_ORIGINS, JURISDICTION, a public WRITE_KEY",
      ],
      do: writeConfig,
    },
    {
      title: "What browsers get",
      commands: ["node scripts/build.ts"],
      do: (ground) => void must(ground, "node", ["scripts/build.ts"]),
    },
    {
      title: "Tables of the databases",
      commands: [
        "wrangler d1 migrations apply DB --remote, and of DB_1, DB_2, … where they are bound",
      ],
      async do(ground) {
        for (const bound of await databases(configPath(ground)))
          must(ground, "wrangler", ["d1", "migrations", "apply", bound, "--remote"]);
      },
    },
    {
      title: "Secrets that are missing, and the Worker",
      commands: [
        "wrangler secret list --format json",
        `wrangler deploy --secrets-file <those of ${Object.keys(SECRETS).join(", ")} that aren't set>`,
      ],
      do: deploy,
    },
    {
      title: "The result",
      commands: ["GET /_u/health", "POST /_u/v1/track without consent, which has to be refused"],
      do: (ground) => check(ground.url, configured(ground), ground.say),
    },
  ];
}

function queueStep(queue: string): Step {
  return {
    title: `Queue ${queue}`,
    commands: [`wrangler queues info ${queue}`, `wrangler queues create ${queue}`],
    do(ground) {
      if (ground.run("wrangler", ["queues", "info", queue]).ok) return ground.say("  is there");
      must(ground, "wrangler", ["queues", "create", queue]);
      return ground.say("  made");
    },
  };
}

const configPath = ({ dir }: Ground): string => join(dir, "wrangler.toml");

function writeConfig(ground: Ground): void {
  const id = databaseId(ground) ?? "";
  if (!UUID.test(id)) throw new Error("wrangler doesn't list the database that was made.");
  const toml = readFileSync(configPath(ground), "utf8");
  const key = known(toml, "WRITE_KEY");
  const filled = fill(toml, {
    ...ground.answers,
    databaseId: id,
    writeKey: key === undefined || key === "usher-public" ? writeKey() : key,
  });
  if (filled === toml) return ground.say("  says so already");
  writeFileSync(configPath(ground), filled);
  return ground.say("  written");
}

const configured = (ground: Ground): string =>
  known(readFileSync(configPath(ground), "utf8"), "WRITE_KEY") ?? "";

/** Secrets go up with the Worker, all or none; what is set there already is never replaced. */
function deploy(ground: Ground): void {
  const listed = ground.run("wrangler", ["secret", "list", "--format", "json"]);
  // Before the first deployment there is no Worker to ask.
  const set = listed.ok ? jsonIn<{ name: string }[]>(listed.out).map(({ name }) => name) : [];
  if (!listed.ok && !/not (?:be )?found|does not exist|10007/i.test(listed.err + listed.out))
    throw new Error(`The secrets can't be listed:\n${(listed.err || listed.out).trim()}`);
  const missing = Object.keys(SECRETS).filter((name) => !set.includes(name));
  if (missing.length === 0) {
    must(ground, "wrangler", ["deploy"]);
    return ground.say("  deployed; every secret was set");
  }
  const kept = join(ground.dir, secretsFile(ground.answers));
  const secrets = existsSync(kept)
    ? (JSON.parse(readFileSync(kept, "utf8")) as Record<string, string>)
    : {};
  for (const name of missing) secrets[name] ??= SECRETS[name]?.() ?? "";
  writeFileSync(kept, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  const upload = join(ground.dir, `.usher-secrets.upload.${process.pid}.json`);
  const sent = Object.fromEntries(missing.map((name) => [name, secrets[name]]));
  writeFileSync(upload, JSON.stringify(sent), { mode: 0o600 });
  try {
    must(ground, "wrangler", ["deploy", "--secrets-file", upload]);
  } finally {
    rmSync(upload);
  }
  ground.say(`  deployed with ${missing.join(", ")}`);
  return ground.say(
    `  They are in ${secretsFile(ground.answers)}: keep them where you keep passwords, then delete it.`,
  );
}
