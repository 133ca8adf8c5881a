/** What the setup check goes by: counted from what really came and what was dropped. Nobody is named in it. */
import { isObject, type JsonObject } from "../json.ts";
import type { EventPlan, SeenEvent } from "./plan.ts";

export interface SetupFacts {
  /** Days looked at. */
  days: number;
  recorded: number;
  dropped: readonly { reason: string; regime: string; count: number }[];
  /** `page`, `identify`, `track:Order Completed` → how often. */
  /** Who sent more than is recorded in a day, on the last such day; by random ids alone. */
  capped: readonly { visitor: string; day: string; events: number }[];
  events: ReadonlyMap<string, number>;
  /** Page views by path. */
  paths: ReadonlyMap<string, number>;
  /** Calls dropped for want of consent by the page they came from, estimated from a sample. */
  unconsented: ReadonlyMap<string, number>;
  campaigns: readonly {
    source: string | null;
    medium: string | null;
    name: string | null;
    events: number;
  }[];
  /** Campaigns that money was spent on. */
  spent: readonly { channel: string; campaign: string }[];
  /** Answers to the banner. */
  choices: { all: number; some: number; none: number };
  /** Requests from clocks that were off by more than ten minutes. */
  clocks: { ahead: number; behind: number };
  /** Orders that came more than once, by event. */
  doubled: readonly { event: string; orders: number; channels: readonly string[] }[];
  quarantined: number;
  hosts: { collector: string; sites: readonly string[] };
  /** Null until somebody had the sitemap read. */
  sitemap: { at: number; paths: readonly string[] } | null;
  plan: EventPlan;
  /** From a sample of the newest events. */
  seen: readonly SeenEvent[];
}

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
