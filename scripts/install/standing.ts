/**
 * What wrangler.toml says already. An installation that is run again takes every answer from it that no flag gives, since
 * another name or another place would mean other, empty stores: everybody would seem to be gone.
 */
import type { Answers } from "./answers.ts";

export interface Route {
  pattern: string;
  zone: string | null;
}

export interface Standing {
  /** Null where the file still says what it came with. */
  answers: { readonly [Key in keyof Answers]: Answers[Key] | null };
  /** What it names was made: from then on name and jurisdiction are settled. */
  isInstalled: boolean;
  database: { name: string; id: string } | null;
  /** By binding. */
  buckets: ReadonlyMap<string, string>;
  queues: readonly string[];
  routes: readonly Route[];
  origins: readonly string[];
}

export const NOTHING_STANDS: Standing = {
  answers: {
    host: null,
    zone: null,
    site: null,
    jurisdiction: null,
    name: null,
    exports: null,
    queue: null,
  },
  isInstalled: false,
  database: null,
  buckets: new Map(),
  queues: [],
  routes: [],
  origins: [],
};

/** In the file as it comes, where a database's id and the site's name will stand. */
const NO_DATABASE = /^[0-]*$/;
const NO_SITE = "My site";

/** As wrangler reads it. */
interface Config {
  name?: string | undefined;
  route?: RouteConfig | undefined;
  routes?: RouteConfig[] | undefined;
  vars: Record<string, unknown>;
  d1_databases: { binding: string; database_name?: string; database_id?: string }[];
  r2_buckets: { binding: string; bucket_name?: string | object }[];
  queues: {
    producers?: { binding: string; queue: string }[] | undefined;
    consumers?: { queue: string; dead_letter_queue?: string }[] | undefined;
  };
}
type RouteConfig = string | { pattern: string; zone_name?: string };

/** @throws Error when wrangler can't read the file */
export async function readStanding(config: string): Promise<Standing> {
  // It takes a second to load, and `--help` needs none of it.
  const { unstable_readConfig: readConfig } = await import("wrangler");
  return standingIn(readConfig({ config }, { hideWarnings: true }) as Config);
}

function standingIn(config: Config): Standing {
  const variable = (name: string): string => String(config.vars[name] ?? "").trim();
  const { database_name: name, database_id: id = "" } =
    config.d1_databases.find(({ binding }) => binding === "DB") ?? {};
  const isInstalled = !NO_DATABASE.test(id);
  const buckets = new Map(
    config.r2_buckets.flatMap(({ binding, bucket_name: bucket }) =>
      typeof bucket === "string" ? [[binding, bucket] as const] : [],
    ),
  );
  const events = config.queues.producers?.find(({ binding }) => binding === "EVENTS");
  const apart = config.queues.consumers?.find(({ queue }) => queue === events?.queue);
  const routes = [...(config.routes ?? []), ...(config.route ? [config.route] : [])].map(
    (route): Route =>
      typeof route === "string"
        ? { pattern: route, zone: null }
        : { pattern: route.pattern, zone: route.zone_name ?? null },
  );
  const named = routes.filter(({ pattern }) => !pattern.startsWith("*"));
  const first = named.find(({ pattern }) => pattern.endsWith("/_u/*")) ?? named[0];
  const place = variable("JURISDICTION").toLowerCase();
  const site = variable("SITE_NAME");
  return {
    answers: {
      host: first?.pattern.split("/")[0] ?? null,
      zone: first?.zone ?? null,
      site: site !== "" && (isInstalled || site !== NO_SITE) ? site : null,
      jurisdiction: place === "eu" ? "eu" : isInstalled ? "" : null,
      name: config.name ?? null,
      exports: buckets.has("EXPORTS") || null,
      queue: events !== undefined || null,
    },
    isInstalled,
    database: isInstalled && name !== undefined ? { name, id } : null,
    buckets: isInstalled ? buckets : new Map(),
    queues: events
      ? [events.queue, ...(apart?.dead_letter_queue ? [apart.dead_letter_queue] : [])]
      : [],
    routes,
    origins: variable("SITE_ORIGINS")
      .split(",")
      .map((origin) => origin.trim().replace(/\/$/, ""))
      .filter((origin) => origin !== ""),
  };
}
