/**
 * The steps of an installation. Each first looks whether it is done, so that running it again goes on where it stopped and
 * makes nothing twice. What a step would do is said by the same lines in a dry run.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Answers, SECRETS, writeKey } from "./answers.ts";
import { check } from "./check.ts";
import { databases } from "../databases.ts";
import { fill, known, namesFor, withLine } from "./config.ts";
import type { Standing } from "./standing.ts";

export interface Ran {
  ok: boolean;
  out: string;
  err: string;
}

export interface Ground {
  dir: string;
  answers: Answers;
  /** What wrangler.toml said before. */
  standing: Standing;
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

/**
 * Of the database that wrangler.toml names, else of the one that has the Worker's name.
 * @throws Error when the account lacks the one that is named: an empty one in its place would look as if everybody were gone
 */
function databaseId(ground: Ground): string | undefined {
  const listed = jsonIn<{ name: string; uuid: string }[]>(
    must(ground, "wrangler", ["d1", "list", "--json"]),
  );
  const { database } = ground.standing;
  if (!database) return listed.find(({ name }) => name === ground.answers.name)?.uuid;
  if (listed.some(({ uuid }) => uuid === database.id)) return database.id;
  throw new Error(
    `wrangler.toml names the database ${database.name} (${database.id}), and this account has none of that id. Are you signed in to the right one?`,
  );
}

/** A bucket of that name beyond the border is another one. */
const bucketStep = (answers: Answers, bucket: string, what: string): Step => {
  const look = ["r2", "bucket", "info", bucket, "--json"];
  const info = [...look, ...inEu(answers)];
  const elsewhere = answers.jurisdiction === "" ? [...look, "--jurisdiction", "eu"] : look;
  const create = ["r2", "bucket", "create", bucket, ...inEu(answers)];
  return {
    title: `R2 bucket ${bucket}, ${what}`,
    commands: [info, elsewhere, create].map((args) => `wrangler ${args.join(" ")}`),
    do(ground) {
      if (ground.run("wrangler", info).ok) return ground.say("  is there");
      if (ground.run("wrangler", elsewhere).ok)
        throw new Error(
          answers.jurisdiction === ""
            ? "There is one of that name in the European Union. If it is this one's, say --jurisdiction eu; if not, choose another --name."
            : "There is one of that name that isn't in the European Union. Choose another --name.",
        );
      must(ground, "wrangler", create);
      return ground.say("  made");
    },
  };
};

/** Beside wrangler.toml, readable by its owner alone, kept out of git. */
export const secretsFile = ({ name }: Answers): string => `.usher-secrets.${name}.json`;

export function stepsFor(answers: Answers, standing: Standing): Step[] {
  const { database, keys, exports, events, apart } = namesFor(answers, standing);
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
      title: "Your answers, in wrangler.toml",
      commands: [
        `routes ${answers.host}/_u/* and ${answers.host}/.well-known/gpc.json on ${answers.zone};`,
        "names of what is to be made, SITE_NAME, SITE_ORIGINS, JURISDICTION, a public WRITE_KEY",
      ],
      do: (ground) => rewrite(ground, withAnswers(ground)),
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
    bucketStep(answers, keys, "the visitors' keys and the erasure ledger"),
    ...(answers.exports ? [bucketStep(answers, exports, "files for a warehouse")] : []),
    ...(answers.queue ? [events, apart].map((queue) => queueStep(answers, queue)) : []),
    {
      title: "The database's id, in wrangler.toml",
      commands: ["wrangler d1 list --json"],
      do(ground) {
        const id = databaseId(ground) ?? "";
        if (!UUID.test(id)) throw new Error("wrangler doesn't list the database that was made.");
        rewrite(ground, (toml) => withLine(toml, "database_id", id));
      },
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

function queueStep(answers: Answers, queue: string): Step {
  const create = ["queues", "create", queue, ...inEu(answers)];
  return {
    title: `Queue ${queue}`,
    commands: [`wrangler queues info ${queue}`, `wrangler ${create.join(" ")}`],
    do(ground) {
      const { ok, out } = ground.run("wrangler", ["queues", "info", queue]);
      if (ok && answers.jurisdiction === "eu" && !/^\W*Jurisdiction:\s*eu\b/im.test(out))
        ground.say(
          `  WARNING: is there, but wasn't made for the European Union: events in it may lie elsewhere. To mend it, delete it once it is empty (wrangler queues delete ${queue}) and run the same again.`,
        );
      if (ok) return ground.say("  is there");
      must(ground, "wrangler", create);
      return ground.say("  made");
    },
  };
}

const configPath = ({ dir }: Ground): string => join(dir, "wrangler.toml");

/** Before anything is made, so that whatever fails later, the next run knows the answers. */
const withAnswers =
  ({ answers, standing }: Ground) =>
  (toml: string): string => {
    const key = known(toml, "WRITE_KEY");
    const isOwn = key !== undefined && key !== "usher-public";
    return fill(toml, { ...answers, writeKey: isOwn ? key : writeKey() }, standing);
  };

function rewrite(ground: Ground, change: (toml: string) => string): void {
  const toml = readFileSync(configPath(ground), "utf8");
  const changed = change(toml);
  if (changed === toml) return ground.say("  says so already");
  writeFileSync(configPath(ground), changed);
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
