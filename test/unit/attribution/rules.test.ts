import { describe, expect, test } from "vitest";
import { attributeByRule, type Heuristic } from "../../../src/domain/attribution/heuristic.ts";
import { journey } from "./journeys.ts";

const conversions = (
  model: Heuristic,
  ...paths: Parameters<typeof journey>[]
): Record<string, number> =>
  Object.fromEntries(
    Object.entries(
      attributeByRule(
        model,
        paths.map((path) => journey(...path)),
      ),
    ).map(([channel, credit]) => [channel, Number(credit.conversions.toFixed(9))]),
  );

describe("attribution by rule", () => {
  test("first touch credits the channel that began the journey", () => {
    expect(conversions("first", ["ad mail site", 6])).toEqual({ ad: 6, mail: 0, site: 0 });
  });

  test("last touch credits the channel before the outcome", () => {
    expect(conversions("last", ["ad mail site", 6])).toEqual({ ad: 0, mail: 0, site: 6 });
  });

  test("linear credits every touch alike, repeats included", () => {
    expect(conversions("linear", ["ad ad site", 6])).toEqual({ ad: 4, site: 2 });
  });

  test("position gives 40 % to each end and shares 20 % between", () => {
    expect(conversions("position", ["ad mail push site", 10])).toEqual({
      ad: 4,
      mail: 1,
      push: 1,
      site: 4,
    });
  });

  test("position halves a path of two and gives a path of one everything", () => {
    expect(conversions("position", ["ad site", 10], ["mail", 3])).toEqual({
      ad: 5,
      mail: 3,
      site: 5,
    });
  });

  test("position takes consecutive repeats for one touch", () => {
    expect(conversions("position", ["ad ad mail site", 10])).toEqual({ ad: 4, mail: 2, site: 4 });
  });

  test("decay halves a touch's weight with every seven days before another", () => {
    expect(conversions("decay", ["ad@0 mail@7 site@14", 7])).toEqual({ ad: 1, mail: 2, site: 4 });
  });

  test("decay goes by rank when any touch of the path has no time", () => {
    expect(conversions("decay", ["ad mail@7 site@8", 7])).toEqual({ ad: 1, mail: 2, site: 4 });
  });

  test("decay dates consecutive repeats by the last of them", () => {
    expect(conversions("decay", ["ad@0 ad@7 site@14", 3])).toEqual({ ad: 1, site: 2 });
  });

  test("value is split as conversions are", () => {
    const credits = attributeByRule("position", [journey("ad mail site", 2, 0, 50)]);
    expect(credits["ad"]?.value).toBeCloseTo(20, 9);
    expect(credits["mail"]?.value).toBeCloseTo(10, 9);
  });

  test("a journey that only ended in nothing lists its channels without credit", () => {
    expect(conversions("linear", ["ad site", 0, 5])).toEqual({ ad: 0, site: 0 });
  });

  test("a journey without touches credits nobody", () => {
    expect(conversions("linear", ["", 5])).toEqual({});
  });
});
