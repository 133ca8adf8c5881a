/**
 * A message in the query of an image's address, for mails and pages without scripts: `data` with the message as base64
 * JSON, as Segment's pixel has it, or its fields one by one.
 */
import { isObject, type JsonObject } from "../json.ts";
import { parseJson } from "./parse.ts";

/** Characters of base64; an address can't be much longer anyway. */
const DATA_MAX = 16 * 1024;
const FIELDS_MAX = 64;

/** Fields of the message itself; page facts go to `context.page`, all others are properties. */
const TOP: ReadonlySet<string> = new Set([
  "event",
  "name",
  "category",
  "userId",
  "anonymousId",
  "messageId",
  "timestamp",
  "sentAt",
  "writeKey",
  "channel",
]);
const PAGE: ReadonlySet<string> = new Set(["url", "path", "title", "referrer", "search"]);

function fromData(data: string): JsonObject {
  if (data.length > DATA_MAX) return {};
  try {
    const binary = atob(data.replaceAll("-", "+").replaceAll("_", "/").replaceAll(" ", "+"));
    const value = parseJson(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function fromFields(query: URLSearchParams): JsonObject {
  const message: JsonObject = {};
  const page: JsonObject = {};
  const properties: JsonObject = {};
  for (const [name, value] of [...query].slice(0, FIELDS_MAX)) {
    if (name === "__proto__") continue;
    const into = TOP.has(name) ? message : PAGE.has(name) ? page : properties;
    into[name] ??= value;
  }
  if (Object.keys(page).length > 0) message["context"] = { page };
  return { ...message, properties };
}

/** For `take`. What can't be read gives a message without its fields, which `take` drops or counts as a bare view. */
export function pixelMessage(type: "page" | "track", query: URLSearchParams): JsonObject {
  const data = query.get("data");
  return { ...(data === null ? fromFields(query) : fromData(data)), type };
}
