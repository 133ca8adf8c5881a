/**
 * The Worker as it is, with what it writes counted: the platform's objects are wrapped, no line of `src` knows of it.
 * `GET /__bench/counts` gives the books since the last `POST /__bench/reset`. Objects and requests run in one isolate
 * here, so one set of books is enough.
 */
import worker, { Person as PlainPerson } from "../../src/worker.ts";
import type { Env } from "../../src/env.ts";
import type { PersonStub } from "../../src/person/gateway.ts";
import { type Books, emptyBooks } from "./books.ts";

let books: Books = emptyBooks();

function add(to: Record<string, number>, what: string, count = 1): void {
  to[what] = (to[what] ?? 0) + count;
}

/** `hot:visitor:<id>` → `hot:visitor`; `cold:<visitor>:seen:1` → `cold:seen`. */
function kindOf(key: string): string {
  const [first = "", second = "", third = ""] = key.split(":");
  return first === "cold" ? `cold:${third}` : second === "" ? first : `${first}:${second}`;
}

/** Puts `own` before the native object's members; methods keep the native object as their `this`. */
function wrapped<T extends object>(native: T, own: Partial<Record<keyof T, unknown>>): T {
  return new Proxy(native, {
    get(target, name) {
      if (name in own) return own[name as keyof T];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

function countedStorage(storage: DurableObjectStorage): DurableObjectStorage {
  const kv = wrapped(storage.kv, {
    put: (key: string, value: unknown) => {
      add(books.objects, `put ${kindOf(key)}`);
      storage.kv.put(key, value);
    },
    delete: (key: string) => {
      add(books.objects, `delete ${kindOf(key)}`);
      return storage.kv.delete(key);
    },
  });
  const sql = wrapped(storage.sql, {
    exec: (query: string, ...values: unknown[]) => {
      const cursor = storage.sql.exec(query, ...values);
      const rows = cursor.toArray();
      if (cursor.rowsWritten > 0) add(books.objects, "sql", cursor.rowsWritten);
      return { toArray: () => rows, one: () => rows[0], [Symbol.iterator]: () => rows.values() };
    },
  });
  return wrapped(storage, {
    kv,
    sql,
    setAlarm: (time: number | Date) => {
      add(books.objects, "setAlarm");
      return storage.setAlarm(time);
    },
    deleteAlarm: () => {
      add(books.objects, "deleteAlarm");
      return storage.deleteAlarm();
    },
  });
}

const STATEMENT = /\b(INSERT(?: OR \w+)? INTO|DELETE FROM|UPDATE)\s+(\w+)/i;

function meter(query: string, meta: D1Meta): void {
  books.d1.rowsRead += meta.rows_read;
  if (meta.rows_written === 0) return;
  const [, verb = "", table = ""] = STATEMENT.exec(query) ?? [];
  add(books.d1.written, `${verb.split(" ")[0]?.toLowerCase()} ${table}`, meta.rows_written);
}

interface Prepared {
  query: string;
  native: D1PreparedStatement;
}

function countedDatabase(db: D1Database): D1Database {
  const prepared = new WeakMap<D1PreparedStatement, Prepared>();
  const statement = (query: string, native: D1PreparedStatement): D1PreparedStatement => {
    const run = async (): Promise<D1Result> => {
      books.d1.calls++;
      const result = await native.run();
      meter(query, result.meta);
      return result;
    };
    const outside = wrapped(native, {
      bind: (...values: unknown[]) => statement(query, native.bind(...values)),
      run,
      all: run,
      first: async (column?: string) => {
        const { results } = await run();
        const row = (results[0] ?? null) as Record<string, unknown> | null;
        return column === undefined ? row : (row?.[column] ?? null);
      },
      raw: async () => {
        // What `raw` answers has no meta; only reads go this way.
        if (STATEMENT.test(query)) throw new Error("a write that can't be counted");
        books.d1.calls++;
        return native.raw();
      },
    });
    prepared.set(outside, { query, native });
    return outside;
  };
  return wrapped(db, {
    prepare: (query: string) => statement(query, db.prepare(query)),
    batch: async (statements: D1PreparedStatement[]) => {
      books.d1.calls++;
      const all = statements.map((each) => prepared.get(each) as Prepared);
      const results = await db.batch(all.map(({ native }) => native));
      results.forEach((result, at) => meter(all[at]?.query ?? "", result.meta));
      return results;
    },
  });
}

const countedBucket = (bucket: R2Bucket): R2Bucket =>
  wrapped(
    bucket,
    Object.fromEntries(
      (["get", "head", "put", "delete", "list"] as const).map((name) => [
        name,
        (...args: unknown[]) => {
          add(books.bucket, name);
          return (bucket[name] as (...given: unknown[]) => unknown).apply(bucket, args);
        },
      ]),
    ),
  );

const counted = new WeakMap<Env, Env>();

/** One wrapped environment for each native one: what is kept for the life of the isolate is keyed by it. */
function countedEnv(env: Env): Env {
  const known = counted.get(env);
  if (known) return known;
  const made: Env = { ...env, DB: countedDatabase(env.DB), KEYS: countedBucket(env.KEYS) };
  counted.set(env, made);
  return made;
}

/** All that were woken since the last reset. */
const woken = new Set<string>();

export class Person extends PlainPerson {
  private readonly native: DurableObjectStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    const { storage } = ctx;
    // The platform insists on its own state object, so its one property is covered rather than the whole wrapped.
    Object.defineProperty(ctx, "storage", { value: countedStorage(storage) });
    super(ctx, countedEnv(env));
    this.native = storage;
    woken.add(ctx.id.name ?? "");
  }

  /** Sleeps without waiting for it: what is held in memory is forgotten. */
  sleep(): void {
    this.ctx.abort("put to sleep");
  }

  /** What the platform does when the alarm is due. */
  async ringNow(): Promise<void> {
    if ((await this.native.getAlarm()) === null) return;
    await this.native.deleteAlarm();
    await this.alarm({ retryCount: 0, isRetry: false, scheduledTime: Date.now() });
  }
}

async function ringAll(env: Env): Promise<void> {
  for (const name of woken) {
    const stub = (): DurableObjectStub<Person> =>
      env.PERSON.get(env.PERSON.idFromName(name)) as unknown as DurableObjectStub<Person>;
    await stub()
      .sleep()
      .catch(() => undefined);
    await stub().ringNow();
  }
}

/** What is called from outside. Other methods are steps of these. */
const CALLS: Readonly<Record<keyof PersonStub | "alarm", true>> = {
  record: true,
  decide: true,
  decision: true,
  standing: true,
  lapse: true,
  next: true,
  fitting: true,
  sent: true,
  outcome: true,
  view: true,
  holdings: true,
  heads: true,
  amend: true,
  link: true,
  undo: true,
  erase: true,
  hurry: true,
  meet: true,
  ask: true,
  forget: true,
  apart: true,
  receive: true,
  resolve: true,
  activate: true,
  alarm: true,
};

// Each call from outside, and each alarm, is a request to an object.
for (const name of Object.keys(CALLS)) {
  const inherited = Reflect.get(PlainPerson.prototype, name) as (...args: unknown[]) => unknown;
  Object.defineProperty(Person.prototype, name, {
    value(this: Person, ...args: unknown[]): unknown {
      add(books.requests, name);
      return inherited.apply(this, args);
    },
  });
}

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/__bench/counts") {
      const landed = await env.DB.prepare(
        "SELECT count(*) AS events, count(DISTINCT id) AS ids FROM events",
      ).first();
      return Response.json({ books, landed });
    }
    if (pathname === "/__bench/ring") {
      await ringAll(env);
      return Response.json({});
    }
    if (pathname === "/__bench/reset") {
      books = emptyBooks();
      woken.clear();
      return Response.json({});
    }
    books.workerRequests++;
    return worker.fetch(request, countedEnv(env));
  },
} satisfies ExportedHandler<Env>;
