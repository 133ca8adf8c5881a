/**
 * Makes the Nth call to the outside go wrong, whoever makes it: the Worker, a person object or a scheduled job. What is
 * wrapped is the platform's own surface (D1, R2, calls to objects, the queue), so nothing of the product is spared or known
 * here. Alarms aren't among it: setting one is committed together with the writes of its turn, or neither is.
 */
import { env } from "cloudflare:workers";

export interface OutsideFault {
  /** Counted over everything, from 1. */
  nth: number;
  /** Before it took effect, or after: then only its answer is lost. */
  when: "before" | "after";
}

export interface Watching {
  /** Calls made so far; below `nth` the fault hasn't come up. */
  readonly calls: number;
  /** Which call it was. */
  readonly hit: string | null;
  stop(): void;
}

type Method = (this: object, ...args: unknown[]) => unknown;

interface Surface {
  name: string;
  prototype: Record<string, Method>;
  methods: readonly string[];
}

const prototypeOf = (value: object): Record<string, Method> =>
  Object.getPrototypeOf(value) as Record<string, Method>;

function surfaces(): Surface[] {
  return [
    {
      name: "d1",
      prototype: prototypeOf(env.DB.prepare("SELECT 1")),
      methods: ["run", "all", "first", "raw"],
    },
    { name: "d1", prototype: prototypeOf(env.DB), methods: ["batch"] },
    {
      name: "r2",
      prototype: prototypeOf(env.KEYS),
      methods: ["get", "put", "head", "delete", "list"],
    },
    ...(env.EVENTS
      ? [{ name: "queue", prototype: prototypeOf(env.EVENTS), methods: ["send", "sendBatch"] }]
      : []),
  ];
}

export function watch(fault: OutsideFault): Watching {
  const state = { calls: 0, hit: null as string | null };
  const restore: (() => void)[] = [];

  const around = (what: string, call: () => unknown): unknown => {
    const mine = ++state.calls === fault.nth;
    if (mine) state.hit = what;
    if (mine && fault.when === "before") throw new Error("failed by the test");
    const result = call();
    if (!mine) return result;
    const lost = (): never => {
      throw new Error("its answer was lost");
    };
    return result instanceof Promise || isThenable(result)
      ? Promise.resolve(result).then(lost)
      : lost();
  };

  for (const { name, prototype, methods } of surfaces())
    for (const method of methods) {
      const original = prototype[method];
      if (!original) throw new Error(`${name} has no ${method}`);
      prototype[method] = function (...args) {
        return around(`${name}.${method}`, () => original.apply(this, args));
      };
      restore.push(() => {
        prototype[method] = original;
      });
    }

  const namespace = prototypeOf(env.PERSON);
  const get = namespace["get"]!;
  namespace["get"] = function (...args) {
    const stub = get.apply(this, args) as object;
    return new Proxy(stub, {
      get: (real, name) => {
        const member = Reflect.get(real, name) as unknown;
        if (typeof name !== "string" || typeof member !== "function") return member;
        // Everything but the platform's own is a call to the object: a stub answers to any name.
        if (name === "constructor") return member;
        if (name === "fetch") return member.bind(real) as unknown;
        return (...all: unknown[]) => {
          try {
            return around(`object.${name}`, () =>
              // Not member.apply(): of a stub's member that would be one more name of a remote method.
              Reflect.apply(member as (...every: unknown[]) => unknown, real, all),
            );
          } catch (error) {
            return Promise.reject(error instanceof Error ? error : new Error(String(error)));
          }
        };
      },
    });
  };
  restore.push(() => {
    namespace["get"] = get;
  });

  return {
    get calls() {
      return state.calls;
    },
    get hit() {
      return state.hit;
    },
    stop: () => {
      for (const undo of restore) undo();
    },
  };
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  (typeof value === "object" || typeof value === "function") && value !== null && "then" in value;
