import { describe, expect, it } from "vitest";
import { estimate, type Place } from "../../../src/domain/matching/em.ts";
import { countPatterns, MISSING_STATE, stateOf } from "../../../src/domain/matching/patterns.ts";
import { seeded } from "./people.ts";

const PLACES = 6;
const M = [0.85, 0.1, 0.05];
const U = [0.02, 0.03, 0.95];

function draw(shares: readonly number[], random: () => number): number {
  let rest = random();
  return Math.max(
    0,
    shares.findIndex((share) => (rest -= share) < 0),
  );
}

function generate(pairs: number, matchRate: number, missing: number, seed: number) {
  const random = seeded(seed);
  const states = new Uint8Array(pairs * PLACES);
  let matches = 0;
  for (let pair = 0; pair < pairs; pair++) {
    const isMatch = random() < matchRate;
    if (isMatch) matches++;
    for (let place = 0; place < PLACES; place++) {
      states[pair * PLACES + place] =
        random() < missing ? MISSING_STATE : stateOf(draw(isMatch ? M : U, random), 0);
    }
  }
  return {
    matches,
    patterns: countPatterns(
      states,
      PLACES,
      new Uint8Array(pairs).fill(1),
      new Float64Array(pairs).fill(1),
    ),
  };
}

const places: Place[] = Array.from({ length: PLACES }, () => ({
  levels: 3,
  differentFrom: 2,
  personal: false,
  chanceOfSame: U[0],
}));

describe("expectation maximisation", () => {
  it.each([0, 0.2])(
    "recovers the parameters that generated the pairs, with %d of the fields missing",
    (missing) => {
      const { matches, patterns } = generate(40_000, 0.03, missing, 5);
      const { parameters } = estimate({ patterns, places, kinships: [] });
      expect(parameters.matchRate * 40_000).toBeGreaterThan(matches * 0.95);
      expect(parameters.matchRate * 40_000).toBeLessThan(matches * 1.05);
      for (const { m, u } of parameters.shares) {
        M.forEach((share, level) => expect(Math.abs((m[level] ?? 0) - share)).toBeLessThan(0.03));
        U.forEach((share, level) => expect(Math.abs((u[level] ?? 0) - share)).toBeLessThan(0.01));
      }
    },
  );

  it("gives shares that sum to one", () => {
    const { patterns } = generate(5_000, 0.05, 0.1, 6);
    for (const { m, u } of estimate({ patterns, places, kinships: [] }).parameters.shares) {
      for (const shares of [m, u])
        expect(shares.reduce((total, share) => total + share, 0)).toBeCloseTo(1, 9);
    }
  });

  it("finds hardly any matches where there are none", () => {
    const { patterns } = generate(40_000, 0, 0, 7);
    expect(estimate({ patterns, places, kinships: [] }).parameters.matchRate * 40_000).toBeLessThan(
      40,
    );
  });

  it("says that a personal field of matches is implausibly often wrong when kin are among them", () => {
    const random = seeded(8);
    const pairs = 40_000;
    const states = new Uint8Array(pairs * PLACES);
    for (let pair = 0; pair < pairs; pair++) {
      const [isMatch, isKin] = [pair % 40 === 0, pair % 40 === 1];
      for (let place = 0; place < PLACES; place++) {
        const shared = isMatch || (isKin && place > 0);
        states[pair * PLACES + place] = stateOf(draw(shared ? M : U, random), 0);
      }
    }
    const patterns = countPatterns(
      states,
      PLACES,
      new Uint8Array(pairs).fill(1),
      new Float64Array(pairs).fill(1),
    );
    const withPersonal = places.map((place, index) => ({ ...place, personal: index === 0 }));
    expect(estimate({ patterns, places: withPersonal, kinships: [] }).implausible).toBe(true);
    const household = { name: "household" as const, sharing: [0, 0.9, 0.9, 0.9, 0.9, 0.9] };
    const { matchRate, kinships } = estimate({
      patterns,
      places: withPersonal,
      kinships: [household],
    }).parameters;
    expect(matchRate).toBeCloseTo(1 / 40, 2);
    expect(kinships[0]?.rate).toBeCloseTo(1 / 40, 2);
  });
});
