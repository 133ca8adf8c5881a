/** The databases that a wrangler.toml binds: `DB`, and where there are more, `DB_1`, `DB_2`, … */
import { fileURLToPath } from "node:url";

const own = fileURLToPath(new URL("../wrangler.toml", import.meta.url));

export interface Bound {
  /** In their order. */
  names: string[];
  /** Those that visitors are spread over, in their order. */
  shards: string[];
  /** What `DB` is called at Cloudflare. */
  first: string;
  jurisdiction: string;
}

const numberOf = (name: string): number => Number(name.slice(3) || 0);

/** @throws Error when one that is needed is missing: the Worker would not see it, nor what lies in it */
export async function boundIn(config: string = own): Promise<Bound> {
  // It takes a second to load, and not everything that may ask for databases does.
  const { unstable_readConfig: readConfig } = await import("wrangler");
  const read: {
    d1_databases: { binding: string; database_name?: string }[];
    vars: Record<string, unknown>;
  } = readConfig({ config }, { hideWarnings: true });
  const bound = read.d1_databases.map(({ binding }) => binding);
  const names = bound.filter((name) => /^DB(?:_\d+)?$/.test(name));
  const said = String(read.vars["SHARDS"] ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const further = names.filter((name) => name !== "DB");
  // Without a word on shards, all are.
  const shards = said.length > 0 ? said : ["DB", ...further.map((_, place) => `DB_${place + 1}`)];
  const missing = ["DB", ...shards].find((name) => !names.includes(name));
  if (missing !== undefined)
    throw new Error(`${config} binds ${bound.join(", ") || "no database"}, but no ${missing}`);
  return {
    names: names.toSorted((a, b) => numberOf(a) - numberOf(b)),
    shards,
    first: read.d1_databases.find(({ binding }) => binding === "DB")?.database_name ?? "usher",
    jurisdiction: String(read.vars["JURISDICTION"] ?? ""),
  };
}

/** @throws Error as `boundIn` */
export const databases = async (config?: string): Promise<string[]> =>
  (await boundIn(config)).names;
