/**
 * What the officer wants left out of whatever is recorded: properties and URL parameters by name, kinds of values wherever
 * they stand (properties, names, addresses of pages and what is searched for in them, titles, referrers, topics, campaigns), and
 * topics too sensitive to be folded into a profile. E-mail addresses are out already (intake).
 */
import type { Campaign, PageFacts, UsherEvent } from "../event.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import type { Policy } from "./policy.ts";

export type Rules = Pick<Policy, "scrub" | "sensitiveTopics">;

/** Stands where something was left out. */
export const WITHHELD = "[withheld]";

interface Lists {
  names: ReadonlySet<string>;
  values: readonly ValueKind[];
  sensitive: ReadonlySet<string>;
}

const lists = new WeakMap<Rules, Lists>();

/** Made once for a policy. */
function listsOf(rules: Rules): Lists {
  let made = lists.get(rules);
  if (!made) {
    made = {
      names: new Set(rules.scrub.names.map((name) => name.toLowerCase())),
      values: rules.scrub.values.filter((kind) => kind !== "email"),
      sensitive: new Set(rules.sensitiveTopics.map((topic) => topic.toLowerCase())),
    };
    lists.set(rules, made);
  }
  return made;
}

export function withhold(event: UsherEvent, rules: Rules): UsherEvent {
  const { names, values, sensitive } = listsOf(rules);
  const { topics, props, page, ...rest } = event;
  const left = topics?.filter((topic) => !sensitive.has(topic));
  const kept = {
    ...rest,
    ...(left && left.length > 0 ? { topics: left } : {}),
    ...(page ? { page: { ...page, url: withoutParameters(page.url, names) } } : {}),
    ...(props ? { props: withoutNames(props, names, values) } : {}),
  };
  return values.length === 0 ? kept : withoutKinds(kept, (text) => without(text, values));
}

/** Words and addresses of pages without the kinds of values that are left out; null where none is. For what was counted of events. */
export function cleanerOf(
  rules: Rules,
): { words(text: string): string; url(text: string): string } | null {
  const { values } = listsOf(rules);
  if (values.length === 0) return null;
  const words = (text: string): string => without(text, values);
  return { words, url: (text) => cleanUrl(text, words) };
}

/** What is said beside properties. Ids of campaigns and clicks are an advertising system's own: long numbers, and nobody's. */
function withoutKinds(event: UsherEvent, clean: (text: string) => string): UsherEvent {
  const { name, page, campaign, topics } = event;
  return {
    ...event,
    ...(name === null ? {} : { name: clean(name) }),
    ...(page ? { page: cleanPage(page, clean) } : {}),
    ...(campaign ? { campaign: cleanCampaign(campaign, clean) } : {}),
    ...(topics ? { topics: topics.map(clean) } : {}),
  };
}

function cleanPage(page: PageFacts, clean: (text: string) => string): PageFacts {
  const { url, path, title, referrer } = page;
  return {
    ...page,
    url: cleanUrl(url, clean),
    path: cleanUrl(path, clean),
    ...(title === undefined ? {} : { title: clean(title) }),
    ...(referrer === undefined ? {} : { referrer: cleanUrl(referrer, clean) }),
  };
}

const CAMPAIGN_WORDS = ["source", "medium", "name", "term", "content"] as const;

function cleanCampaign(campaign: Campaign, clean: (text: string) => string): Campaign {
  const cleaned = { ...campaign };
  for (const field of CAMPAIGN_WORDS) {
    const text = cleaned[field];
    if (text !== undefined) cleaned[field] = clean(text);
  }
  return cleaned;
}

/** Step by step of the path and value by value of the query, as they are read: `%2B49` is a telephone number's beginning. */
function cleanUrl(url: string, clean: (text: string) => string): string {
  const isKept = (text: string): boolean => clean(text) === text;
  return url.replace(/[^/?&=]+/g, (part) => {
    const said = decoded(part);
    // Sites write a plus both for itself and for a space.
    return isKept(said) && isKept(said.replaceAll("+", " ")) ? part : WITHHELD;
  });
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

type ValueKind = Policy["scrub"]["values"][number];

function withoutNames(
  object: JsonObject,
  names: ReadonlySet<string>,
  values: readonly ValueKind[],
): JsonObject {
  // Not by assignment, which would take the name `__proto__` for the copy's own prototype.
  return Object.fromEntries(
    Object.entries(object)
      .filter(([name]) => !names.has(name.toLowerCase()))
      .map(([name, value]) => [name, withoutValues(value, names, values)]),
  );
}

function withoutValues(
  value: Json,
  names: ReadonlySet<string>,
  values: readonly ValueKind[],
): Json {
  if (Array.isArray(value)) return value.map((item) => withoutValues(item, names, values));
  if (isObject(value)) return withoutNames(value, names, values);
  return typeof value === "string" ? without(value, values) : value;
}

const without = (value: string, values: readonly ValueKind[]): string =>
  values.reduce((text, kind) => text.replace(PATTERNS[kind], replace(kind)), value);

/** Bounded repetitions only, so that no text makes them slow. */
const PATTERNS: Readonly<Record<ValueKind, RegExp>> = {
  email: /(?!)/g,
  card: /\b\d(?:[ -]?\d){12,18}\b/g,
  iban: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g,
  phone: /\+\d(?:[ ().-]{0,2}\d){7,14}/g,
};

/** A row of digits is a card's only if its check digit says so. */
const replace =
  (kind: ValueKind) =>
  (found: string): string =>
    kind === "card" && !hasCheckDigit(found.replace(/\D/g, "")) ? found : WITHHELD;

/** Luhn's formula, ISO/IEC 7812-1. */
function hasCheckDigit(digits: string): boolean {
  const sum = [...digits].toReversed().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

function withoutParameters(url: string, names: ReadonlySet<string>): string {
  const query = url.indexOf("?");
  if (query < 0) return url;
  const kept = url
    .slice(query + 1)
    .split("&")
    .filter((pair) => !names.has(decoded(pair.split("=", 1)[0] ?? "").toLowerCase()));
  return url.slice(0, query) + (kept.length > 0 ? `?${kept.join("&")}` : "");
}
