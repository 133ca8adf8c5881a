/** The page an event took place on, with a URL that names nobody, and what the URL said about how the visitor came. */
import type { PageFacts } from "../event.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { hasEmail, scrub, SCRUBBED } from "./scrub.ts";
import { cut, scalarText } from "./text.ts";
import { isIdentifying } from "./url-params.ts";

const URL_MAX = 2_048;
const PATH_MAX = 1_024;
const TITLE_MAX = 300;

export interface CleanUrl {
  /** Without user, fragment, e-mail addresses and identifying parameters. */
  url: string;
  path: string;
  /** Lower case, without `www.`. */
  host: string;
  /** Every parameter as it was sent, decoded: for campaigns and record ids. The first of a name counts. */
  params: ReadonlyMap<string, string>;
}

/** Percent-decoding that never throws: what isn't an encoding stays as it is. */
function decoded(text: string): string {
  if (!text.includes("%") && !text.includes("+")) return text;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

/** Values are often URLs themselves, encoded once more at each redirect. */
const REDIRECTS = 3;

/** True when a value holds an e-mail address, or a URL with an identifying parameter. */
function tells(value: string): boolean {
  let text = value;
  for (let depth = 0; depth < REDIRECTS; depth++) {
    if (hasEmail(text)) return true;
    if (text.includes("=")) {
      for (const pair of text.split(/[?&;#]/)) {
        const equals = pair.indexOf("=");
        if (equals > 0 && isIdentifying(pair.slice(0, equals))) return true;
      }
    }
    const next = decoded(text);
    if (next === text) return false;
    text = next;
  }
  return false;
}

function cleanQuery(search: string): { kept: string; params: Map<string, string> } {
  const params = new Map<string, string>();
  const kept: string[] = [];
  for (const pair of search.slice(1).split(/[&;]/)) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decoded(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? "" : decoded(pair.slice(equals + 1));
    if (!params.has(name)) params.set(name, value);
    if (!isIdentifying(name) && !tells(pair)) kept.push(pair);
  }
  return { kept: kept.join("&"), params };
}

const cleanPath = (pathname: string): string =>
  pathname
    .split("/")
    .map((segment) => (tells(segment) ? SCRUBBED : segment))
    .join("/");

const CLEAN_KEPT = 500;
const known = new Map<string, CleanUrl>();

/**
 * Null for what is no web address: other schemes may hold file names, scripts or whole documents. A site's pages come again
 * and again; those whose address had nothing to be removed, so that it names nobody, are kept for the next time.
 */
export function cleanUrl(raw: string): CleanUrl | null {
  const before = known.get(raw);
  if (before) return before;
  const clean = cleaned(raw);
  if (clean?.url === raw) {
    if (known.size >= CLEAN_KEPT) known.clear();
    known.set(raw, clean);
  }
  return clean;
}

function cleaned(raw: string): CleanUrl | null {
  const url = raw === "" ? null : URL.parse(raw);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return null;
  const { kept, params } = cleanQuery(url.search);
  const path = cleanPath(url.pathname);
  return {
    url: cut(url.origin + path + (kept === "" ? "" : `?${kept}`), URL_MAX),
    path: cut(path, PATH_MAX),
    host: url.hostname.replace(/^www\./, ""),
    params,
  };
}

/** A web address without its query; null when it is none. */
export function referrerOf(raw: string): { url: string; host: string } | null {
  const clean = cleanUrl(raw);
  if (clean === null) return null;
  const query = clean.url.indexOf("?");
  return { url: query < 0 ? clean.url : clean.url.slice(0, query), host: clean.host };
}

/** What of the page is kept, and what the campaign is read from. */
export interface PageRead {
  page: PageFacts | null;
  params: ReadonlyMap<string, string>;
  /** Host of the page, when it has one. */
  host: string | null;
  /** Host of the page that led here. */
  referrerHost: string | null;
}

const NO_PARAMS: ReadonlyMap<string, string> = new Map();

/** From `context.page`; a `page` call may say the same in its properties. */
export function readPage(context: JsonObject, properties: JsonObject | null): PageRead {
  const said = isObject(context["page"]) ? context["page"] : {};
  const field = (name: string): Json | undefined => said[name] ?? properties?.[name];
  const clean = cleanUrl(scalarText(field("url")) ?? "");
  const search = scalarText(field("search"));
  const path = clean?.path ?? ownPath(scalarText(field("path")));
  const referrer = referrerOf(scalarText(field("referrer")) ?? "");
  const title = scalarText(field("title"));
  const params =
    clean !== null && clean.params.size > 0
      ? clean.params
      : search === null
        ? NO_PARAMS
        : cleanQuery(search.startsWith("?") ? search : `?${search}`).params;
  const page: PageFacts | null =
    path === null
      ? null
      : {
          url: clean?.url ?? path,
          path,
          ...(title === null ? {} : { title: cut(scrub(title), TITLE_MAX) }),
          ...(referrer === null ? {} : { referrer: referrer.url }),
        };
  return { page, params, host: clean?.host ?? null, referrerHost: referrer?.host ?? null };
}

/** A path sent without its URL: cleaned as one, since it may have brought a query along. */
function ownPath(path: string | null): string | null {
  if (path === null) return null;
  return cleanUrl(`https://page.invalid${path.startsWith("/") ? "" : "/"}${path}`)?.path ?? null;
}
