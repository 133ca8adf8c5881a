import type { Tally } from "./model.ts";
import { clamp } from "./special.ts";

/**
 * Two cumulative sums of evidence (CUSUM, Page 1954) that an action is now taken less, or more, often than forecast,
 * each with the outcomes since it last stood at zero: the most likely stretch since the change.
 */
export interface Watch {
  readonly less: Suspicion;
  readonly more: Suspicion;
}

export interface Suspicion extends Tally {
  /** Nats in favour of a change. */
  readonly evidence: number;
}

const NONE: Suspicion = { evidence: 0, taken: 0, shown: 0 };
export const UNSUSPICIOUS: Watch = { less: NONE, more: NONE };

/** A change is one of the odds by this factor; smaller ones are left to fading. */
const ODDS_FACTOR = 3;

const advanced = (
  before: Suspicion,
  reward: number,
  forecast: number,
  factor: number,
): Suspicion => {
  // With the odds times f, a forecast p becomes fp / (1 - p + fp): the likelihood ratios share that denominator.
  const denominator = 1 - forecast + factor * forecast;
  const evidence = before.evidence + (reward === 1 ? Math.log(factor) : 0) - Math.log(denominator);
  return evidence > 0 ? { evidence, taken: before.taken + reward, shown: before.shown + 1 } : NONE;
};

/** Forecasts of 0 or 1 would turn one exception into certainty. */
const LEAST_FORECAST = 1e-4;
/** No action is expected to be taken more surely than this when it disappoints: confident forecasts miss now and then. */
const SUREST = 0.9;

/**
 * The watch after one more outcome of which `forecast` was expected.
 * @param shrunken the forecast is a regression's, drawn to the mean: to be taken more often than that is no news
 */
export const watched = (
  { less, more }: Watch,
  reward: number,
  forecast: number,
  shrunken: boolean,
): Watch => {
  const p = clamp(forecast, LEAST_FORECAST, 1 - LEAST_FORECAST);
  return {
    less: advanced(less, reward, Math.min(p, SUREST), 1 / ODDS_FACTOR),
    more: shrunken ? NONE : advanced(more, reward, p, ODDS_FACTOR),
  };
};

/**
 * The outcomes since the change, or null while there is too little evidence of one. The bar grows with the logarithm
 * of what the action has been shown, so that false alarms stay rare however long it runs.
 */
export const changed = ({ less, more }: Watch, shown: number, evidence: number): Tally | null => {
  const strongest = less.evidence > more.evidence ? less : more;
  return strongest.evidence > evidence + Math.log(1 + shown)
    ? { taken: strongest.taken, shown: strongest.shown }
    : null;
};
