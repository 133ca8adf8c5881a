import { beforeEach, describe, expect, test } from "vitest";
import { readJourney } from "../../../src/d1/events.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { DAY_MS, dayOf, type VisitorId } from "../../../src/domain/ids.ts";
import { daysOf, foldEvents, spansOf } from "../../../src/domain/slice/slice.ts";
import { clear, counting, db, event, landing, NOON, visitor, stubs } from "./books.ts";

beforeEach(clear);

const jane = visitor("jane");
const phone = visitor("phone");
const stranger = visitor("kate");
const land = (of: VisitorId, ...events: ReturnType<typeof event>[]) =>
  createLedger(db, stubs).land(
    landing({ events: events.map((each) => ({ visitor: of, event: each })) }),
  );

const daysAround = [-1, 0, 1].map((days) => dayOf(NOON) + days);
const of = [jane, phone].map((each) => ({ visitor: each, days: daysAround }));

/** Reads page after page to the end. */
async function walk(limit: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await readJourney(db, { of, limit, ...(cursor === undefined ? {} : { cursor }) });
    ids.push(...page.events.map((each) => each.event.id));
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
  return ids;
}

describe("a journey", () => {
  test("gives every event back as it was recorded", async () => {
    const full = event("m1", {
      page: { url: "https://www.example.org/", path: "/" },
      campaign: { source: "mail" },
      device: { type: "phone", app: true },
      topics: ["tickets"],
      valueCents: 5,
      props: { a: [1, { b: null }] },
      sealed: "s",
    });
    const bare = event("m2", { at: NOON + 1, name: null, purposes: [] });
    await land(jane, full, bare);
    const { events } = await readJourney(db, { of, limit: 10 });
    expect(events).toEqual([
      { visitor: jane, event: full },
      { visitor: jane, event: bare },
    ]);
  });

  test("is in the order of corrected time, over devices and over days of a wrong clock", async () => {
    await land(jane, event("third", { at: NOON + 3, day: dayOf(NOON) - 1 }));
    await land(phone, event("first", { at: NOON + 1, day: dayOf(NOON) + 1 }));
    await land(jane, event("second", { at: NOON + 2 }));
    expect(await walk(10)).toEqual(["first", "second", "third"]);
  });

  test("comes page by page without losing or repeating events of the same moment", async () => {
    await land(jane, event("b.1"), event("a"), event("c", { at: NOON + 1 }));
    await land(phone, event("a"), event("d", { at: NOON - 1 }));
    for (const limit of [1, 2, 3, 4, 5, 6])
      expect(await walk(limit)).toEqual(["d", "a", "b.1", "a", "c"]);
  });

  test("has events of the same millisecond in the order in which they arrived", async () => {
    await land(jane, event("z", { received: NOON + 1 }), event("a", { received: NOON + 3 }));
    await land(phone, event("m", { received: NOON + 2 }));
    for (const limit of [1, 2, 3, 4]) expect(await walk(limit)).toEqual(["z", "m", "a"]);
  });

  test("reads only the visitors and days that were named", async () => {
    const crowd = Array.from({ length: 200 }, (_, i) => event(`m${i}`));
    await land(stranger, ...crowd);
    await land(jane, event("mine"), event("elsewhere", { at: NOON + 9 * DAY_MS }));
    const counted = counting();
    const page = await readJourney(counted.db, { of, limit: 10 });
    expect(page.events.map((each) => each.event.id)).toEqual(["mine"]);
    console.log(`one event of a journey among 200 others: ${counted.rows.read} rows read`);
    expect(counted.rows.read).toBeLessThan(20);
  });

  test("reads the days that a page can have and no more, in the same order also where clocks were wrong", async () => {
    // Two devices over sixty days; the phone's clock is two days ahead, so its days are.
    const told: [VisitorId, ReturnType<typeof event>][] = [];
    for (let day = 0; day < 60; day++)
      for (let n = 0; n < 5; n++) {
        const at = NOON - day * DAY_MS + n * 1_000;
        told.push([jane, event(`j${day}-${n}`, { at })]);
        told.push([phone, event(`p${day}-${n}`, { at: at + 500, day: dayOf(at) + 2 })]);
      }
    for (const each of [jane, phone])
      await land(each, ...told.filter(([visitor]) => visitor === each).map(([, event]) => event));
    const known = [jane, phone].map((each) => {
      const slice = foldEvents(
        {},
        told.filter(([visitor]) => visitor === each).map(([, event]) => event),
      );
      return { visitor: each, days: daysOf(slice), spans: spansOf(slice) };
    });
    const inOrder = told
      .toSorted(([, a], [, b]) => a.at - b.at)
      .map(([visitor, event]) => `${visitor} ${event.id}`);
    for (const limit of [7, 50, 1_000]) {
      const counted = counting();
      const ids: string[] = [];
      let cursor: string | undefined;
      let pages = 0;
      do {
        const page = await readJourney(counted.db, {
          of: known,
          limit,
          ...(cursor === undefined ? {} : { cursor }),
        });
        ids.push(...page.events.map(({ visitor, event }) => `${visitor} ${event.id}`));
        cursor = page.cursor ?? undefined;
        pages++;
      } while (cursor !== undefined);
      expect(ids).toEqual(inOrder);
      // Rows with their keys, for a page and for what was read to know that nothing else belongs on it.
      expect(counted.rows.read / pages).toBeLessThan(6 * limit + 60);
    }
  });

  test("of nobody is empty and asks nothing; a foreign cursor is refused", async () => {
    const counted = counting();
    expect(await readJourney(counted.db, { of: [], limit: 10 })).toEqual({
      events: [],
      cursor: null,
    });
    expect(counted.rows.read).toBe(0);
    await expect(readJourney(db, { of, limit: 10, cursor: "' OR 1" })).rejects.toMatchObject({
      code: "bad_request",
    });
  });
});
