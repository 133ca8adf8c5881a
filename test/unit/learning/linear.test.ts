import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  expecting,
  faded,
  forecast,
  type Linear,
  observe,
} from "../../../src/domain/learning/linear.ts";

const RIDGE = 1;
const vector = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 });
const data = fc.array(fc.tuple(vector, fc.constantFrom(0, 1)), { maxLength: 30 });
const fit = (
  list: readonly (readonly [readonly number[], number])[],
  from = expecting(0, RIDGE),
): Linear => list.reduce((model, [x, y]) => observe(model, x, y, RIDGE), from);

describe("Bayesian linear regression", () => {
  test("one observation is halved with a ridge of one: y = 1 at x = 1 gives weight 1/2 and variance 1/2", () => {
    expect(observe(expecting(0, RIDGE), [1], 1, RIDGE)).toEqual({
      weights: [0.5],
      covariance: [0.5],
    });
  });

  test("two features worked by hand: (I + xxᵀ)⁻¹ for x = (1, 2)", () => {
    const { weights, covariance } = observe(expecting(0, RIDGE), [1, 2], 1, RIDGE);
    for (const [i, entry] of [5 / 6, -1 / 3, 1 / 3].entries())
      expect(covariance[i]).toBeCloseTo(entry, 12);
    for (const [i, entry] of [1 / 6, 1 / 3].entries()) expect(weights[i]).toBeCloseTo(entry, 12);
  });

  test("the order of observations doesn't matter, though features appear at different times", () => {
    fc.assert(
      fc.property(data, vector, (list, at) => {
        const [one, other] = [fit(list), fit(list.toReversed())].map((model) =>
          forecast(model, at, RIDGE),
        );
        expect(one?.mean).toBeCloseTo(other?.mean ?? NaN, 8);
        expect(one?.variance).toBeCloseTo(other?.variance ?? NaN, 8);
      }),
    );
  });

  test("more observations never make a forecast less sure", () => {
    fc.assert(
      fc.property(data, vector, vector, (list, more, at) => {
        const before = fit(list);
        const after = observe(before, more, 1, RIDGE);
        expect(forecast(after, at, RIDGE).variance).toBeLessThanOrEqual(
          forecast(before, at, RIDGE).variance + 1e-9,
        );
      }),
    );
  });

  test("fading to nothing is as unsure as at first, fading by nothing changes nothing", () => {
    fc.assert(
      fc.property(data, (list) => {
        const model = fit(list);
        const gone = faded(model, 0, RIDGE);
        const same = faded(model, 1, RIDGE);
        const size = model.weights.length;
        expect(
          forecast(
            gone,
            Array.from({ length: size }, () => 1),
            RIDGE,
          ).variance,
        ).toBeCloseTo(size, 6);
        for (const [i, entry] of model.covariance.entries())
          expect(same.covariance[i]).toBeCloseTo(entry, 6);
      }),
    );
  });
});
