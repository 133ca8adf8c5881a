import { type Candidate, draw } from "../../../src/domain/learning/choose.ts";
import { learn } from "../../../src/domain/learning/learn.ts";
import {
  type Context,
  emptyModel,
  type Model,
  type Outcome,
} from "../../../src/domain/learning/model.ts";
import { type Random, seeded } from "../../../src/domain/learning/random.ts";

export const START = 19_000 * 86_400_000;
export const SECOND = 1000;
export const DAY = 86_400_000;

export const candidates = (...ids: readonly string[]): readonly Candidate[] =>
  ids.map((id) => ({ id, weight: 1 }));

/** `shown` outcomes of one action, of which the first `taken` were taken, a second apart. */
export const outcomes = (
  action: string,
  taken: number,
  shown: number,
  context: Context = {},
  from = START,
): readonly Outcome[] =>
  Array.from({ length: shown }, (_, i) => ({
    action,
    context,
    result: i < taken ? "taken" : i % 2 === 0 ? "dismissed" : "expired",
    at: from + i * SECOND,
  }));

/** The same outcomes in an order that no run of luck marks as a change. */
export const shuffled = (list: readonly Outcome[], seed = 1): readonly Outcome[] => {
  const random = seeded(seed);
  return list
    .map((outcome) => ({ outcome, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ outcome }) => outcome);
};

export interface World {
  readonly actions: readonly string[];
  readonly context: (random: Random) => Context;
  readonly rate: (action: string, context: Context, round: number) => number;
}

/** Regret of each round of a learner with the default settings that decides and learns round by round. */
export const lived = (
  world: World,
  rounds: number,
  seed: number,
  model = emptyModel(),
): { regrets: number[]; model: Model } => {
  const random = seeded(seed);
  const eligible = candidates(...world.actions);
  const regrets: number[] = [];
  let next = model;
  for (let round = 0; round < rounds; round += 1) {
    const context = world.context(random);
    const rates = world.actions.map((action) => world.rate(action, context, round));
    const action = draw(next, eligible, context, random)?.action ?? "";
    const rate = world.rate(action, context, round);
    regrets.push(Math.max(...rates) - rate);
    const result = random() < rate ? "taken" : "expired";
    next = learn(next, [{ action, context, result, at: START + round * SECOND }]);
  }
  return { regrets, model: next };
};

export const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, x) => total + x, 0);
export const mean = (numbers: readonly number[]): number => sum(numbers) / numbers.length;
