/** What waits now: told by objects that can't land, outside the database that is away, and told no longer once it landed. */
import { env } from "cloudflare:workers";
import { beforeEach, expect, test, vi } from "vitest";
import { createLedger } from "../../../src/d1/ledger.ts";
import { watched } from "../../../src/d1/late.ts";
import type { Env } from "../../../src/env.ts";
import { createWaiting, lagOf } from "../../../src/keys/waiting.ts";
import { metricsOf } from "../../../src/out/metrics.ts";
import { route } from "../../../src/http/router.ts";
import { personPorts, servicesFor } from "../../../src/services.ts";
import { api, MARKETER_TOKEN, OFFICER_TOKEN, ORIGIN, read } from "../../support/site.ts";
import { clear, event, landing, stubs, visitor } from "../d1/books.ts";

const bucket = env.KEYS;
const MINUTE = 60_000;
const NOW = Date.now();
beforeEach(async () => {
  await clear();
  await bucket.delete("waiting");
});

/** An object's isolate, whose database fails until it is told otherwise. */
function isolate() {
  const at = { now: NOW, isAway: true };
  const under: Promise<unknown>[] = [];
  const ledger = createLedger(env.DB, stubs);
  const failing: typeof ledger = {
    ...ledger,
    land: (wanted) => (at.isAway ? Promise.reject(new Error("down")) : ledger.land(wanted)),
  };
  const ports = {
    db: env.DB,
    waiting: createWaiting(bucket),
    clock: () => at.now,
    later: (work: Promise<unknown>) => void under.push(work),
  };
  const land = async (id: string, received: number): Promise<void> => {
    const events = [{ visitor: visitor(id), event: event(id, { received }) }];
    await watched(failing, ports)
      .land(landing({ events }))
      .catch(() => undefined);
    await Promise.all(under);
  };
  return { at, land };
}

/** As asked at that time. */
async function health(now: number, token?: string) {
  const request = new Request(`${ORIGIN}/_u/health`, {
    headers: token ? { authorization: `Bearer ${token}` } : {},
  });
  const services = servicesFor(request, env as unknown as Env);
  return read(await route(request, { ...services, now }));
}

test("what can't be landed shows as lag, by the oldest, and beyond ten minutes as an outbox that is wrong", async () => {
  const [first, second] = [isolate(), isolate()];
  await first.land("jane", NOW - 40_000);
  await second.land("tom", NOW - 2 * MINUTE);
  await first.land("kim", NOW - 50_000);
  expect(await lagOf(bucket, NOW)).toBe(120);
  expect(await health(NOW, OFFICER_TOKEN)).toMatchObject({
    status: 200,
    body: { ok: true, lag: 120 },
  });
  second.at.now = NOW + 9 * MINUTE;
  await second.land("tom", NOW - 2 * MINUTE);
  expect(await health(second.at.now)).toMatchObject({
    status: 503,
    body: { ok: false, wrong: ["outbox"] },
  });
});

test("in production every object leaves that word", async () => {
  const down = new Proxy(env.DB, {
    get: () => () => {
      throw new Error("down");
    },
  });
  const under: Promise<unknown>[] = [];
  const bound = { ...(env as unknown as Env), DB: down, USHER_ENV: "production" };
  const { ledger } = personPorts(bound, (work) => void under.push(work));
  const received = Date.now() - 3 * MINUTE;
  const events = [{ visitor: visitor("jane"), event: event("jane", { received }) }];
  await expect(ledger.land(landing({ events }))).rejects.toThrow("down");
  await Promise.all(under);
  expect(await lagOf(bucket, Date.now())).toBeGreaterThanOrEqual(180);
});

test("while the database itself is away, lag is told all the same, in health and as a gauge", async () => {
  await isolate().land("jane", NOW - 5 * MINUTE);
  const prepare = vi
    .spyOn(Object.getPrototypeOf(env.DB) as D1Database, "prepare")
    .mockImplementation(() => {
      throw new Error("down");
    });
  try {
    expect(await health(NOW, OFFICER_TOKEN)).toMatchObject({
      body: { wrong: ["d1"], lag: 300 },
    });
    expect(JSON.stringify(await metricsOf({ db: env.DB, bucket, version: "1" }, NOW))).toMatch(
      /"usher\.outbox\.lag".*"asInt":"300"/,
    );
  } finally {
    prepare.mockRestore();
  }
});

test("what landed after all waits no longer, nor does what nobody speaks of any more", async () => {
  const object = isolate();
  await object.land("jane", NOW - 2 * MINUTE);
  object.at.isAway = false;
  await object.land("kim", NOW - 1_000);
  expect(await lagOf(bucket, NOW)).toBe(120);
  await object.land("jane", NOW - 2 * MINUTE);
  expect(await lagOf(bucket, NOW)).toBe(0);

  await isolate().land("tom", NOW - MINUTE);
  expect(await lagOf(bucket, NOW + 6 * MINUTE)).toBe(7 * 60);
  expect(await lagOf(bucket, NOW + 8 * MINUTE)).toBe(0);
});

test("hundreds of objects that fail write one word of it, and a landing in time none", async () => {
  const [put, head] = [vi.spyOn(bucket, "put"), vi.spyOn(bucket, "head")];
  const [one, other] = [isolate(), isolate()];
  for (let n = 0; n < 100; n++) {
    await one.land(`one${n}`, NOW - 2 * MINUTE + n);
    await other.land(`other${n}`, NOW - MINUTE + n);
  }
  expect([put.mock.calls.length, head.mock.calls.length]).toEqual([1, 2]);
  const healthy = isolate();
  healthy.at.isAway = false;
  await healthy.land("jane", NOW - 1_000);
  expect([put.mock.calls.length, head.mock.calls.length]).toEqual([1, 2]);
  put.mockRestore();
  head.mockRestore();
});

test("the overview doesn't say that all is stored while something waits", async () => {
  const page = async (): Promise<unknown> => (await api("/reports/overview", MARKETER_TOKEN)).body;
  expect(await page()).toMatchObject({ lag: 0 });
  await isolate().land("jane", Date.now() - 5 * MINUTE);
  expect(((await page()) as { lag: number }).lag).toBeGreaterThanOrEqual(300);
});
