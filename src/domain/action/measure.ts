/** What came of actions: takes with their intervals, and the lift over those who were held out. */
import type { Millis, VisitorId } from "../ids.ts";
import { normalCdf } from "../learning/special.ts";
import { armOf } from "./holdout.ts";
import { closing, type HintClosing } from "./outcomes.ts";

/** 95 %, two-sided. */
const Z = 1.959964;

export interface Takes {
  shown: number;
  taken: number;
  dismissed: number;
  expired: number;
  /** Shown, and its window isn't over. */
  open: number;
  /** Taken of those that closed; null while none did. */
  rate: number | null;
  /** Wilson's interval of the rate, 95 %. */
  interval: [low: number, high: number] | null;
}

export function takesOf(hints: readonly HintClosing[], now: Millis): Takes {
  const count = { taken: 0, dismissed: 0, expired: 0 };
  for (const hint of hints) {
    const closed = closing(hint, now);
    if (closed) count[closed.result] += 1;
  }
  const closed = count.taken + count.dismissed + count.expired;
  return {
    shown: hints.length,
    ...count,
    open: hints.length - closed,
    rate: closed === 0 ? null : count.taken / closed,
    interval: wilson(count.taken, closed),
  };
}

/** Wilson's score interval: holds near 0 and 1 and for few, where the usual one doesn't. */
export function wilson(taken: number, of: number): [number, number] | null {
  if (of === 0) return null;
  const rate = taken / of;
  const square = (Z * Z) / of;
  const middle = (rate + square / 2) / (1 + square);
  const half = (Z * Math.sqrt((rate * (1 - rate)) / of + square / of / 4)) / (1 + square);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

export interface PropensityLog {
  hints: number;
  /** The smallest chance with which one was chosen; null without any. */
  least: number | null;
  /**
   * How many hints of even chances say as much, once each is weighed by its own (Kish). What was hardly ever drawn weighs
   * so much that it may drown the rest.
   */
  effective: number;
}

/** Whether what was chosen can be judged afresh from the log: by inverse propensity. */
export function propensityLog(hints: readonly Pick<HintClosing, "propensity">[]): PropensityLog {
  let least: number | null = null;
  let [sum, squares] = [0, 0];
  for (const { propensity } of hints) {
    if (propensity <= 0) continue;
    const weight = 1 / propensity;
    least = least === null ? propensity : Math.min(least, propensity);
    sum += weight;
    squares += weight * weight;
  }
  return { hints: hints.length, least, effective: squares > 0 ? (sum * sum) / squares : 0 };
}

export interface Person {
  visitors: readonly VisitorId[];
  /** Did what the action is for. */
  succeeded: boolean;
}

export interface ArmFigures {
  people: number;
  successes: number;
  rate: number | null;
}

export interface Lift {
  shown: ArmFigures;
  held: ArmFigures;
  /** Merged from both arms. */
  leftOut: number;
  /** Difference of the rates, with its interval of 95 %; null while an arm is empty. */
  lift: number | null;
  interval: [low: number, high: number] | null;
  sampleRatio: SampleRatio;
}

export interface SampleRatio {
  /** Shares held out among people of one visitor. */
  expected: number;
  observed: number | null;
  /** Chance of a split at least as uneven, were all well. */
  p: number | null;
  /** False below 0.001: something counts one arm differently, and the lift means nothing. */
  ok: boolean;
}

/**
 * Everybody who came counts, whether or not they met the hint: nothing but the arm then tells the two groups apart. Who
 * has many visitors is in one arm alone less often, so people are compared with those of as many visitors
 * (Mantel–Haenszel), or the lift would be that of being keen.
 */
export function liftOf(people: readonly Person[], holdOut: number): Lift {
  const strata = new Map<number, { shown: Person[]; held: Person[] }>();
  let leftOut = 0;
  for (const person of people) {
    const arm = armOf(person.visitors, holdOut);
    if (arm === "mixed") {
      leftOut += 1;
      continue;
    }
    const size = person.visitors.length;
    const stratum = strata.get(size) ?? { shown: [], held: [] };
    strata.set(size, stratum);
    stratum[arm].push(person);
  }
  let weights = 0;
  let sum = 0;
  let variance = 0;
  for (const { shown, held } of strata.values()) {
    if (shown.length === 0 || held.length === 0) continue;
    const weight = (shown.length * held.length) / (shown.length + held.length);
    weights += weight;
    sum += weight * (rateOf(shown) - rateOf(held));
    variance += weight * weight * (varianceOf(shown) + varianceOf(held));
  }
  const lift = weights > 0 ? sum / weights : null;
  const half = weights > 0 ? (Z * Math.sqrt(variance)) / weights : 0;
  const all = [...strata.values()];
  const single = strata.get(1);
  return {
    shown: figures(all.flatMap(({ shown }) => shown)),
    held: figures(all.flatMap(({ held }) => held)),
    leftOut,
    lift,
    interval: lift === null ? null : [lift - half, lift + half],
    sampleRatio: sampleRatio(single?.held.length ?? 0, single?.shown.length ?? 0, holdOut),
  };
}

const successesOf = (people: readonly Person[]): number =>
  people.filter(({ succeeded }) => succeeded).length;
const rateOf = (people: readonly Person[]): number => successesOf(people) / people.length;

/** Of a rate, with one success and one failure more (Agresti and Caffo), so that none of few isn't certainty. */
function varianceOf(people: readonly Person[]): number {
  const rate = (successesOf(people) + 1) / (people.length + 2);
  return (rate * (1 - rate)) / (people.length + 2);
}

const figures = (people: readonly Person[]): ArmFigures => ({
  people: people.length,
  successes: successesOf(people),
  rate: people.length === 0 ? null : rateOf(people),
});

const MISMATCH = 0.001;

export function sampleRatio(held: number, shown: number, expected: number): SampleRatio {
  const all = held + shown;
  if (all === 0 || expected <= 0) return { expected, observed: null, p: null, ok: true };
  const deviation = Math.abs(held - all * expected);
  const z = deviation / Math.sqrt(all * expected * (1 - expected));
  const p = 2 * (1 - normalCdf(z));
  return { expected, observed: held / all, p, ok: p >= MISMATCH };
}
