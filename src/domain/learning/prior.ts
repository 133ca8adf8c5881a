import type { Tally } from "./model.ts";
import { clamp, logGamma } from "./special.ts";

/** Rates scattered around `mean` with a standard deviation of `spread` in log-odds: a beta distribution. */
export interface Prior {
  readonly mean: number;
  readonly spread: number;
}

/** Before anything is known: flat over 0 to 1. */
export const FLAT: Prior = { mean: 0.5, spread: Math.SQRT2 };

/** Spreads considered, and how plausible each is beforehand (log-normal around 0.8, wide): keeps the fit away from "all
 *  equal" while there is little to tell them apart. */
const SPREADS = [0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1, 1.4, 2, 2.8];
const USUAL_SPREAD = 0.8;
const USUAL_SPREAD_SD = 0.7;

/** Outcomes that a prior is worth: the size of the beta distribution with that mean and spread. */
export const strengthOf = (mean: number, spread: number): number =>
  1 / (spread * spread * mean * (1 - mean));

/** ln of the beta-binomial likelihood of a tally, up to a constant of the tally alone. */
const likelihood = ({ taken, shown }: Tally, mean: number, strength: number): number => {
  const a = mean * strength;
  const b = strength - a;
  return (
    logGamma(taken + a) -
    logGamma(a) +
    logGamma(shown - taken + b) -
    logGamma(b) +
    logGamma(strength) -
    logGamma(shown + strength)
  );
};

/** Posterior root mean square of the spread, given the likelihood of each. */
const averageSpread = (logLikelihood: (spread: number) => number): number => {
  const logs = SPREADS.map((spread) => {
    const unusual = Math.log(spread / USUAL_SPREAD) / USUAL_SPREAD_SD;
    return logLikelihood(spread) - (unusual * unusual) / 2;
  });
  const most = Math.max(...logs);
  let total = 0;
  let squares = 0;
  for (const [i, spread] of SPREADS.entries()) {
    const weight = Math.exp((logs[i] ?? 0) - most);
    total += weight;
    squares += weight * spread * spread;
  }
  return Math.sqrt(squares / total);
};

/**
 * Empirical Bayes: the common mean and spread of the rates behind some tallies, starting from what was believed.
 * @param tallies one a group; groups never shown say nothing
 */
export const fitPrior = (tallies: readonly Tally[], before: Prior): Prior => {
  const seen = tallies.filter(({ shown }) => shown > 0);
  const shown = seen.reduce((sum, tally) => sum + tally.shown, 0);
  if (seen.length === 0) return before;
  let { mean, spread } = before;
  for (let round = 0; round < 2; round += 1) {
    // A group counts by how much it says beyond its parent, so one that was shown a million times is still one group.
    const strength = strengthOf(mean, spread);
    let weights = 0;
    let rates = 0;
    for (const tally of seen) {
      const weight = tally.shown / (tally.shown + strength);
      weights += weight;
      rates += (weight * tally.taken) / tally.shown;
    }
    const edge = 0.5 / (shown + 1);
    const centre = clamp(rates / weights, edge, 1 - edge);
    mean = centre;
    spread = averageSpread((s) => {
      const k = strengthOf(centre, s);
      return seen.reduce((sum, tally) => sum + likelihood(tally, centre, k), 0);
    });
  }
  return { mean, spread };
};

/** Empirical Bayes one level down: the common spread of groups around parents whose means are known. */
export const fitSpread = (
  families: readonly { readonly mean: number; readonly tallies: readonly Tally[] }[],
): number =>
  averageSpread((spread) =>
    families.reduce((sum, { mean, tallies }) => {
      const strength = strengthOf(mean, spread);
      return tallies.reduce((inner, tally) => inner + likelihood(tally, mean, strength), sum);
    }, 0),
  );
