/**
 * An object's alarm fails: it can't be set or read, before or after it took effect, at whichever call. Whoever asked asks
 * again, and then an alarm stands wherever something waits.
 */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { bringEverything } from "../../src/carrier.ts";
import type { Host } from "../../src/person/host.ts";
import { objectOf, settle } from "../support/objects.ts";
import { Browser } from "../support/site.ts";

type Name = "setAlarm" | "getAlarm";
type Alarms = Record<Name, (this: object, ...args: unknown[]) => Promise<unknown>>;

/** While the test itself looks, nothing is counted. */
let isLooking = false;

interface Fault {
  nth: number;
  when: "before" | "after";
}

/** Fails the nth call that any object makes about its alarm. Returns how many there were, and ends it. */
async function failAlarms(visitor: string, { nth, when }: Fault): Promise<() => number> {
  const prototype = await runInDurableObject(
    objectOf(visitor),
    (_, state) => Object.getPrototypeOf(state.storage) as Alarms,
  );
  let calls = 0;
  const originals = new Map<Name, Alarms[Name]>();
  for (const name of ["setAlarm", "getAlarm"] as const) {
    const original = prototype[name];
    originals.set(name, original);
    prototype[name] = async function (...args) {
      const isMine = !isLooking && ++calls === nth;
      if (isMine && when === "before") throw new Error("the alarm failed");
      const result = await original.apply(this, args);
      if (isMine) throw new Error("the alarm failed");
      return result;
    };
  }
  return () => {
    for (const [name, original] of originals) prototype[name] = original;
    return calls;
  };
}

async function waits(visitor: string): Promise<{ waiting: boolean; hasAlarm: boolean }> {
  isLooking = true;
  try {
    return await runInDurableObject(objectOf(visitor), async (object, state) => {
      const { host } = object as unknown as { host: Host };
      const waiting = host.hasOutbox || host.hasWork;
      return { waiting, hasAlarm: (await state.storage.getAlarm()) !== null };
    });
  } finally {
    isLooking = false;
  }
}

async function landed(visitor: string): Promise<string[]> {
  const { results } = await env.DB.prepare("SELECT id FROM events WHERE visitor = ? ORDER BY id")
    .bind(visitor)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

test.each(["before", "after"] as const)(
  "an alarm that fails %s it took effect, at whichever call, is made up for by whoever asks again",
  async (when) => {
    for (let nth = 1, more = true; more; nth++) {
      const browser = new Browser({ "usher-region": "DE" });
      await browser.consent({ accept: "all" });
      const visitor = browser.visitor!;
      await settle([visitor]);
      // It was rung by hand; the platform's own ringing would have taken it away.
      await runInDurableObject(objectOf(visitor), (_, state) => state.storage.deleteAlarm());
      const name = `alarm-${when}-${nth}`;
      const calls = [
        () => browser.send("page", { messageId: `${name}-page` }),
        () =>
          browser.send("identify", {
            messageId: `${name}-said`,
            userId: name,
            traits: { email: `${name}@example.org` },
          }),
        () => browser.consent({ choices: { measurement: true, recognition: true } }),
      ];
      const stop = await failAlarms(visitor, { nth, when });
      for (const call of calls) {
        let { status } = await call();
        for (let tries = 0; status !== 200 && tries < 3; tries++) ({ status } = await call());
        expect(status).toBe(200);
        const { waiting, hasAlarm } = await waits(visitor);
        expect({ nth, waiting, hasAlarm: hasAlarm || !waiting }).toEqual({
          nth,
          waiting,
          hasAlarm: true,
        });
      }
      more = stop() >= nth;
      await bringEverything();
      await settle([visitor]);
      expect(await landed(visitor)).toEqual([`${name}-page`, `${name}-said`]);
    }
  },
);
