/**
 * What other tools' clients speak. A dialect is one file: the paths that its clients call, how their wire becomes Usher's
 * messages, and the answer that they take as delivered. Reading, trust, limits, consent and recording are the collector's
 * own (`gather`), the same for all.
 */
import type { Envelope } from "../../domain/intake/envelope.ts";
import { BATCH_MAX, MESSAGE_MAX } from "../../domain/intake/envelope.ts";
import { isObject, type Json, type JsonObject } from "../../domain/json.ts";
import { Problem } from "../../domain/problem.ts";
import { type Collected, inWords } from "../collect/answer.ts";
import type { Services } from "../collect/services.ts";
import type { Call } from "../context.ts";

export type Answer = (request: Call, services: Services) => Promise<Response> | Response;

/** One path of a dialect. What is asked for by GET is told by its head, too, and changes nothing then. */
export type DialectRoute = readonly [method: "GET" | "POST", path: string, answer: Answer];

/** Tells the client, in its own words, that all was delivered; what became of it stands in `Usher-Decision`. */
export function delivered(done: Collected, body: JsonObject | string): Response {
  const { cookies } = done;
  const isText = typeof body === "string";
  const headers = new Headers({
    "content-type": isText ? "text/plain; charset=utf-8" : "application/json",
    "cache-control": cookies.length > 0 ? "private, no-store" : "no-store",
    "usher-decision": inWords(done),
  });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(isText ? body : JSON.stringify(body), { headers });
}

/** Settings and configuration: nothing of them is about the visitor. */
export const settings = (body: JsonObject): Response =>
  new Response(JSON.stringify(body), {
    headers: { "content-type": "application/json", "cache-control": "public, max-age=300" },
  });

/** The same as a script, for clients that load it with a tag. */
export const script = (code: string | ReadableStream): Response =>
  new Response(code, {
    headers: {
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=300",
      "x-content-type-options": "nosniff",
    },
  });

/** @throws Problem `not_found` for the settings of a key that isn't this site's */
export function requireWriteKey(key: string | null | undefined, { config }: Services): string {
  if (key === config.writeKey) return key;
  throw new Problem("not_found", "There are no settings for this key.");
}

/**
 * A dialect's list of events as an envelope: each is turned into a message, and what is no event, or too large, is left
 * for `take` to name as invalid.
 * @throws Problem `too_large` for more than 2,500 events
 */
export function envelopeOf(
  writeKey: string | null,
  sentAt: Json,
  events: readonly Json[],
  bytes: number,
  messageOf: (event: JsonObject) => JsonObject,
): Envelope {
  if (events.length > BATCH_MAX)
    throw new Problem("too_large", `A batch holds at most ${BATCH_MAX} messages.`);
  const mayBeLarge = bytes > MESSAGE_MAX;
  const messages = events.map((event) => {
    if (!isObject(event)) return {};
    const message = messageOf(event);
    if (!mayBeLarge || JSON.stringify(event).length <= MESSAGE_MAX) return message;
    return message["messageId"] === undefined ? {} : { messageId: message["messageId"] };
  });
  return { writeKey, sentAt, messages, problem: null };
}

/** An object without what has no value. */
export const compact = (fields: Record<string, Json | undefined>): JsonObject =>
  Object.fromEntries(
    Object.entries(fields).filter(
      (entry): entry is [string, Json] => entry[1] !== undefined && entry[1] !== null,
    ),
  );
