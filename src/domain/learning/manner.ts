import { isQuiet } from "./belief.ts";
import type { Belief, Model } from "./model.ts";
import { logit, sigmoid } from "./special.ts";

/** How far a draw strays from the mean, in standard deviations: `optimism` up, `width` either way. */
export interface Manner {
  readonly share: number;
  readonly optimism: number;
  readonly width: number;
}

/** The mixture of manners that decisions are drawn in. Quiet ones know nothing that would deserve optimism. */
export const mannersOf = (model: Model): readonly [Manner, Manner] => {
  const { optimism, width, wideShare } = model.settings;
  if (isQuiet(model)) return [NEVER, { share: 1, optimism: 0, width: 1 }];
  const wide = model.outcomes < model.wideUntil ? 1 : wideShare;
  return [
    { share: 1 - wide, optimism, width },
    { share: wide, optimism, width: 1 },
  ];
};

const NEVER: Manner = { share: 0, optimism: 0, width: 1 };

/** Rates drawn below this shrink towards 0 without reaching it, so that weights never turn an order round. */
const LEAST_RATE = 0.01;

/** A drawn value as a rate above 0, in the same order. */
export const rateAt = (scale: Belief["scale"], value: number): number => {
  if (scale === "log-odds") return sigmoid(value);
  return value > LEAST_RATE ? value : LEAST_RATE * Math.exp(value / LEAST_RATE - 1);
};

/** The value at which a rate is drawn: the inverse of `rateAt`, infinite where every value is below the rate. */
export const valueAt = (scale: Belief["scale"], rate: number): number => {
  if (scale === "log-odds") return rate < 1 ? logit(rate) : Infinity;
  return rate > LEAST_RATE ? rate : LEAST_RATE * (Math.log(rate / LEAST_RATE) + 1);
};
