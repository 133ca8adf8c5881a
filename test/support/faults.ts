/**
 * Makes the Nth call that a person object makes to the outside go wrong: the call fails, or the object is killed, before
 * the call or after it took effect. What is wrapped is the object's own ports; everything behind them is real.
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
}

const METHODS = [
  "record",
  "decide",
  "link",
  "undo",
  "erase",
  "meet",
  "ask",
  "forget",
  "receive",
  "resolve",
  "activate",
  "alarm",
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
  const state = { calls: 0, hit: null as string | null };

  const strike = (inside: Inside): never => {
    if (fault.what === "kill") inside.ctx.abort("killed by the test");
    throw new Error("failed by the test");
  };
  const wrap = <A extends unknown[], R>(
    inside: Inside,
    name: string,
    call: (...args: A) => Promise<R>,
  ) => {
    return async (...args: A): Promise<R> => {
      const mine = ++state.calls;
      if (mine === fault.nth) state.hit = name;
      if (mine === fault.nth && fault.when === "before") strike(inside);
      const result = await call(...args);
      if (mine === fault.nth && fault.when === "after") strike(inside);
      return result;
    };
  };
  const guard = (inside: Inside): void => {
    if (guarded.has(inside)) return;
    guarded.add(inside);
    const { ports } = inside;
    inside.ports = {
      ...ports,
      index: {
        claim: wrap(inside, "claim", ports.index.claim),
        claimants: ports.index.claimants,
      },
      ledger: { ...ports.ledger, land: wrap(inside, "land", ports.ledger.land) },
      objects: (home) => {
        const stub = ports.objects(home);
        return Object.fromEntries(
          (["meet", "ask", "forget", "receive", "resolve", "activate"] as const).map((name) => [
            name,
            wrap(inside, name, (...args: unknown[]) =>
              (stub[name] as (...all: unknown[]) => Promise<unknown>)(...args),
            ),
          ]),
        ) as unknown as ReturnType<PersonPorts["objects"]>;
      },
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
      for (const [name, original] of originals) prototype[name] = original;
    },
  };
}
