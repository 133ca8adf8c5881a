/** The databases that a wrangler.toml binds, in their order: `DB`, and where there are more, `DB_1`, `DB_2`, … */
import { fileURLToPath } from "node:url";

const own = fileURLToPath(new URL("../wrangler.toml", import.meta.url));

/** @throws Error when `DB` or a number is missing: the Worker would not see those behind the gap, nor what lies in them */
export async function databases(config: string = own): Promise<string[]> {
  // It takes a second to load, and not everything that may ask for databases does.
  const { unstable_readConfig: readConfig } = await import("wrangler");
  const read: { d1_databases: { binding: string }[] } = readConfig(
    { config },
    { hideWarnings: true },
  );
  const bound = read.d1_databases.map(({ binding }) => binding);
  const shards = bound.filter((name) => /^DB_\d+$/.test(name));
  const wanted = ["DB", ...shards.map((_, place) => `DB_${place + 1}`)];
  const missing = wanted.find((name) => !bound.includes(name));
  if (missing !== undefined)
    throw new Error(`${config} binds ${bound.join(", ") || "no database"}, but no ${missing}`);
  return wanted;
}
