import { describe, expect, test } from "vitest";
import { attributeByMarkov, removalEffects } from "../../../src/domain/attribution/markov.ts";
import { journey } from "./journeys.ts";

describe("Markov removal effects", () => {
  test("a channel on every converting path loses everything when removed", () => {
    const effects = removalEffects([journey("ad site", 3, 1), journey("site", 2, 2)]);
    expect(effects["site"]?.conversions).toBeCloseTo(1, 12);
  });

  test("a worked example: half the starts go to each channel, one converts all, the other half", () => {
    // P(conversion) = 1/2 · 1 + 1/2 · 1/2 = 3/4. Without a: 1/4 is left, so 2/3 is lost; without b: 1/2, so 1/3.
    const journeys = [journey("a", 2, 0), journey("b", 1, 1)];
    const effects = removalEffects(journeys);
    expect(effects["a"]?.conversions).toBeCloseTo(2 / 3, 12);
    expect(effects["b"]?.conversions).toBeCloseTo(1 / 3, 12);
    expect(attributeByMarkov(journeys)["a"]?.conversions).toBeCloseTo(2, 12);
  });

  test("a loop between channels is solved, not cut off", () => {
    // start→a 1; a→b 1/2, a→conversion 1/2; b→a 1: conversion is certain, and lost with a. Without b: 1/2.
    const effects = removalEffects([journey("a b a", 1)]);
    expect(effects["a"]?.conversions).toBeCloseTo(1, 12);
    expect(effects["b"]?.conversions).toBeCloseTo(0.5, 12);
  });

  test("consecutive repeats change nothing", () => {
    const once = attributeByMarkov([journey("a b", 2, 1), journey("b", 1, 3)]);
    const repeated = attributeByMarkov([journey("a a a b", 2, 1), journey("b b", 1, 3)]);
    expect(repeated).toEqual(once);
  });

  test("value has its own removal effects", () => {
    const credits = attributeByMarkov([journey("a", 1, 0, 90), journey("b", 1, 0, 10)]);
    expect(credits["a"]?.conversions).toBeCloseTo(1, 12);
    expect(credits["a"]?.value).toBeCloseTo(90, 9);
  });

  test("journeys that never converted credit nobody and divide by nothing", () => {
    expect(attributeByMarkov([journey("a b", 0, 5), journey("c", 0, 0)])).toEqual({
      a: { conversions: 0, value: 0 },
      b: { conversions: 0, value: 0 },
      c: { conversions: 0, value: 0 },
    });
  });

  test("a channel may have any name", () => {
    const credits = attributeByMarkov([journey("__proto__ constructor", 2)]);
    expect(Object.entries(credits).map(([channel]) => channel)).toEqual([
      "__proto__",
      "constructor",
    ]);
  });
});
