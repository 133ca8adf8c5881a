/**
 * Makes the Nth call that a person object makes go wrong, which is to say the Nth time that it waits for anything: the call
 * fails, or the object is killed, before the call or after it took effect. What is wrapped is the object's own ports and its
 * alarm; everything behind them is real.
 */
import { PersonObject } from "../../src/person/object.ts";
import type { PersonPorts } from "../../src/person/ports.ts";

export interface Fault {
  /** Counted over all objects, from 1. */
  nth: number;
  when: "before" | "after";
  what: "fail" | "kill";
}

interface Inside {
  ctx: DurableObjectState;
  ports: PersonPorts;
  wakeup: { storage: Pick<DurableObjectStorage, "getAlarm" | "setAlarm"> };
}

const METHODS = [
  "record",
  "decide",
  "view",
  "standing",
  "holdings",
  "hurry",
  "next",
  "outcome",
  "amend",
  "link",
  "undo",
  "erase",
  "meet",
  "ask",
  "forget",
  "apart",
  "receive",
  "resolve",
  "activate",
  "alarm",
] as const;

/** What an object may ask of another. */
const ASKED = [
  "meet",
  "ask",
  "forget",
  "apart",
  "receive",
  "resolve",
  "activate",
  "amend",
] as const;

export interface Injection {
  /** Calls made so far; below `nth` the fault hasn't come up. */
  readonly calls: number;
  /** Which call it was, for the failure's message. */
  readonly hit: string | null;
  stop(): void;
}

export function inject(fault: Fault): Injection {
  const prototype = PersonObject.prototype as unknown as Record<
    string,
    (...args: unknown[]) => unknown
  >;
  const originals = new Map(METHODS.map((name) => [name, prototype[name]!]));
  const guarded = new WeakSet<object>();
  const state = { calls: 0, hit: null as string | null, stopped: false };

  const strike = async (inside: Inside, name: string): Promise<never> => {
    // What was written before the call stays: without waiting for it, it would go with the object. What an alarm is set for
    // does: the platform commits both or neither.
    const stays = fault.when === "before" && name !== "setAlarm";
    if (fault.what === "kill" && stays) await inside.ctx.storage.sync();
    if (fault.what === "kill") inside.ctx.abort("killed by the test");
    throw new Error("failed by the test");
  };
  const wrap = <A extends unknown[], R>(
    inside: Inside,
    name: string,
    call: (...args: A) => Promise<R>,
  ) => {
    return async (...args: A): Promise<R> => {
      if (state.stopped) return call(...args);
      const isMine = ++state.calls === fault.nth;
      if (isMine) state.hit = name;
      if (isMine && fault.when === "before") await strike(inside, name);
      const result = await call(...args);
      if (isMine && fault.when === "after") await strike(inside, name);
      return result;
    };
  };
  const guard = (inside: Inside): void => {
    if (guarded.has(inside)) return;
    guarded.add(inside);
    const { ports } = inside;
    const each = <T extends object>(port: T, names: readonly (keyof T & string)[]): T => ({
      ...port,
      ...Object.fromEntries(
        names.map((name) => [
          name,
          wrap(inside, name, (...args: unknown[]) =>
            (port[name] as (...all: unknown[]) => Promise<unknown>)(...args),
          ),
        ]),
      ),
    });
    inside.ports = {
      ...each(ports, ["rules", "retention", "digest", "sha256", "withdrawn"]),
      index: each(ports.index, ["claim", "claimants"]),
      ledger: each(ports.ledger, ["land"]),
      sealer: each(ports.sealer, ["seal", "reseal"]),
      objects: (home) => {
        const stub = ports.objects(home);
        return Object.fromEntries(
          ASKED.map((name) => [
            name,
            wrap(inside, name, (...args: unknown[]) =>
              (stub[name] as (...all: unknown[]) => Promise<unknown>)(...args),
            ),
          ]),
        ) as unknown as ReturnType<PersonPorts["objects"]>;
      },
    };
    const { storage } = inside.wakeup;
    inside.wakeup.storage = {
      getAlarm: wrap(inside, "getAlarm", () => storage.getAlarm()),
      setAlarm: wrap(inside, "setAlarm", (at: number | Date) => storage.setAlarm(at)),
    };
  };
  for (const [name, original] of originals)
    prototype[name] = function (this: Inside, ...args: unknown[]) {
      guard(this);
      return original.apply(this, args);
    };
  return {
    get calls() {
      return state.calls;
    },
    get hit() {
      return state.hit;
    },
    stop() {
      state.stopped = true;
      for (const [name, original] of originals) prototype[name] = original;
    },
  };
}
