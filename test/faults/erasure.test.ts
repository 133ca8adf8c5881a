import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createIdentifierIndex } from "../../src/d1/identifiers.ts";
import { createLedger } from "../../src/d1/ledger.ts";
import type { VisitorId } from "../../src/domain/ids.ts";
import type { Landing } from "../../src/domain/ports.ts";
import { identifierKeys as keys } from "../support/identifier-keys.ts";
import { createErasureLedger } from "../../src/keys/ledger.ts";
import { createSealer } from "../../src/keys/sealer.ts";
import { createKeyVault } from "../../src/keys/vault.ts";
import { createPeople, personObjects } from "../../src/person/gateway.ts";
import { continueErasures, eraseScope } from "../../src/privacy/erase.ts";
import type { PrivacyPorts } from "../../src/privacy/ports.ts";
import { createRequest } from "../../src/privacy/requests.ts";
import { scopeOfIdentifier } from "../../src/privacy/scope.ts";
import { hurry } from "../support/hurry.ts";
import { objectOf, settle } from "../support/objects.ts";
import { api, OFFICER_TOKEN, server } from "../support/site.ts";
import { books, clear, db } from "../worker/d1/books.ts";
import { everything, type Household, moveIn, placesOf } from "../worker/privacy/household.ts";

/** Counts the calls to every store, and makes the nth fail: before it takes effect, or after. */
class Trouble {
  calls = 0;
  hit: string | null = null;
  readonly nth: number;
  readonly when: "before" | "after";

  constructor(nth: number, when: "before" | "after") {
    this.nth = nth;
    this.when = when;
  }

  /** The same thing, each of whose named methods is a call. */
  in<T extends object>(what: string, target: T, methods: readonly string[]): T {
    return new Proxy(target, {
      get: (real, name) => {
        const member = Reflect.get(real, name) as unknown;
        if (typeof member !== "function") return member;
        const bound = member.bind(real) as (...args: unknown[]) => unknown;
        if (!methods.includes(String(name))) return bound;
        return async (...args: unknown[]) => {
          const mine = ++this.calls === this.nth;
          if (mine) this.hit = `${what}.${String(name)}`;
          if (mine && this.when === "before") throw new Error("failed by the test");
          const result = await bound(...args);
          if (mine) throw new Error("its answer was lost");
          return result;
        };
      },
    });
  }
}

function portsWith(trouble: Trouble): PrivacyPorts {
  const bucket = trouble.in("r2", env.KEYS, ["get", "put", "delete", "list"]);
  const vault = createKeyVault(bucket);
  return {
    db: trouble.in("d1", env.DB, ["batch"]),
    bucket,
    people: trouble.in("people", createPeople(personObjects(env.PERSON, "")), [
      "holdings",
      "erase",
    ]),
    index: createIdentifierIndex(env.DB),
    identifiers: keys,
    vault,
    sealer: createSealer(vault),
    erasures: createErasureLedger(bucket, keys.tombstone),
  };
}

const healthy = (): PrivacyPorts => portsWith(new Trouble(0, "before"));

beforeEach(hurry);
afterEach(() => vi.restoreAllMocks());

/** What the round before left slows the next one's look at everything. */
async function empty(): Promise<void> {
  await clear();
  const { objects } = await env.KEYS.list();
  await env.KEYS.delete(objects.map(({ key }) => key));
}

const isGuard = (place: string): boolean =>
  /^(d1 tombstones|r2 (visitor|erasure)\/|object \w+ hot:(tomb|pointer):)/.test(place);

async function expectGone(home: Household, why: string): Promise<void> {
  const all = await everything(home.everybody);
  const named = [
    ...home.names,
    await keys.key("user_id", home.userId),
    await keys.key("anonymous_id", home.names[2] ?? ""),
  ];
  expect(placesOf(all, named), why).toEqual([]);
  expect(
    placesOf(all, home.jane.visitors).filter((place) => !isGuard(place)),
    why,
  ).toEqual([]);
  for (const { visitor } of [home.mike, home.kate])
    expect((await api(`/people/${visitor}`)).status, why).toBe(200);
}

async function scopeOf(home: Household) {
  return scopeOfIdentifier(healthy(), await keys.key("user_id", home.userId), []);
}

const request = { about: "user_id", by: "officer" };

const maybe = (visitors: readonly VisitorId[]) =>
  visitors.map((visitor) => ({ visitor, because: "said the same" }));

test("a request that is written while its humans are erased, at whichever call, names none of them", async () => {
  for (let nth = 1; ; nth++) {
    const home = await moveIn(`meanwhile-${nth}`);
    const scope = await scopeOf(home);
    const now = Date.now();
    let calls = 0;
    const meanwhile = new Proxy(env.KEYS, {
      get: (real, name) => {
        const bound = (Reflect.get(real, name) as (...args: unknown[]) => unknown).bind(real);
        return async (...args: unknown[]) => {
          if (++calls === nth) await eraseScope(healthy(), { ...request, scope }, now);
          return bound(...args);
        };
      },
    });
    const made = await createRequest(
      { ...healthy(), bucket: meanwhile },
      { ...request, kind: "export", scope: { visitors: [], maybe: maybe(scope.visitors) } },
      now,
    );
    if (calls < nth) return expect(nth).toBeGreaterThan(scope.visitors.length + 2);
    await settle(home.everybody);
    await expectGone(home, `call ${nth}`);
    expect(made.maybe).toHaveLength(scope.visitors.length);
    await empty();
  }
});

test.each(["before", "after"] as const)(
  "killed at each call to a store, %s it took effect, an erasure is finished by whoever comes next",
  async (when) => {
    for (let nth = 1; ; nth++) {
      const home = await moveIn(`killed-${when}-${nth}`);
      const scope = await scopeOf(home);
      const trouble = new Trouble(nth, when);
      const now = Date.now();
      const first = await eraseScope(portsWith(trouble), { ...request, scope }, now).catch(
        () => null,
      );
      const why = `${when} call ${nth}, ${trouble.hit}`;
      // What was asked for isn't lost: either it was written down, or whoever asked knows that it failed and asks again.
      if (first === null) await eraseScope(healthy(), { ...request, scope }, now);
      for (let n = 0; n < 3; n++) await continueErasures(healthy(), now);
      await settle(home.everybody);
      await expectGone(home, why);
      // What was begun and never written might still be.
      vi.useFakeTimers({ toFake: ["Date"], now: now + 3_700_000 });
      await continueErasures(healthy(), now);
      vi.useRealTimers();
      expect((await env.KEYS.list({ prefix: "open/" })).objects, why).toEqual([]);
      await empty();
      if (trouble.hit !== null) continue;
      expect(nth).toBeGreaterThan(20);
      return;
    }
  },
  600_000,
);

test("a copy of D1 and of the objects made before, brought back, is erased again from the ledger in R2", async () => {
  const home = await moveIn("restored");
  const rows = await books();
  const objects = new Map<string, [string, unknown][]>();
  for (const visitor of home.everybody)
    objects.set(
      visitor,
      await runInDurableObject(objectOf(visitor), (_, { storage }) => [...storage.kv.list()]),
    );
  await eraseScope(healthy(), { ...request, scope: await scopeOf(home) }, Date.now());
  await expectGone(home, "before the restore");

  for (const [table, copies] of Object.entries(rows)) {
    await db.prepare(`DELETE FROM ${table}`).run();
    for (const copy of copies as Record<string, unknown>[])
      await db
        .prepare(
          `INSERT INTO ${table} (${Object.keys(copy).join()}) VALUES (${Object.keys(copy).map(() => "?")})`,
        )
        .bind(...Object.values(copy))
        .run();
  }
  for (const [visitor, entries] of objects) {
    await runInDurableObject(objectOf(visitor), (_, { storage }) => {
      const keysNow = Array.from(storage.kv.list(), ([key]) => key);
      for (const key of keysNow) storage.kv.delete(key);
      for (const [key, value] of entries) storage.kv.put(key, value);
    });
    await evictDurableObject(objectOf(visitor));
  }
  expect((await api(`/people/${home.jane.visitors[0]}`)).status).toBe(200);

  let cursor: string | null = "";
  while (cursor !== null) {
    const again = await api(`/erasures/reapply?cursor=${cursor}`, OFFICER_TOKEN, {});
    expect(again.body).toMatchObject({ forged: 0 });
    cursor = again.body["cursor"] as string | null;
  }
  await settle(home.everybody);
  await expectGone(home, "after the restore");
});

test("a batch, a merge and a repeated landing that race an erasure leave nothing behind", async () => {
  const home = await moveIn("raced");
  const scope = await scopeOf(home);
  const landing = await landingOf(home);
  const { tablet, phone } = home.jane;
  const racing = [
    eraseScope(healthy(), { ...request, scope }, Date.now()),
    ...Array.from({ length: 12 }, (_, n) => [
      tablet.send("track", { messageId: `race-${n}`, event: "Raced" }),
      phone.send("identify", { messageId: `race-id-${n}`, userId: home.userId }),
      createLedger(db, keys.stubs).land(landing),
      server("track", {
        messageId: `race-server-${n}`,
        userId: home.userId,
        event: "Raced",
        context: { consent: { categoryPreferences: { measurement: true } } },
      }),
    ]).flat(),
    healthy().people.link({
      visitor: home.kate.visitor as VisitorId,
      with: tablet.visitor as VisitorId,
      command: "raced",
      by: "officer",
      force: true,
      now: Date.now(),
    }),
  ];
  await Promise.allSettled(racing);
  await continueErasures(healthy(), Date.now());
  await createLedger(db, keys.stubs).land(landing);
  const late = await tablet.send("track", { messageId: "race-late", event: "Raced" });
  expect(late.body["accepted"]).not.toBe(1);
  await settle(home.everybody);
  await expectGone(home, "after the race");
});

/** What was handed to D1 before, as a queue would hand it over again. */
async function landingOf(home: Household): Promise<Landing> {
  const answer = await healthy().people.view(home.jane.visitors[0]!);
  if (answer.at !== "home") throw new Error("Jane isn't at home");
  const { edges } = answer.value;
  return {
    events: home.jane.visitors.map((visitor) => ({
      visitor,
      event: {
        id: `again-${visitor}` as never,
        type: "track",
        name: "Again",
        channel: "web",
        day: 20_000,
        at: 1,
        received: 1,
        purposes: ["measurement"],
        policy: 1,
      },
    })),
    receipts: [],
    hints: [],
    merges: edges.map((edge) => ({ op: "merge", edge, at: edge.at, by: edge.by })),
    person: null,
    gone: null,
    erased: [],
  };
}
