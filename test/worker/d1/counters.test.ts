import { beforeEach, expect, test } from "vitest";
import { addDrops, readDrops } from "../../../src/d1/counters.ts";
import { books, clear, counting, db } from "./books.ts";

beforeEach(clear);

test("drops add up by day, reason and regime, and name nobody", async () => {
  const denied = { day: 20_000, reason: "consent", regime: "opt-in", count: 3 } as const;
  await addDrops(db, [denied, { day: 20_000, reason: "bot", regime: "", count: 1 }]);
  await addDrops(db, [
    { ...denied, count: 4 },
    { ...denied, day: 20_001 },
  ]);
  expect(await readDrops(db, 20_000, 20_000)).toEqual([
    { day: 20_000, reason: "bot", regime: "", count: 1 },
    { ...denied, count: 7 },
  ]);
  const { counters, ...others } = await books();
  expect(counters).toHaveLength(3);
  expect(Object.values(others).flat()).toEqual([]);
});

test("a count is one row written, no counts are none", async () => {
  const counted = counting();
  await addDrops(counted.db, [{ day: 1, reason: "bot", regime: "", count: 1 }]);
  await addDrops(counted.db, [{ day: 1, reason: "bot", regime: "", count: 1 }]);
  await addDrops(counted.db, []);
  expect(counted.rows).toMatchObject({ written: 2, calls: 2 });
});
