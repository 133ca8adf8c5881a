import { BUILT_IN_OPENINGS } from "../../../src/domain/consent/openings.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../src/domain/ids.ts";
import {
  heldOf,
  isNews,
  regularOf,
  seenSince,
  type Sightings,
  tellingOf,
  withoutOld,
  withSighting,
} from "../../../src/domain/suggestion/sightings.ts";

const DAY = 20_800;
const at = (day: number, hour: number): number => day * DAY_MS + hour * 3_600_000 + 1234;

/** `4home` at 7 and 20 o'clock and `4work` at 10, on so many days. */
const life = (days: number, from = DAY): Sightings => {
  let seen: Sightings | undefined;
  for (let day = from; day < from + days; day++) {
    seen = withSighting(seen, "4home", at(day, 7));
    seen = withSighting(seen, "4work", at(day, 10));
    seen = withSighting(seen, "4home", at(day, 20));
  }
  return seen as Sightings;
};

describe("what is remembered of where a browser was seen", () => {
  test("is a day and its hours for each network, once however often it is seen in an hour", () => {
    const seen = withSighting(undefined, "4home", at(DAY, 7));
    expect(seen.networks).toEqual({ "4home": [[DAY, 1 << 7]] });
    expect(withSighting(seen, "4home", at(DAY, 7) + 1_000)).toBe(seen);
    expect(withSighting(seen, "4home", at(DAY, 23)).networks).toEqual({
      "4home": [[DAY, (1 << 7) | (1 << 23)]],
    });
  });

  test("never outgrows its bound, and what is dropped is the oldest", () => {
    const when = fc.record({
      network: fc.constantFrom("4a", "4b", "4c", "6d", "6e"),
      day: fc.integer({ min: DAY, max: DAY + 100 }),
      hour: fc.integer({ min: 0, max: 23 }),
    });
    fc.assert(
      fc.property(fc.array(when, { maxLength: 300 }), (list) => {
        let seen: Sightings | undefined;
        for (const { network, day, hour } of list.toSorted((x, y) => x.day - y.day))
          seen = withSighting(seen, network, at(day, hour));
        const days = Object.values(seen?.networks ?? {}).flat();
        expect(days.length).toBeLessThanOrEqual(64);
        const last = Math.max(0, ...list.map(({ day }) => day));
        for (const [day] of days) expect(day).toBeGreaterThanOrEqual(last - 60);
        if (list.length > 0) expect(days.some(([day]) => day === last)).toBe(true);
      }),
    );
  });

  test("ends with the purpose it is for, and after sixty days in any case", () => {
    expect(seenSince({ retention: { recognition: 395 }, openings: BUILT_IN_OPENINGS }, DAY)).toBe(
      DAY - 60,
    );
    expect(
      seenSince(
        { retention: { recognition: 30, measurement: 395 }, openings: BUILT_IN_OPENINGS },
        DAY,
      ),
    ).toBe(DAY - 30);
    const seen = life(10);
    expect(withoutOld(seen, DAY)).toBe(seen);
    expect(heldOf(withoutOld(seen, DAY + 8) as Sightings)).toEqual({
      networks: 2,
      days: 2,
      last: DAY + 9,
    });
    expect(withoutOld(seen, DAY + 10)).toBeUndefined();
  });
});

describe("the matching is told", () => {
  test("nothing of who is seen at one network, or passes by at others", () => {
    let seen = withSighting(undefined, "4home", at(DAY, 20));
    for (let day = DAY; day < DAY + 30; day++) {
      seen = withSighting(seen, "4home", at(day, 20));
      seen = withSighting(seen, `4cafe${day}`, at(day, 12));
    }
    expect(Object.keys(regularOf(seen.networks))).toEqual(["4home"]);
    expect(isNews(seen, DAY + 30)).toBe(false);
  });

  test("nothing of a home with both kinds of addresses", () => {
    let seen: Sightings | undefined;
    for (let day = DAY; day < DAY + 30; day++) {
      seen = withSighting(seen, "4home", at(day, 20));
      seen = withSighting(seen, "6home", at(day, 21));
    }
    expect(isNews(seen as Sightings, DAY + 30)).toBe(false);
  });

  test("of two networks when they have become regular, on the next day, once, and again after a week", () => {
    expect(isNews(life(2), DAY + 2)).toBe(false);
    const seen = life(3);
    expect(isNews(seen, DAY + 2)).toBe(false);
    expect(isNews(seen, DAY + 3)).toBe(true);
    const told = tellingOf(seen, DAY + 3);
    const later = { ...life(9), told: told.told as NonNullable<Sightings["told"]> };
    expect(isNews(told, DAY + 3)).toBe(false);
    expect(isNews(told, DAY + 4)).toBe(false);
    expect(isNews(later, DAY + 9)).toBe(false);
    expect(isNews(later, DAY + 10)).toBe(true);
  });

  test("of a third one at once, and of two that are one again", () => {
    let seen = tellingOf(life(3), DAY + 3);
    for (let day = DAY; day < DAY + 4; day++) seen = withSighting(seen, "4gran", at(day, 15));
    expect(isNews(seen, DAY + 4)).toBe(true);
    const left = withoutOld(tellingOf(life(3), DAY + 3), DAY + 1) as Sightings;
    expect(isNews(left, DAY + 4)).toBe(true);
    expect(isNews(tellingOf(left, DAY + 4), DAY + 30)).toBe(false);
  });
});
