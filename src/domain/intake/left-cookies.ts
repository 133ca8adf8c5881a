/**
 * Names that other tools gave this browser and left in its cookies. A site that moves keeps the history it has under
 * them: each becomes one more `anonymous_id` claim of the visitor, where consent lets visitors be recognised.
 */
import { isObject, type Json, type JsonObject, textOf } from "../json.ts";

/** Cookies looked at, and names taken, of one call: real sites leave a handful. */
const COOKIES_MAX = 100;
const IDS_MAX = 8;
/** Characters: what a browser keeps in one cookie. */
const VALUE_MAX = 4_096;
const ID_MAX = 200;

type Reader = (value: string) => readonly (string | null)[];

/** Percent-encoded as all of them write it; null for what isn't. */
function decoded(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}

function parsed(text: string | null): Json {
  if (text === null) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

/** A name as it is, or as JSON: older clients wrote it with quotes. */
const plain = (text: string | null): string | null =>
  text !== null && text.startsWith('"') ? textOf(parsed(text)) : text;

export const RUDDER_COOKIE = "rl_anonymous_id";
/** Before what RudderStack's newer clients write. */
export const RUDDER_PREFIX = "RS_ENC_v3_";

/** RudderStack's third way to write its cookies: base64 of JSON behind a prefix, or bare. The first is opened before this. */
function readRudder(value: string): readonly (string | null)[] {
  const text = decoded(value);
  if (text === null || !text.startsWith(RUDDER_PREFIX)) return [bare(plain(text))];
  try {
    return [bare(plain(atob(text.slice(RUDDER_PREFIX.length))))];
  } catch {
    return [null];
  }
}

/** What is still encrypted names nobody. */
const bare = (text: string | null): string | null => (text?.includes(":") ? null : text);

/** `$device_id` never names a user; `distinct_id` does as soon as the client was told who it is. */
function readPostHog(value: string): readonly (string | null)[] {
  const state = parsed(decoded(value));
  if (!isObject(state)) return [];
  const device = textOf(state["$device_id"]);
  const isAnonymous = state["$user_state"] === "anonymous";
  return [device, isAnonymous ? textOf(state["distinct_id"]) : null];
}

/** `GA1.2.<random>.<first visit>`: the last two are Google Analytics' client id. */
const readGoogle: Reader = (value) => [/^GA\d\.[\d-]+\.(\d+\.\d+)$/.exec(value)?.[1] ?? null];

/** `<domain user id>.<created>.<visits>.…` */
const readSnowplow: Reader = (value) => [/^([\w-]{8,64})\.\d+\./.exec(value)?.[1] ?? null];

const READERS: readonly (readonly [name: RegExp, read: Reader])[] = [
  [/^ajs_anonymous_id$/, (value) => [plain(decoded(value))]],
  [new RegExp(`^${RUDDER_COOKIE}$`), readRudder],
  [/^ph_.{1,200}_posthog$/, readPostHog],
  [/^_ga$/, readGoogle],
  [/^_sp_id(?:\.[\w-]{1,32})?$/, readSnowplow],
];

/** Every name once, in the order of the cookies. `cookies` has a cookie's values, as they were sent, by its name. */
export function leftIds(cookies: ReadonlyMap<string, readonly string[]>): string[] {
  const ids = new Set<string>();
  for (const [name, values] of [...cookies].slice(0, COOKIES_MAX)) {
    const reader = READERS.find(([pattern]) => pattern.test(name))?.[1];
    const [value] = values;
    if (!reader || value === undefined || value.length > VALUE_MAX) continue;
    for (const id of reader(value)) {
      const trimmed = id?.trim() ?? "";
      if (trimmed !== "" && trimmed.length <= ID_MAX && ids.size < IDS_MAX) ids.add(trimmed);
    }
  }
  return [...ids];
}

/** The message with these names beside its own, as `context.externalIds` of the kind `anonymous_id`. */
export function withLeftIds(message: JsonObject, ids: readonly string[]): JsonObject {
  if (ids.length === 0) return message;
  const context = isObject(message["context"]) ? message["context"] : {};
  const own = Array.isArray(context["externalIds"]) ? context["externalIds"] : [];
  const left = ids.map((id) => ({ id, type: "anonymous_id" }));
  return { ...message, context: { ...context, externalIds: [...own, ...left] } };
}
