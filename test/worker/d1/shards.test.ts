import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { reapplyErasures } from "../../../src/d1/erasures.ts";
import { createIdentifierIndex } from "../../../src/d1/identifiers.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { removeExpired } from "../../../src/d1/retention.ts";
import { rollUp, rollUpStages } from "../../../src/d1/rollups.ts";
import { placeOf, ShardedDatabase, shardOf } from "../../../src/d1/shards.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";
import { clear, clearIn, db, email, landing, merge, NOON, stubs } from "./books.ts";
import { answers, landingOf, today, who } from "./readers.ts";

const shards = [env.TEST_DB_0, env.TEST_DB_1, env.TEST_DB_2, env.TEST_DB_3];
const names = ["DB", "DB_1", "DB_2", "DB_3"];
const four = new ShardedDatabase({
  names,
  bound: new Map(names.map((name, n) => [name, shards[n] as D1Database])),
});

beforeAll(async () => {
  for (const shard of shards) await applyD1Migrations(shard, env.TEST_MIGRATIONS);
});

beforeEach(async () => {
  await clear();
  for (const shard of shards) await clearIn(shard);
});

describe("four databases behind one", () => {
  test("answer every question as one database would, also after erasures and retention", async () => {
    const plan = fc.record({
      order: fc.shuffledSubarray(
        who.flatMap((each) => [0, 1, 2].map((n) => [each, n] as const)),
        { minLength: 40 },
      ),
      erased: fc.subarray([...who], { maxLength: 4 }),
    });
    await fc.assert(
      fc
        .asyncProperty(plan, async ({ order, erased }) => {
          for (const of of [db, four]) {
            const ledger = createLedger(of, stubs);
            const whole = order.map(([each, n]) => [each, landingOf(each, n)] as const);
            for (let at = 0; at < whole.length; at += 20)
              await ledger.landParcels(
                whole.slice(at, at + 20).map(([each, own]) => ledger.pack(each, "mark", own)),
              );
            await ledger.land(
              landing({
                merges: [merge(who[0] as VisitorId, who[1] as VisitorId)],
                erased: erased.map((each) => ({
                  visitor: each,
                  at: NOON,
                  identifiers: [],
                  days: [],
                  merges: [],
                })),
              }),
            );
            await rollUp(of, today);
            await rollUpStages(of, today);
          }
          expect(await answers(four)).toEqual(await answers(db));
          for (const of of [db, four]) {
            await removeExpired(of, { table: "events", before: today });
            await reapplyErasures(of, [{ visitor: who[5] as VisitorId, at: NOON }], stubs);
          }
          expect(await answers(four)).toEqual(await answers(db));
        })
        .beforeEach(async () => {
          await clear();
          for (const shard of shards) await clearIn(shard);
        }),
      { numRuns: 3 },
    );
  });

  test("hold each visitor's rows in the one its id falls to, and every one has some", async () => {
    const ledger = createLedger(four, stubs);
    for (const each of who) await ledger.land(landingOf(each, 0));
    for (const shard of shards) {
      const { results } = await shard
        .prepare("SELECT DISTINCT visitor FROM events UNION SELECT id FROM people")
        .all<{ visitor: VisitorId }>();
      expect(results.length).toBeGreaterThan(0);
      for (const { visitor: of } of results) expect(shardOf(four, of)).toBe(shard);
    }
  });

  test("agree on who said an identifier first, and hold nothing of who was erased", async () => {
    const index = createIdentifierIndex(four);
    const ledger = createLedger(four, stubs);
    const answers = await Promise.all(who.map((each) => index.claim(email("a"), each, NOON)));
    const first = answers.map((a, n) => ("before" in a ? (a.before[0]?.visitor ?? who[n]) : null));
    expect(new Set(first).size).toBe(1);
    const [jane] = who as [VisitorId];
    const erasure = landing({
      erased: [{ visitor: jane, at: NOON, identifiers: [email("a")], days: [], merges: [] }],
    });
    await Promise.all([
      ledger.land(landingOf(jane, 0)),
      ledger.land(erasure),
      ledger.landParcels([ledger.pack(jane, "m", landingOf(jane, 1))]),
    ]);
    expect(await index.claim(email("a"), jane, NOON)).toEqual({ erased: true });
    for (const shard of shards)
      for (const table of ["events", "hints", "claims"])
        expect(
          await shard
            .prepare(`SELECT count(*) AS n FROM ${table} WHERE visitor = ?`)
            .bind(jane)
            .first("n"),
        ).toBe(0);
  });
});

describe("where a visitor falls to", () => {
  const ids = Array.from({ length: 8_000 }, (_, n) => `${n * 2_654_435_761}abc`);

  test("is spread evenly", () => {
    for (const count of [2, 4, 10]) {
      const found = Map.groupBy(ids, (id) => placeOf(id, count));
      expect(found.size).toBe(count);
      for (const each of found.values()) {
        expect(each.length).toBeGreaterThan((ids.length / count) * 0.9);
        expect(each.length).toBeLessThan((ids.length / count) * 1.1);
      }
    }
  });

  test("changes with a further database only for those that it takes, its share", () => {
    for (const count of [1, 3, 7]) {
      const moved = ids.filter((id) => placeOf(id, count) !== placeOf(id, count + 1));
      expect(moved.every((id) => placeOf(id, count + 1) === count)).toBe(true);
      const share = ids.length / (count + 1);
      expect(moved.length).toBeGreaterThan(share * 0.9);
      expect(moved.length).toBeLessThan(share * 1.1);
    }
  });
});
