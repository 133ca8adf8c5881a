/** What the tests of the queue share: the Worker with a queue that can be looked into, and its consumer called by hand. */
import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createLedger } from "../../../src/d1/ledger.ts";
import { bringEverything } from "../../../src/carrier.ts";
import type { Env } from "../../../src/env.ts";
import { consume } from "../../../src/queue.ts";
import { personObjects } from "../../../src/person/gateway.ts";
import worker from "../../../src/worker.ts";
import type { Browser } from "../../support/site.ts";
import { ORIGIN, SERVER_KEY, WRITE_KEY } from "../../support/site.ts";
import { db, stubs } from "../d1/books.ts";

/** Keeps what is sent to it, as it is sent. */
export class SeenQueue {
  readonly bodies: string[] = [];
  readonly calls: number[] = [];

  sendBatch(messages: Iterable<{ body: string; contentType?: string }>): Promise<void> {
    const all = [...messages];
    this.calls.push(all.length);
    this.bodies.push(...all.map(({ body }) => body));
    return Promise.resolve();
  }
}

export function withQueue(queue: SeenQueue | Queue): Env {
  return { ...env, EVENTS: queue as unknown as Queue };
}

async function post(to: Env, path: string, headers: Record<string, string>, body: unknown) {
  const request = new Request(`${ORIGIN}${path}`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  const response = await worker.fetch(request as Request<unknown, IncomingRequestCfProperties>, to);
  const said = (await response.json()) as Record<string, unknown>;
  await bringEverything();
  return said;
}

/** From the site's own server; done when what it caused is sent on. */
export const serverSays = (to: Env, call: string, body: unknown) =>
  post(
    to,
    `/_u/v1/${call}`,
    { authorization: `Bearer ${SERVER_KEY}`, "content-type": "application/json" },
    body,
  );

export const browserSays = (to: Env, browser: Browser, call: string, body: object) =>
  post(
    to,
    `/_u/v1/${call}`,
    {
      ...browser.headers,
      "content-type": "text/plain",
      cookie: [...browser.jar].map(([name, value]) => `${name}=${value}`).join("; "),
    },
    { writeKey: WRITE_KEY, ...body },
  );

export interface Delivered {
  acked: string[];
  retried: { id: string; delaySeconds: number | undefined }[];
}

/** Delivers these bodies in one batch, each named by its place. */
export async function deliver(
  bodies: readonly unknown[],
  { database = db, attempts = 1 }: { database?: D1Database; attempts?: number } = {},
): Promise<Delivered> {
  const ctx = createExecutionContext();
  const delays = new Map<string, number | undefined>();
  const batch = createMessageBatch(
    "usher-events",
    bodies.map((body, n) => ({ id: `${n}`, timestamp: new Date(), attempts, body })),
  );
  await consume(
    {
      ledger: createLedger(database, stubs),
      objects: personObjects(env.PERSON, ""),
      log: () => undefined,
    },
    { messages: batch.messages.map((message) => noting(message, delays)) },
  );
  const { explicitAcks, retryMessages } = await getQueueResult(batch, ctx);
  return {
    acked: explicitAcks,
    retried: retryMessages.map(({ msgId }) => ({ id: msgId, delaySeconds: delays.get(msgId) })),
  };
}

/** The result doesn't say for how long a message was put off. */
const noting = (message: Message, delays: Map<string, number | undefined>): Message => ({
  id: message.id,
  timestamp: message.timestamp,
  attempts: message.attempts,
  body: message.body,
  ack: () => message.ack(),
  retry(options) {
    delays.set(message.id, options?.delaySeconds);
    message.retry(options);
  },
});
