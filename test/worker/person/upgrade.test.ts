/** Documents that earlier versions wrote are read, go on, and lose nothing; those of a later one are refused, not harmed. */
import { abortAllDurableObjects, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { landParcels, pack } from "../../../src/d1/parcels.ts";
import { dayOf, type MessageId, type VisitorId } from "../../../src/domain/ids.ts";
import type { RecordRequest } from "../../../src/domain/person/calls.ts";
import { createPeople, type PersonObjects } from "../../../src/person/gateway.ts";
import { emptyLanding } from "../../../src/person/outbox.ts";
import { objectOf, settle } from "../../support/objects.ts";
import { api, Browser } from "../../support/site.ts";

type Stored = Record<string, unknown>;

/** A stored document as it was before version 3 put most of it into texts. */
function asTree({ text, pending, seen, ...rest }: Stored): Stored {
  if (typeof text !== "string") return { ...rest, pending, seen };
  const numbers = [...(seen as Float64Array)];
  return {
    ...(JSON.parse(text) as Stored),
    ...rest,
    pending: (pending as string[]).map((entry) => JSON.parse(entry) as unknown),
    seen: numbers.flatMap((hash, at) => (at % 2 === 0 ? [[hash, numbers[at + 1]]] : [])),
  };
}

/** Rewrites a visitor's document in its sleeping object. */
async function rewrite(visitor: string, change: (doc: Stored) => Stored): Promise<void> {
  const key = `hot:visitor:${visitor}`;
  await runInDurableObject(objectOf(visitor), (_, { storage }) => {
    storage.kv.put(key, change(asTree(storage.kv.get(key) as Stored)));
  });
  // What is held in memory was read before.
  await abortAllDurableObjects();
}

const stored = (visitor: string): Promise<Stored> =>
  runInDurableObject(objectOf(visitor), (_, { storage }) =>
    asTree(storage.kv.get(`hot:visitor:${visitor}`) as Stored),
  );

async function visit(): Promise<Browser> {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  await browser.send("track", { messageId: "before", event: "Looked" });
  return browser;
}

/** As the first schema had it: a tree of values, without a device's users and permissions, and without what came later and may be missing. */
function asFirst(doc: Stored): Stored {
  const {
    device: _device,
    permissions: _permissions,
    history: _history,
    facts: _facts,
    shown: _shown,
    ...rest
  } = doc;
  return { ...rest, schema: 1 };
}

test("a visitor of the first schema goes on, with what waited then landing once", async () => {
  const browser = await visit();
  await rewrite(browser.visitor!, asFirst);
  const sent = await browser.send("identify", {
    messageId: "after",
    userId: "old",
    traits: { email: "old@example.org" },
  });
  expect(sent.body).toMatchObject({ accepted: 1 });
  expect(
    (await browser.send("track", { messageId: "before", event: "Looked" })).body,
  ).toMatchObject({ dropped: [{ reason: "duplicate" }] });
  expect(await stored(browser.visitor!)).toMatchObject({
    schema: 3,
    permissions: expect.anything() as object,
  });
  await settle([browser.visitor!]);
  const { results } = await env.DB.prepare("SELECT id FROM events WHERE visitor = ? ORDER BY id")
    .bind(browser.visitor)
    .all();
  expect(results).toEqual([{ id: "after" }, { id: "before" }]);
  const person = (await api(`/people/${browser.visitor}`)).body as {
    identifiers: unknown[];
    visitors: { events: number }[];
  };
  expect(person.identifiers).toHaveLength(2);
  expect(person.visitors[0]?.events).toBe(2);
});

test("a document of a later version is refused whole after a roll-back, and is as it was when the newer code returns", async () => {
  const browser = await visit();
  await settle([browser.visitor!]);
  await rewrite(browser.visitor!, (doc) => ({ ...doc, schema: 99, later: "kept" }));
  const sent = await browser.send("track", { messageId: "during", event: "Looked" });
  expect(sent.status).toBeGreaterThanOrEqual(500);
  await rewrite(browser.visitor!, (doc) => {
    expect(doc).toMatchObject({ schema: 99, later: "kept" });
    return { ...doc, schema: 2 };
  });
  expect(
    (await browser.send("track", { messageId: "during", event: "Looked" })).body,
  ).toMatchObject({ accepted: 1 });
});

test("a Worker and an object of two versions understand each other", async () => {
  const browser = await visit();
  const visitor = browser.visitor as VisitorId;
  const now = Date.now();
  const saying = (id: string): RecordRequest => ({
    visitor,
    origin: "browser",
    now,
    decision: null,
    ifKnownAs: null,
    items: [
      {
        event: {
          id: id as MessageId,
          type: "track",
          name: "Looked",
          channel: "web",
          day: dayOf(now),
          at: now,
          received: now,
          purposes: ["measurement"],
          policy: 1,
        },
        dedupe: true,
        claims: [],
        traits: null,
      },
    ],
  });
  const object = objectOf(visitor) as unknown as ReturnType<PersonObjects>;
  const kept = { at: "home", value: { outcomes: [{ kept: true }] } };
  expect(await object.record(0, JSON.stringify(saying("of-before")))).toMatchObject(kept);

  const before = { record: (epoch: number, said: string) => object.record(epoch, said) };
  const people = createPeople(() => before as unknown as ReturnType<PersonObjects>);
  expect(await people.record(saying("to-before"))).toMatchObject(kept);
  await settle([visitor]);
  const { body } = await api(`/people/${visitor}/journey`);
  const ids = (body["events"] as { id: string }[]).map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(["of-before", "to-before"]));
});

test("what an object of before handed over is stored as text like the rest", async () => {
  const visitor = "b".repeat(26) as VisitorId;
  const data = { props: { title: "A new left back" } };
  const parcel = pack(visitor, "of-before.1", emptyLanding());
  const row = [20_400, visitor, "tree", 1, 1, "track", "Looked", "web", 1, "measurement", null];
  await landParcels(env.DB, [{ ...parcel, events: JSON.stringify([...row, data]) }]);
  const stored = await env.DB.prepare("SELECT data FROM events WHERE visitor = ?1")
    .bind(visitor)
    .first<string>("data");
  expect(stored).toBe(JSON.stringify(data));
});
