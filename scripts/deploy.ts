/**
 * `npm run deploy`: builds, brings every bound database to the newest migration, and deploys only when all of them are there.
 * `--dir` is the folder of another wrangler.toml.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { databases } from "./databases.ts";

async function deploy(dir: string): Promise<void> {
  const run = (command: string, ...args: string[]): boolean =>
    spawnSync(command, args, { cwd: dir, stdio: "inherit" }).status === 0;

  const bound = await databases(join(dir, "wrangler.toml"));
  if (!run("node", "scripts/build.ts")) throw new Error("It couldn't be built.");
  for (const database of bound)
    if (!run("wrangler", "d1", "migrations", "apply", database, "--remote"))
      throw new Error(`${database} couldn't be migrated, so nothing was deployed.`);
  if (!run("wrangler", "deploy")) throw new Error("It wasn't deployed.");
}

try {
  const { values } = parseArgs({
    options: { dir: { type: "string", default: fileURLToPath(new URL("../", import.meta.url)) } },
  });
  await deploy(values.dir);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
