import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { seeded } from "../../../src/domain/learning/random.ts";
import { labelledFrom, regretOf, rewardsOf, run } from "../../bench/bandit.ts";
import { numberIn, readCsv } from "../../bench/csv.ts";
import { lived, mean, sum, type World } from "./worlds.ts";

const actions = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `action ${i}`);

describe("learning what works", () => {
  test("rates anywhere from 0 to 1: regret is a small part of showing anything", () => {
    const random = seeded(4);
    const rates = Array.from({ length: 10 }, () => random());
    const uniform = 10_000 * (Math.max(...rates) - mean(rates));
    expect(mean([1, 2, 3].map((seed) => regretOf(rates, 10_000, seed)))).toBeLessThan(
      0.03 * uniform,
    );
  });

  test("one good action among many poor ones is found", () => {
    const rates = actions(30).map((_, i) => (i === 17 ? 0.1 : 0.02));
    const uniform = 20_000 * (0.1 - mean(rates));
    expect(mean([1, 2, 3].map((seed) => regretOf(rates, 20_000, seed)))).toBeLessThan(
      0.2 * uniform,
    );
  });

  test("what each context calls for is learned", () => {
    const world: World = {
      actions: actions(4),
      context: (random) => ({
        device: random() < 0.5 ? "phone" : "laptop",
        features: { reads: random() },
      }),
      rate: (action, { device, features }) => {
        if (device === "phone") return action === "action 0" ? 0.4 : 0.1;
        return action === "action 1"
          ? 0.5 * (features?.["reads"] ?? 0)
          : action === "action 2"
            ? 0.2
            : 0.05;
      },
    };
    const { regrets } = lived(world, 6000, 1);
    expect(mean(regrets.slice(-2000))).toBeLessThan(0.35 * mean(regrets.slice(0, 200)));
  });

  test("contexts that say nothing cost little", () => {
    const rates = [0.05, 0.1, 0.25, 0.08, 0.12];
    const plain: World = {
      actions: actions(5),
      context: () => ({}),
      rate: (action) => rates[Number(action.slice(7))] ?? 0,
    };
    const noisy: World = {
      ...plain,
      context: (random) => ({
        features: Object.fromEntries(actions(15).map((name) => [name, random()])),
      }),
    };
    const [without, with_] = [plain, noisy].map((world) =>
      mean([1, 2, 3].map((seed) => sum(lived(world, 4000, seed).regrets))),
    );
    const uniform = 4000 * (0.25 - mean(rates));
    expect(without).toBeLessThan(0.15 * uniform);
    expect(with_).toBeLessThan(0.3 * uniform);
  });
});

describe("a world that changes", () => {
  const rates = [
    [0.6, 0.3, 0.2, 0.1, 0.4],
    [0.1, 0.3, 0.6, 0.2, 0.4],
    [0.1, 0.3, 0.2, 0.6, 0.4],
    [0.1, 0.7, 0.2, 0.3, 0.4],
  ];
  const length = 2000;
  const world: World = {
    actions: actions(5),
    context: () => ({}),
    rate: (action, _, round) => rates[Math.floor(round / length)]?.[Number(action.slice(7))] ?? 0,
  };

  test.each([1, 2, 3, 4, 5])("regret per round falls again after each change (seed %i)", (seed) => {
    const { regrets } = lived(world, rates.length * length, seed);
    for (let change = 0; change < rates.length; change += 1) {
      const phase = regrets.slice(change * length, (change + 1) * length);
      const early = mean(phase.slice(0, length / 10));
      const late = mean(phase.slice(-length / 2));
      expect(late).toBeLessThan(0.25 * early);
      expect(late).toBeLessThan(0.03);
    }
  });

  test("an action that became the best while another was shown is found too", () => {
    const riser: World = {
      actions: actions(3),
      context: () => ({}),
      rate: (action, _, round) =>
        [0.5, 0.3, round < 4000 ? 0.2 : 0.8][Number(action.slice(7))] ?? 0,
    };
    const { regrets } = lived(riser, 12_000, 1);
    expect(mean(regrets.slice(-1000))).toBeLessThan(0.05);
  });
});

const folder = new URL("../../../../shared/data/bandit/", import.meta.url);
const present = existsSync(folder);
if (!present) console.warn("skipped: the reference data for bandits are not beside this checkout");

describe.skipIf(!present)("the reference problems, with the settings that customers get", () => {
  test("regret on the arms is on a level with the best reference", () => {
    const rates = readCsv(readFileSync(new URL("arms-women.csv", folder), "utf8")).rows.map(
      (row, at) => numberIn(row, "rate", at + 2),
    );
    expect(
      mean(Array.from({ length: 10 }, (_, i) => regretOf(rates, 100_000, i + 1))),
    ).toBeLessThan(175);
  });

  test("reward on the labels is on a level with the best reference", () => {
    const data = labelledFrom(readFileSync(new URL("digits.csv", folder), "utf8"));
    const runs = Array.from({ length: 20 }, (_, i) => rewardsOf(data, 3, i + 1));
    const first = mean(runs.map((rewards) => mean(rewards.slice(0, data.length))));
    expect(first).toBeGreaterThanOrEqual(0.84);
    expect(mean(runs.map((rewards) => mean(rewards.slice(-1000))))).toBeGreaterThanOrEqual(0.97);
  });
});

describe("the benchmark", () => {
  test("says what it needs", async () => {
    await expect(run([])).rejects.toThrow("--arms FILE.csv or --labels FILE.csv");
  });
});
