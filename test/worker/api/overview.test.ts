/** The figures of the first page, and how many rows they cost. */
import { beforeEach, expect, test } from "vitest";
import { addCounts } from "../../../src/d1/counters.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { rollUp, rollUpStages } from "../../../src/d1/rollups.ts";
import { dayOf } from "../../../src/domain/ids.ts";
import { overview } from "../../../src/http/api/overview.ts";
import { clear, counting, db, event, landing, NOON, person, stubs, visitor } from "../d1/books.ts";
import { contextOf, Village } from "./stage.ts";

const today = dayOf(NOON);
const range = { from: today - 27, to: today };
const jane = visitor("jane");
const john = visitor("john");
const read = (database: D1Database = db) =>
  overview(contextOf(new Village(), { db: database }), range);

beforeEach(clear);

test("answers to the banner are told by region, without names", async () => {
  await addCounts(db, [
    { kind: "choice", day: today, reason: "all", regime: "DE", count: 6 },
    { kind: "choice", day: today - 3, reason: "all", regime: "DE", count: 1 },
    { kind: "choice", day: today, reason: "none", regime: "DE", count: 3 },
    { kind: "choice", day: today, reason: "some", regime: "US-CA", count: 20 },
    { kind: "choice", day: today - 40, reason: "all", regime: "FR", count: 9 },
    { kind: "error", day: today, reason: "503", regime: "v1/batch", count: 2 },
    { kind: "late", day: today, reason: "hour", regime: "", count: 5 },
  ]);
  expect(await read()).toMatchObject({
    choices: [
      { region: "US-CA", all: 0, some: 20, none: 0, answered: 20 },
      { region: "DE", all: 7, some: 0, none: 3, answered: 10 },
    ],
    errors: [{ status: 503, place: "v1/batch", count: 2 }],
    waited: [{ atLeast: "hour", count: 5 }],
    dropped: [],
    before: null,
  });
});

test("people count on each day by how well they were known on it, also when they came again later", async () => {
  const ledger = createLedger(db, stubs);
  await ledger.land(landing({ person: person(jane, { stage: "person", lastSeen: NOON }) }));
  await ledger.land(landing({ person: person(john, { stage: "device", lastSeen: NOON }) }));
  await rollUpStages(db, today);
  const day = { device: 1, activity: 0, identified: 0, person: 1 };
  expect((await read()).stages).toEqual([{ day: "2026-11-20", ...day }]);
  // Nobody of that day is left when it is counted again.
  await db.exec("DELETE FROM people");
  await rollUpStages(db, today);
  const later = await overview(contextOf(new Village(), { now: NOON + 86_400_000 }), {
    from: today - 27,
    to: today + 1,
  });
  expect(later.stages).toEqual([{ day: "2026-11-20", ...day }]);
});

test("a rollup of the day's events leaves the day's people alone", async () => {
  await createLedger(db, stubs).land(landing({ person: person(jane, { lastSeen: NOON }) }));
  await rollUpStages(db, today);
  await rollUp(db, today);
  expect((await read()).stages).toHaveLength(1);
});

test("today is counted at once while it is small, and as cron left it when it isn't", async () => {
  await createLedger(db, stubs).land(landing({ events: [{ visitor: jane, event: event("a") }] }));
  expect(await read()).toMatchObject({ events: 1, late: false, visits: 1 });
  await db
    .prepare(
      "INSERT INTO rollups (day, dimension, value, events, visitors, orders, order_cents) VALUES (?1, 'total', '', 30000, 9000, 0, 0)",
    )
    .bind(today)
    .run();
  expect(await read()).toMatchObject({ events: 30_000, late: true, visits: 9_000 });
});

test("the page reads daily figures, not the events behind them", async () => {
  for (let day = 0; day < 5; day++) {
    const at = NOON - (day + 1) * 86_400_000;
    const events = Array.from({ length: 400 }, (_, n) => ({
      visitor: n % 2 ? jane : john,
      event: event(`${day}-${n}`, { at }),
    }));
    await createLedger(db, stubs).land(landing({ events }));
    await rollUp(db, today - day - 1);
  }
  const counted = counting();
  expect((await read(counted.db)).events).toBe(2_000);
  expect(counted.rows.read).toBeLessThan(600);
});
