/**
 * Which of the fitting actions goes first: priority = propensity × context × value × lever (DESIGN.md 5). What was given
 * lately limits it: caps, cool-downs, and one open hint at a time and slot.
 */
import type { Millis } from "../ids.ts";
import type { Action, Catalogue } from "./catalogue.ts";
import { fit, type Situation } from "./eligible.ts";

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
  /** Chance with which it was chosen among the fitting ones, in (0, 1]. */
  propensity: number;
  /** Share of this action's priority in the sum of all fitting ones: how clear the choice is. */
  confidence: number;
}

/** How likely a take is, and with which chance to choose; learned models take this place. */
export interface Learner {
  choose(
    candidates: readonly Action[],
    situation: Situation,
    random: () => number,
  ): { action: Action; propensity: number; rates: readonly number[] };
}

/** Before anything was learned: the highest of prior × value × lever. */
export const PRIOR_LEARNER: Learner = {
  choose(candidates) {
    const rates = candidates.map((action) => action.prior);
    const best = candidates.reduce((a, b) => (worth(b, b.prior) > worth(a, a.prior) ? b : a));
    return { action: best, propensity: 1, rates };
  },
};

const worth = (action: Action, rate: number): number => rate * action.value * action.lever;

/** Caps count over so many days. */
const CAP_DAYS = 30;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

export function arbitrate(
  catalogue: Catalogue,
  situation: Situation,
  given: readonly Given[],
  at: { slot: string; now: Millis },
  learner: Learner,
  random: () => number,
): Chosen | null {
  const fitting = catalogue.actions
    .filter((action) => action.enabled && action.channel === "site")
    .filter((action) => action.slots.length === 0 || action.slots.includes(at.slot))
    .filter((action) => mayAgain(action, given, at.now))
    .flatMap((action) => {
      const fits = fit(action, situation);
      return fits.fits ? [{ action, fits }] : [];
    });
  if (fitting.length === 0) return null;
  const candidates = fitting.map(({ action }) => action);
  const { action, propensity, rates } = learner.choose(candidates, situation, random);
  const chosen = fitting.find((each) => each.action === action);
  if (!chosen) return null;
  const total = candidates.reduce((sum, each, n) => sum + worth(each, rates[n] ?? 0), 0);
  const own = worth(action, rates[candidates.indexOf(action)] ?? 0);
  return {
    action: withTopic(action, chosen.fits.topic),
    why: chosen.fits.why,
    propensity,
    confidence: total > 0 ? own / total : 0,
  };
}

function mayAgain(action: Action, given: readonly Given[], now: Millis): boolean {
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
function withTopic(action: Action, topic: string | null): Action {
  if (topic === null) return action;
  const fill = (text: string): string => text.replaceAll("{topic}", topic);
  return {
    ...action,
    title: fill(action.title),
    text: fill(action.text),
    href: action.href.replaceAll("{topic}", encodeURIComponent(topic)),
  };
}
