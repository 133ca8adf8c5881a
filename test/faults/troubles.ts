/** What goes wrong. Each trouble strikes once, at the Nth chance it has; whoever runs an operation counts N up until there is none. */
import { AsyncLocalStorage } from "node:async_hooks";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Env } from "../../src/env.ts";
import worker from "../../src/worker.ts";
import { inject } from "../support/faults.ts";
import { objectOf } from "../support/objects.ts";
import { surround, watch, type Watching } from "../support/outside.ts";
import { goThrough } from "../support/site.ts";
import { SeenQueue } from "../worker/queue/stage.ts";

export interface Trouble {
  /** As a test's name says it. */
  what: string;
  /** It is over before alarms ring. */
  isOverSoon?: true;
  /** It ends alarms that were rung by hand, which the platform would ring again. */
  endsAlarms?: true;
  /** The Worker may have to say that it doesn't take what it is told: then nothing of it is there. */
  mayRefuse?: true;
  /** @param visitors those of the world as it is by then, whose objects may be struck */
  begin(nth: number, visitors: () => readonly string[]): Promise<Watching>;
}

/** Counts chances; true for the one that is meant, and for so many that come after it. */
class Chances implements Pick<Watching, "calls" | "hit"> {
  calls = 0;
  hit: string | null = null;
  private readonly nth: number;
  private readonly last: number;

  constructor(nth: number, more = 0) {
    this.nth = nth;
    this.last = nth + more;
  }

  isNext(what: string): boolean {
    const n = ++this.calls;
    if (n === this.nth) this.hit = what;
    return n >= this.nth && n <= this.last;
  }
}

/** The count goes on while it is read. */
const watching = (chances: Chances, stop: () => void): Watching => ({
  get calls() {
    return chances.calls;
  },
  get hit() {
    return chances.hit;
  },
  stop,
});

type When = "before" | "after";

export const fails = (when: When): Trouble => ({
  what: `its Nth call to the outside fails ${when} it took effect`,
  begin: (nth) => watch({ nth, when, ports: ["d1", "r2", "object"] }),
});

/** Setting it, or reading when it rings. */
export const alarmFails = (when: When): Trouble => ({
  what: `the Nth call about an alarm fails ${when} it took effect`,
  isOverSoon: true,
  async begin(nth, visitors) {
    // Settled by hand; the platform's own ringing would have taken the alarm away.
    for (const each of visitors())
      await runInDurableObject(objectOf(each), (_, { storage }) => storage.deleteAlarm());
    await evict(visitors());
    return watch({ nth, when, ports: ["alarm"] });
  },
});

/** Of a site that has one. */
export const queueFails = (when: When): Trouble => ({
  what: `the Nth call to it fails ${when} it took effect`,
  begin: (nth) => watch({ nth, when, ports: ["queue"] }, new SeenQueue()),
});

/** One call to the Worker. */
interface Answering {
  isCutOff: boolean;
  cutOff(): void;
}

/** As the platform does when whoever asked has left, or when it took too long: nothing of that call goes on, others do. */
export const cutOff = (when: When): Trouble => ({
  what: `the Worker is cut off ${when} its Nth call to the outside took effect`,
  async begin(nth) {
    const chances = new Chances(nth);
    const answering = new AsyncLocalStorage<Answering>();
    const never = new Promise<never>(() => undefined);
    // In this context, so that what a call to the Worker asks for is told from what objects ask for.
    const leave = goThrough(() => (request) => {
      const cut = Promise.withResolvers<never>();
      const call: Answering = {
        isCutOff: false,
        cutOff() {
          call.isCutOff = true;
          cut.reject(new Error("cut off by the test"));
        },
      };
      const asked = request as Request<unknown, IncomingRequestCfProperties>;
      return answering.run(call, () =>
        Promise.race([worker.fetch(asked, env as unknown as Env), cut.promise]),
      );
    });
    const stop = await surround(
      (what, ask) => {
        const call = answering.getStore();
        if (call?.isCutOff) return never;
        if (!call || !chances.isNext(what)) return ask();
        if (when === "before") call.cutOff();
        else void Promise.resolve(ask()).then(call.cutOff, call.cutOff);
        return never;
      },
      ["d1", "r2", "object"],
    );
    return watching(chances, () => {
      stop();
      leave();
    });
  },
});

/** All that it had in memory is lost with whatever it waited for, and with the calls that waited for it. */
export const killed = (when: When): Trouble => ({
  what: `the object is killed ${when} the Nth thing that it waits for`,
  begin: async (nth) => inject({ nth, when, what: "kill" }),
});

/** As the platform does with an object to which nobody talks for a while. */
export const evicted: Trouble = {
  what: "all objects are evicted after the Nth call",
  endsAlarms: true,
  async begin(nth, visitors) {
    const chances = new Chances(nth);
    const stop = goThrough((door) => async (request) => {
      const response = await door(request);
      if (chances.isNext(request.url)) await evict(visitors());
      return response;
    });
    return watching(chances, stop);
  },
};

/** One that isn't running needn't go. */
async function evict(visitors: readonly string[]): Promise<void> {
  for (const each of visitors) await evictDurableObject(objectOf(each)).catch(() => null);
}

/** Writes that fail one after the other before there is room again. */
const FULL = 3;
const noRoom = (): never => {
  throw new Error("database or disk is full: SQLITE_FULL");
};

interface KvPrototype {
  put(this: object, key: string, value: unknown): void;
}

/** After each call that is answered the object is evicted: what it said that it has was written. */
export const fullObject: Trouble = {
  what: "an object's storage is full at its Nth write, and for some more",
  endsAlarms: true,
  async begin(nth, visitors) {
    const chances = new Chances(nth, FULL - 1);
    const prototype = await runInDurableObject(
      objectOf("nobody"),
      (_, state) => Object.getPrototypeOf(state.storage.kv) as KvPrototype,
    );
    const { put } = prototype;
    prototype.put = function (key, value) {
      if (chances.isNext(key)) noRoom();
      put.call(this, key, value);
    };
    const leave = goThrough((door) => async (request) => {
      const response = await door(request);
      if (response.status < 500) await evict(visitors());
      return response;
    });
    return watching(chances, () => {
      prototype.put = put;
      leave();
    });
  },
};

export const fullDatabase: Trouble = {
  what: "D1 is full at its Nth write, and for some more",
  async begin(nth) {
    const chances = new Chances(nth, FULL - 1);
    const stop = await surround(
      (what, call) => (/run|batch/.test(what) && chances.isNext(what) ? noRoom() : call()),
      ["d1"],
    );
    return watching(chances, stop);
  },
};

/** Where everybody waits for the very answer that is late, it comes. */
const LONGEST_MS = 40;

/** It did what it was asked, and says so when everything else has gone on. */
export const slow: Trouble = {
  what: "the answer to its Nth question to D1 comes half a minute late",
  async begin(nth, visitors) {
    const chances = new Chances(nth);
    const meanwhile = async (): Promise<void> => {
      for (const each of visitors())
        await runInDurableObject(objectOf(each), (object) =>
          object.alarm({ retryCount: 1, isRetry: true, scheduledTime: Date.now() }),
        ).catch(() => undefined);
    };
    const stop = await surround(
      (what, call) => {
        if (!chances.isNext(what)) return call();
        return (async () => {
          const answer = await call();
          await Promise.race([meanwhile(), scheduler.wait(LONGEST_MS)]);
          return answer;
        })();
      },
      ["d1"],
    );
    return watching(chances, stop);
  },
};

const DAY_MS = 86_400_000;

/** From one call on everybody's clock is wrong, until it is set right again a few calls later. */
export const clock = (days: number): Trouble => ({
  what: `the clock jumps by ${days} days at the Nth call, and back`,
  mayRefuse: true,
  async begin(nth) {
    const chances = new Chances(nth, 1);
    const stop = goThrough((door) => (request) => {
      if (!chances.isNext(request.url)) return door(request);
      const wrong = new Request(request);
      wrong.headers.set("usher-now", new Date(Date.now() + days * DAY_MS).toISOString());
      return door(wrong);
    });
    return watching(chances, stop);
  },
});

export const calls = [fails("before"), fails("after")];
export const cuts = [cutOff("before"), cutOff("after")];
export const kills = [killed("before"), killed("after"), evicted];
export const alarms = [alarmFails("before"), alarmFails("after")];
export const clocks = [clock(3), clock(-3)];
