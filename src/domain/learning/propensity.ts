import { type Manner, rateAt, valueAt } from "./manner.ts";
import type { Belief } from "./model.ts";
import { normalCdf } from "./special.ts";

export interface Rival {
  readonly weight: number;
  readonly belief: Belief;
}

/** Where the chosen action's noise is evaluated: the midpoints of slices of the standard normal, ±4 wide. */
const SLICES = 80;
const REACH = 4;
const NODES: readonly { readonly at: number; readonly share: number }[] = Array.from(
  { length: SLICES },
  (_, i) => {
    const from = -REACH + (2 * REACH * i) / SLICES;
    const to = from + (2 * REACH) / SLICES;
    return {
      at: (from + to) / 2,
      share: (normalCdf(to) - normalCdf(from)) / (normalCdf(REACH) - normalCdf(-REACH)),
    };
  },
);

/** Less than any share that matters; also the least propensity, since what was drawn was possible. */
const NEGLIGIBLE = 1e-6;

/** P(the chosen one's draw is above all others'): its density times the others' distribution functions. */
const inManner = (rivals: readonly Rival[], chosen: Rival, { optimism, width }: Manner): number => {
  const { scale, mean, sd } = chosen.belief;
  let total = 0;
  for (const { at, share } of NODES) {
    const score = chosen.weight * rateAt(scale, mean + sd * (optimism + width * at));
    let below = share;
    for (const rival of rivals) {
      if (rival === chosen) continue;
      const { belief } = rival;
      const value = valueAt(belief.scale, score / rival.weight);
      below *= normalCdf(((value - belief.mean) / belief.sd - optimism) / width);
      if (below < NEGLIGIBLE) break;
    }
    total += below;
  }
  return total;
};

/**
 * Probability that one of the rivals is drawn, by quadrature over its own noise: within 0.02 where a rival's belief
 * is far narrower than the chosen one's, much closer otherwise.
 * @param index which of the rivals
 */
export const propensityOf = (
  rivals: readonly Rival[],
  index: number,
  manners: readonly Manner[],
): number => {
  const chosen = rivals[index];
  if (chosen === undefined) throw new RangeError(`no rival ${index} among ${rivals.length}`);
  let total = 0;
  for (const manner of manners)
    if (manner.share > 0) total += manner.share * inManner(rivals, chosen, manner);
  return Math.min(1, Math.max(NEGLIGIBLE, total));
};
