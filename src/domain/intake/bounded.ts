/** Copies of what somebody sent, small enough to store, without keys that could reach a prototype. */
import { isObject, type Json, type JsonObject } from "../json.ts";
import { cleanUrl } from "./page.ts";
import { scrub } from "./scrub.ts";
import { cut } from "./text.ts";

export interface Bounds {
  /** Levels of objects and arrays; what lies deeper is left out. */
  depth: number;
  /** Entries of one object or array. */
  entries: number;
  /** Values in all. */
  values: number;
  /** UTF-16 units of one string; longer ones are cut. */
  text: number;
}

/** Properties and traits: wide enough for an order with its lines. */
export const PROPERTY_BOUNDS: Bounds = { depth: 6, entries: 100, values: 1_000, text: 1_024 };

/** Consent travels in long strings that mean nothing when cut. */
export const CONSENT_BOUNDS: Bounds = { depth: 8, entries: 500, values: 2_000, text: 16_384 };

const KEY_MAX = 100;
const PROTOTYPE_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** `clean` is applied to every string, keys too, before it is cut; what stands under a key of `without` is left out. */
export function bounded(
  value: JsonObject,
  bounds: Bounds,
  clean = (text: string) => text,
  without = (_key: string) => false,
): JsonObject {
  let left = bounds.values;
  const copyObject = (object: JsonObject, depth: number): JsonObject => {
    const copy: JsonObject = {};
    for (const [name, item] of Object.entries(object).slice(0, bounds.entries)) {
      const key = cut(clean(name), KEY_MAX);
      if (PROTOTYPE_KEYS.has(key) || without(key)) continue;
      const kept = copyAny(item, depth);
      if (kept !== undefined) copy[key] = kept;
    }
    return copy;
  };
  const copyAny = (item: Json, depth: number): Json | undefined => {
    if (left-- <= 0) return undefined;
    if (typeof item === "string") return cut(clean(item), bounds.text);
    if (typeof item !== "object" || item === null) return item;
    if (depth >= bounds.depth) return undefined;
    if (isObject(item)) return copyObject(item, depth + 1);
    return item
      .slice(0, bounds.entries)
      .map((entry) => copyAny(entry, depth + 1))
      .filter((entry) => entry !== undefined);
  };
  return copyObject(value, 1);
}

const WEB_ADDRESS = /^\s{0,8}https?:\/\//i;

/** A string as it may be stored in the clear: no e-mail address, and no identifying parameter where it is a URL. */
export function cleanText(text: string): string {
  if (!WEB_ADDRESS.test(text)) return scrub(text);
  return cleanUrl(text.trim())?.url ?? scrub(text);
}
