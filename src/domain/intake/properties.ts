/** What an event says about itself: its properties, what it is about, what it was worth. */
import type { CallType } from "../event.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { bounded, cleanText, PROPERTY_BOUNDS } from "./bounded.ts";
import { scrub } from "./scrub.ts";
import { cut, scalarText } from "./text.ts";
import { isIdentifying } from "./url-params.ts";

const TOPICS_MAX = 10;
const TOPIC_MAX = 60;

/** Said once more by `page` calls; kept as page facts. */
const PAGE_FACTS: ReadonlySet<string> = new Set([
  "url",
  "path",
  "title",
  "referrer",
  "search",
  "hash",
]);

/** `properties` of `track`, `page` and `screen`, and the id of a group; null when there is nothing to keep. */
export function readProperties(type: CallType, raw: JsonObject): JsonObject | null {
  if (type === "group") {
    const group = scalarText(raw["groupId"]);
    return group === null ? null : { groupId: cut(scrub(group), PROPERTY_BOUNDS.text) };
  }
  const said = raw["properties"];
  if (!isObject(said) || type === "identify" || type === "alias") return null;
  const own =
    type === "page"
      ? Object.fromEntries(Object.entries(said).filter(([key]) => !PAGE_FACTS.has(key)))
      : said;
  // Under a vendor's name for it a click or a person is what it is on an address; a click is kept with the campaign.
  const kept = bounded(own, PROPERTY_BOUNDS, cleanText, isIdentifying);
  return Object.keys(kept).length > 0 ? kept : null;
}

/** Lower case, trimmed, each once: `properties.topic`, `topics`, `category`, `section`, and a page's own `category`. */
export function readTopics(raw: JsonObject): string[] {
  const said = isObject(raw["properties"]) ? raw["properties"] : {};
  const topics = new Set<string>();
  for (const value of [
    said["topic"],
    said["topics"],
    said["category"],
    said["section"],
    raw["category"],
  ]) {
    for (const item of Array.isArray(value) ? value.slice(0, TOPICS_MAX) : [value]) {
      const text = scalarText(item);
      if (text === null) continue;
      const topic = cut(scrub(text).toLowerCase(), TOPIC_MAX).trim();
      if (topic !== "" && topics.size < TOPICS_MAX) topics.add(topic);
    }
  }
  return [...topics];
}

/** Names under which `total` and `value` are what was paid, not what something is worth. */
const ORDER =
  /order|purchas|payment|paid|bought|checkout|donat|renew|subscri|booking|booked|ticket/;

/** Steps before and after a sale, which carry its amount without being one. */
const NO_SALE =
  /refund|cancel|abandon|fail|declin|updat|view|return|expir|remov|(?:checkout|payment|order|purchase|booking)[ _-]{0,2}(?:start|step|info|initiat|enter|begin)/;

/** A billion: what is beyond is a mistake, and would drown every sum. */
const VALUE_MAX = 1_000_000_000;
const DECIMAL = /^\d{1,12}(?:\.\d{1,12})?$/;

function amount(value: Json | undefined): number | null {
  const number = typeof value === "string" && DECIMAL.test(value.trim()) ? Number(value) : value;
  return typeof number === "number" && number >= 0 && number <= VALUE_MAX ? number : null;
}

/**
 * In hundredths. `revenue` of any sale counts; `total` and `value` only where the event is named like an order. Steps
 * before a sale, refunds and cancellations count nothing.
 */
export function readValueCents(name: string, raw: JsonObject): number | null {
  const said = isObject(raw["properties"]) ? raw["properties"] : null;
  if (said === null) return null;
  const lower = name.toLowerCase();
  if (NO_SALE.test(lower)) return null;
  const paid =
    amount(said["revenue"]) ??
    (ORDER.test(lower) ? (amount(said["total"]) ?? amount(said["value"])) : null);
  // A hair more than half, so that 1.005, which a float holds as a little less, rounds as it is written.
  return paid === null ? null : Math.round(paid * 100 + 1e-6);
}
