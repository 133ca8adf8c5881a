/**
 * Runs the product's own learner, with the settings that customers get, on simulated arms or labelled contexts.
 *
 *     bandit --arms FILE.csv [--rounds 100000] [--seeds 20]    → {regret, se, uniform}
 *     bandit --labels FILE.csv [--passes 3] [--seeds 20]       → {firstPass, last1000, se}
 *
 * The protocols are those of the reference figures for bandits: cumulative pseudo-regret over Bernoulli arms, and reward 1 iff the arm drawn is
 * the label. Decisions are drawn without their propensity, which nothing here reads.
 */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { type Candidate, draw } from "../../src/domain/learning/choose.ts";
import { learn } from "../../src/domain/learning/learn.ts";
import { type Context, emptyModel } from "../../src/domain/learning/model.ts";
import { seeded } from "../../src/domain/learning/random.ts";
import { numberIn, readCsv } from "./csv.ts";
import { say } from "./say.ts";

/** One decision a second, from an arbitrary day on. */
const START = Date.UTC(2026, 0, 1);
const SECOND = 1000;

const candidates = (ids: readonly string[]): readonly Candidate[] =>
  ids.map((id) => ({ id, weight: 1 }));
const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
const standardError = (numbers: readonly number[]): number => {
  const centre = mean(numbers);
  const squares = numbers.reduce((sum, x) => sum + (x - centre) ** 2, 0);
  return numbers.length > 1 ? Math.sqrt(squares / (numbers.length - 1) / numbers.length) : 0;
};

/** Regret of each round of one run over arms with these rates, summed. */
export const regretOf = (rates: readonly number[], rounds: number, seed: number): number => {
  const random = seeded(seed);
  const ids = rates.map((_, i) => `arm ${i}`);
  const rateOf = new Map(ids.map((id, i) => [id, rates[i] ?? 0]));
  const eligible = candidates(ids);
  const best = Math.max(...rates);
  let model = emptyModel();
  let regret = 0;
  for (let round = 0; round < rounds; round += 1) {
    const action = draw(model, eligible, {}, random)?.action ?? "";
    const rate = rateOf.get(action) ?? 0;
    regret += best - rate;
    const result = random() < rate ? "taken" : "expired";
    model = learn(model, [{ action, context: {}, result, at: START + round * SECOND }]);
  }
  return regret;
};

export interface Labelled {
  readonly context: Context;
  readonly label: string;
}

/** Reward of each round of one run over labelled contexts, in a new random order each pass. */
export const rewardsOf = (
  data: readonly Labelled[],
  passes: number,
  seed: number,
): readonly number[] => {
  const random = seeded(seed);
  const eligible = candidates([...new Set(data.map(({ label }) => label))].toSorted());
  const rewards: number[] = [];
  let model = emptyModel();
  for (let pass = 0; pass < passes; pass += 1) {
    const order = [...data];
    for (let i = order.length - 1; i > 0; i -= 1) {
      const j = Math.floor(random() * (i + 1));
      const [a, b] = [order[i], order[j]];
      if (a !== undefined && b !== undefined) [order[i], order[j]] = [b, a];
    }
    for (const { context, label } of order) {
      const action = draw(model, eligible, context, random)?.action ?? "";
      const right = action === label;
      const at = START + rewards.length * SECOND;
      rewards.push(right ? 1 : 0);
      model = learn(model, [{ action, context, result: right ? "taken" : "expired", at }]);
    }
  }
  return rewards;
};

/** Rows of numbers with a `label` column, each column scaled to 0–1 over the file. */
export const labelledFrom = (text: string): readonly Labelled[] => {
  const { columns, rows } = readCsv(text);
  if (!columns.includes("label")) throw new Error("the file needs a column `label`");
  if (rows.length === 0) throw new Error("the file has no rows");
  const names = columns.filter((column) => column !== "label");
  const ranges = names.map((name) => {
    let least = Infinity;
    let most = -Infinity;
    for (const [at, row] of rows.entries()) {
      const value = numberIn(row, name, at + 2);
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    return { name, least, width: most > least ? most - least : 1 };
  });
  return rows.map((row, at) => ({
    label: row["label"]?.trim() ?? "",
    context: {
      features: Object.fromEntries(
        ranges.map(({ name, least, width }) => [
          name,
          (numberIn(row, name, at + 2) - least) / width,
        ]),
      ),
    },
  }));
};

const ratesFrom = (text: string): readonly number[] => {
  const rates = readCsv(text).rows.map((row, at) => numberIn(row, "rate", at + 2));
  if (rates.length === 0 || rates.some((rate) => rate < 0 || rate > 1))
    throw new Error("the file needs rates of 0 to 1");
  return rates;
};

const counted = (text: string, name: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`--${name} must be a whole number above 0`);
  return value;
};

export const run = async (args: string[]): Promise<object> => {
  const { values } = parseArgs({
    args,
    options: {
      arms: { type: "string" },
      labels: { type: "string" },
      rounds: { type: "string", default: "100000" },
      passes: { type: "string", default: "3" },
      seeds: { type: "string", default: "20" },
    },
  });
  const seeds = Array.from({ length: counted(values.seeds, "seeds") }, (_, i) => i + 1);
  if (values.arms !== undefined) {
    const rates = ratesFrom(readFileSync(values.arms, "utf8"));
    const rounds = counted(values.rounds, "rounds");
    const regrets = seeds.map((seed) => regretOf(rates, rounds, seed));
    const uniform = rounds * (Math.max(...rates) - mean(rates));
    return { regret: mean(regrets), se: standardError(regrets), uniform };
  }
  if (values.labels !== undefined) {
    const data = labelledFrom(readFileSync(values.labels, "utf8"));
    const runs = seeds.map((seed) => rewardsOf(data, counted(values.passes, "passes"), seed));
    const first = runs.map((rewards) => mean(rewards.slice(0, data.length)));
    const last = runs.map((rewards) => mean(rewards.slice(-1000)));
    return { firstPass: mean(first), last1000: mean(last), se: standardError(first) };
  }
  throw new Error("bandit needs --arms FILE.csv or --labels FILE.csv");
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await say(() => run(process.argv.slice(2)));
}
