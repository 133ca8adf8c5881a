/** Filling in wrangler.toml as a person would: line by line, its comments and order kept. The same again changes nothing. */
import type { Answers } from "./answers.ts";
import type { Standing } from "./standing.ts";

export interface Filled extends Answers {
  writeKey: string;
}

/** What the stores are called: as wrangler.toml has it, else after the Worker. */
export interface Names {
  database: string;
  keys: string;
  exports: string;
  events: string;
  apart: string;
}

export const namesFor = ({ name }: Answers, { database, buckets, queues }: Standing): Names => ({
  database: database?.name ?? name,
  keys: buckets.get("KEYS") ?? `${name}-keys`,
  exports: buckets.get("EXPORTS") ?? `${name}-exports`,
  events: queues[0] ?? `${name}-events`,
  apart: queues[1] ?? `${name}-events-apart`,
});

/** A basic string of TOML has the escapes of JSON. */
const quoted = (text: string): string => JSON.stringify(text);

/** What the file names already: an install that is run again keeps it. */
export const known = (toml: string, key: string): string | undefined => {
  const value = new RegExp(`^${key} = ("(?:[^"\\\\]|\\\\.)*")`, "m").exec(toml)?.[1];
  return value === undefined ? undefined : (JSON.parse(value) as string);
};

/** @throws Error when the file has no such line */
export function withLine(toml: string, key: string, value: string): string {
  const line = new RegExp(`^${key} = .*$`, "m");
  if (!line.test(toml)) throw new Error(`wrangler.toml has no line that begins with "${key} =".`);
  return toml.replace(line, () => `${key} = ${quoted(value)}`);
}

/**
 * Origins and routes are added to those that stand; what else stands and isn't asked for stays.
 * @throws Error when the file isn't the one that comes with Usher
 */
export function fill(toml: string, filled: Filled, standing: Standing): string {
  let text = toml;
  const names = namesFor(filled, standing);
  const set = (key: string, value: string): void => {
    text = withLine(text, key, value);
  };
  set("name", filled.name);
  set("WRITE_KEY", filled.writeKey);
  const origins = new Set([...standing.origins, `https://${filled.host}`]);
  if (origins.size > standing.origins.length) set("SITE_ORIGINS", [...origins].join(","));
  set("SITE_NAME", filled.site);
  set("JURISDICTION", filled.jurisdiction);
  set("database_name", names.database);
  text = withRoutes(text, filled, standing);
  text = withBucket(text, "KEYS", names.keys, filled.jurisdiction);
  if (filled.exports) text = withBucket(text, "EXPORTS", names.exports, filled.jurisdiction);
  if (filled.queue) text = withQueue(text, names.events, names.apart);
  return withLimiter(text, filled.name);
}

/** In place of the comment that shows them, or behind the last of those that stand. */
function withRoutes(toml: string, { host, zone }: Filled, { routes }: Standing): string {
  const wanted = [`${host}/_u/*`, `${host}/.well-known/gpc.json`].filter(
    (pattern) => !routes.some((each) => each.pattern === pattern),
  );
  if (wanted.length === 0) return toml;
  const lines = wanted
    .map((pattern) => `  { pattern = ${quoted(pattern)}, zone_name = ${quoted(zone)} },\n`)
    .join("");
  const standing = /^routes = \[\n(?:[^\]\n].*\n)*?(?=\])/m;
  if (standing.test(toml)) return toml.replace(standing, (block) => `${withComma(block)}${lines}`);
  const shown = /^# routes = \[\n(?:#.*\n)*?# \]/m;
  if (routes.length > 0 || !shown.test(toml))
    throw new Error(
      `wrangler.toml has its routes elsewhere than the file that comes with Usher. Add ${wanted.join(" and ")} to them.`,
    );
  return toml.replace(shown, () => `routes = [\n${lines}]`);
}

/** The last one of a list may have none behind it. */
const withComma = (block: string): string =>
  block.replace(/["}][ \t]*(?:#.*)?\n$/, (end) => `${end[0]},${end.slice(1)}`);

/** The block of this binding, filled in; added behind the last bucket where there is none. */
function withBucket(
  toml: string,
  binding: string,
  bucket: string,
  jurisdiction: Answers["jurisdiction"],
): string {
  const where = jurisdiction === "" ? "" : `jurisdiction = ${quoted(jurisdiction)}\n`;
  const block = `[[r2_buckets]]\nbinding = "${binding}"\nbucket_name = ${quoted(bucket)}\n${where}`;
  const standing = new RegExp(
    `^\\[\\[r2_buckets\\]\\]\\nbinding = "${binding}"\\n((?:\\w.*\\n)*)`,
    "m",
  );
  if (standing.test(toml))
    return toml.replace(
      standing,
      (_, rest: string) => block + rest.replace(/^(?:bucket_name|jurisdiction) = .*\n/gm, ""),
    );
  return before(
    toml,
    "[triggers]",
    `# Files for the warehouse, written by cron (docs/export.md).\n${block}`,
  );
}

/** In place of the comment that shows it. What can't be landed is set apart in a queue of its own. */
function withQueue(toml: string, queue: string, apart: string): string {
  if (/^\[\[queues\.producers\]\]/m.test(toml)) return toml;
  const block =
    `[[queues.producers]]\nbinding = "EVENTS"\nqueue = ${quoted(queue)}\n\n` +
    `[[queues.consumers]]\nqueue = ${quoted(queue)}\nmax_batch_size = 100\nmax_batch_timeout = 2\n` +
    `max_retries = 10\ndead_letter_queue = ${quoted(apart)}\n`;
  const shown = /^# \[\[queues\.producers\]\]\n(?:#.*\n)+/m;
  return shown.test(toml) ? toml.replace(shown, () => block) : before(toml, "[triggers]", block);
}

/** In the file as it comes. */
const SHARED_COUNTER = "1001";

/** Whoever shares a number in an account shares its counts, so each Usher gets its own. What somebody set stays. */
function withLimiter(toml: string, name: string): string {
  const standing = /^(\[\[ratelimits\]\]\nname = "LIMITER"\nnamespace_id = )"(\d+)"/m;
  const [, , number] = standing.exec(toml) ?? [];
  const own = quoted(counterOf(name));
  if (number === SHARED_COUNTER) return toml.replace(standing, (_, start: string) => start + own);
  if (/^name = "LIMITER"$/m.test(toml)) return toml;
  return before(
    toml,
    "[triggers]",
    `# Calls that one address may make in ten seconds before it is answered 429 (docs/install.md).\n[[ratelimits]]\nname = "LIMITER"\nnamespace_id = ${own}\nsimple = { limit = 600, period = 10 }\n`,
  );
}

/** A number by the name (FNV-1a, 31 bits of it), so that a second run finds the same. */
function counterOf(name: string): string {
  let hash = 0x811c9dc5;
  for (const char of name) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return String((hash >>> 1) + 1);
}

function before(toml: string, heading: string, block: string): string {
  const at = toml.indexOf(`\n${heading}\n`);
  return at < 0
    ? `${toml.trimEnd()}\n\n${block}`
    : `${toml.slice(0, at + 1)}${block}\n${toml.slice(at + 1)}`;
}
