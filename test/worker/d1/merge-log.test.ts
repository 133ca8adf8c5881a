import { beforeEach, expect, test } from "vitest";
import { readMergeLog } from "../../../src/d1/merge-log.ts";
import { DAY_MS, dayOf } from "../../../src/domain/ids.ts";
import { clear, counting, db, NOON } from "./books.ts";

beforeEach(clear);

/** So many merges, `apart` milliseconds from one to the next, the newest at noon; ids in no order of time. */
const write = (many: number, apart: number) =>
  db
    .prepare(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)
       INSERT INTO merge_log (day, merge, op, at, by, a, b, evidence, because, rules)
       SELECT CAST(?2 - i * ?3 AS INTEGER) / ${DAY_MS}, 'm' || CAST(i * 7919 % ?1 AS INTEGER), iif(i % 3 = 0, 'undo', 'merge'), CAST(?2 - i * ?3 AS INTEGER), 'policy', 'a', 'b', 'email', '', 1
       FROM n`,
    )
    .bind(many, NOON, apart)
    .run();

async function readAll(limit: number) {
  const { db: database, rows } = counting();
  const found: { at: number; merge: string }[] = [];
  let most = 0;
  let cursor: string | undefined;
  do {
    const before = rows.read;
    const page = await readMergeLog(database, { limit, cursor });
    most = Math.max(most, rows.read - before);
    found.push(...page.decisions);
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
  return { found, most };
}

test("every decision is told once, the newest first, over days of very different sizes", async () => {
  await write(4_300, 100_000);
  const { found } = await readAll(500);
  expect(found).toHaveLength(4_300);
  expect(new Set(found.map(({ merge }) => merge)).size).toBe(4_300);
  const times = found.map(({ at }) => at);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
});

test("a day of more decisions than a page may read is told in parts, each in order, and none is missed", async () => {
  await write(9_000, 1_000);
  expect(dayOf(NOON - 9_000_000)).toBe(dayOf(NOON));
  const { found, most } = await readAll(500);
  expect(new Set(found.map(({ merge }) => merge)).size).toBe(9_000);
  expect(most).toBeLessThan(12_000);
  const part = found.slice(0, 500).map(({ at }) => at);
  expect(part).toEqual(part.toSorted((a, b) => b - a));
});

test("a cursor that no list gave is refused", async () => {
  for (const cursor of ["x", "1.2.3", btoa("[1]"), btoa("null")])
    await expect(readMergeLog(db, { limit: 5, cursor })).rejects.toMatchObject({
      code: "bad_request",
    });
});
