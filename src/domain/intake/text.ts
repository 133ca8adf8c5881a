/** How strings of the wire become strings that may be stored. */
import type { Json } from "../json.ts";

/** At most `max` UTF-16 units, without NUL (SQLite ends a text there) and without half a surrogate pair. */
export function cut(text: string, max: number): string {
  const bounded = text.length > max ? text.slice(0, max) : text;
  return (bounded.includes("\0") ? bounded.replaceAll("\0", "") : bounded).toWellFormed();
}

/** A string or number as trimmed text; null for anything else and for nothing. */
export function scalarText(value: Json | undefined): string | null {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : null;
  if (typeof value !== "string") return null;
  const text = value.trim();
  return text === "" ? null : text;
}

/** Same, at most `max` long. For what people read, never for what identifies: cutting would make two ids one. */
export function shortText(value: Json | undefined, max: number): string | null {
  const text = scalarText(value);
  return text === null ? null : cut(text, max);
}
