/**
 * A journey is told in the order of its instants, and clients are quick: several messages bear the same millisecond, and
 * messages sent one by one are corrected by clocks that latency makes look off, each by another amount. What was sent in
 * an order keeps it.
 */
import type { Millis } from "../ids.ts";
import type { Json, JsonObject } from "../json.ts";
import type { Message } from "./message.ts";
import { instant } from "./times.ts";

/** A clock is taken to be off by whole steps: less is latency. */
const STEP_MS: Millis = 10_000;

/** `sentAt` as it would be if the client's clock were off by whole steps; unchanged when it is no instant. */
export function steady(sentAt: Json, now: Millis): Json {
  const sent = instant(sentAt);
  return sent === null ? sentAt : now - Math.round((now - sent) / STEP_MS) * STEP_MS;
}

/**
 * When the client says it happened. RudderStack's clients put their own clock in `originalTimestamp` beside a `timestamp`
 * that the site chose; a message that was received before (`receivedAt`) has a corrected `timestamp` beside the original.
 */
const saidAt = (message: JsonObject): Millis | null =>
  message["receivedAt"] === undefined
    ? (instant(message["timestamp"]) ?? instant(message["originalTimestamp"]))
    : (instant(message["originalTimestamp"]) ?? instant(message["timestamp"]));

/**
 * Messages of one request with the instant that counts in `originalTimestamp`. Where one bears the instant of the next, it
 * is a millisecond earlier, so that none is later than it was; where the client goes back in time it is believed.
 */
export function inOrder(messages: readonly JsonObject[]): JsonObject[] {
  const ordered: JsonObject[] = [];
  let next: { said: Millis; at: Millis } | null = null;
  for (const message of messages.toReversed()) {
    const said = saidAt(message);
    if (said === null) {
      ordered.push(message);
      continue;
    }
    const at: Millis = next && said <= next.said && said >= next.at ? next.at - 1 : said;
    ordered.push({ ...message, originalTimestamp: at });
    next = { said, at };
  }
  return ordered.toReversed();
}

/** One that doesn't say when it happened came with its request, as many milliseconds before its end as others follow it there. */
export function beforeRest(message: Message, following: number): Message {
  if (message.dated || following === 0) return message;
  const { draft } = message;
  return { ...message, draft: { ...draft, at: draft.at - following } };
}
