/**
 * The Worker as it is, with the rows that a page reads in D1 counted when the header `bench-count` asks for it: a second
 * look, so that the time of the first isn't that of the counting. `POST /__bench/rollup?day=` counts a past day as cron would;
 * `POST /__bench/cron` does what cron does every few minutes.
 */
import worker, { Live, Person } from "../../src/worker.ts";
import { rollUp, rollUpStages } from "../../src/d1/rollups.ts";
import type { Env } from "../../src/env.ts";
import { consoleRoutes } from "../../src/console/routes.ts";

export { Live, Person };

let read = 0;
let calls = 0;
let worst = { rows: 0, query: "" };

function take<Result extends D1Result>(query: string, result: Result): Result {
  const { rows_read: rows } = result.meta;
  read += rows;
  calls++;
  if (rows > worst.rows) worst = { rows, query };
  return result;
}

const natives = new WeakMap<object, { native: D1PreparedStatement; query: string }>();

function counted(query: string, native: D1PreparedStatement): D1PreparedStatement {
  const outside = new Proxy(native, {
    get(target, name) {
      if (name === "bind") return (...values: unknown[]) => counted(query, target.bind(...values));
      if (name === "run" || name === "all") return async () => take(query, await target[name]());
      if (name === "first")
        return async (column?: string) => {
          const [row] = take(query, await target.all<Record<string, unknown>>()).results;
          return column === undefined ? (row ?? null) : (row?.[column] ?? null);
        };
      // What `raw` answers has no account of what it read, so it is asked a second time.
      if (name === "raw")
        return async () => {
          take(query, await target.all());
          return target.raw();
        };
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
  natives.set(outside, { native, query });
  return outside;
}

const countedDatabase = (db: D1Database): D1Database =>
  new Proxy(db, {
    get(target, name) {
      if (name === "prepare") return (query: string) => counted(query, target.prepare(query));
      if (name === "batch")
        return async (statements: D1PreparedStatement[]) => {
          const known = statements.map((each) => natives.get(each) ?? { native: each, query: "" });
          const results = await target.batch(known.map(({ native }) => native));
          return results.map((result, at) => take(known[at]?.query ?? "", result));
        };
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
    if (pathname === "/__bench/cron") {
      const controller = {
        cron: "*/5 * * * *",
        scheduledTime: Date.now(),
        noRetry: () => undefined,
      };
      await worker.scheduled(controller as ScheduledController, env, ctx);
      return Response.json({});
    }
    if (pathname === "/__bench/pages")
      return Response.json(
        consoleRoutes.filter(([method]) => method === "GET").map(([, path]) => path),
      );
    if (request.headers.get("bench-count") === null) return worker.fetch(request, env);
    [read, calls, worst] = [0, 0, { rows: 0, query: "" }];
    const answer = await worker.fetch(request, countedEnv(env));
    const body = await answer.arrayBuffer();
    const headers = new Headers(answer.headers);
    headers.set("bench-rows", String(read));
    headers.set("bench-calls", String(calls));
    headers.set(
      "bench-worst",
      `${worst.rows} ${worst.query.replaceAll(/\s+/g, " ").slice(0, 160)}`,
    );
    return new Response(body, { status: answer.status, headers });
  },
} satisfies ExportedHandler<Env>;
