/**
 * `npm run bench`: everything that is measured of cost and speed; `npm run bench -- NAME …` one of them. What goes on is
 * told on the standard error; the last line of the standard output is one JSON object.
 */
import { costOf } from "./cost.ts";
import { say } from "./say.ts";

type Run = (args: string[]) => Promise<object>;

/** Loaded when they are run: one that can't be shouldn't keep the others from it. */
const BENCHES: Readonly<Record<string, () => Promise<{ run: Run }>>> = {
  rows: () => import("./rows.ts"),
  shards: () => import("./shards.ts"),
  reshard: () => import("./reshard.ts"),
  cost: () => import("./cost.ts"),
  intake: () => import("./intake.ts"),
  merge: () => import("./merge.ts"),
  peer: () => import("./peer.ts"),
  gate: () => import("./gate.ts"),
  parts: () => import("./parts.ts"),
  bundle: () => import("./bundle.ts"),
  protocol: () => import("./protocol.ts"),
  identity: () => import("./identity.ts"),
  profile: () => import("./profile.ts"),
  long: () => import("./long.ts"),
  console: () => import("./console.ts"),
  linkage: () => import("./linkage.ts"),
  bandit: () => import("./bandit.ts"),
  attribution: () => import("./attribution.ts"),
};

/** Those that need no file. Merging takes its time for the events of its largest persons to land. */
const ALL = ["rows", "shards", "intake", "merge", "gate", "parts", "bundle", "protocol"] as const;

async function one(name: string, args: string[]): Promise<object> {
  const bench = BENCHES[name];
  if (!bench)
    throw new Error(`there is no bench ${name}; there are ${Object.keys(BENCHES).join(", ")}`);
  const { run } = await bench();
  return run(args);
}

async function all(): Promise<object> {
  const results: Record<string, object> = {};
  for (const name of ALL) {
    process.stderr.write(`bench: ${name}\n`);
    try {
      results[name] = await one(name, []);
    } catch (error) {
      process.exitCode = 1;
      results[name] = { failed: error instanceof Error ? error.message : String(error) };
    }
  }
  const rows = results["rows"];
  if (rows && !("failed" in rows)) results["cost"] = costOf(rows as Parameters<typeof costOf>[0]);
  return results;
}

const [name, ...args] = process.argv.slice(2);
await say(() => (name === undefined ? all() : one(name, args)));
