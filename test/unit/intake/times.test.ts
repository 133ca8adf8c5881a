import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DAY_MS, dayOf } from "../../../src/domain/ids.ts";
import { instant, readTimes } from "../../../src/domain/intake/times.ts";
import { pairs } from "./cases.ts";
import { NOW } from "./senders.ts";

const HOUR = 3_600_000;
const iso = (at: number): string => new Date(at).toISOString();

test.each(pairs("instants"))("the date %j means %j", (raw, meant) => {
  const at = instant(raw);
  expect(at === null ? null : iso(at)).toBe(meant);
});

test("a number of seconds and one of milliseconds mean the same instant", () => {
  expect(instant(NOW / 1000)).toBe(NOW);
  expect(instant(NOW)).toBe(NOW);
});

test.each([null, true, {}, [], -1, 0, Number.MAX_VALUE])("%j is no instant", (raw) => {
  expect(instant(raw)).toBeNull();
});

describe("A message's time", () => {
  test("is corrected by how far the client's clock was off when it sent", () => {
    const raw = { timestamp: iso(NOW + HOUR - 60_000) };
    expect(readTimes(raw, iso(NOW + HOUR), NOW).at).toBe(NOW - 60_000);
  });

  test("takes the message's own sentAt where the envelope has none", () => {
    const raw = { timestamp: iso(NOW - HOUR - 60_000), sentAt: iso(NOW - HOUR) };
    expect(readTimes(raw, null, NOW).at).toBe(NOW - 60_000);
  });

  test("is never in the future", () => {
    expect(readTimes({ timestamp: iso(NOW + HOUR) }, null, NOW).at).toBe(NOW);
    expect(readTimes({ timestamp: iso(NOW) }, iso(NOW - HOUR), NOW).at).toBe(NOW);
  });

  test("is when it was received if the date can't be read", () => {
    expect(readTimes({ timestamp: "yesterday" }, iso(NOW), NOW)).toEqual({
      day: dayOf(NOW),
      at: NOW,
      dated: false,
    });
  });

  test("is when it was received if the client's clock is years off", () => {
    const long = NOW - 5 * 366 * DAY_MS;
    expect(readTimes({ timestamp: iso(long) }, iso(long), NOW)).toEqual({
      day: dayOf(NOW),
      at: NOW,
      dated: false,
    });
    expect(readTimes({ timestamp: iso(NOW + 400 * DAY_MS) }, null, NOW).day).toBe(dayOf(NOW));
  });

  test("prefers the uncorrected date that a replay brings along", () => {
    const raw = { originalTimestamp: iso(NOW - 2 * DAY_MS), timestamp: iso(NOW - DAY_MS) };
    expect(readTimes(raw, null, NOW).day).toBe(dayOf(NOW - 2 * DAY_MS));
  });
});

test("a retry gives the same day, whenever it is sent", () => {
  const offset = fc.integer({ min: -300 * DAY_MS, max: 0 });
  const later = fc.integer({ min: 0, max: 6 * DAY_MS });
  const skew = fc.integer({ min: -30 * DAY_MS, max: 30 * DAY_MS });
  fc.assert(
    fc.property(offset, later, skew, (said, delay, off) => {
      const raw = { timestamp: iso(NOW + said + off) };
      const first = readTimes(raw, iso(NOW + off), NOW);
      const again = readTimes(raw, iso(NOW + off + delay), NOW + delay);
      expect(again).toEqual(first);
    }),
  );
});
