/** What the installer has to know, from flags or asked for, and what of it can't be right. */
import { randomBytes } from "node:crypto";
import { NOTHING_STANDS, type Standing } from "./standing.ts";

export interface Answers {
  /** Where visitors reach the site: cookies are first-party because the Worker answers there too. */
  host: string;
  /** The domain as Cloudflare knows it. */
  zone: string;
  site: string;
  jurisdiction: "" | "eu";
  /** Of the Worker, and the start of what is made for it. */
  name: string;
  /** Files for a warehouse. */
  exports: boolean;
  /** A queue before the database, for sites with rushes. */
  queue: boolean;
}

export interface Question {
  key: keyof Answers;
  ask: string;
  /** From what was answered before. */
  usual: (known: Partial<Answers>) => string;
  /** @throws Error in words for whoever typed it */
  read: (text: string, known: Partial<Answers>) => string | boolean;
}

const HOST =
  /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;

function hostname(text: string): string {
  const host = text.trim().toLowerCase().replace(/\.$/, "");
  if (/^[a-z]+:\/\//.test(host) || host.includes("/"))
    throw new Error("Only the host, like www.example.org: without https:// and without a path.");
  if (!HOST.test(host)) throw new Error(`"${text}" isn't a host like www.example.org.`);
  return host;
}

function yes(text: string): boolean {
  if (/^(?:y|yes|true)$/i.test(text.trim())) return true;
  if (/^(?:n|no|false|)$/i.test(text.trim())) return false;
  throw new Error("Please answer yes or no.");
}

const isPartOf = (host: string, zone: string): boolean =>
  host === zone || host.endsWith(`.${zone}`);

/** Endings of two parts that countries have, like `co.uk`: nobody's own domain. */
const ENDING = /\.(?:ac|co|com|edu|gov|ltd|ne|net|nom|or|org|plc)\.[a-z]{2}$/;

const domainOf = (host: string): string =>
  host
    .split(".")
    .slice(ENDING.test(host) ? -3 : -2)
    .join(".");

/** What is bound stays: taking it away is a decision about what lies in it. */
function added(text: string, stands: boolean | null, binding: string): boolean {
  const wanted = yes(text);
  if (stands && !wanted)
    throw new Error(`wrangler.toml binds ${binding}; take the binding out there.`);
  return wanted;
}

/** What stands in wrangler.toml already is usual, and what was settled with the first installation can't be answered anew. */
export const questionsFor = ({ answers, isInstalled }: Standing): readonly Question[] => [
  {
    key: "host",
    ask: "At which host do visitors see the site?",
    usual: () => answers.host ?? "",
    read: hostname,
  },
  {
    key: "zone",
    ask: "Which domain of yours at Cloudflare does it belong to?",
    usual: ({ host = "" }) =>
      answers.zone !== null && isPartOf(host, answers.zone) ? answers.zone : domainOf(host),
    read(text, { host = "" }) {
      const zone = hostname(text);
      if (!isPartOf(host, zone)) throw new Error(`${host} isn't a part of ${zone}.`);
      return zone;
    },
  },
  {
    key: "site",
    ask: "What is the site called? Visitors read it in the consent notice.",
    usual: ({ host = "" }) => answers.site ?? host,
    read(text) {
      const site = text.trim();
      if (site === "" || site.length > 100) throw new Error("A name of 1 to 100 characters.");
      // oxlint-disable-next-line no-control-regex
      if (/[\u0000-\u001f\u007f]/.test(site)) throw new Error("A name of one line.");
      return site;
    },
  },
  {
    key: "jurisdiction",
    ask: "Keep all data in the European Union? It can't be changed later. (eu or none)",
    usual: () => answers.jurisdiction || "none",
    read(text) {
      const where = text
        .trim()
        .toLowerCase()
        .replace(/^none$/, "");
      if (where !== "eu" && where !== "") throw new Error("Please answer eu or none.");
      if (answers.jurisdiction !== null && where !== answers.jurisdiction)
        throw new Error(
          answers.jurisdiction === "eu"
            ? "This one keeps its data in the European Union (JURISDICTION in wrangler.toml). Elsewhere it would find none of it."
            : "This one was made without a jurisdiction. In the European Union it would find none of its data: make a new one in another folder.",
        );
      return where;
    },
  },
  {
    key: "name",
    ask: "A name for the Worker?",
    usual: () => answers.name ?? "usher",
    read(text) {
      const name = text.trim().toLowerCase();
      if (!/^[a-z](?:[a-z0-9-]{0,40}[a-z0-9])$/.test(name))
        throw new Error("Small letters, digits and hyphens, 2 to 42 of them, like usher.");
      if (isInstalled && answers.name !== null && name !== answers.name)
        throw new Error(
          `wrangler.toml is that of ${answers.name}. Under another name it would begin without its data: make a new one in another folder.`,
        );
      return name;
    },
  },
  {
    key: "exports",
    ask: "Write files for a data warehouse into R2? (yes or no)",
    usual: () => (answers.exports ? "yes" : "no"),
    read: (text) => added(text, answers.exports, "EXPORTS"),
  },
  {
    key: "queue",
    ask: "Put a queue before the database, for sites with rushes? (yes or no)",
    usual: () => (answers.queue ? "yes" : "no"),
    read: (text) => added(text, answers.queue, "EVENTS"),
  },
];

/** Before anything stands. */
export const QUESTIONS = questionsFor(NOTHING_STANDS);

export interface Flags {
  given: Partial<Record<keyof Answers, string>>;
  dryRun: boolean;
  /** Takes what is usual where nothing was given. */
  yes: boolean;
  help: boolean;
  /** Folder of wrangler.toml. */
  dir: string;
  /** Where the result is checked, if not at the host itself. */
  url: string | null;
}

/** @throws Error that names the flag */
export function readFlags(args: readonly string[], dir: string): Flags {
  const flags: Flags = { given: {}, dryRun: false, yes: false, help: false, dir, url: null };
  for (let at = 0; at < args.length; at++) {
    const [flag = "", inline] = split(args[at] ?? "");
    const value = (): string => {
      const text = inline ?? args[++at];
      if (text === undefined || (inline === undefined && text.startsWith("--")))
        throw new Error(`${flag} needs a value.`);
      return text;
    };
    if (flag === "--dry-run") flags.dryRun = true;
    else if (flag === "--yes") flags.yes = true;
    else if (flag === "--help") flags.help = true;
    else if (flag === "--dir") flags.dir = value();
    else if (flag === "--url") flags.url = value();
    else {
      const question = QUESTIONS.find(({ key }) => flag === `--${key}`);
      if (!question) throw new Error(`There is no ${flag}; --help tells what there is.`);
      const isSwitch = question.key === "exports" || question.key === "queue";
      flags.given[question.key] = isSwitch ? (inline ?? "yes") : value();
    }
  }
  return flags;
}

function split(arg: string): [string, string | undefined] {
  const equals = arg.indexOf("=");
  return equals < 0 ? [arg, undefined] : [arg.slice(0, equals), arg.slice(equals + 1)];
}

/** @throws Error that names the flag */
export function readFlag(
  { key, read }: Question,
  text: string,
  known: Partial<Answers>,
  isGiven: boolean,
): string | boolean {
  if (text === "" && !isGiven) throw new Error(`--${key} is missing.`);
  try {
    return read(text, known);
  } catch (error) {
    throw new Error(`--${key}: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

/** The secrets a Worker needs, made at random. */
export const SECRETS: Readonly<Record<string, () => string>> = {
  COOKIE_KEYS: () => `c1:${random(32)}`,
  TOKEN_KEYS: () => `t1:${random(32)}`,
  IDENTIFIER_KEY: () => random(32),
  SERVER_KEY: () => `server_${token()}`,
  OWNER_TOKEN: () => `owner_${token()}`,
  OFFICER_TOKEN: () => `officer_${token()}`,
  MARKETER_TOKEN: () => `marketer_${token()}`,
};

const random = (bytes: number): string => randomBytes(bytes).toString("base64");
const token = (): string => randomBytes(24).toString("hex");
export const writeKey = (): string => `public_${randomBytes(8).toString("hex")}`;
