/**
 * What people say of themselves, in sets as they were sent. A set may say that something counts only as long as nothing else
 * is known (`$set_once`, by name), and that something counts no more (`$unset`, names), as PostHog's do.
 */
import { isObject, type JsonObject } from "../json.ts";

const ONCE = "$set_once";
const UNSET = "$unset";

/** What counts only where nothing is known. */
export function onceIn(set: JsonObject): JsonObject {
  const once = set[ONCE];
  return isObject(once) ? once : {};
}

/** Names of what counts no more. */
export function unsetIn(set: JsonObject): string[] {
  const names = set[UNSET];
  return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
}

/** A set that says so; null where it says nothing. */
export function traitSet(said: {
  set: JsonObject;
  once: JsonObject;
  unset: readonly string[];
}): JsonObject | null {
  const { set, once, unset } = said;
  const whole: JsonObject = {
    ...set,
    ...(Object.keys(once).length > 0 ? { [ONCE]: once } : {}),
    ...(unset.length > 0 ? { [UNSET]: [...unset] } : {}),
  };
  return Object.keys(whole).length > 0 ? whole : null;
}

/** All as one: the newest value of each name, but for what counts once. */
export function foldTraits(oldestFirst: readonly JsonObject[]): JsonObject {
  const known = new Map<string, JsonObject[string]>();
  for (const set of oldestFirst) {
    for (const [name, value] of Object.entries(onceIn(set)))
      if (!known.has(name)) known.set(name, value);
    for (const [name, value] of Object.entries(set))
      if (name !== ONCE && name !== UNSET) known.set(name, value);
    for (const name of unsetIn(set)) known.delete(name);
  }
  return Object.fromEntries(known);
}
