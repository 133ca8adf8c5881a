import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { createLedger } from "../../../src/d1/ledger.ts";
import { publishPolicy } from "../../../src/d1/policies.ts";
import { countExpired, removeExpired } from "../../../src/d1/retention.ts";
import { rollUp } from "../../../src/d1/rollups.ts";
import { ShardedDatabase } from "../../../src/d1/shards.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import type { Policy } from "../../../src/domain/consent/policy.ts";
import type { UsherEvent } from "../../../src/domain/event.ts";
import { DAY_MS, dayOf } from "../../../src/domain/ids.ts";
import type { Json } from "../../../src/domain/json.ts";
import type { HintRecord } from "../../../src/domain/ports.ts";
import { olderProgress, withholdOlder } from "../../../src/privacy/older.ts";
import {
  books,
  clear,
  clearIn,
  counting,
  db,
  event,
  failing,
  hint,
  landing,
  NOON,
  stubs,
  visitor,
} from "./books.ts";

const HOUR_MS = 3_600_000;

beforeEach(clear);

const jane = visitor("jane");
const before = dayOf(NOON);

test("days before the limit go, the rest stays, and a dry run says how many beforehand", async () => {
  await createLedger(db, stubs).land(
    landing({
      events: [
        { visitor: jane, event: event("old", { at: NOON - DAY_MS }) },
        { visitor: jane, event: event("older", { at: NOON - 2 * DAY_MS, purposes: [] }) },
        { visitor: jane, event: event("today") },
      ],
      hints: [hint(jane, "old", { at: NOON - DAY_MS }), hint(jane, "today")],
    }),
  );
  expect(await countExpired(db, { table: "events", before })).toBe(2);
  expect((await books())["events"]).toHaveLength(3);
  expect(await countExpired(db, { table: "events", before, purposes: [] })).toBe(1);
  const sweep = (await removeExpired(db, { table: "events", before, purposes: [] })).removed;
  expect(sweep).toBe(1);
  expect(await removeExpired(db, { table: "events", before })).toEqual({ removed: 1, done: true });
  expect(await removeExpired(db, { table: "hints", before })).toEqual({ removed: 1, done: true });
  const { events, hints } = await books();
  expect(events).toMatchObject([{ id: "today" }]);
  expect(hints).toMatchObject([{ day: before }]);
});

test("a long backlog goes in bounded steps and can be stopped and resumed", async () => {
  const events = Array.from({ length: 6_000 }, (_, i) => ({
    visitor: jane,
    event: event(`m${i}`, { at: NOON - DAY_MS }),
  }));
  await createLedger(db, stubs).land(landing({ events }));
  const counted = counting();
  expect(await removeExpired(counted.db, { table: "events", before }, 1)).toEqual({
    removed: 5_000,
    done: false,
  });
  expect(counted.rows.written).toBe(5_000);
  expect(await removeExpired(db, { table: "events", before }, 1)).toEqual({
    removed: 1_000,
    done: true,
  });
});

const OLD = NOON - 90 * DAY_MS;
const CARD = "4111 1111 1111 1111";

/** As an officer publishes it, over the versions before. */
async function publish(version: number, change: Partial<Policy>): Promise<Policy> {
  const policy = { ...DEFAULT_POLICY, ...change, version };
  await publishPolicy(db, {
    version,
    document: policy as unknown as Json,
    author: "officer",
    note: "",
    at: NOON,
  });
  return policy;
}

const topics = (...sensitiveTopics: string[]): Partial<Policy> => ({ sensitiveTopics });

const page = (id: string, more: Partial<UsherEvent> = {}): UsherEvent =>
  event(id, {
    at: OLD,
    type: "page",
    name: "News",
    page: { url: "https://e.org/n?pin=1&x=2", path: "/n" },
    topics: ["divorce", "transfers"],
    props: { pin: 1, note: "ok" },
    sealed: "sealed",
    ...more,
  });

const land = (events: readonly UsherEvent[], hints: HintRecord[] = []) =>
  createLedger(db, stubs).land(
    landing({ events: events.map((each) => ({ visitor: jane, event: each })), hints }),
  );

const stored = async () => (await books())["events"] as { id: string; data: string }[];
const topicsOf = async (): Promise<unknown> =>
  Object.fromEntries(
    (await stored()).map(({ id, data }) => [id, (JSON.parse(data) as UsherEvent).topics]),
  );

/** An installation on which a first look has found everything as it should be. */
async function settled(): Promise<void> {
  await publish(1, topics());
  await land([event("first", { at: OLD })]);
  await withholdOlder(db, await publish(2, topics("health")), NOON);
}

test("what a newer policy leaves out goes from events, hints and figures of before, and nothing else", async () => {
  await settled();
  await land(
    [
      page("old"),
      page("said", { name: `Paid ${CARD}`, page: { url: "/", path: `/pay/${CARD}` }, props: {} }),
      page("plain", {
        topics: ["transfers"],
        props: { note: "ok" },
        page: { url: "/", path: "/" },
      }),
    ],
    [
      hint(jane, "a", {
        at: OLD,
        topic: "divorce",
        segment: "Mostly read about divorce and ordered",
      }),
      hint(jane, "b", { at: OLD, topic: "transfers", segment: "Mostly read about divorces" }),
    ],
  );
  await rollUp(db, dayOf(OLD));
  const was = await books();
  const policy = await publish(3, {
    ...topics("health", "Divorce"),
    scrub: { names: ["PIN"], values: ["card"] },
  });
  await withholdOlder(db, policy, NOON);
  const now = await books();
  const data = Object.fromEntries((await stored()).map((each) => [each.id, JSON.parse(each.data)]));
  expect(data).toMatchObject({
    old: {
      topics: ["transfers"],
      props: { note: "ok" },
      page: { url: "https://e.org/n?x=2", path: "/n" },
    },
    said: { page: { path: "/pay/[withheld]" } },
  });
  expect(now["events"]).toMatchObject([
    {},
    { id: "old", sealed: "sealed", policy: 1 },
    { id: "plain" },
    { id: "said", name: "Paid [withheld]" },
  ]);
  expect(now["events"]?.[2]).toEqual(was["events"]?.[2]);
  expect(now["hints"]).toMatchObject([
    { topic: null, segment: null },
    { topic: "transfers", segment: "Mostly read about divorces" },
  ]);
  expect(JSON.stringify(now["rollups"])).not.toContain(CARD);
  expect(now["rollups"]).toContainEqual(
    expect.objectContaining({ dimension: "event", value: "page:Paid [withheld]", events: 1 }),
  );
  const [reads, writes] = [counting(), counting()];
  await withholdOlder(reads.db, policy, NOON + HOUR_MS);
  await withholdOlder(writes.db, policy, NOON + HOUR_MS + 1);
  expect(await books()).toMatchObject({ events: now["events"], rollups: now["rollups"] });
  expect(writes.rows.written).toBe(0);
  expect(await olderProgress(db)).toMatchObject({ version: 3, done: true, changed: 5 });
});

test("it takes a bounded piece a run, and comes to the same end whatever call fails at whatever time", async () => {
  const all = Array.from({ length: 1_100 }, (_, n) => page(`m${n}`, { at: OLD + n * 60_000 }));
  const policy = { ...DEFAULT_POLICY, ...topics("divorce"), version: 2 };
  for (const when of ["before", "after"] as const) {
    await clear();
    await settled();
    await land(all);
    await publish(3, policy);
    for (let nth = 1; nth <= 12; nth++)
      await withholdOlder(failing(nth, when), { ...policy, version: 3 }, NOON, 1).catch(() => null);
    expect(await olderProgress(db)).toMatchObject({ done: true, changed: expect.any(Number) });
    expect(new Set(Object.values((await topicsOf()) as Record<string, unknown[]>).flat())).toEqual(
      new Set([undefined, "transfers"]),
    );
  }
  await clear();
  await settled();
  await land(all);
  await publish(3, policy);
  await withholdOlder(db, { ...policy, version: 3 }, NOON, 1);
  expect(await olderProgress(db)).toMatchObject({ done: false, looked: 500, changed: 499 });
  // Who hasn't heard of the newest policy doesn't begin anew by an older one.
  await withholdOlder(db, { ...DEFAULT_POLICY, version: 2 }, NOON);
  expect(await olderProgress(db)).toMatchObject({ version: 3, looked: 500 });
});

test("what lands late is found again, what was recorded since is left alone, and so is what is changed meanwhile", async () => {
  await settled();
  const policy = await publish(3, topics("health", "divorce"));
  await withholdOlder(db, policy, NOON);
  await land([page("late"), page("since", { policy: 3 })]);
  await withholdOlder(db, policy, NOON + 60_000);
  expect(await topicsOf()).toMatchObject({ late: ["divorce", "transfers"] });
  // Retention takes something out of the row between reading and writing.
  const { prepare, batch } = db;
  let isFirst = true;
  const racing = {
    prepare: prepare.bind(db),
    async batch(statements: D1PreparedStatement[]) {
      if (isFirst)
        await db
          .prepare("UPDATE events SET data = json_remove(data, '$.page') WHERE id = 'late'")
          .run();
      isFirst = false;
      return batch.call(db, statements);
    },
  } as unknown as D1Database;
  await withholdOlder(racing, policy, NOON + HOUR_MS);
  expect(await topicsOf()).toMatchObject({
    late: ["transfers"],
    since: ["divorce", "transfers"],
  });
  const late = (await stored()).find(({ id }) => id === "late");
  expect(late?.data).not.toContain("page");
  expect((await olderProgress(db))?.until).toBe(NOON + 15 * DAY_MS);
  for (const days of [1, 15]) await withholdOlder(db, policy, NOON + days * DAY_MS);
  expect((await olderProgress(db))?.until).toBeNull();
});

test("a topic that was let in between two policies is taken out again, and a policy that leaves out less takes nothing", async () => {
  await settled();
  await publish(3, topics("health", "divorce"));
  await publish(4, topics("health"));
  await land([page("between", { policy: 4 })]);
  await withholdOlder(db, await publish(5, topics("health")), NOON);
  expect(await topicsOf()).toMatchObject({ between: ["divorce", "transfers"] });
  await withholdOlder(db, await publish(6, topics("health", "divorce")), NOON);
  expect(await topicsOf()).toMatchObject({ between: ["transfers"] });
  await withholdOlder(db, await publish(7, topics("divorce")), NOON);
  expect(await olderProgress(db)).toMatchObject({ done: true, looked: 2, changed: 0 });
});

test("every database is gone through, and all of them again when rows have moved between them", async () => {
  const names = ["DB", "DB_1"];
  const shards = [env.TEST_DB_0, env.TEST_DB_1];
  for (const shard of shards) {
    await applyD1Migrations(shard, env.TEST_MIGRATIONS);
    await clearIn(shard);
  }
  const two = new ShardedDatabase({
    names,
    bound: new Map(names.map((name, n) => [name, shards[n] as D1Database])),
  });
  const policy = { ...DEFAULT_POLICY, ...topics("divorce") };
  const visitors = Array.from({ length: 12 }, (_, n) => visitor(`v${n}`));
  await createLedger(two, stubs).land(
    landing({ events: visitors.map((each) => ({ visitor: each, event: page("m") })) }),
  );
  await withholdOlder(two, policy, NOON, 1);
  expect(await olderProgress(two)).toMatchObject({ done: false, database: 1, databases: 2 });
  const moved = new ShardedDatabase({ names: ["DB_1", "DB"], bound: two.layout.bound });
  await withholdOlder(moved, policy, NOON);
  expect(await olderProgress(moved)).toMatchObject({ done: true, looked: 12, database: 1 });
  for (const shard of shards) {
    const { results } = await shard.prepare("SELECT data FROM events").all<{ data: string }>();
    expect(results.length).toBeGreaterThan(0);
    expect(JSON.stringify(results)).not.toContain("divorce");
  }
});
