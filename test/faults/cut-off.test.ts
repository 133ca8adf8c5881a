/** What an isolate shares outlives whoever was about to make it. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { publishPolicy } from "../../src/d1/policies.ts";
import { DEFAULT_POLICY } from "../../src/domain/consent/default-policy.ts";
import type { Json } from "../../src/domain/json.ts";
import { countDrops } from "../../src/http/collect/drops.ts";
import { route } from "../../src/http/router.ts";
import type { PersonPorts } from "../../src/person/ports.ts";
import { servicesFor } from "../../src/services.ts";
import { objectOf } from "../support/objects.ts";
import { Browser, OFFICER_TOKEN, ORIGIN } from "../support/site.ts";

const HOUR_MS = 3_600_000;

afterEach(() => {
  vi.useRealTimers();
});

const fresh = (): Browser => new Browser({ "usher-region": "DE" });

const versionInForce = async (): Promise<number> =>
  ((await fresh().call("/_u/consent")).body["policy"] as { version: number }).version;

const publish = (version: number): Promise<void> =>
  publishPolicy(env.DB, {
    version,
    document: { ...DEFAULT_POLICY, version } as unknown as Json,
    author: "",
    note: "",
    at: 0,
  });

test("drops that a request was about to count when it was cut off are counted by those that come later", async () => {
  const drops = (): void =>
    countDrops(env.DB, now, (work) => later.push(work)).add("bot", "opt-in", 1);
  const later: Promise<unknown>[] = [];
  const now = Date.now();
  const cutOff = vi
    .spyOn(scheduler, "wait")
    .mockImplementationOnce(() => new Promise(() => undefined))
    .mockImplementation(() => Promise.resolve());
  vi.useFakeTimers({ toFake: ["Date"], now });
  drops();
  vi.setSystemTime(now + 10_000);
  drops();
  await later[1];
  cutOff.mockRestore();
  const counted = await env.DB.prepare("SELECT count FROM counters WHERE reason = 'bot'").first();
  expect(counted).toEqual({ count: 2 });
});

test("a policy that an object was about to read when it was killed is read by whoever comes next", async () => {
  const browser = fresh();
  await browser.consent({ accept: "all" });
  await publish(1);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + HOUR_MS });
  await runInDurableObject(objectOf(browser.visitor!), (object, state) => {
    void (object as unknown as { ports: PersonPorts }).ports.retention();
    state.abort("killed by the test");
  }).catch(() => undefined);
  await publish(2);
  // Who comes at once is answered by what was known.
  expect(await versionInForce()).toBeGreaterThanOrEqual(1);
  vi.setSystemTime(Date.now() + 10_000);
  expect(await versionInForce()).toBe(2);
});

test("what somebody changes comes to its end, and into the log, also when they don't wait for the answer", async () => {
  const request = new Request(`${ORIGIN}/_u/api/quarantine`, {
    method: "POST",
    headers: { authorization: `Bearer ${OFFICER_TOKEN}` },
    body: JSON.stringify({ identifier: "email:desk@example.org" }),
  });
  const kept: Promise<unknown>[] = [];
  const services = servicesFor(request, env);
  void route(request, { ...services, waitUntil: (work) => kept.push(work) });
  await kept[0];
  await Promise.all(kept);
  const log = await env.DB.prepare("SELECT outcome FROM audit WHERE act = ?1")
    .bind("POST /_u/api/quarantine")
    .all();
  expect(log.results).toEqual([{ outcome: 200 }]);
  kept.length = 0;
  const looking = new Request(`${ORIGIN}/_u/health`);
  await route(looking, { ...services, waitUntil: (work) => kept.push(work) });
  expect(kept).toEqual([]);
});
