import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as v from "valibot";
import { liftOf, sampleRatio, wilson } from "../../../src/domain/action/measure.ts";
import { standing } from "../../../src/domain/action/holdout.ts";
import { published } from "../../../src/domain/action/publish.ts";
import { CatalogueSchema, readCatalogue } from "../../../src/domain/action/schema.ts";
import { STARTER_CATALOGUE } from "../../../src/domain/action/starter.ts";
import { choose } from "../../../src/domain/learning/choose.ts";
import { learn } from "../../../src/domain/learning/learn.ts";
import { emptyModel } from "../../../src/domain/learning/model.ts";
import { seeded } from "../../../src/domain/learning/random.ts";
import { action, NOON, visitor } from "./situations.ts";

test("Wilson's interval holds the rate and stays between nought and one", () => {
  expect(wilson(0, 0)).toBeNull();
  fc.assert(
    fc.property(fc.nat(200), fc.nat(200), (a, b) => {
      const [taken, of] = [Math.min(a, b), Math.max(a, b, 1)];
      const [low, high] = wilson(taken, of) ?? [Number.NaN, Number.NaN];
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(low - 1e-12).toBeLessThanOrEqual(taken / of);
      expect(high + 1e-12).toBeGreaterThanOrEqual(taken / of);
    }),
  );
});

describe("the lift", () => {
  const share = 0.2;
  const ids = Array.from({ length: 12_000 }, (_, n) =>
    visitor(`u${n.toString().padStart(6, "0")}`),
  );

  test("is nought for an action that does nothing, even where keen people have more devices", () => {
    const random = seeded(3);
    // A keen person has three visitors and succeeds often, any other one visitor and seldom.
    const people = Array.from({ length: 6_000 }, (_, n) =>
      n < 3_000
        ? { visitors: ids.slice(n * 3, n * 3 + 3), succeeded: random() < 0.6 }
        : { visitors: [ids[9_000 + n - 3_000]!], succeeded: random() < 0.1 },
    );
    const { lift, interval, leftOut, held, shown } = liftOf(people, share);
    expect(leftOut).toBeGreaterThan(1_000);
    expect(interval?.[0]).toBeLessThan(0);
    expect(interval?.[1]).toBeGreaterThan(0);
    expect(Math.abs(lift ?? 1)).toBeLessThan(0.05);
    // Compared without regard to that, being keen would look like an effect.
    expect((shown.rate ?? 0) - (held.rate ?? 0)).toBeGreaterThan(0.1);
  });

  test("is found where there is one", () => {
    const random = seeded(4);
    const people = ids.map((id) => ({
      visitors: [id],
      succeeded: random() < (standing(id) < share ? 0.1 : 0.15),
    }));
    const { lift, interval } = liftOf(people, share);
    expect(lift).toBeCloseTo(0.05, 1);
    expect(interval?.[0]).toBeGreaterThan(0);
  });

  test("is null while an arm is empty", () => {
    expect(liftOf([], share)).toMatchObject({ lift: null, interval: null, leftOut: 0 });
  });
});

test("a split that chance wouldn't make is told", () => {
  expect(sampleRatio(98, 902, 0.1)).toMatchObject({ observed: 0.098, ok: true });
  expect(sampleRatio(50, 950, 0.1).ok).toBe(false);
  expect(sampleRatio(0, 0, 0.1)).toMatchObject({ observed: null, ok: true });
});

test("the published model chooses as the whole one does, in a fraction of its length", () => {
  const random = seeded(5);
  const actions = ["a", "b", "c"];
  const outcomes = Array.from({ length: 3_000 }, (_, n) => {
    const id = actions[n % 3]!;
    const topic = `topic-${Math.floor(random() * 12)}`;
    const taken = random() < (id === "a" ? 0.05 : topic === "topic-1" ? 0.4 : 0.1);
    return {
      action: id,
      context: { stage: "activity", device: n % 2 === 0 ? "phone" : "desktop", topic },
      result: taken ? ("taken" as const) : ("expired" as const),
      at: NOON,
    };
  });
  const model = learn(emptyModel(), outcomes);
  const small = published(model, { version: 1, actions: actions.map((id) => action({ id })) });
  const eligible = actions.map((id) => ({ id, weight: 1 }));
  for (const topic of ["topic-1", "topic-5"]) {
    const context = { stage: "activity", device: "phone", topic };
    const [whole, less] = [model, small].map((each) => choose(each, eligible, context, seeded(1)));
    expect(less?.action).toBe(whole?.action);
    expect(less?.expected).toBeCloseTo(whole?.expected ?? -1, 3);
    expect(less?.propensity).toBeCloseTo(whole?.propensity ?? -1, 2);
  }
  expect(JSON.stringify(small).length).toBeLessThan(20_000);
  expect(
    published(model, { version: 1, actions: [action({ id: "a" })] }).actions,
  ).not.toHaveProperty("b");
});

test("however many actions there are, what is published fits into a row, and of the rest the rates stay", () => {
  const features = Array.from({ length: 128 }, (_, n) => n / 7);
  const learned = learn(emptyModel(), [
    { action: "a", context: { stage: "device" }, result: "taken", at: NOON },
  ]);
  const one = {
    ...learned.actions["a"]!,
    linear: { weights: features, covariance: Array.from({ length: 8_256 }, (_, n) => n / 7) },
    cells: Object.fromEntries(
      Array.from({ length: 400 }, (_, n) => [
        JSON.stringify(["person", "phone", `a topic of some length ${n}`]),
        { taken: n / 7, shown: n },
      ]),
    ),
  };
  const made = (count: number) => {
    const ids = Array.from({ length: count }, (_, n) => `action-${n}`);
    return published(
      {
        ...learned,
        skill: { ...learned.skill, lead: 9 },
        actions: Object.fromEntries(ids.map((id) => [id, one])),
      },
      { version: 1, actions: ids.map((id) => action({ id })) },
    );
  };
  const [few, many, most] = [made(5), made(60), made(500)];
  expect(few.skill.lead).toBe(9);
  expect(few.actions["action-0"]?.linear.weights).toHaveLength(128);
  expect(many.skill.lead).toBe(0);
  expect(Object.keys(many.actions["action-0"]?.cells ?? {})).toHaveLength(64);
  expect(Object.keys(most.actions)).toHaveLength(500);
  expect(most.actions["action-0"]).toMatchObject({ taken: 1, shown: 1 });
  for (const each of [few, many, most])
    expect(JSON.stringify(each).length).toBeLessThanOrEqual(600_000);
});

test("a catalogue from before gets the defaults of what was added, and the starter is one of today", () => {
  expect(readCatalogue(JSON.parse(JSON.stringify(STARTER_CATALOGUE)))).toEqual(STARTER_CATALOGUE);
  const { holdOut: _, success: __, persona: ___, ...old } = action();
  expect(readCatalogue({ version: 7, actions: [old] })).toEqual({
    version: 7,
    actions: [action()],
  });
});

test.each([
  [{ holdOut: 0.6 }, "actions.0.holdOut"],
  [{ start: "soon" }, "actions.0.start"],
  [{ assurance: "sure" }, "actions.0.assurance"],
  [
    { conditions: { reads: { topic: "x", atLeast: 1, withinDays: 0 } } },
    "actions.0.conditions.reads.withinDays",
  ],
  [{ conditions: { orders: { atLeast: 3, atMost: 1 } } }, "actions.0.conditions.orders"],
  [{ conditions: { did: [{ event: "" }] } }, "actions.0.conditions.did.0.event"],
  [{ conditions: { places: ["lost"] } }, "actions.0.conditions.places.0"],
])("what is wrong in an action is found at its path: %j", (wrong, path) => {
  const read = v.safeParse(CatalogueSchema, { actions: [{ ...action(), ...wrong }] });
  const [issue] = read.issues ?? [];
  expect(issue?.path?.map(({ key }) => String(key)).join(".")).toBe(path);
});
