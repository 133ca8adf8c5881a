import { beforeEach, expect, test } from "vitest";
import { createLedger } from "../../../src/d1/ledger.ts";
import { countExpired, removeExpired } from "../../../src/d1/retention.ts";
import { DAY_MS, dayOf } from "../../../src/domain/ids.ts";
import { books, clear, counting, db, event, hint, landing, NOON, visitor, stubs } from "./books.ts";

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
