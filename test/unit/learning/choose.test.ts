import { describe, expect, test } from "vitest";
import { choose } from "../../../src/domain/learning/choose.ts";
import { learn } from "../../../src/domain/learning/learn.ts";
import { emptyModel } from "../../../src/domain/learning/model.ts";
import { seeded } from "../../../src/domain/learning/random.ts";
import { candidates, outcomes, shuffled } from "./worlds.ts";

const known = learn(
  emptyModel(),
  shuffled([
    ...outcomes("app", 60, 200),
    ...outcomes("survey", 40, 200),
    ...outcomes("renew", 10, 200),
  ]),
);
const eligible = candidates("app", "survey", "renew");

const reader = { features: { reads: 0.55 } };
/** The survey is for readers, the app for the others: a model that goes by the context. */
const contextual = learn(
  emptyModel(),
  shuffled(
    [0, 0.25, 0.5, 0.75, 1].flatMap((reads) => [
      ...outcomes("app", 40 - 36 * reads, 80, { features: { reads } }),
      ...outcomes("survey", 4 + 36 * reads, 80, { features: { reads } }),
    ]),
  ),
);

describe("choosing an action", () => {
  test("nothing eligible, nothing chosen", () => {
    expect(choose(known, [], {}, seeded(1))).toBeNull();
  });

  test("the same generator chooses the same action with the same propensity", () => {
    expect(choose(known, eligible, {}, seeded(7))).toEqual(choose(known, eligible, {}, seeded(7)));
  });

  test("says what it expects and where that comes from", () => {
    const choice = choose(known, candidates("app"), {}, seeded(1));
    expect(choice).toMatchObject({ action: "app", source: "cell", quiet: false });
    expect(choice?.propensity).toBeCloseTo(1, 6);
    expect(choice?.expected).toBeGreaterThan(0.25);
    expect(choice?.expected).toBeLessThan(0.32);
  });

  test("goes by the context once that has forecast better", () => {
    const chosen = (reads: number): unknown =>
      choose(contextual, candidates("app", "survey"), { features: { reads } }, seeded(4));
    expect(chosen(1)).toMatchObject({ action: "survey", source: "contextual" });
    expect(chosen(0)).toMatchObject({ action: "app", source: "contextual" });
  });

  test("only eligible actions are chosen, however good another one is", () => {
    for (let seed = 0; seed < 50; seed += 1)
      expect(choose(known, candidates("survey", "renew"), {}, seeded(seed))?.action).not.toBe(
        "app",
      );
  });

  test("a weight can outweigh a better chance of being taken", () => {
    const weighted = [
      { id: "app", weight: 1 },
      { id: "renew", weight: 50 },
    ];
    expect(choose(known, weighted, {}, seeded(3))?.action).toBe("renew");
  });

  test("an action that is worth nothing is not chosen", () => {
    expect(choose(known, [{ id: "app", weight: 0 }], {}, seeded(1))).toBeNull();
  });

  test("an action never shown still gets its turn", () => {
    const withNew = candidates("survey", "renew", "new");
    const chosen = Array.from(
      { length: 300 },
      (_, seed) => choose(known, withNew, {}, seeded(seed))?.action,
    );
    expect(chosen).toContain("new");
  });

  test("the model survives being stored as JSON", () => {
    const stored = JSON.parse(JSON.stringify(known));
    expect(stored).toEqual(known);
    expect(choose(stored, eligible, {}, seeded(5))).toEqual(choose(known, eligible, {}, seeded(5)));
  });
});

describe("quiet mode", () => {
  test("until enough is known every action is as likely as the next", () => {
    const barely = learn(emptyModel(), outcomes("app", 5, 19));
    const choice = choose(barely, eligible, {}, seeded(2));
    expect(choice).toMatchObject({ quiet: true, source: "prior" });
    expect(choice?.propensity).toBeCloseTo(1 / 3, 2);
  });

  test("it ends with the outcome that makes it enough", () => {
    const enough = learn(emptyModel(), outcomes("app", 5, 20));
    expect(choose(enough, eligible, {}, seeded(2))?.quiet).toBe(false);
  });
});

describe("propensity", () => {
  test.each([
    ["over known actions", known, eligible, {}],
    ["by the contextual model", contextual, candidates("app", "survey", "new"), reader],
    [
      "over known and new ones with weights",
      known,
      [...eligible, { id: "new", weight: 0.7 }, { id: "late", weight: 2 }],
      {},
    ],
  ])("is how often the action is in fact chosen, %s", (_, model, list, context) => {
    const rounds = 6000;
    const times = new Map<string, number>();
    const claimed = new Map<string, number>();
    const random = seeded(11);
    for (let round = 0; round < rounds; round += 1) {
      const choice = choose(model, list, context, random);
      if (choice === null) continue;
      times.set(choice.action, (times.get(choice.action) ?? 0) + 1);
      claimed.set(choice.action, choice.propensity);
    }
    for (const [action, count] of times)
      expect(Math.abs(count / rounds - (claimed.get(action) ?? 0))).toBeLessThan(0.025);
  });

  test("adds up to one over the actions", () => {
    const propensities = new Map<string, number>();
    for (let seed = 0; seed < 2000; seed += 1) {
      const choice = choose(known, eligible, {}, seeded(seed));
      if (choice !== null) propensities.set(choice.action, choice.propensity);
    }
    const total = [...propensities.values()].reduce((sum, x) => sum + x, 0);
    expect(total).toBeGreaterThan(0.97);
    expect(total).toBeLessThan(1.02);
  });
});
