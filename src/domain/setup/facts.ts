/** What the setup check goes by: counted from what really came and what was dropped. Nobody is named in it. */
import type { TokenFault } from "../identity/token-faults.ts";
import type { Refusal } from "../intake/refusal.ts";
import { isObject, type JsonObject } from "../json.ts";
import type { EventPlan, SeenEvent } from "./plan.ts";

export interface SetupFacts {
  /** Days looked at. */
  days: number;
  recorded: number;
  dropped: readonly { reason: string; regime: string; count: number }[];
  /** Who sent more than is recorded in a day, on the last such day; by random ids alone. */
  capped: readonly { visitor: string; day: string; events: number }[];
  /** `page`, `identify`, `track:Order Completed` → how often. */
  events: ReadonlyMap<string, number>;
  /** Page views by path, as `pagePath` spells it. */
  paths: ReadonlyMap<string, number>;
  /** Page views dropped for want of consent by the page they came from, as `plainPath` spells it; estimated from a sample. */
  unconsented: ReadonlyMap<string, number>;
  campaigns: readonly Landings[];
  /**
   * Whether the lists above hold everything that came. Of each day the most frequent values are kept: where one had more,
   * what isn't in a list may have come nevertheless.
   */
  whole: { events: boolean; paths: boolean; campaigns: boolean };
  /** Campaigns that money was spent on. */
  spent: readonly { channel: string; campaign: string }[];
  /** Answers to the banner. */
  choices: { all: number; some: number; none: number };
  /** Requests from clocks that were off by more than ten minutes. `server`: how many of them a server sent; the others' senders are browsers or weren't counted. */
  clocks: { ahead: number; behind: number; server: number };
  /** Calls refused before any message was looked at. */
  refused: readonly { reason: Refusal; sender: string; count: number }[];
  /** Identity tokens that proved nothing. */
  tokens: readonly { fault: TokenFault; count: number }[];
  /** Orders that came more than once, by event. */
  doubled: readonly { event: string; orders: number; channels: readonly string[] }[];
  /** Page views that somebody's browser sent twice within seconds, of so many looked at. */
  repeated: { pages: readonly { path: string; times: number }[]; of: number };
  /** Ids that name nobody, by what was sent. */
  junk: readonly { id: string; sender: string; count: number }[];
  quarantined: number;
  hosts: { collector: string; sites: readonly string[] };
  /** Null until somebody had the sitemap read. */
  sitemap: Sitemap | null;
  /** What the lists above lack and was looked for among the newest events; null where a list is whole or lacks nothing. */
  sought: {
    /** Of the sitemap. */
    pages: Sought | null;
    /** Of the plan: tracked events. */
    events: Sought | null;
    /** Of the plan: pages and screens, by `planName`. */
    views?: Sought | null;
  };
  plan: EventPlan;
  /** From a sample of the newest events. */
  seen: readonly SeenEvent[];
}

/** Events by what they say of how somebody came. */
export interface Landings {
  source: string | null;
  medium: string | null;
  name: string | null;
  /** The campaign's, as its vendor counts it. */
  id: string | null;
  /** Name of the click id's parameter, such as `gclid`. */
  click: string | null;
  events: number;
}

export interface Sitemap {
  at: number;
  /** As `pagePath` spells them. */
  paths: readonly string[];
  /** It names more pages than are kept. */
  cut: boolean;
}

export interface Sought {
  seen: ReadonlySet<string>;
  /** How many events were looked through. */
  events: number;
  /** They were all of the range. */
  whole: boolean;
}

/** A page's path as two spellings of it are one: without the slash at its end. */
export const pagePath = (path: string): string => path.replace(/(?<=.)\/+$/, "");

/**
 * A path with whatever may name somebody or something taken out, short enough to be counted: `/account/jane@x.org/orders/81`
 * → `/account/:id/orders/:id`.
 */
export function plainPath(path: string): string {
  const [bare = ""] = path.split(/[?#]/, 1);
  const segments = bare
    .split("/")
    .filter((each) => each !== "")
    .slice(0, 4)
    .map((each) => (/\d{2}|@|%40|^.{41}/.test(each) ? ":id" : each));
  return `/${segments.join("/")}`;
}

/** Where a message says that it comes from, as such a path; null when it doesn't say. */
export function plainPathOf(raw: JsonObject): string | null {
  const context = isObject(raw["context"]) ? raw["context"] : {};
  const page = isObject(context["page"]) ? context["page"] : {};
  if (typeof page["path"] === "string") return plainPath(page["path"]);
  if (typeof page["url"] !== "string" || !URL.canParse(page["url"])) return null;
  return plainPath(new URL(page["url"]).pathname);
}
