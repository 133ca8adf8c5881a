/** Bindings, variables and secrets → what the program works with; refuses by the name of what is missing. */
import { FIRST, type Layout } from "./d1/shards.ts";
import { type AccessConfig, readAccessRules } from "./http/access.ts";
import type { Config, NamedKey } from "./http/context.ts";
import type { LiveObject } from "./live/object.ts";
import type { PersonObject } from "./person/object.ts";

export interface Env {
  DB: D1Database;
  /** Further databases for what is a visitor's (d1/shards.ts): `DB_1`, `DB_2`, … */
  [shard: `DB_${number}`]: D1Database | undefined;
  PERSON: DurableObjectNamespace<PersonObject>;
  KEYS: R2Bucket;
  EVENTS?: Queue;
  LIMITER?: RateLimit;
  /** Where those who watch the live view are connected; without it there is none. */
  LIVE?: DurableObjectNamespace<LiveObject<Env>>;
  /** Where files for the site's warehouse go; without it none are written. */
  EXPORTS?: R2Bucket;
  USHER_ENV?: string;
  WRITE_KEY?: string;
  SITE_ORIGINS?: string;
  SITE_NAME?: string;
  /** Bindings of the databases that visitors are spread over, in their order; empty: `DB`, and `DB_1`, … without a gap. */
  SHARDS?: string;
  JURISDICTION?: string;
  /** Who is responsible, and their data protection officer: name and contact, for the record of processing. */
  CONTROLLER?: string;
  DATA_PROTECTION_OFFICER?: string;
  /** The site behind, in proxy mode (`http/proxy/site.ts`). */
  PROXY?: string;
  COOKIE_KEYS?: string;
  TOKEN_KEYS?: string;
  IDENTIFIER_KEY?: string;
  SERVER_KEY?: string;
  OWNER_TOKEN?: string;
  OFFICER_TOKEN?: string;
  MARKETER_TOKEN?: string;
  /** Cloudflare Access in front of the console (`http/access.ts`): off without a team. */
  ACCESS_TEAM?: string;
  ACCESS_AUD?: string;
  ACCESS_ROLES?: string;
  /** Where counts are pushed every five minutes (`out/metrics.ts`): nowhere without it. */
  OTEL_EXPORTER_OTLP_ENDPOINT?: string;
  OTEL_EXPORTER_OTLP_HEADERS?: string;
}

/** A setting that is missing or can't be used. The message names it and never shows its value. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

const configs = new WeakMap<object, Config>();

/** @throws ConfigError with the name of what is missing */
export function readConfig(env: Env): Config {
  const known = configs.get(env);
  if (known) return known;
  for (const binding of ["DB", "PERSON", "KEYS"] as const)
    if (!env[binding]) throw new ConfigError(`the binding ${binding} is missing`);
  const config: Config = {
    production: env.USHER_ENV !== "development",
    writeKey: required(env, "WRITE_KEY"),
    siteOrigins: (env.SITE_ORIGINS ?? "")
      .split(",")
      .map((origin) => origin.trim().replace(/\/$/, ""))
      .filter((origin) => origin !== ""),
    siteName: required(env, "SITE_NAME"),
    jurisdiction: jurisdiction(env),
    ...stated("controller", env.CONTROLLER),
    ...stated("dataProtectionOfficer", env.DATA_PROTECTION_OFFICER),
    isQueued: env.EVENTS !== undefined,
    cookieKeys: namedKeys(env, "COOKIE_KEYS"),
    tokenKeys: namedKeys(env, "TOKEN_KEYS"),
    identifierKey: bytes("IDENTIFIER_KEY", required(env, "IDENTIFIER_KEY"), 32),
    serverKey: required(env, "SERVER_KEY"),
    ownerToken: required(env, "OWNER_TOKEN"),
    officerToken: required(env, "OFFICER_TOKEN"),
    marketerToken: required(env, "MARKETER_TOKEN"),
    ...access(env),
  };
  readLayout(env);
  configs.set(env, config);
  return config;
}

type Name = Exclude<
  keyof Env,
  `DB_${number}` | "DB" | "PERSON" | "KEYS" | "EVENTS" | "LIMITER" | "EXPORTS" | "LIVE"
>;

/** @throws ConfigError when `SHARDS` names what isn't bound */
export function readLayout(env: Env): Layout {
  const bound = new Map<string, D1Database>();
  for (const [name, binding] of Object.entries(env))
    if (/^DB(?:_\d+)?$/.test(name) && binding) bound.set(name, binding as D1Database);
  const said = (env.SHARDS ?? "").split(",").map((name) => name.trim());
  const names = said.filter((name) => name !== "");
  if (names.length === 0) {
    names.push(FIRST);
    for (let n = 1; bound.has(`${FIRST}_${n}`); n++) names.push(`${FIRST}_${n}`);
  }
  if (new Set(names).size < names.length) throw new ConfigError("SHARDS names a database twice");
  if (!names.every((name) => bound.has(name)))
    throw new ConfigError("SHARDS names a database that isn't bound");
  return { names, bound };
}

function required(env: Env, name: Name): string {
  const value = env[name]?.trim();
  // What the example of secrets has in their place opens nothing.
  if (!value || value === "REPLACE") throw new ConfigError(`${name} is missing`);
  return value;
}

const stated = <K extends string>(key: K, value: string | undefined): { [key in K]?: string } =>
  value?.trim() ? ({ [key]: value.trim() } as { [key in K]?: string }) : {};

function jurisdiction(env: Env): "" | "eu" {
  const value = (env.JURISDICTION ?? "").trim().toLowerCase();
  if (value !== "" && value !== "eu") throw new ConfigError("JURISDICTION is neither empty nor eu");
  return value;
}

/** @throws ConfigError when only half of it is set: a console must not be open by mistake */
function access(env: Env): { access?: AccessConfig } {
  const team = env.ACCESS_TEAM?.trim().replace(/\/$/, "") ?? "";
  if (team === "") return {};
  if (!/^https:\/\/[\w.-]+$/.test(team))
    throw new ConfigError("ACCESS_TEAM isn't like https://team.cloudflareaccess.com");
  const audience = required(env, "ACCESS_AUD");
  try {
    return { access: { team, audience, rules: readAccessRules(required(env, "ACCESS_ROLES")) } };
  } catch (error) {
    if (error instanceof ConfigError || !(error instanceof Error)) throw error;
    throw new ConfigError(`ACCESS_ROLES ${error.message}`);
  }
}

/** `kid:base64,kid:base64`, newest first. */
function namedKeys(env: Env, name: "COOKIE_KEYS" | "TOKEN_KEYS"): NamedKey[] {
  return required(env, name)
    .split(",")
    .map((entry) => {
      const [, kid, secret] = /^\s*([\w-]{1,32}):(\S+)\s*$/.exec(entry) ?? [];
      if (!kid || !secret) throw new ConfigError(`${name} isn't kid:base64, comma-separated`);
      return { kid, secret: bytes(name, secret, 16) };
    });
}

function bytes(name: string, base64: string, atLeast: number): Uint8Array<ArrayBuffer> {
  let decoded: Uint8Array<ArrayBuffer>;
  try {
    decoded = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    throw new ConfigError(`${name} isn't base64`);
  }
  if (decoded.length < atLeast) throw new ConfigError(`${name} has fewer than ${atLeast} bytes`);
  return decoded;
}
