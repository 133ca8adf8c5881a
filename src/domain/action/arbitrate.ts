/**
 * Which of the fitting actions goes first: priority = propensity × context × value × lever (DESIGN.md 5). What was given
 * lately limits it: caps and cool-downs. An open hint stays in its slot while it fits, so that pages don't flicker.
 */
import { DAY_MS, type Millis } from "../ids.ts";
import type { Action, Catalogue } from "./catalogue.ts";
import { fit } from "./eligible.ts";
import type { Candidate, Learner } from "./learner.ts";
import type { Situation } from "./situation.ts";

/** A hint given before, as far as it limits new ones. */
export interface Given {
  action: string;
  at: Millis;
  until: Millis;
  outcome: "made" | "shown" | "taken" | "dismissed" | "expired";
  outcomeAt: Millis;
}

export interface Chosen {
  action: Action;
  why: string[];
  /** Chance with which it was chosen among the fitting ones, in (0, 1]; null when an open hint stays. */
  propensity: number | null;
  /** Share of this action's priority in the sum of all fitting ones: how clear the choice is. */
  confidence: number;
}

/** Caps count over so many days. */
const CAP_DAYS = 30;
const HOUR_MS = 3_600_000;
/** Hints to one person in thirty days, whatever the caps: more would be a nuisance, and are more than is remembered. */
export const MOST_HINTS = 60;

export interface Asked {
  slot: string;
  now: Millis;
  /** The action of the slot's open hint, which `given` leaves out. */
  open: string | null;
}

export function arbitrate(
  catalogue: Catalogue,
  situation: Situation,
  given: readonly Given[],
  asked: Asked,
  learner: Learner,
  random: () => number,
): Chosen | null {
  const fitting = catalogue.actions
    .filter((action) => action.channel === "site")
    .filter((action) => action.slots.length === 0 || action.slots.includes(asked.slot))
    .filter((action) => mayAgain(action, given, asked.now))
    .flatMap((action) => {
      const fits = fit(action, situation, asked.now);
      if (!fits.fits) return [];
      return [{ action, weight: fits.context * action.value * action.lever, fits }];
    });
  const open = fitting.find(({ action }) => action.id === asked.open);
  if (!open && isTired(given, asked.now)) return null;
  const drawn = open
    ? { candidate: open as Candidate, propensity: null }
    : learner.choose(fitting, situation, random);
  const chosen = fitting.find((each) => each === drawn?.candidate);
  if (!drawn || !chosen) return null;
  const rates = learner.rates(fitting, situation);
  const priorities = fitting.map(({ weight }, n) => weight * (rates[n] ?? 0));
  const total = priorities.reduce((a, b) => a + b, 0);
  return {
    action: withTopic(chosen.action, chosen.fits.topic),
    why: chosen.fits.why,
    propensity: drawn.propensity,
    confidence: total > 0 ? (priorities[fitting.indexOf(chosen)] ?? 0) / total : 0,
  };
}

/** Whether somebody was given as many hints as anybody is. */
export const isTired = (given: readonly Given[], now: Millis): boolean =>
  given.filter((hint) => now - hint.at < CAP_DAYS * DAY_MS).length >= MOST_HINTS;

/** An action that fits, over a channel of its own, and its place among those of that channel. */
export interface Ranked {
  /** Its share of the priorities of all that fit over its channel, 0 to 1. */
  priority: number;
  /** Chance with which it was drawn to go first over its channel, in (0, 1]; null: another one goes first. */
  propensity: number | null;
}

/** For each candidate, in order, its place among those of its channel: one message a person and channel goes first. */
export function rankByChannel(
  candidates: readonly Candidate[],
  rates: readonly number[],
  draw: (candidates: readonly Candidate[]) => ReturnType<Learner["choose"]>,
): Ranked[] {
  const priorities = candidates.map(({ weight }, n) => weight * (rates[n] ?? 0));
  const drawn = new Map(
    [...Map.groupBy(candidates, ({ action }) => action.channel)].map(([channel, rivals]) => [
      channel,
      channel === "site" ? null : draw(rivals),
    ]),
  );
  return candidates.map((candidate, n) => {
    const { channel } = candidate.action;
    const total = candidates.reduce(
      (sum, { action }, at) => (action.channel === channel ? sum + (priorities[at] ?? 0) : sum),
      0,
    );
    const first = drawn.get(channel);
    return {
      priority: total > 0 ? (priorities[n] ?? 0) / total : 0,
      propensity: first?.candidate === candidate ? first.propensity : null,
    };
  });
}

/** Caps and cool-downs. */
export function mayAgain(action: Action, given: readonly Given[], now: Millis): boolean {
  const mine = given.filter((hint) => hint.action === action.id);
  const lately = mine.filter((hint) => now - hint.at < CAP_DAYS * DAY_MS);
  if (lately.length >= action.cap) return false;
  return mine.every((hint) => {
    if (hint.outcome === "taken" || hint.outcome === "dismissed")
      return now - hint.outcomeAt >= action.coolDownHours * HOUR_MS;
    // Made or shown: it is open until its window ends, then it rests as one that wasn't taken.
    return now >= hint.until + action.coolDownHours * HOUR_MS;
  });
}

/** `{topic}` in title, text and link stands for the topic that made it fit. */
export function withTopic(action: Action, topic: string | null): Action {
  if (topic === null) return action;
  const fill = (text: string): string => text.replaceAll("{topic}", topic);
  return {
    ...action,
    title: fill(action.title),
    text: fill(action.text),
    href: action.href.replaceAll("{topic}", encodeURIComponent(topic)),
  };
}
