/** Plain data as it comes over the wire. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** Copies without keys that could reach a prototype, for objects made from somebody else's keys. */
export function withoutPrototypeKeys<T extends Json>(value: T): T {
  if (Array.isArray(value)) return value.map((item) => withoutPrototypeKeys(item)) as T;
  if (!isObject(value)) return value;
  const copy: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === "__proto__" || key === "constructor" || key === "prototype") continue;
    copy[key] = withoutPrototypeKeys(item);
  }
  return copy as T;
}
