import { anonymousId, forget } from "./anonymous.ts";
import { attempt, pause } from "./request.ts";

export const BATCH = "/_u/v1/batch";
export const RESET = "/_u/reset";

/** Calls kept while consent is unknown or the line is down. More than that is a page gone wrong. */
const MOST_WAITING = 200;
/** Stays under the collector's limits of 500 KB a request and 32 KB a message. */
const MOST_IN_BATCH = 15;
const MOST_CHARACTERS = 3e4;

interface Item {
  path: string;
  messageId: string;
  /** The message as JSON: taken at the time of the call, so that later changes to an object don't reach it. */
  text: string;
  settle: (taken: boolean) => void;
}

export interface Outbox {
  add(path: string, messageId: string, text: string): Promise<boolean>;
  /** Sends what may be sent and discards what may not. To be called whenever consent may have changed. */
  pump(): void;
  /** Hands everything unsent to the browser, for a page that is going away. */
  leave(): void;
}

/**
 * First in, first out. What is on its way is in nobody's hands but the network's; what couldn't be delivered goes back to
 * the front, and each attempt asks again whether it may be sent: `allowed` says true (send), false (discard) or undefined
 * (nobody knows yet: wait).
 */
export const outbox = (
  host: string,
  writeKey: string,
  allowed: (path: string) => boolean | undefined,
): Outbox => {
  const queue: Item[] = [];
  let isBusy = false;
  let tries = 0;

  /** Takes out the first ones, as many as one request can carry. */
  const take = (): Item[] => {
    let count = 1;
    while (count < MOST_IN_BATCH && queue[count]?.path === queue[0]!.path) count++;
    return queue.splice(0, count);
  };

  const body = (items: Item[]): string => {
    // Before it is sent: the page may be gone when the answer comes.
    if (items[0]!.path === RESET) forget();
    return JSON.stringify({
      writeKey,
      sentAt: new Date(),
      batch: items.map(({ text }) => ({ ...JSON.parse(text), anonymousId: anonymousId() })),
    });
  };

  const pump = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    while (queue[0]) {
      const { path } = queue[0];
      const may = allowed(path);
      if (may === undefined) break;
      const items = take();
      const answer =
        may &&
        (await attempt<{ dropped?: { messageId: string }[] }>(host + path, body(items), tries++));
      if (typeof answer === "number") {
        queue.unshift(...items);
        await pause(answer);
      } else {
        tries = 0;
        for (const { messageId, settle } of items) {
          settle(!!answer && !answer.dropped?.some((drop) => drop.messageId === messageId));
        }
      }
    }
    isBusy = false;
  };

  return {
    add: (path, messageId, text) =>
      new Promise((settle) => {
        if (queue.length < MOST_WAITING && text.length < MOST_CHARACTERS) {
          queue.push({ path, messageId, text, settle });
          // A moment later, so that calls made together travel together.
          queueMicrotask(pump);
        } else settle(false);
      }),
    pump,
    leave: () => {
      while (queue[0] && allowed(queue[0].path)) {
        const items = take();
        const url = host + items[0]!.path;
        const text = body(items);
        try {
          if (!navigator.sendBeacon(url, text)) throw 0;
        } catch {
          // Blocked, missing or full.
          void attempt(url, text, 0);
        }
        for (const { settle } of items) settle(true);
      }
    },
  };
};
