import { beforeEach, expect, test } from "vitest";
import { readCounts } from "../../../src/d1/counters.ts";
import { watched, type WatchPorts } from "../../../src/d1/late.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { dayOf } from "../../../src/domain/ids.ts";
import { clear, counting, db, event, landing, NOON, stubs, visitor } from "./books.ts";

const jane = visitor("jane");
const HOUR = 3_600_000;
beforeEach(clear);

const ports = (database: D1Database, now: number): WatchPorts => ({
  db: database,
  waiting: { tell: () => Promise.resolve(), over: () => Promise.resolve() },
  clock: () => now,
  later: () => undefined,
});

const land = (now: number, waits: number[], database: D1Database = db) =>
  watched(createLedger(database, stubs), ports(database, now)).land(
    landing({
      events: waits.map((wait, n) => ({
        visitor: jane,
        event: event(`e${now}-${n}`, { received: now - wait }),
      })),
    }),
  );

test("events that waited for longer than a minute are counted by how long", async () => {
  await land(NOON, [2_000, 61_000, 59 * 60_000, 2 * HOUR, 30 * HOUR]);
  await land(NOON + 1, [61_000]);
  const today = dayOf(NOON);
  expect(await readCounts(db, today, today, ["late"])).toEqual([
    { kind: "late", reason: "minute", regime: "", count: 3 },
    { kind: "late", reason: "day", regime: "", count: 1 },
    { kind: "late", reason: "hour", regime: "", count: 1 },
  ]);
});

test("a landing in time writes nothing beside its events", async () => {
  const [late, plain] = [counting(), counting()];
  await land(NOON, [1_000, 8_000], late.db);
  await createLedger(plain.db, stubs).land(
    landing({ events: ["a", "b"].map((id) => ({ visitor: jane, event: event(id) })) }),
  );
  expect(late.rows.written).toBe(plain.rows.written);
});

test("what landed in time isn't late when its object lands it again", async () => {
  const events = ["a", "b"].map((id) => ({ visitor: jane, event: event(id, { received: NOON }) }));
  await createLedger(db, stubs).land(landing({ events }));
  const counted = counting();
  const again = watched(createLedger(counted.db, stubs), ports(counted.db, NOON + HOUR));
  await again.land(landing({ events }));
  expect(counted.rows.written).toBe(0);
  await again.land(
    landing({
      events: [...events, { visitor: jane, event: event("c", { received: NOON + 1 }) }],
    }),
  );
  const today = dayOf(NOON + HOUR);
  expect(await readCounts(db, today, today, ["late"])).toMatchObject([{ count: 1 }]);
});
