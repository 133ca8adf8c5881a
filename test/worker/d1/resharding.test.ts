/** Rows that move to other shards: every reader says the same before, while and after, whatever fails on the way. */
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { getTableConfig } from "drizzle-orm/sqlite-core";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { reapplyErasures } from "../../../src/d1/erasures.ts";
import { createIdentifierIndex } from "../../../src/d1/identifiers.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { IN_FIRST, IN_SHARDS, unlock } from "../../../src/d1/moving.ts";
import { removeExpired } from "../../../src/d1/retention.ts";
import {
  beginResharding,
  continueResharding,
  LEFT_MS,
  SETTLED_MS,
  tidyResharding,
  undoResharding,
} from "../../../src/d1/resharding.ts";
import { isHeld, isInPlace, readResharding } from "../../../src/d1/resharding-state.ts";
import { readRollups, rollUp, rollUpStages } from "../../../src/d1/rollups.ts";
import { tables } from "../../../src/d1/schema.ts";
import { storedFacts } from "../../../src/d1/stored.ts";
import { counting, ShardedDatabase, shardsOf, total } from "../../../src/d1/shards.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";
import { clear, clearIn, db as one, email, landing, NOON, receipt, stubs } from "./books.ts";
import { answers, landingOf, today, who } from "./readers.ts";

const bound = new Map<string, D1Database>([
  ["DB", env.TEST_DB_0],
  ["DB_1", env.TEST_DB_1],
  ["DB_2", env.TEST_DB_2],
  ["DB_3", env.TEST_DB_3],
  ["DB_4", env.TEST_DB_4],
  ["DB_5", env.TEST_DB_5],
  ["DB_6", env.TEST_DB_6],
]);
const site = (...names: string[]) => new ShardedDatabase({ names, bound });

beforeAll(async () => {
  for (const each of bound.values()) await applyD1Migrations(each, env.TEST_MIGRATIONS);
});

beforeEach(async () => {
  await clear();
  for (const each of bound.values()) {
    await unlock(each, IN_SHARDS);
    await clearIn(each);
  }
});

const [tom, kim, ann, jane] = who as [VisitorId, VisitorId, VisitorId, VisitorId];

/** The same databases, in which the 3rd, 8th, 15th … transaction fails, before or after it took effect. */
function unsteady({ layout }: ShardedDatabase): ShardedDatabase {
  let calls = 0;
  const flaky = (real: D1Database): D1Database =>
    new Proxy(real, {
      get(target, name) {
        const member = Reflect.get(target, name) as unknown;
        if (typeof member !== "function") return member;
        if (name !== "batch") return member.bind(target);
        return async (statements: D1PreparedStatement[]) => {
          calls++;
          const nth = Math.sqrt(calls + 1);
          if (Number.isInteger(nth) && nth % 2 === 0) throw new Error("killed before");
          const answer = await target.batch(statements);
          if (Number.isInteger(nth)) throw new Error("killed after");
          return answer;
        };
      },
    });
  return new ShardedDatabase({
    names: layout.names,
    bound: new Map([...layout.bound].map(([name, real]) => [name, flaky(real)])),
  });
}

/** Goes on, called again after each failure, until a step that waits or is the last. */
async function drive(db: ShardedDatabase, now: number, look?: (step: string) => Promise<void>) {
  const shaky = unsteady(db);
  let last = "";
  for (let calls = 0; calls < 400; calls++) {
    const state = await continueResharding(shaky, now, { most: 1 }).catch((error: Error) => {
      if (!error.message.includes("killed")) throw error;
      return null;
    });
    if (!state) continue;
    await look?.(state.step);
    const said = JSON.stringify(state);
    if (said === last) return state;
    last = said;
  }
  throw new Error("it never came to rest");
}

async function land(db: D1Database, of: VisitorId, n: number): Promise<void> {
  const ledger = createLedger(db, stubs);
  await ledger.landParcels([ledger.pack(of, "mark", landingOf(of, n))]);
}

const erasure = (of: VisitorId) =>
  landing({
    erased: [
      {
        visitor: of,
        at: NOON,
        identifiers: [],
        days: [],
        merges: [],
        // One that had never landed.
        receipts: [receipt(of, 9)],
      },
    ],
  });

async function said(db: D1Database) {
  const stubbed = counting("SELECT count(*) AS rows FROM receipts WHERE body IS NULL");
  return {
    ...(await answers(db)),
    past: await readRollups(db, { from: today - 500, to: today }),
    stubs: await total(db, stubbed),
  };
}

async function eachOnceInItsShard(db: ShardedDatabase): Promise<void> {
  const rows = new Set<string>();
  for (const [name, database] of bound) {
    const { results } = await database
      .prepare(
        "SELECT visitor, day || id AS id FROM events UNION ALL SELECT id, 'person' || seen_day FROM people",
      )
      .all<{ visitor: VisitorId; id: string }>();
    if (!db.layout.names.includes(name)) expect({ name, results }).toEqual({ name, results: [] });
    for (const { visitor, id } of results) {
      expect(rows.has(`${visitor} ${id}`)).toBe(false);
      rows.add(`${visitor} ${id}`);
    }
  }
}

test("one becomes three, four, two: nothing is lost or doubled, while events land, and steps are killed on the way", async () => {
  let db = site("DB");
  const of = (n: number) => who.slice(n * 6, n * 6 + 6);
  const both = async (work: (each: D1Database) => Promise<unknown>): Promise<void> => {
    for (const each of [one, db]) await work(each);
  };
  // Figures of a day whose events are gone: nobody can count them again.
  for (const each of [one, env.TEST_DB_0])
    await each
      .prepare(
        "INSERT INTO rollups VALUES (?, 'event', 'page', 90, 7, 0, 0), (?, 'stage', 'activity', 0, 5, 0, 0)",
      )
      .bind(today - 400, today - 400)
      .run();
  for (const each of of(0)) await both((to) => land(to, each, 1));
  await both((to) => createLedger(to, stubs).land(erasure(jane)));

  let now = NOON;
  for (const [round, to] of [
    ["DB_1", "DB_2", "DB_3"],
    ["DB", "DB_4", "DB_5", "DB_6"],
    ["DB_1", "DB_2"],
  ].entries()) {
    for (const each of of(round + 1)) await both((at) => land(at, each, 0));
    await both((at) => rollUp(at, today));
    await both((at) => rollUpStages(at, today));
    const before = await said(one);
    await beginResharding(db, to, now);
    await expect(beginResharding(db, ["DB_9"], now)).rejects.toThrow("already");
    const next = site(...to);
    const waiting: [VisitorId, number][] = [];
    const steps = new Set<string>();
    const reached = await drive(db, now, async (step) => {
      if (steps.has(step)) return;
      steps.add(step);
      expect(isHeld(await readResharding(db))).toBe(true);
      // Whoever knows the old shards can't land, nor, by mistake, whoever knows the new ones; it waits with its object.
      const late = of(3)[steps.size] as VisitorId;
      await expect(land(db, late, 2)).rejects.toThrow("moved");
      if (step !== "switch") await expect(land(next, late, 2)).rejects.toThrow("moved");
      waiting.push([late, 2]);
      await expect(createLedger(db, stubs).land(erasure(tom))).rejects.toThrow("moved");
      // People are joined all the same: the index doesn't move.
      expect(await createIdentifierIndex(db).claim(email("kim"), kim, NOON)).toHaveProperty(
        "before",
      );
      await createIdentifierIndex(one).claim(email("kim"), kim, NOON);
      // Reading it all takes its time.
      if (step === "check" && round === 0)
        expect(await said(db)).toEqual({ ...before, facts: await storedFacts(one) });
    });
    expect([...steps]).toEqual(["copy", "figures", "check", "switch"]);
    expect(reached).toMatchObject({ step: "switch", wrong: null });

    // The deployment.
    const old = db;
    db = next;
    expect(await said(db)).toEqual({ ...before, facts: await storedFacts(one) });
    expect(await drive(db, now)).toMatchObject({ step: "switch", switched: now });
    for (const [late, n] of waiting) await both((at) => land(at, late, n));
    await expect(land(old, ann, 2)).rejects.toThrow("moved");
    await expect(createLedger(db, stubs).land(erasure(tom))).rejects.toThrow("moved");
    now += SETTLED_MS;
    expect(await drive(db, now)).toMatchObject({ step: "done" });
    expect(isInPlace(await readResharding(db), db.layout)).toBe(true);
    expect(isInPlace(await readResharding(db), old.layout)).toBe(false);
    await eachOnceInItsShard(db);

    // What was told before is told again, and writes nothing.
    for (const each of of(0)) await both((at) => land(at, each, 1));
    await both((at) => createLedger(at, stubs).land(erasure(jane)));
    await both((at) => rollUpStages(at, today));
    await both((at) => rollUp(at, today));
    expect(await said(db)).toEqual(await said(one));
  }

  for (const each of [tom, kim]) await both((at) => createLedger(at, stubs).land(erasure(each)));
  await both((at) => land(at, tom, 0));
  await both((at) => reapplyErasures(at, [{ visitor: ann, at: NOON }], stubs));
  await both((at) => removeExpired(at, { table: "events", before: today - 1 }));
  expect(await said(db)).toEqual(await said(one));
  for (const each of bound.values())
    expect(
      await each
        .prepare("SELECT count(*) AS n FROM events WHERE visitor IN (?, ?, ?)")
        .bind(tom, kim, ann)
        .first("n"),
    ).toBe(0);
});

test("what arrived otherwise than it was isn't switched to, and nothing of the old is touched; it can be taken back", async () => {
  const db = site("DB");
  for (const each of who) await land(db, each, 0);
  await rollUpStages(db, today);
  const before = await said(db);
  await beginResharding(db, ["DB_1", "DB_2"], NOON);
  let spoilt = false;
  const state = await drive(db, NOON, async (step) => {
    if (step !== "check" || spoilt) return;
    spoilt = true;
    await unlock(env.TEST_DB_1, IN_SHARDS);
    await env.TEST_DB_1.prepare("UPDATE events SET name = 'Other' WHERE id = 'o0'").run();
  });
  expect(state.step === "failed" ? state.wrong : spoilt).toBe("events");
  expect(await said(db)).toEqual(before);
  await undoResharding(db, NOON);
  expect(await drive(db, NOON)).toMatchObject({ step: "undone" });
  expect(await said(db)).toEqual(before);
  await land(db, jane, 1);
  for (const each of [env.TEST_DB_1, env.TEST_DB_2])
    expect(await each.prepare("SELECT count(*) AS n FROM events").first("n")).toBe(0);
});

/** Cron, a run every five minutes, until the step is this one. */
async function tidy(db: ShardedDatabase, from: number, step: string): Promise<number> {
  for (let now = from; now < from + LEFT_MS; now += 300_000) {
    await tidyResharding(db, now);
    if ((await readResharding(db))?.step === step) return now;
  }
  throw new Error(`it never came to ${step}`);
}

test.each(["lock", "copy", "figures", "check", "switch"])(
  "left at the step %s, rows are taken back after an hour without anybody, and land again",
  async (left) => {
    const db = site("DB");
    for (const each of who) await land(db, each, 0);
    await rollUpStages(db, today);
    const before = await said(db);
    let state = await beginResharding(db, ["DB_1", "DB_2"], NOON);
    while (state.step !== left) state = await continueResharding(db, NOON, { most: 1 });
    await tidyResharding(db, NOON + LEFT_MS - 1);
    expect(await readResharding(db)).toEqual(state);
    await tidy(db, NOON + LEFT_MS, "undone");
    expect(await said(db)).toEqual(before);
    await land(db, jane, 1);
    expect(isHeld(await readResharding(db))).toBe(false);
    // Deployed by mistake afterwards, the new shards take nothing, and health tells of it.
    await expect(land(site("DB_1", "DB_2"), jane, 2)).rejects.toThrow("moved");
    expect(isInPlace(await readResharding(db), { names: ["DB_1", "DB_2"] })).toBe(false);
    await beginResharding(db, ["DB_1", "DB_2"], NOON);
    expect(await drive(db, NOON)).toMatchObject({ step: "switch" });
  },
);

test("what has landed in the new shards isn't taken back, and cron brings the move to its end", async () => {
  const [db, after] = [site("DB"), site("DB_1", "DB_2")];
  for (const each of who) await land(db, each, 0);
  await rollUpStages(db, today);
  await beginResharding(db, ["DB_1", "DB_2"], NOON);
  expect(await drive(db, NOON)).toMatchObject({ step: "switch" });
  // A deployment that hasn't reached everybody yet.
  await land(after, jane, 1);
  const before = await said(after);
  expect(await undoResharding(db, NOON)).toMatchObject({ step: "back" });
  expect(await drive(db, NOON)).toMatchObject({ step: "switch" });
  // One that comes while it is looked whether it can be taken back.
  await undoResharding(db, NOON);
  await continueResharding(db, NOON, { most: 1 });
  await expect(land(after, jane, 2)).rejects.toThrow("moved");
  const end = await tidy(after, NOON + LEFT_MS, "done");
  expect(end).toBeGreaterThanOrEqual(NOON + LEFT_MS + SETTLED_MS);
  expect(await said(after)).toEqual(before);
  await land(after, jane, 2);
  expect(await env.DB.prepare("SELECT count(*) AS n FROM events").first("n")).toBe(0);
});

test("rows move only into databases that are bound, empty, migrated and not in use", async () => {
  const db = site("DB", "DB_1");
  await land(site("DB_2"), jane, 0);
  for (const [to, why] of [
    [["DB_3", "DB_3"], "twice"],
    [["DB_7"], "bound"],
    [["DB", "DB_3"], "in use"],
    [["DB_2", "DB_3"], "empty"],
  ] as const)
    await expect(beginResharding(db, to, NOON)).rejects.toThrow(why);
  const last = env.TEST_MIGRATIONS.at(-1)?.name;
  await env.TEST_DB_3.prepare("DELETE FROM d1_migrations WHERE name = ?").bind(last).run();
  await expect(beginResharding(db, ["DB_3"], NOON)).rejects.toThrow("migrations");
  await env.TEST_DB_3.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(last).run();
  expect(await readResharding(db)).toBeNull();
  await expect(undoResharding(db, NOON)).rejects.toThrow("nothing");
  await expect(continueResharding(db, NOON)).rejects.toThrow("nothing");
});

test("shards that are deployed too early are named, and nothing goes on until they are put back", async () => {
  const db = site("DB");
  await land(db, jane, 0);
  await beginResharding(db, ["DB_1"], NOON);
  await expect(continueResharding(site("DB_1"), NOON)).rejects.toThrow("SHARDS has to be DB until");
  await expect(undoResharding(site("DB_1"), NOON)).rejects.toThrow();
  expect(await drive(db, NOON)).toMatchObject({ step: "switch" });
  expect(await drive(site("DB_1"), NOON)).toMatchObject({ step: "switch", switched: NOON });
  for (const each of [db, site("DB_1")])
    await expect(undoResharding(each, NOON)).rejects.toThrow("go on");
});

test("every table either moves with its visitor or lies in DB alone", () => {
  expect([...IN_SHARDS.map(({ name }) => name), ...IN_FIRST].toSorted()).toEqual(
    tables.map((table) => getTableConfig(table).name).toSorted(),
  );
  // A new table has to be put into one of the two by whoever makes it.
  expect(IN_FIRST.toSorted()).toEqual([
    "anchors",
    "audit",
    "claims",
    "counters",
    "delivered",
    "deliveries",
    "device_networks",
    "device_records",
    "drafts",
    "learned",
    "match_due",
    "match_keys",
    "match_records",
    "merge_log",
    "origins",
    "policies",
    "quarantine",
    "session_generations",
    "settings",
    "spend",
    "suggestion_ends",
    "suggestions",
    "tokens",
  ]);
  expect(shardsOf(site("DB_1"))).toHaveLength(1);
});
