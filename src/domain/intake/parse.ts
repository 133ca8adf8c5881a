/** Bytes of a body to plain data, refusing what would hurt whoever reads it. */
import { type Json, withoutPrototypeKeys } from "../json.ts";
import { Problem } from "../problem.ts";

/** Levels of objects and arrays. Everything that walks a message may recurse, since no message is deeper. */
export const DEPTH_MAX = 32;

const QUOTE = 34;
const BACKSLASH = 92;
const OPENS: ReadonlySet<number> = new Set([91, 123]);
const CLOSES: ReadonlySet<number> = new Set([93, 125]);

/** The index of the quote that ends the string which began before `from`, or the text's length. */
function stringEnd(text: string, from: number): number {
  for (let end = text.indexOf('"', from); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = end;
    while (text.charCodeAt(slashes - 1) === BACKSLASH && slashes > from) slashes--;
    if ((end - slashes) % 2 === 0) return end;
  }
  return text.length;
}

/** True when brackets outside strings nest deeper than `limit`; one pass, no recursion. */
export function isTooDeep(text: string, limit: number = DEPTH_MAX): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = stringEnd(text, i + 1);
    else if (OPENS.has(code) && ++depth > limit) return true;
    else if (CLOSES.has(code)) depth--;
  }
  return false;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/** Keys can be written with escapes, so a text with any is copied to be sure. */
const MAY_HOLD_PROTOTYPE_KEY = /__proto__|constructor|prototype|\\u/;

/**
 * JSON without prototype keys.
 * @throws Problem `bad_request` for what is not UTF-8, not JSON, or nested deeper than 32 levels.
 */
export function parseJson(bytes: Uint8Array): Json {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new Problem("bad_request", "The body is not UTF-8.");
  }
  if (isTooDeep(text)) {
    throw new Problem("bad_request", `The body is nested deeper than ${DEPTH_MAX} levels.`);
  }
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new Problem("bad_request", "The body is not JSON.");
  }
  return MAY_HOLD_PROTOTYPE_KEY.test(text) ? withoutPrototypeKeys(value) : value;
}
