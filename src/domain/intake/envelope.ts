/** What came in one request: a single call or a batch, its key, and the messages in it. */
import { isObject, type Json, type JsonObject } from "../json.ts";
import type { CallType } from "../event.ts";
import { Problem } from "../problem.ts";
import { cut } from "./text.ts";

export type Endpoint = CallType | "batch";

export const BATCH_MAX = 2_500;
/** Bytes of one message as JSON. */
export const MESSAGE_MAX = 32 * 1024;

const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map([
  ["track", "track"],
  ["page", "page"],
  ["screen", "screen"],
  ["identify", "identify"],
  ["group", "group"],
  ["alias", "alias"],
  ["batch", "batch"],
  ["t", "track"],
  ["p", "page"],
  ["s", "screen"],
  ["i", "identify"],
  ["g", "group"],
  ["a", "alias"],
  ["b", "batch"],
]);

/** The call that the last part of the path names, in full or short; null for any other. */
export const endpointNamed = (name: string): Endpoint | null => ENDPOINTS.get(name) ?? null;

export interface Envelope {
  /** `writeKey` or `api_key` of the body: a public key or, in a trusted call, the server's. */
  writeKey: string | null;
  sentAt: Json;
  /** For `take`, each with its type and with the batch's context as default. What is no message has no type. */
  messages: JsonObject[];
  /** What is wrong with the body, to be thrown once key and origin are found good. */
  problem: Problem | null;
}

const KEY_MAX = 200;

function writeKeyOf(body: JsonObject): string | null {
  const key = body["writeKey"] ?? body["api_key"];
  return typeof key === "string" && key !== "" ? cut(key, KEY_MAX) : null;
}

/** Bytes of a text in UTF-8, without making them. */
function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) bytes++;
    // Two units of a pair are four bytes: one more for each.
    if (code > 0x7ff && (code < 0xd800 || code > 0xdfff)) bytes++;
  }
  return bytes;
}

const isTooLarge = (message: JsonObject): boolean => {
  const text = JSON.stringify(message);
  return text.length > MESSAGE_MAX || utf8Length(text) > MESSAGE_MAX;
};

/** Only its id is left of a message that can't be taken, so that `take` can say which one was `invalid`. */
const stub = (message: Json): JsonObject =>
  isObject(message) && message["messageId"] !== undefined
    ? { messageId: message["messageId"] }
    : {};

function withContext(message: JsonObject, context: JsonObject | null): JsonObject {
  if (context === null) return message;
  const own = message["context"];
  return { ...message, context: isObject(own) ? { ...context, ...own } : context };
}

function openBatch(body: JsonObject, bytes: number): JsonObject[] | null {
  const batch = body["batch"];
  if (!Array.isArray(batch)) return null;
  if (batch.length > BATCH_MAX) {
    throw new Problem("too_large", `A batch holds at most ${BATCH_MAX} messages.`);
  }
  const context = isObject(body["context"]) ? body["context"] : null;
  const mayBeLarge = bytes > MESSAGE_MAX;
  return batch.map((message) =>
    !isObject(message) || (mayBeLarge && isTooLarge(message))
      ? stub(message)
      : withContext(message, context),
  );
}

const refused = (problem: Problem): Envelope => ({
  writeKey: null,
  sentAt: null,
  messages: [],
  problem,
});

/**
 * @param bytes size of the body after decompression
 * @throws Problem `too_large` for a batch of more than 2,500 messages or a single message of more than 32 KB. Anything
 * else that is wrong is in `problem`, since a bad key is answered first.
 */
export function openEnvelope(body: Json, bytes: number, endpoint: Endpoint): Envelope {
  if (!isObject(body)) return refused(new Problem("bad_request", "The body is not a JSON object."));
  const sentAt = body["sentAt"] ?? null;
  const writeKey = writeKeyOf(body);
  if (endpoint === "batch") {
    const messages = openBatch(body, bytes);
    return messages === null
      ? {
          ...refused(
            new Problem("bad_request", "A batch needs a list of messages.", { path: "batch" }),
          ),
          writeKey,
        }
      : { writeKey, sentAt, messages, problem: null };
  }
  if (bytes > MESSAGE_MAX && isTooLarge(body)) {
    throw new Problem("too_large", `A message holds at most ${MESSAGE_MAX / 1024} KB.`);
  }
  return { writeKey, sentAt, messages: [{ ...body, type: endpoint }], problem: null };
}
