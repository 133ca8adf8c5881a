import { describe, expect, test } from "vitest";
import { commonPaths } from "../../../src/domain/attribution/paths.ts";
import { propensityLog } from "../../../src/domain/action/measure.ts";
import { stateOf } from "../../../src/domain/action/eligible.ts";
import { coverageWords, credit, missingWords } from "../../../src/console/attribution/words.ts";
import { liftWords, points, ratioWords } from "../../../src/console/hints/takes.tsx";
import { masked } from "../../../src/console/hints/words.ts";

test("an address is shortened so that it can be known but not used", () => {
  expect(masked("jane.doe@example.org")).toBe("j•••@example.org");
  expect(masked("+44170123467")).toBe("+44•••67");
  expect(masked("12345")).toBe("•••");
  expect(masked("@handle-without-a-name")).toBe("@ha•••me");
});

test("an action is live between its start and its end, while it is switched on", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  const of = (start: string | null, end: string | null, enabled = true) =>
    stateOf({ start, end, enabled }, now);
  expect(of(null, null)).toBe("live");
  expect(of("2026-11-23", null)).toBe("scheduled");
  expect(of(null, "2026-11-22")).toBe("live");
  expect(of(null, "2026-11-22T11:59:00Z")).toBe("ended");
  expect(of("2026-11-01", "2026-12-01", false)).toBe("off");
});

test("paths are counted with repeats as one step, the commonest first", () => {
  const way = (channels: string, conversions: number, nulls: number) => ({
    touches: channels.split("").map((channel) => ({ channel, at: null })),
    conversions,
    value: conversions * 10,
    nulls,
  });
  expect(
    commonPaths([way("aab", 1, 0), way("ab", 2, 1), way("c", 0, 3), way("ba", 1, 0)], 2),
  ).toEqual([
    { channels: ["a", "b"], conversions: 3, value: 30, nulls: 1 },
    { channels: ["c"], conversions: 0, value: 0, nulls: 3 },
  ]);
});

test("a log of even chances says as much as it has hints, one with rare draws less", () => {
  const even = Array.from({ length: 50 }, () => ({ propensity: 0.25 }));
  expect(propensityLog(even)).toEqual({ hints: 50, least: 0.25, effective: 50 });
  const rare = propensityLog([...even, { propensity: 0.001 }]);
  expect(rare.least).toBe(0.001);
  expect(rare.effective).toBeLessThan(2);
  expect(propensityLog([])).toEqual({ hints: 0, least: null, effective: 0 });
});

describe("the lift in words", () => {
  const measured = (lift: number | null, half: number, p = 0.5) => ({
    success: "Ordered",
    holdOut: 0.1,
    shown: { people: 900, successes: 90, rate: 0.1 },
    held: { people: 100, successes: 5, rate: 0.05 },
    leftOut: 2,
    lift,
    interval: lift === null ? null : ([lift - half, lift + half] as [number, number]),
    sampleRatio: { expected: 0.1, observed: 0.1, p, ok: p >= 0.001 },
  });
  test("says what it can't tell from chance", () => {
    expect(liftWords(measured(0.05, 0.01))).toContain("It brings about “Ordered”: +5 points");
    expect(liftWords(measured(0.05, 0.06))).toContain("No effect on “Ordered” can be told");
    expect(liftWords(measured(-0.05, 0.01))).toContain("It keeps people from “Ordered”: −5 points");
    expect(liftWords(measured(null, 0))).toContain("nothing can be said");
    expect(points(0.0101)).toBe("+1 point");
  });
  test("says whether the two groups are as large as they should be", () => {
    expect(ratioWords(measured(0.05, 0.01))).toContain("as even as chance makes it");
    expect(ratioWords(measured(0.05, 0.01))).toContain(
      "2 people merged from both groups are left out",
    );
    expect(ratioWords(measured(0.05, 0.01, 0.0002))).toContain("fewer than 1 of 5,000 cases");
  });
});

test("coverage says what is missing and why", () => {
  const outcomes = { all: 120, consented: 80, touched: 62 };
  expect(coverageWords(outcomes)).toBe("62 of 120 outcomes (52 %)");
  expect(missingWords(outcomes)).toEqual([
    expect.stringContaining("40 outcomes happened without consent"),
    expect.stringContaining("18 outcomes happened with consent, but no touch"),
  ]);
  expect(missingWords({ all: 5, consented: 5, touched: 5 })).toEqual([]);
  expect([credit(87.00000001), credit(3.14), credit(120.4)]).toEqual(["87", "3.1", "120"]);
});
