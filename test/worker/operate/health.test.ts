import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import type { Env } from "../../../src/env.ts";
import worker from "../../../src/worker.ts";
import { metricsOf, pushMetrics, readCollector } from "../../../src/out/metrics.ts";
import {
  api,
  Browser,
  eventually,
  MARKETER_TOKEN,
  OFFICER_TOKEN,
  ORIGIN,
  read,
} from "../../support/site.ts";
import { exports } from "cloudflare:workers";

const health = async (token?: string) =>
  read(
    await exports.default.fetch(
      `${ORIGIN}/_u/health`,
      token ? { headers: { authorization: `Bearer ${token}` } } : {},
    ),
  );

/** Two drops for want of consent, counted. */
async function dropped(): Promise<void> {
  const browser = new Browser({ "usher-region": "DE" });
  for (const n of [1, 2]) await browser.send("track", { messageId: `h${n}`, event: "Looked" });
  await eventually(async () => {
    const row = await env.DB.prepare(
      "SELECT sum(count) AS n FROM counters WHERE kind = 'drop'",
    ).first<{ n: number | null }>();
    return (row?.n ?? 0) >= 2;
  });
}

test("whoever asks is told that all is well, and nothing else", async () => {
  const { status, body } = await health();
  expect(status).toBe(200);
  expect(body).toEqual({ ok: true, version: expect.any(String) as string });
  expect((await health("not-a-token")).body).toEqual(body);
});

test("an officer is told today's drops by reason, what waited, and the state of migrations", async () => {
  await dropped();
  const { body } = await health(OFFICER_TOKEN);
  expect(body).toMatchObject({
    ok: true,
    dropped: [{ reason: "consent", regime: "opt-in", count: 2 }],
    waited: [],
    failed: [],
    migrations: { applied: env.TEST_MIGRATIONS.map(({ name }) => name), missing: [] },
  });
});

test("a database that lacks a migration, or doesn't answer, is named with 503", async () => {
  const last = env.TEST_MIGRATIONS.at(-1)?.name;
  await env.DB.prepare("DELETE FROM d1_migrations WHERE name = ?").bind(last).run();
  expect(await health()).toMatchObject({ status: 503, body: { ok: false, wrong: ["migrations"] } });
  expect((await health(OFFICER_TOKEN)).body).toMatchObject({ migrations: { missing: [last] } });
  await env.DB.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(last).run();

  const prepare = vi
    .spyOn(Object.getPrototypeOf(env.DB) as D1Database, "prepare")
    .mockImplementation(() => {
      throw new Error("down");
    });
  expect(await health()).toMatchObject({ status: 503, body: { ok: false, wrong: ["d1"] } });
  prepare.mockRestore();
  expect((await health()).status).toBe(200);
});

test("counts are told as OpenTelemetry has them: sums since midnight, without anybody in them", async () => {
  await dropped();
  const { status, body } = await api("/metrics", MARKETER_TOKEN);
  expect(status).toBe(200);
  const [resource] = body["resourceMetrics"] as {
    scopeMetrics: {
      metrics: {
        name: string;
        sum: {
          aggregationTemporality: number;
          isMonotonic: boolean;
          dataPoints: {
            attributes: { key: string; value: { stringValue: string } }[];
            startTimeUnixNano: string;
            timeUnixNano: string;
            asInt: string;
          }[];
        };
      }[];
    }[];
  }[];
  const metric = resource?.scopeMetrics[0]?.metrics.find(
    ({ name }) => name === "usher.events.dropped",
  );
  expect(metric?.sum).toMatchObject({ aggregationTemporality: 2, isMonotonic: true });
  // An erasure takes events out: who takes that for a counter that began anew would count the rest twice.
  const stored = resource?.scopeMetrics[0]?.metrics.find(
    ({ name }) => name === "usher.events.stored",
  );
  expect(stored?.sum).toMatchObject({ aggregationTemporality: 2, isMonotonic: false });
  const [point] = metric?.sum.dataPoints ?? [];
  expect(point?.attributes).toEqual([
    { key: "reason", value: { stringValue: "consent" } },
    { key: "regime", value: { stringValue: "opt-in" } },
  ]);
  expect(Number(point?.asInt)).toBeGreaterThanOrEqual(2);
  expect(BigInt(point?.startTimeUnixNano ?? 0) % 86_400_000_000_000n).toBe(0n);
  expect(BigInt(point?.timeUnixNano ?? 0)).toBeGreaterThan(BigInt(point?.startTimeUnixNano ?? 0));
  expect((await api("/metrics", "wrong")).status).toBe(401);
});

test("counts are pushed to the collector that was named, with its headers, and to nobody else", async () => {
  const posted: { url: string; init: RequestInit }[] = [];
  const post = async (url: string, init: RequestInit): Promise<Response> => {
    posted.push({ url, init });
    return new Response(null, { status: posted.length > 1 ? 503 : 200 });
  };
  const ports = { db: env.DB, bucket: env.KEYS, version: "1", post };
  const now = Date.now();
  await pushMetrics({ ...ports, collector: null }, now);
  expect(posted).toEqual([]);
  const collector = readCollector("https://otel.example.org/", "x-key=a%20b, other=c=d");
  await pushMetrics({ ...ports, collector }, now);
  expect(posted[0]?.url).toBe("https://otel.example.org/v1/metrics");
  // A collector that never answers keeps nothing waiting.
  expect(posted[0]?.init.signal).toBeInstanceOf(AbortSignal);
  expect(posted[0]?.init.headers).toEqual({
    "x-key": "a b",
    other: "c=d",
    "content-type": "application/json",
  });
  expect(JSON.parse(String(posted[0]?.init.body))).toEqual(
    JSON.parse(
      JSON.stringify(await metricsOf({ db: env.DB, bucket: env.KEYS, version: "1" }, now)),
    ),
  );
  await expect(pushMetrics({ ...ports, collector }, now)).rejects.toThrow("503");
  await expect(
    pushMetrics({ ...ports, collector: readCollector("http://otel.example.org", undefined) }, now),
  ).rejects.toThrow("https");
});

test("a setting that is missing is named, and nothing of any that is there", async () => {
  const { SITE_NAME: _, ...rest } = env;
  const ask = (path: string) =>
    worker.fetch(
      new Request(`${ORIGIN}${path}`) as Parameters<typeof worker.fetch>[0],
      rest as unknown as Env,
    );
  const answer = await ask("/_u/health");
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ ok: false, wrong: ["SITE_NAME"] });
  const other = await ask("/_u/consent");
  expect(other.status).toBe(500);
  expect(await other.text()).not.toContain("SITE_NAME");
});
