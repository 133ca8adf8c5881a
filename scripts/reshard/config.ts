/** What moving to other databases writes into wrangler.toml: line by line, its comments and order kept. */

/** @throws Error when the file has no variables */
export function withShards(toml: string, shards: readonly string[]): string {
  const line = `SHARDS = "${shards.join(",")}"`;
  if (/^SHARDS = .*$/m.test(toml)) return toml.replace(/^SHARDS = .*$/m, line);
  if (!/^\[vars\]$/m.test(toml)) throw new Error("wrangler.toml has no [vars].");
  return toml.replace(/^\[vars\]$/m, `[vars]\n${line}`);
}

/** Behind the last of those that are bound; the same again changes nothing. */
export function withDatabase(toml: string, binding: string, name: string, id: string): string {
  if (new RegExp(`^binding = "${binding}"$`, "m").test(toml)) return toml;
  const block = `[[d1_databases]]\nbinding = "${binding}"\ndatabase_name = ${JSON.stringify(name)}\ndatabase_id = "${id}"\nmigrations_dir = "migrations"\n`;
  const blocks = [...toml.matchAll(/^\[\[d1_databases\]\]\n(?:\w.*\n)*/gm)];
  const last = blocks.at(-1);
  const at = last ? last.index + last[0].length : toml.length;
  return `${toml.slice(0, at)}\n${block}${toml.slice(at)}`;
}
