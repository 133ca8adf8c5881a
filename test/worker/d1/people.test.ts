import { beforeEach, describe, expect, test } from "vitest";
import { everybodyFrom } from "../../../src/d1/everybody.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { listPeople, type PeopleQuery } from "../../../src/d1/people.ts";
import { DAY_MS, dayOf } from "../../../src/domain/ids.ts";
import type { Stage } from "../../../src/domain/person/stage.ts";
import { clear, counting, db, landing, NOON, person, visitor, stubs } from "./books.ts";

beforeEach(clear);

const seen = (name: string, lastSeen: number, stage: Stage = "activity") =>
  createLedger(db, stubs).land(landing({ person: person(visitor(name), { lastSeen, stage }) }));

async function walk(query: PeopleQuery): Promise<string[]> {
  const ids: string[] = [];
  let next: PeopleQuery | null = query;
  while (next) {
    const page = await listPeople(db, next);
    ids.push(...page.people.map(({ id }) => id));
    next = page.cursor === null ? null : { ...query, cursor: page.cursor };
  }
  return ids;
}

describe("the directory", () => {
  test("lists those seen last first, page by page", async () => {
    await seen("old", NOON - 3 * DAY_MS);
    await seen("b", NOON);
    await seen("c", NOON);
    await seen("a", NOON - 60_000);
    await seen("new", NOON + 60_000);
    for (const limit of [1, 2, 3, 10])
      expect(await walk({ limit })).toEqual(["new", "b", "c", "a", "old"].map(visitor));
  });

  test("goes by the day somebody was last heard of, and by the time only within it", async () => {
    const heard = (name: string, days: number, lastSeen: number) =>
      createLedger(db, stubs).land(
        landing({ person: person(visitor(name), { day: dayOf(NOON) + days, lastSeen }) }),
      );
    await heard("today", 0, NOON - 5 * DAY_MS);
    await heard("before", -1, NOON);
    await heard("older", -2, NOON + 1);
    for (const limit of [1, 2, 3])
      expect(await walk({ limit })).toEqual(["today", "before", "older"].map(visitor));
  });

  test("lists one stage alone", async () => {
    await seen("known", NOON, "person");
    await seen("b", NOON);
    await seen("mail", NOON - DAY_MS, "identified");
    expect(await walk({ limit: 1, stage: "identified" })).toEqual([visitor("mail")]);
  });

  test("finds the start of an id by seeking, on whatever day it stands", async () => {
    for (let i = 0; i < 60; i++)
      await seen(
        `x${String.fromCharCode(97 + (i % 26))}${i % 3 ? "b" : "c"}`,
        NOON - (i % 4) * DAY_MS,
      );
    await seen("jane", NOON - 2 * DAY_MS);
    await seen("january", NOON - 3 * DAY_MS);
    expect(await walk({ limit: 1, prefix: "jan" })).toEqual(["jane", "january"].map(visitor));
    const counted = counting();
    await listPeople(counted.db, { limit: 10, prefix: "jane" });
    expect(counted.rows.read).toBeGreaterThan(0);
    expect(counted.rows.read).toBeLessThan(30);
  });

  async function crowd(count: number, day: number, stage: (n: number) => Stage): Promise<void> {
    const rows = Array.from({ length: count }, (_, n) => [
      dayOf(NOON) - day,
      visitor(
        `d${day}n${String(n)
          .padStart(4, "0")
          .replaceAll(/\d/g, (digit) => "abcdefghij"[Number(digit)] ?? "")}`,
      ),
      stage(n),
      NOON - day * DAY_MS - ((n * 7919) % count),
    ]);
    await db
      .prepare(
        `INSERT INTO people (seen_day, id, stage, first_seen, last_seen, visitors, events, next)
         SELECT item.value ->> 0, item.value ->> 1, item.value ->> 2, 0, item.value ->> 3, 1, 1, NULL
         FROM json_each(?1) AS item`,
      )
      .bind(JSON.stringify(rows))
      .run();
  }

  test("reads a bounded part however many there are, and still lists everybody once", async () => {
    await crowd(2_600, 0, () => "device");
    await crowd(900, 1, () => "device");
    await crowd(1_500, 2, () => "device");
    const counted = counting();
    await listPeople(counted.db, { limit: 50 });
    expect(counted.rows.read).toBeLessThan(2_100);
    const ids = await walk({ limit: 500 });
    expect(ids).toHaveLength(5_000);
    expect(new Set(ids).size).toBe(5_000);
  });

  test("looks for the few of a stage part by part, and finds them all", async () => {
    await crowd(2_600, 0, (n) => (n % 1_000 === 0 ? "person" : "device"));
    await crowd(900, 1, (n) => (n === 5 ? "person" : "device"));
    const counted = counting();
    await listPeople(counted.db, { limit: 50, stage: "person" });
    expect(counted.rows.read).toBeLessThan(2_100);
    expect(await walk({ limit: 50, stage: "person" })).toHaveLength(4);
  });

  test("refuses a cursor that isn't one of ours", async () => {
    for (const cursor of ["", "1", "1.x.y", "1.2"])
      await expect(listPeople(db, { limit: 1, cursor })).rejects.toMatchObject({
        code: "bad_request",
      });
  });
});

describe("a list of everybody", () => {
  /** Ids that begin with all the letters there are, on four days. */
  const folk = Array.from({ length: 32 }, (_, n) => `${"abcdefghijklmnopqrstuvwxyz234567"[n]}folk`);

  test("has each once, whoever comes back while it is made, on whichever side of where it stands", async () => {
    for (const [n, name] of folk.entries()) await seen(name, NOON - (1 + (n % 4)) * DAY_MS);
    for (const size of [1, 5, 100]) {
      const met: string[] = [];
      let [cursor, share, rounds]: [string | null, number, number] = [null, 0, 0];
      do {
        const page = await everybodyFrom(db, cursor, size);
        met.push(...page.people);
        expect(page.share).toBeGreaterThan(share);
        [cursor, share] = [page.next, page.share];
        // Somebody who was met and somebody who wasn't yet.
        const [first, last] = [folk[rounds % 32] ?? "", folk[31 - (rounds % 32)] ?? ""];
        if (rounds++ < 8) for (const name of [first, last]) await seen(name, NOON + rounds);
      } while (cursor !== null);
      expect(share).toBe(1);
      expect(met.toSorted()).toEqual(folk.map(visitor).toSorted());
    }
  });

  test("leaves out who lives elsewhere now, and is done at once where nobody is", async () => {
    expect(await everybodyFrom(db, null, 50)).toEqual({ people: [], next: null, share: 1 });
    await seen("jane", NOON);
    await db.prepare("UPDATE people SET seen_day = 0").run();
    expect((await everybodyFrom(db, null, 50)).people).toEqual([]);
  });

  test("reads what it shows and a little for each day, after it was counted once", async () => {
    const letters = "abcdefghijklmnopqrstuvwxyz234567";
    const ids = Array.from({ length: 1_024 }, (_, n) =>
      visitor(`${letters[n % 32] ?? ""}${letters[n >> 5] ?? ""}`),
    );
    await db
      .prepare(
        `INSERT INTO people (seen_day, id, stage, first_seen, last_seen, visitors, events, next)
         SELECT ?1 - key % 4, value, 'device', 0, 0, 1, 1, NULL FROM json_each(?2)`,
      )
      .bind(dayOf(NOON), JSON.stringify(ids))
      .run();
    const first = await everybodyFrom(db, null, 8);
    const counted = counting();
    const second = await everybodyFrom(counted.db, first.next, 8);
    expect([first.people.length, second.people.length]).toEqual([8, 8]);
    expect(counted.rows.read).toBeLessThan(50);
  });

  test("refuses a cursor that isn't one of its own", async () => {
    for (const cursor of ["", "1", "8of8", "1of9999999", "20412.1763640000000.abc"])
      await expect(everybodyFrom(db, cursor, 5)).rejects.toMatchObject({ code: "bad_request" });
  });
});
