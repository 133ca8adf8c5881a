import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cellBelief, expectedRate } from "../../../src/domain/learning/belief.ts";
import { cellOf } from "../../../src/domain/learning/context.ts";
import { learn } from "../../../src/domain/learning/learn.ts";
import {
  emptyModel,
  type Context,
  type Model,
  type Outcome,
} from "../../../src/domain/learning/model.ts";
import { DAY, outcomes, shuffled, START } from "./worlds.ts";

const expected = (model: Model, action: string, context: Context = {}): number => {
  const known = model.actions[action];
  if (known === undefined) throw new Error(`nothing known of ${action}`);
  return expectedRate(cellBelief(model, known, cellOf(context)));
};

const phone = { stage: "device", device: "phone" };
const laptop = { stage: "device", device: "laptop" };

describe("learning from outcomes", () => {
  test("dismissed and expired both count as not taken", () => {
    const base = { action: "app", context: {}, at: START };
    const model = learn(emptyModel(), [
      { ...base, result: "taken" },
      { ...base, result: "dismissed" },
      { ...base, result: "expired" },
    ]);
    expect(model.actions["app"]).toMatchObject({ taken: 1, shown: 3 });
  });

  test("learning two lists in turn is learning them joined, and changes neither model it came from", () => {
    const outcome: fc.Arbitrary<Outcome> = fc.record({
      action: fc.constantFrom("a", "b", "__proto__"),
      context: fc.constantFrom<Context>({}, phone, { features: { reads: 0.5 } }),
      result: fc.constantFrom("taken", "dismissed", "expired"),
      at: fc.integer({ min: START, max: START + 5 * DAY }),
    });
    fc.assert(
      fc.property(
        fc.array(outcome, { maxLength: 60 }),
        fc.array(outcome, { maxLength: 60 }),
        (first, second) => {
          const half = learn(emptyModel(), first);
          const before = JSON.stringify(half);
          expect(learn(half, second)).toEqual(learn(emptyModel(), [...first, ...second]));
          expect(JSON.stringify(half)).toBe(before);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("an action with few outcomes is drawn towards the others", () => {
    const peers = ["a", "b", "c", "d"].flatMap((action) => outcomes(action, 20, 400));
    const model = learn(emptyModel(), shuffled([...peers, ...outcomes("new", 1, 2)]));
    expect(expected(model, "new")).toBeLessThan(0.2);
    expect(expected(model, "a")).toBeCloseTo(0.05, 2);
  });

  test("a cell with few outcomes is drawn towards its action, one with many speaks for itself", () => {
    const model = learn(
      emptyModel(),
      shuffled([
        ...outcomes("app", 240, 400, phone),
        ...outcomes("app", 20, 400, laptop),
        ...outcomes("survey", 40, 400, laptop),
      ]),
    );
    expect(expected(model, "app", phone)).toBeGreaterThan(0.55);
    expect(expected(model, "app", laptop)).toBeLessThan(0.09);
    expect(expected(model, "app", { stage: "device", device: "tablet" })).toBeCloseTo(
      expected(model, "app"),
      1,
    );
  });

  test("what a context says is learned where its forecasts prove better", () => {
    const list = Array.from({ length: 600 }, (_, i): Outcome => {
      const reads = (i % 7) / 6;
      return {
        action: "survey",
        context: { features: { reads } },
        result: i % 7 >= 4 ? "taken" : "expired",
        at: START + i,
      };
    });
    expect(learn(emptyModel(), list).skill.lead).toBeGreaterThan(50);
  });

  test("contexts that say nothing leave the contextual model unused", () => {
    const list = outcomes("survey", 120, 600).map((outcome, i) => ({
      ...outcome,
      context: {
        features: {
          a: ((i * 37) % 101) / 100,
          b: ((i * 59) % 103) / 102,
          c: ((i * 83) % 107) / 106,
        },
      },
    }));
    expect(learn(emptyModel(), shuffled(list)).skill.lead).toBeLessThan(0);
  });
});

describe("forgetting", () => {
  test("an outcome counts half after the half-life", () => {
    const model = learn(emptyModel(), shuffled(outcomes("app", 50, 100)));
    const { halfLifeDays } = model.settings;
    const later = learn(model, outcomes("app", 0, 1, {}, START + halfLifeDays * DAY));
    expect(later.actions["app"]?.shown).toBeCloseTo(51, 9);
    expect(later.actions["app"]?.taken).toBeCloseTo(25, 9);
  });

  test("a late outcome is learned and makes nothing older", () => {
    const model = learn(emptyModel(), outcomes("app", 5, 10));
    const late = learn(model, outcomes("app", 1, 1, {}, START - 3 * DAY));
    expect(late.actions["app"]).toMatchObject({ taken: 6, shown: 11 });
    expect(late.day).toBe(model.day);
  });

  test("the contextual weights stay and become less sure", () => {
    const context = { features: { reads: 1 } };
    const model = learn(emptyModel(), shuffled(outcomes("app", 50, 100, context)));
    const other = learn(model, outcomes("survey", 0, 1, {}, START + 60 * DAY));
    expect(other.actions["app"]?.linear.weights).toEqual(model.actions["app"]?.linear.weights);
    const [before, after] = [model, other].map(
      ({ actions }) => actions["app"]?.linear.covariance[0] ?? 0,
    );
    expect(after).toBeGreaterThan(before ?? 0);
  });

  test("an action that stops working is known by its outcomes since", () => {
    const good = learn(emptyModel(), shuffled(outcomes("app", 600, 1000)));
    const changed = learn(good, shuffled(outcomes("app", 10, 100)));
    expect(changed.actions["app"]?.shown).toBeLessThan(130);
    expect(expected(changed, "app")).toBeLessThan(0.2);
  });

  test("an action that goes on as before keeps all its outcomes", () => {
    const model = learn(emptyModel(), shuffled(outcomes("app", 6000, 20_000)));
    expect(model.actions["app"]?.shown).toBe(20_000);
  });
});
