import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { listPeople } from "../../../src/d1/people.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { UNDER_WAY_DAYS } from "../../../src/d1/listing.ts";
import { forgetGone } from "../../../src/d1/retention.ts";
import { DAY_MS, dayOf } from "../../../src/domain/ids.ts";
import type { Landing } from "../../../src/domain/ports.ts";
import { books, clear, counting, db, landing, NOON, person, stubs, visitor } from "./books.ts";

beforeEach(clear);

const jane = visitor("jane");
const ledger = createLedger(db, stubs);
const today = dayOf(NOON);

const seen = (days: number, more: Parameters<typeof person>[1] = {}): Partial<Landing> => ({
  person: person(jane, { day: today + days, lastSeen: NOON + days * DAY_MS, ...more }),
});

/** What an object says of its person, in this order: it comes again, moves away, comes back, and loses its newest visitor. */
const words: readonly Partial<Landing>[] = [
  seen(0),
  seen(0, { events: 2 }),
  seen(1, { events: 3, unlist: [today] }),
  { gone: { id: jane, days: [today, today + 1], revision: person(jane).revision } },
  seen(4, { events: 4, visitors: 2 }),
  seen(5, { events: 5, visitors: 2, unlist: [today + 4] }),
  seen(2, { events: 3, unlist: [today + 4, today + 5] }),
];

const listed = async () => (await listPeople(db, { limit: 10 })).people;

describe("words about a person that come late", () => {
  test("in any order and repeated leave what the newest of them says", async () => {
    await fc.assert(
      fc
        .asyncProperty(
          fc.integer({ min: 1, max: words.length }),
          fc.infiniteStream(fc.nat(words.length - 1)),
          async (count, random) => {
            const said = words.slice(0, count);
            const order = [...said, ...said.slice(0, 2)]
              .map((word) => ({ word, at: random.next().value }))
              .toSorted((a, b) => a.at - b.at);
            for (const { word } of order) await ledger.land(landing(word));
            const last = said.at(-1);
            expect(await listed()).toMatchObject(
              last?.person ? [{ seenDay: last.person.day, events: last.person.events }] : [],
            );
          },
        )
        .beforeEach(clear),
      { numRuns: 60 },
    );
  });

  test("of somebody erased list nobody", async () => {
    await ledger.land(
      landing({ erased: [{ visitor: jane, at: NOON, identifiers: [], days: [], merges: [] }] }),
    );
    for (const word of words) await ledger.land(landing(word));
    expect((await books())["people"]).toEqual([]);
  });

  test("cost no row, and seek", async () => {
    for (const word of words) await ledger.land(landing(word));
    const counted = counting();
    for (const word of words) await createLedger(counted.db, stubs).land(landing(word));
    expect(counted.rows.written).toBe(0);
    expect(counted.rows.read).toBeLessThan(600);
  });
});

test("who moved away is forgotten when nothing said of them before can be under way any more", async () => {
  const gone = { id: jane, days: [today], revision: NOON };
  await ledger.land(landing({ gone }));
  await forgetGone(db, NOON + (UNDER_WAY_DAYS - 1) * DAY_MS);
  expect((await books())["people"]).toHaveLength(1);
  await forgetGone(db, NOON + (UNDER_WAY_DAYS + 1) * DAY_MS);
  expect((await books())["people"]).toEqual([]);
});
