/**
 * The Worker as it is, on a platform that fails now and then: calls to D1, R2 and objects fail before or after they took
 * effect, and objects are killed. No line of `src` knows of it. `POST /__long/trouble?share=0.02` says how often.
 */
import worker, { Person as PlainPerson } from "../../src/worker.ts";
import type { Env } from "../../src/env.ts";

let share = 0;
let faults = 0;

type Anything = (...args: unknown[]) => unknown;

/** Fails before, fails after, or goes well. */
async function risky(call: () => unknown): Promise<unknown> {
  const dice = Math.random();
  if (dice < share / 2) {
    faults++;
    throw new Error("failed by the run");
  }
  const result = await call();
  if (dice < share) {
    faults++;
    throw new Error("its answer was lost by the run");
  }
  return result;
}

/** The native object with these methods made risky, and `own` before all. */
function wrapped<T extends object>(
  native: T,
  methods: readonly string[],
  own: Partial<Record<keyof T, unknown>> = {},
): T {
  return new Proxy(native, {
    get(target, name) {
      if (name in own) return own[name as keyof T];
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (!methods.includes(String(name))) return value.bind(target) as unknown;
      return (...args: unknown[]) => risky(() => Reflect.apply(value as Anything, target, args));
    },
  });
}

const natives = new WeakMap<D1PreparedStatement, D1PreparedStatement>();

function statement(native: D1PreparedStatement): D1PreparedStatement {
  const outside = wrapped(native, ["run", "all", "first", "raw"], {
    bind: (...values: unknown[]) => statement(native.bind(...values)),
  });
  natives.set(outside, native);
  return outside;
}

const database = (db: D1Database): D1Database =>
  wrapped(db, [], {
    prepare: (query: string) => statement(db.prepare(query)),
    batch: (all: D1PreparedStatement[]) =>
      risky(() => db.batch(all.map((each) => natives.get(each) ?? each))),
  });

const objects = (
  namespace: DurableObjectNamespace<PlainPerson>,
): DurableObjectNamespace<PlainPerson> =>
  wrapped(namespace, [], {
    get: (id: DurableObjectId) => {
      const stub = namespace.get(id);
      return new Proxy(stub, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name, target);
          if (typeof value !== "function" || name === "constructor") return value;
          return (...args: unknown[]) =>
            risky(() => Reflect.apply(value as Anything, target, args));
        },
      });
    },
  });

const made = new WeakMap<Env, Env>();

/** One for each native environment: what is kept for the life of the isolate is keyed by it. */
function troubled(env: Env): Env {
  const known = made.get(env);
  if (known) return known;
  const PERSON = objects(
    env.PERSON as unknown as DurableObjectNamespace<PlainPerson>,
  ) as unknown as Env["PERSON"];
  const KEYS = wrapped(env.KEYS, ["get", "head", "put", "delete", "list"]);
  const all: Env = { ...env, DB: database(env.DB), KEYS, PERSON };
  made.set(env, all);
  return all;
}

/** Killed far less often than its calls fail, or nobody would ever get anything done. */
const KILLS = 0.1;

export class Person extends PlainPerson {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, troubled(env));
  }

  mayDie(): void {
    if (Math.random() >= share * KILLS) return;
    faults++;
    this.ctx.abort("killed by the run");
  }
}

for (const name of ["record", "decide", "receive", "activate", "alarm"] as const) {
  const inherited = PlainPerson.prototype[name] as Anything;
  Object.defineProperty(Person.prototype, name, {
    value(this: Person, ...args: unknown[]): unknown {
      this.mayDie();
      return inherited.apply(this, args);
    },
  });
}

export default {
  ...worker,
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/__long/trouble") {
      share = Number(searchParams.get("share") ?? 0);
      return Response.json({ faults });
    }
    return worker.fetch(request, troubled(env));
  },
  scheduled: (controller, env, ctx) => worker.scheduled(controller, troubled(env), ctx),
} satisfies ExportedHandler<Env>;
