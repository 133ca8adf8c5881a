/** A platform in trouble: an object's storage that is full, a D1 that takes half a minute, clocks that jump. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { identifierKeys } from "../support/identifier-keys.ts";
import { objectOf, settle } from "../support/objects.ts";
import { PATIENCE_MS } from "../../src/http/patience.ts";
import { api, Browser, type Said, server } from "../support/site.ts";
import { identityToken } from "../worker/identity/tokens.ts";

interface KvPrototype {
  put(this: object, key: string, value: unknown): void;
}

afterEach(() => {
  vi.restoreAllMocks();
});

const agreed = async (headers: Record<string, string> = {}): Promise<Browser> => {
  const browser = new Browser({ "usher-region": "DE", ...headers });
  await browser.consent({ accept: "all" });
  return browser;
};

async function journey(visitor: string | null): Promise<string[]> {
  const { events } = (await api(`/people/${visitor}/journey`)).body as { events: { id: string }[] };
  return events.map(({ id }) => id);
}

const landed = async (visitor: string | null): Promise<string[]> => {
  const { results } = await env.DB.prepare("SELECT id FROM events WHERE visitor = ? ORDER BY id")
    .bind(visitor)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
};

/** Every write of an object fails from its nth on, as SQLite says when the disk is full. Returns how to make room. */
async function fillStorage(visitor: string, nth: number): Promise<() => number> {
  const prototype = await runInDurableObject(
    objectOf(visitor),
    (_, state) => Object.getPrototypeOf(state.storage.kv) as KvPrototype,
  );
  const original = prototype.put;
  let writes = 0;
  prototype.put = function (key, value) {
    if (++writes >= nth) throw new Error("database or disk is full: SQLITE_FULL");
    original.call(this, key, value);
  };
  return () => {
    prototype.put = original;
    return writes;
  };
}

test("what a full storage can't take is refused whole, and taken once there is room, wherever the write failed", async () => {
  for (let nth = 1, more = true; more; nth++) {
    const browser = await agreed();
    await browser.send("page", { messageId: `full-${nth}-before` });
    await settle([browser.visitor!]);
    const batch = {
      batch: [
        { type: "track", messageId: `full-${nth}-a`, event: "Looked" },
        {
          type: "identify",
          messageId: `full-${nth}-b`,
          userId: `full-${nth}`,
          traits: { email: `full${nth}@example.org` },
        },
      ],
    };
    const makeRoom = await fillStorage(browser.visitor!, nth);
    const first: Said = await browser.send("batch", batch);
    more = makeRoom() >= nth;
    if (more) {
      expect(first.status).toBeGreaterThanOrEqual(500);
      expect(await journey(browser.visitor)).toEqual([`full-${nth}-before`]);
    }
    const again = await browser.send("batch", batch);
    expect(again.status).toBe(200);
    if (nth % 2 === 0) await evictDurableObject(objectOf(browser.visitor!));
    await settle([browser.visitor!]);
    expect(await landed(browser.visitor)).toEqual([
      `full-${nth}-a`,
      `full-${nth}-b`,
      `full-${nth}-before`,
    ]);
  }
});

test("with a D1 that takes half a minute calls are answered at once, and what waits lands once", async () => {
  const browser = await agreed();
  await browser.send("page", { messageId: "slow-before" });
  const prototype = Object.getPrototypeOf(env.DB) as D1Database;
  const statement = Object.getPrototypeOf(env.DB.prepare("SELECT 1")) as D1PreparedStatement;
  const late = Promise.withResolvers<void>();
  const originals = { batch: prototype.batch, run: statement.run };
  // It does what it was asked, and says so when the half minute is over.
  vi.spyOn(prototype, "batch").mockImplementation(async function (this: D1Database, ...args) {
    const done = await originals.batch.apply(this, args);
    await late.promise;
    return done as never;
  });
  const flush = runInDurableObject(objectOf(browser.visitor!), (object) =>
    object.alarm({ retryCount: 0, isRetry: false, scheduledTime: Date.now() }),
  );
  for (const n of [1, 2, 3])
    expect((await browser.send("track", { messageId: `slow-${n}`, event: "Looked" })).status).toBe(
      200,
    );
  expect(await journey(browser.visitor)).toEqual(["slow-before", "slow-1", "slow-2", "slow-3"]);
  late.resolve();
  await flush;
  vi.restoreAllMocks();
  await settle([browser.visitor!]);
  expect(await landed(browser.visitor)).toEqual(["slow-1", "slow-2", "slow-3", "slow-before"]);
});

test("a clock that jumps an hour back and a day ahead loses nothing and doubles nothing", async () => {
  const start = Date.now();
  const at = (hours: number): Record<string, string> => ({
    "usher-now": new Date(start + hours * 3_600_000).toISOString(),
  });
  const browser = await agreed();
  const jumps = [0, -1, 24, 0, -1, 24];
  for (const [n, hours] of jumps.entries()) {
    const sent = await browser.send(
      "track",
      { messageId: `jump-${n}`, event: "Looked" },
      at(hours),
    );
    expect(sent.body).toMatchObject({ accepted: 1 });
    const again = await browser.send(
      "track",
      { messageId: `jump-${n}`, event: "Looked" },
      at(-hours),
    );
    expect(again.body).toMatchObject({ accepted: 0, dropped: [{ reason: "duplicate" }] });
  }
  await settle([browser.visitor!]);
  expect(await landed(browser.visitor)).toEqual(jumps.map((_, n) => `jump-${n}`));
  expect((await journey(browser.visitor)).toSorted()).toEqual(jumps.map((_, n) => `jump-${n}`));
});

test("a no counts from when it is said, also by a clock behind the one that said when they agreed", async () => {
  const person = { userId: "behind", context: { identityToken: await identityToken("behind") } };
  const [one, other] = [await agreed(), await agreed()];
  for (const [n, browser] of [one, other].entries())
    await browser.send("identify", { messageId: `behind-${n}`, ...person });
  await settle([one.visitor!, other.visitor!]);
  const yesterday = { "usher-now": new Date(Date.now() - 86_000_000).toISOString() };
  await one.consent({ accept: "none" }, yesterday);
  const said = await server("track", { messageId: "behind-s", userId: "behind", event: "Bought" });
  expect(said.body).toMatchObject({ accepted: 0, dropped: [{ reason: "consent" }] });
  const there = await other.send("track", { messageId: "behind-o", event: "Looked" });
  expect(there.body).toMatchObject({ accepted: 0, dropped: [{ reason: "consent" }] });
});

/** What is waited for so long never comes: the wait is over at once. */
function impatient(): void {
  const setTimer = globalThis.setTimeout;
  const spy = vi.spyOn(globalThis, "setTimeout") as unknown as {
    mockImplementation(fake: (ring: () => void, ms?: number) => unknown): void;
  };
  spy.mockImplementation((ring, ms) => setTimer(ring, ms === PATIENCE_MS ? 0 : ms));
}

const TROUBLES = {
  down: (): Promise<never> => Promise.reject(new Error("internal error")),
  hanging: (): Promise<never> => new Promise(() => undefined),
};

const refusedForNow = (said: Said): void => {
  expect(said.status).toBe(503);
  expect(said.body).toMatchObject({ error: { code: "unavailable" } });
  expect(Number(said.headers.get("retry-after"))).toBeGreaterThan(0);
};

test.each(Object.entries(TROUBLES))(
  "with D1 %s a server's call about somebody unknown is refused for a moment, and taken once it is back",
  async (name, trouble) => {
    const call = {
      messageId: `index-${name}`,
      userId: `index-${name}`,
      event: "Bought",
      context: { consent: { categoryPreferences: { measurement: true, recognition: true } } },
    };
    const about = (userId: string, messageId: string) => ({ ...call, userId, messageId });
    const known = about(`known-${name}`, `known-${name}-1`);
    expect((await server("track", known)).body).toMatchObject({ accepted: 1 });
    await settle([await identifierKeys.sourceVisitor("user_id", `known-${name}`)]);
    const statement = Object.getPrototypeOf(env.DB.prepare("SELECT 1")) as D1PreparedStatement;
    vi.spyOn(statement, "all").mockImplementation(trouble);
    impatient();
    refusedForNow(await server("track", call));
    refusedForNow(
      await server("track", {
        ...about(`silenced-${name}`, `silenced-${name}`),
        event: "Email Unsubscribed",
        properties: { email: `silenced-${name}@example.org` },
      }),
    );
    // Whoever is known by all that the call says needs no database.
    expect((await server("track", about(`known-${name}`, `known-${name}-2`))).body).toMatchObject({
      accepted: 1,
    });
    vi.restoreAllMocks();
    expect((await server("track", call)).body).toMatchObject({ accepted: 1, dropped: [] });
  },
);

test.each(Object.entries(TROUBLES))(
  "with the key store %s who says a name for the first time is refused for a moment, and recorded once it is back",
  async (name, trouble) => {
    const browser = await agreed();
    await browser.send("page", { messageId: `keys-${name}-1` });
    const bucket = Object.getPrototypeOf(env.KEYS) as R2Bucket;
    vi.spyOn(bucket, "get").mockImplementation(trouble as never);
    impatient();
    const identify = {
      messageId: `keys-${name}-2`,
      userId: `keys-${name}`,
      traits: { email: `keys-${name}@example.org` },
    };
    refusedForNow(await browser.send("identify", identify));
    refusedForNow(
      await browser.send("page", { messageId: `keys-${name}-3`, anonymousId: `keys-${name}` }),
    );
    // What says nobody's name needs no key.
    expect((await browser.send("page", { messageId: `keys-${name}-4` })).body).toMatchObject({
      accepted: 1,
    });
    vi.restoreAllMocks();
    expect((await browser.send("identify", identify)).body).toMatchObject({ accepted: 1 });
    expect(await journey(browser.visitor)).toEqual([
      `keys-${name}-1`,
      `keys-${name}-4`,
      `keys-${name}-2`,
    ]);
  },
);
