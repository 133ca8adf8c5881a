/**
 * Makes the Nth call to the outside go wrong, whoever makes it: the Worker, a person object or a scheduled job. What is
 * wrapped is the platform's own surface (D1, R2, calls to objects, the queue, alarms), so nothing of the product is spared or
 * known here.
 */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { objectOf } from "./objects.ts";

export type Port = "d1" | "r2" | "object" | "queue" | "alarm";

/** Stands around a call. */
type Around = (what: string, call: () => unknown) => unknown;

export interface OutsideFault {
  /** Counted over everything, from 1. */
  nth: number;
  /** Before it took effect, or after: then only its answer is lost. */
  when: "before" | "after";
  /** All of them unless it is said. */
  ports?: readonly Port[];
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
  name: Port;
  prototype: Record<string, Method>;
  methods: readonly string[];
}

const prototypeOf = (value: object): Record<string, Method> =>
  Object.getPrototypeOf(value) as Record<string, Method>;

/** The queue that a test has put in the place of a bound one. */
interface QueueLike {
  sendBatch(messages: Iterable<{ body: string }>): Promise<void>;
}

async function surfaces(queue: QueueLike | undefined): Promise<Surface[]> {
  const storage = await runInDurableObject(objectOf("nobody"), (_, state) =>
    prototypeOf(state.storage),
  );
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
    { name: "alarm", prototype: storage, methods: ["getAlarm", "setAlarm"] },
    ...(queue
      ? [{ name: "queue" as const, prototype: prototypeOf(queue), methods: ["sendBatch"] }]
      : []),
  ];
}

/** While a test itself looks, nothing is counted and nothing fails. */
let isLooking = false;

export async function unseen<T>(look: () => Promise<T>): Promise<T> {
  isLooking = true;
  try {
    return await look();
  } finally {
    isLooking = false;
  }
}

export async function watch(fault: OutsideFault, queue?: QueueLike): Promise<Watching> {
  const state = { calls: 0, hit: null as string | null };
  const stop = await surround(
    (what, call) => {
      const mine = ++state.calls === fault.nth;
      if (mine) state.hit = what;
      if (mine && fault.when === "before") throw new Error("failed by the test");
      const result = call();
      if (!mine) return result;
      const lost = (): never => {
        throw new Error("its answer was lost");
      };
      return isThenable(result) ? Promise.resolve(result).then(lost) : lost();
    },
    fault.ports,
    queue,
  );
  return {
    get calls() {
      return state.calls;
    },
    get hit() {
      return state.hit;
    },
    stop,
  };
}

/** Every call to these ports goes through `around`, until what is given back is called. */
export async function surround(
  around: Around,
  ports: readonly Port[] = ["d1", "r2", "object", "queue", "alarm"],
  queue?: QueueLike,
): Promise<() => void> {
  const restore: (() => void)[] = [];
  const through: Around = (what, call) => (isLooking ? call() : around(what, call));
  for (const { name, prototype, methods } of await surfaces(queue))
    for (const method of ports.includes(name) ? methods : []) {
      const original = prototype[method];
      if (!original) throw new Error(`${name} has no ${method}`);
      prototype[method] = function (...args) {
        return through(`${name}.${method}`, () => original.apply(this, args));
      };
      restore.push(() => {
        prototype[method] = original;
      });
    }
  if (ports.includes("object")) restore.push(surroundObjects(through));
  return () => {
    for (const undo of restore) undo();
  };
}

function surroundObjects(around: Around): () => void {
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
  return () => {
    namespace["get"] = get;
  };
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  (typeof value === "object" || typeof value === "function") && value !== null && "then" in value;
