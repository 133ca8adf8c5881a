import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { landedDays } from "../../../src/d1/anchors.ts";
import { arrivals, arrived } from "../../../src/d1/deliveries.ts";
import { erasuresOf, reapplyErasures } from "../../../src/d1/erasures.ts";
import { readJourney } from "../../../src/d1/events.ts";
import { countHeld, hintsOf } from "../../../src/d1/held.ts";
import { readHints } from "../../../src/d1/hints.ts";
import { loadPersons, readHistories } from "../../../src/d1/histories.ts";
import { createIdentifierIndex } from "../../../src/d1/identifiers.ts";
import { firstHintDay, readClosings } from "../../../src/d1/learning.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { countOfDay, eventsAfter, peopleAfter, stateOfDay } from "../../../src/d1/outgoing.ts";
import { listPeople, type PeopleQuery } from "../../../src/d1/people.ts";
import { readReached } from "../../../src/d1/reached.ts";
import { newestReceipts, receiptsAfter, receiptsOf } from "../../../src/d1/receipts.ts";
import {
  countDormant,
  countExpired,
  dormantSince,
  purposesBetween,
  removeExpired,
} from "../../../src/d1/retention.ts";
import { figuresOf, readRollups, rollUp, rollUpStages, stagesOn } from "../../../src/d1/rollups.ts";
import { placeOf, ShardedDatabase, shardOf } from "../../../src/d1/shards.ts";
import { storedFacts } from "../../../src/d1/stored.ts";
import { readTakes } from "../../../src/d1/takes.ts";
import { WHOLE } from "../../../src/d1/stretches.ts";
import { readJourneys } from "../../../src/d1/touches.ts";
import { DAY_MS, dayOf, type VisitorId } from "../../../src/domain/ids.ts";
import type { Landing } from "../../../src/domain/ports.ts";
import {
  clear,
  clearIn,
  db,
  email,
  event,
  hint,
  landing,
  merge,
  NOON,
  person,
  receipt,
  stubs,
  visitor,
} from "./books.ts";

const shards = [env.TEST_DB_0, env.TEST_DB_1, env.TEST_DB_2, env.TEST_DB_3];
const four = new ShardedDatabase(shards[0] as D1Database, shards.slice(1));

beforeAll(async () => {
  for (const shard of shards) await applyD1Migrations(shard, env.TEST_MIGRATIONS);
});

beforeEach(async () => {
  await clear();
  for (const shard of shards) await clearIn(shard);
});

const who: readonly VisitorId[] = Array.from({ length: 24 }, (_, n) =>
  visitor(`v${n.toString(26).replace(/\d/g, (digit) => "qrstuvwxyz"[Number(digit)] ?? "")}n`),
);
const today = dayOf(NOON);

/** What one visitor's object hands over, `n` days ago. */
const landingOf = (of: VisitorId, n: number): Landing => {
  const at = NOON - n * DAY_MS + (of.charCodeAt(1) % 7) * 1_000;
  const purposes =
    n % 2 === 0 ? ["advertising", "measurement", "personalization"] : ["measurement"];
  return landing({
    events: [
      {
        visitor: of,
        event: event(`e${n}`, {
          at,
          purposes,
          type: "page",
          topics: ["tickets"],
          campaign: { source: "mail" },
          page: { url: "https://www.example.org/a", path: "/a" },
        }),
      },
      { visitor: of, event: event(`o${n}`, { at: at + 5, purposes, valueCents: 500 }) },
    ],
    receipts: [receipt(of, n + 1, { at })],
    hints: [hint(of, `h${"abc"[n]}`, { at, outcome: n === 1 ? "taken" : "shown" })],
    person: person(of, {
      day: today - n,
      lastSeen: at,
      revision: 10 - n,
      stage: n === 0 ? "person" : "activity",
      unlist: [today - n - 1],
    }),
  });
};

async function walk(of: D1Database, query: PeopleQuery): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await listPeople(of, { ...query, ...(cursor ? { cursor } : {}) });
    ids.push(...page.people.map(({ id, seenDay }) => `${id} ${seenDay}`));
    if (page.cursor === null) return ids;
    cursor = page.cursor;
  }
}

async function journey(of: D1Database): Promise<string[]> {
  const seen: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await readJourney(of, {
      of: who.map((each) => ({ visitor: each, days: [today, today - 1, today - 2] })),
      limit: 7,
      ...(cursor ? { cursor } : {}),
    });
    seen.push(...page.events.map((step) => `${step.visitor} ${step.event.id}`));
    if (page.cursor === null) return seen;
    cursor = page.cursor;
  }
}

/** What every reader says. */
async function answers(of: D1Database) {
  const [from, to] = [today - 5, today];
  const held = { visitors: who, claims: [], merges: [] };
  const seconds = { day: today, since: 0, until: 4_000_000_000 };
  const figures = async () => {
    const found = await figuresOf(of, today);
    return found.map((each) => JSON.stringify(each)).toSorted();
  };
  return {
    people: await walk(of, { limit: 5 }),
    known: await walk(of, { limit: 3, stage: "person" }),
    begin: await walk(of, { limit: 3, prefix: "vq" }),
    journey: await journey(of),
    receipts: await receiptsOf(of, { visitors: who, limit: 9 }),
    chains: await receiptsAfter(of, { visitor: who[3] as string, seq: 1 }, 11),
    newest: await newestReceipts(of, "", 9),
    landed: (await landedDays(of, 0, 99_999)).map(({ heads, ...day }) => ({
      ...day,
      heads: heads.map((head) => JSON.stringify(head)).toSorted(),
    })),
    hints: await readHints(of, { from, to, limit: 13 }),
    ofThem: (await hintsOf(of, who)).map(({ hint: id, at }) => `${at} ${id}`),
    closings: await readClosings(of, from, to, 10),
    firstHint: await firstHintDay(of),
    takes: await readTakes(of, from, to),
    held: await countHeld(of, held),
    purposes: await purposesBetween(of, { from: 0, before: today }),
    dormant: [await countDormant(of, today), await dormantSince(of, today, 4)],
    expired: await countExpired(of, { table: "events", before: today }),
    histories: (await readHistories(of, from, to)).length,
    reached: (await readReached(of, { from, to }, ["track:Ticket Viewed"]))("track:Ticket Viewed"),
    attributed: (await readJourneys(of, { from, to }, WHOLE, await loadPersons(of))).outcomes,
    figures: await figures(),
    stages: (await stagesOn(of, today)).map(({ value, visitors }) => [value, visitors]),
    rollups: await readRollups(of, { from, to }),
    out: (await eventsAfter(of, { day: 0, visitor: "", id: "" }, to, "advertising", 9)).map(
      (each) => each.event.id,
    ),
    list: await peopleAfter(of, { day: 0, id: "" }, to, 8),
    day: [await countOfDay(of, today), (await stateOfDay(of, today, 1)).map(({ part }) => part)],
    arrivals: (await arrivals(of, seconds, "measurement", 9)).reduce((a, b) => a + b.events, 0),
    arrived: (await arrived(of, seconds, "measurement")).length,
    facts: await storedFacts(of),
    erased: [...(await erasuresOf(of, who))],
  };
}

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
