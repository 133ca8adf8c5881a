/** What was said under recognition ends with it: in the person, in the index and in the rows of events. */
import {
  abortAllDurableObjects,
  createExecutionContext,
  createScheduledController,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { NIGHTLY } from "../../../src/cron.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { DAY_MS } from "../../../src/domain/ids.ts";
import { Problem } from "../../../src/domain/problem.ts";
import { policies } from "../../../src/http/documents.ts";
import { lapseDormant } from "../../../src/privacy/silent.ts";
import { nightlyPorts } from "../../../src/services.ts";
import worker from "../../../src/worker.ts";
import { objectOf, settle } from "../../support/objects.ts";
import { api, Browser, OFFICER_TOKEN } from "../../support/site.ts";
import { clear } from "../d1/books.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const NOW = Date.now();
const ago = (days: number): Record<string, string> => ({
  "usher-now": new Date(NOW - days * DAY_MS).toISOString(),
});

const cron = (pattern: string): Promise<void> =>
  worker.scheduled(
    createScheduledController({ cron: pattern, scheduledTime: new Date(NOW) }),
    env,
    createExecutionContext(),
  );

const MONTH = {
  ...DEFAULT_POLICY,
  purposes: DEFAULT_POLICY.purposes.map((purpose) =>
    purpose.id === "recognition" ? { ...purpose, retentionDays: 30 } : purpose,
  ),
};

/** What is said of who somebody is is kept for a month. */
async function begin(): Promise<void> {
  await clear();
  await api("/policy", OFFICER_TOKEN, MONTH, "PUT");
}

async function told(email: string, days: number): Promise<Browser> {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" }, ago(days));
  const message = { messageId: `told-${email}`, traits: { email, name: "Jane" } };
  expect((await browser.send("identify", message, ago(days))).body).toMatchObject({ accepted: 1 });
  await settle([browser.visitor ?? ""]);
  return browser;
}

const indexed = async (): Promise<string[]> => {
  const sql = "SELECT visitor FROM claims WHERE identifier LIKE 'email:%' ORDER BY at";
  return (await env.DB.prepare(sql).all<{ visitor: string }>()).results.map((row) => row.visitor);
};

const found = async (email: string): Promise<number> =>
  ((await api(`/people?identifier=email:${email}`)).body["people"] as unknown[]).length;

test("an address that wasn't given again for as long as recognition is kept is gone, of who comes back and of who doesn't", async () => {
  await begin();
  const back = await told("back@example.org", 40);
  const silent = await told("silent@example.org", 39);
  const young = await told("young@example.org", 20);
  const visitors = [back, silent, young].map(({ visitor }) => visitor ?? "");
  expect(await indexed()).toEqual(visitors);
  expect((await api("/retention", OFFICER_TOKEN)).body["said"]).toMatchObject({ rows: 2 });

  await back.send("page", { messageId: "back" });
  await settle(visitors);
  expect(await indexed()).toEqual(visitors.slice(1));
  await cron("*/5 * * * *");
  await settle(visitors);
  expect(await indexed()).toEqual(visitors.slice(2));
  for (const [email, people] of [
    ["back", 0],
    ["silent", 0],
    ["young", 1],
  ] as const)
    expect(await found(`${email}@example.org`)).toBe(people);
  const { body } = await api(`/people/${back.visitor}`);
  expect(body).toMatchObject({ id: back.visitor, identifiers: [] });

  await cron(NIGHTLY);
  const sealed = await env.DB.prepare("SELECT visitor FROM events WHERE sealed IS NOT NULL").all<{
    visitor: string;
  }>();
  expect(sealed.results.map(({ visitor }) => visitor)).toEqual([young.visitor]);

  await back.send("identify", { messageId: "anew", traits: { email: "back@example.org" } });
  await settle(visitors);
  expect(await found("back@example.org")).toBe(1);
});

/** A document that its object can't read: whatever it is asked, it fails. Gives what makes it well again. */
async function spoil(visitor: string): Promise<() => Promise<void>> {
  const key = `hot:visitor:${visitor}`;
  const swap = async (document: unknown): Promise<unknown> => {
    const before = await runInDurableObject(objectOf(visitor), (_, { storage }) => {
      const stored = storage.kv.get(key);
      storage.kv.put(key, document);
      return structuredClone(stored);
    });
    await abortAllDurableObjects();
    return before;
  };
  const well = await swap({ schema: 99 });
  return async () => void (await swap(well));
}

const health = async (): Promise<Record<string, unknown>> =>
  (await api("/../health", OFFICER_TOKEN)).body;

test("an object that always fails keeps nobody waiting whose data has ended, is told of in health, and is called again until it answers", async () => {
  await begin();
  const bad = await told("bad@example.org", 42);
  const good = await told("good@example.org", 41);
  const mend = await spoil(bad.visitor ?? "");
  for (let runs = 0; runs < 2; runs++) {
    await expect(cron("*/5 * * * *")).rejects.toThrow("silent");
    expect(await health()).toMatchObject({
      ok: false,
      wrong: expect.arrayContaining(["cron:silent"]),
      uncalled: 1,
    });
  }
  await settle([good.visitor ?? ""]);
  expect(await indexed()).not.toContain(good.visitor);
  expect(await indexed()).toContain(bad.visitor);
  await mend();
  await cron("*/5 * * * *");
  await settle([bad.visitor ?? ""]);
  expect(await indexed()).not.toContain(bad.visitor);
  const said = await health();
  expect(said["wrong"] ?? []).not.toContain("cron:silent");
  expect(said).not.toHaveProperty("uncalled");
});

test.each([
  [
    "can't read the policy",
    (): Promise<never> => Promise.reject(new Problem("unavailable", "away")),
  ],
  ["knows an older policy", () => Promise.resolve(DEFAULT_POLICY)],
])("an object that %s hasn't dropped what ended, and is called again", async (_, get) => {
  await begin();
  const silent = await told("unread@example.org", 41);
  const policy = { ...MONTH, version: 2 };
  const call = (): Promise<number> =>
    lapseDormant(
      nightlyPorts(env, () => undefined),
      policy,
      NOW,
    );
  const reading = vi.spyOn(policies, "get").mockImplementation(get);
  await expect(call()).rejects.toThrow("couldn't be called");
  reading.mockRestore();
  await settle([silent.visitor ?? ""]);
  expect(await indexed()).toEqual([silent.visitor]);
  expect(await call()).toBe(1);
  await settle([silent.visitor ?? ""]);
  expect(await indexed()).toEqual([]);
});

test("a policy that keeps less counts at once for whoever is silent, also where more was dropped on the same day", async () => {
  await begin();
  const silent = await told("shorter@example.org", 41);
  await runInDurableObject(objectOf(silent.visitor ?? ""), async (object) => {
    const longer = vi.spyOn(policies, "get").mockResolvedValue(DEFAULT_POLICY);
    await object.lapse(0, (silent.visitor ?? "") as never, NOW);
    longer.mockRestore();
  });
  await cron("*/5 * * * *");
  await settle([silent.visitor ?? ""]);
  expect(await indexed()).toEqual([]);
});
