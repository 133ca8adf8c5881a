/** Filling in wrangler.toml as a person would: line by line, its comments and order kept. The same again changes nothing. */
import type { Answers } from "./answers.ts";

export interface Filled extends Answers {
  databaseId: string;
  writeKey: string;
}

export const databaseOf = ({ name }: Pick<Answers, "name">): string => name;
export const keysOf = ({ name }: Pick<Answers, "name">): string => `${name}-keys`;
export const exportsOf = ({ name }: Pick<Answers, "name">): string => `${name}-exports`;
export const queueOf = ({ name }: Pick<Answers, "name">): string => `${name}-events`;

export const apartOf = ({ name }: Pick<Answers, "name">): string => `${name}-events-apart`;

/** A basic string of TOML has the escapes of JSON. */
const quoted = (text: string): string => JSON.stringify(text);

/** What the file names already: an install that is run again keeps it. */
export const known = (toml: string, key: string): string | undefined => {
  const value = new RegExp(`^${key} = ("(?:[^"\\\\]|\\\\.)*")`, "m").exec(toml)?.[1];
  return value === undefined ? undefined : (JSON.parse(value) as string);
};

/** @throws Error when the file isn't the one that comes with Usher */
export function fill(toml: string, filled: Filled): string {
  let text = toml;
  const set = (key: string, value: string): void => {
    const line = new RegExp(`^${key} = .*$`, "m");
    if (!line.test(text)) throw new Error(`wrangler.toml has no line that begins with "${key} =".`);
    text = text.replace(line, () => `${key} = ${quoted(value)}`);
  };
  set("name", filled.name);
  set("WRITE_KEY", filled.writeKey);
  set("SITE_ORIGINS", `https://${filled.host}`);
  set("SITE_NAME", filled.site);
  set("JURISDICTION", filled.jurisdiction);
  set("database_name", databaseOf(filled));
  set("database_id", filled.databaseId);
  text = withRoutes(text, filled);
  text = withBucket(text, "KEYS", keysOf(filled), filled.jurisdiction);
  if (filled.exports) text = withBucket(text, "EXPORTS", exportsOf(filled), filled.jurisdiction);
  if (filled.queue) text = withQueue(text, queueOf(filled), apartOf(filled));
  return text;
}

function withRoutes(toml: string, { host, zone }: Filled): string {
  const routes = [`${host}/_u/*`, `${host}/.well-known/gpc.json`].map(
    (pattern) => `  { pattern = ${quoted(pattern)}, zone_name = ${quoted(zone)} },\n`,
  );
  const block = /^# routes = \[\n(?:#.*\n)*?# \]|^routes = \[\n(?:[^\]].*\n)*?\]/m;
  if (!block.test(toml)) throw new Error('wrangler.toml has no "routes", nor the comment for it.');
  return toml.replace(block, () => `routes = [\n${routes.join("")}]`);
}

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
    `^\\[\\[r2_buckets\\]\\]\\nbinding = "${binding}"\\n(?:\\w.*\\n)*`,
    "m",
  );
  if (standing.test(toml)) return toml.replace(standing, () => block);
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

function before(toml: string, heading: string, block: string): string {
  const at = toml.indexOf(`\n${heading}\n`);
  return at < 0
    ? `${toml.trimEnd()}\n\n${block}`
    : `${toml.slice(0, at + 1)}${block}\n${toml.slice(at + 1)}`;
}
