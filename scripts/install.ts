/**
 * `npm run setup`: from a clone to a Worker on your domain. Asks for what it needs, makes what is missing at Cloudflare
 * through wrangler, fills in wrangler.toml, deploys, and checks the result. `--dry-run` shows every step and changes nothing;
 * run again, it goes on where it stopped.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";
import {
  type Answers,
  type Flags,
  QUESTIONS,
  type Question,
  questionsFor,
  readFlag,
  readFlags,
} from "./install/answers.ts";
import { installation } from "../src/browser/stub.ts";
import { known } from "./install/config.ts";
import { readStanding, type Standing } from "./install/standing.ts";
import { type Ground, stepsFor } from "./install/steps.ts";

const HELP = `npm run setup -- [flags]

${QUESTIONS.map(({ key, ask }) => `  --${key.padEnd(14)} ${ask}`).join("\n")}
  --yes            take what is usual where no flag says otherwise, and ask nothing
  --dry-run        show every step and command; nothing is run, made or written
  --dir            the folder of wrangler.toml
  --url            where to check the result, if not at https://<host>
`;

const root = fileURLToPath(new URL("../", import.meta.url));

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2), root);
  if (flags.help) return console.log(HELP);
  const standing = await readStanding(join(flags.dir, "wrangler.toml"));
  const answers = await answersFor(flags, standing);
  const ground: Ground = {
    dir: flags.dir,
    answers,
    standing,
    url: flags.url ?? `https://${answers.host}`,
    run(command, args) {
      const done = spawnSync(command, args, {
        cwd: flags.dir,
        encoding: "utf8",
        env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false" },
      });
      if (done.error) throw new Error(`${command} can't be run: ${done.error.message}`);
      return { ok: done.status === 0, out: done.stdout, err: done.stderr };
    },
    say: (line) => console.log(line),
  };
  const steps = stepsFor(answers, standing);
  for (const [n, step] of steps.entries()) {
    console.log(`${n + 1}/${steps.length} ${step.title}`);
    if (flags.dryRun) for (const command of step.commands) console.log(`      ${command}`);
    else await attempt(step.title, () => step.do(ground));
  }
  if (flags.dryRun) return console.log("\nNothing was changed.");
  console.log(`\nDone. The console: https://${answers.host}/_u/console/`);
  const key = known(readFileSync(join(flags.dir, "wrangler.toml"), "utf8"), "WRITE_KEY") ?? "";
  return console.log(`For the site's <head>:\n\n${installation("", key)}`);
}

async function attempt(title: string, work: () => Promise<void> | void): Promise<void> {
  try {
    await work();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${title}: ${why}\n\nPut it right and run the same again: what is done stays.`,
      { cause: error },
    );
  }
}

async function answersFor({ given, yes }: Flags, standing: Standing): Promise<Answers> {
  const isTalking = !yes && process.stdin.isTTY === true;
  const talk = isTalking ? createInterface({ input: process.stdin, output: process.stdout }) : null;
  const known: Partial<Record<keyof Answers, string | boolean>> = {};
  try {
    for (const question of questionsFor(standing)) {
      const before = known as Partial<Answers>;
      const flag = given[question.key];
      known[question.key] =
        flag === undefined && talk
          ? await askUntilRight(talk.question.bind(talk), question, before)
          : readFlag(question, flag ?? question.usual(before), before, flag !== undefined);
    }
  } finally {
    talk?.close();
  }
  return known as unknown as Answers;
}

async function askUntilRight(
  ask: (text: string) => Promise<string>,
  { ask: words, usual, read }: Question,
  known: Partial<Answers>,
): Promise<string | boolean> {
  const fallback = usual(known);
  for (;;) {
    const text = await ask(`${words}${fallback === "" ? "" : ` [${fallback}]`} `);
    try {
      return read(text.trim() === "" ? fallback : text, known);
    } catch (error) {
      console.log(`  ${error instanceof Error ? error.message : error}`);
    }
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
