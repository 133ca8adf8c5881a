/**
 * The Worker as it is, with the rows that a page reads in D1 counted when the header `bench-count` asks for it: a second
 * look, so that the time of the first isn't that of the counting. `POST /__bench/rollup?day=` counts a past day as cron would.
 */
import worker, { Person } from "../../src/worker.ts";
import { rollUp, rollUpStages } from "../../src/d1/rollups.ts";
import type { Env } from "../../src/env.ts";
import { consoleRoutes } from "../../src/console/routes.ts";

export { Person };

let read = 0;
let calls = 0;

const take = <Result extends D1Result>(result: Result): Result => {
  read += result.meta.rows_read;
  calls++;
  return result;
};

const natives = new WeakMap<object, D1PreparedStatement>();

function counted(native: D1PreparedStatement): D1PreparedStatement {
  const outside = new Proxy(native, {
    get(target, name) {
      if (name === "bind") return (...values: unknown[]) => counted(target.bind(...values));
      if (name === "run" || name === "all") return async () => take(await target[name]());
      if (name === "first")
        return async (column?: string) => {
          const [row] = take(await target.all<Record<string, unknown>>()).results;
          return column === undefined ? (row ?? null) : (row?.[column] ?? null);
        };
      // What `raw` answers has no account of what it read, so it is asked a second time.
      if (name === "raw")
        return async () => {
          take(await target.all());
          return target.raw();
        };
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
  natives.set(outside, native);
  return outside;
}

const countedDatabase = (db: D1Database): D1Database =>
  new Proxy(db, {
    get(target, name) {
      if (name === "prepare") return (query: string) => counted(target.prepare(query));
      if (name === "batch")
        return async (statements: D1PreparedStatement[]) =>
          (await target.batch(statements.map((each) => natives.get(each) ?? each))).map(take);
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });

const environments = new WeakMap<Env, Env>();

function countedEnv(env: Env): Env {
  const known = environments.get(env) ?? { ...env, DB: countedDatabase(env.DB) };
  environments.set(env, known);
  return known;
}

export default {
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/__bench/rollup") {
      const day = Number(searchParams.get("day"));
      await rollUp(env.DB, day);
      await rollUpStages(env.DB, day);
      return Response.json({});
    }
    if (pathname === "/__bench/pages")
      return Response.json(
        consoleRoutes.filter(([method]) => method === "GET").map(([, path]) => path),
      );
    if (request.headers.get("bench-count") === null) return worker.fetch(request, env, ctx);
    [read, calls] = [0, 0];
    const answer = await worker.fetch(request, countedEnv(env), ctx);
    const body = await answer.arrayBuffer();
    const headers = new Headers(answer.headers);
    headers.set("bench-rows", String(read));
    headers.set("bench-calls", String(calls));
    return new Response(body, { status: answer.status, headers });
  },
} satisfies ExportedHandler<Env>;
