import { believed, expectedRate, isQuiet } from "./belief.ts";
import { vectorOf } from "./context.ts";
import { mannersOf, rateAt } from "./manner.ts";
import type { Belief, Context, Model } from "./model.ts";
import { propensityOf } from "./propensity.ts";
import { normals, type Random } from "./random.ts";

/** An action that may be shown now; `weight` (context × value × lever) multiplies its chance of being taken; at 0 or
 *  below it is not drawn. */
export interface Candidate {
  readonly id: string;
  readonly weight: number;
}

/** The action drawn and what the draw rests on. */
export interface Draw {
  readonly action: string;
  /** The mean chance, 0–1, that it is taken in this context. */
  readonly expected: number;
  /** What the expectation comes from: nothing of its own yet, its cell's outcomes, or the contextual model. */
  readonly source: "prior" | "cell" | "contextual";
  /** True while too little is known of anything; then every draw is from the prior. */
  readonly quiet: boolean;
}

export interface Choice extends Draw {
  /** Probability that this action was drawn, 0–1 and above 0, given the model, the candidates and the context. */
  readonly propensity: number;
}

interface Rated extends Candidate {
  readonly belief: Belief;
  readonly source: Draw["source"];
}

const ratedIn = (
  model: Model,
  eligible: readonly Candidate[],
  context: Context,
): readonly Rated[] => {
  const vector = vectorOf(model.features, context);
  return eligible
    .filter(({ weight }) => weight > 0)
    .map(({ id, weight }) => ({
      id,
      weight,
      ...believed(model, id, context, vector),
    }));
};

const drawn = (model: Model, rated: readonly Rated[], random: Random): Rated | null => {
  const [narrow, wide] = mannersOf(model);
  const { optimism, width } = random() < wide.share ? wide : narrow;
  const normal = normals(random);
  let best: Rated | null = null;
  let most = -1;
  for (const candidate of rated) {
    const { scale, mean, sd } = candidate.belief;
    const score = candidate.weight * rateAt(scale, mean + sd * (optimism + width * normal()));
    if (score > most) {
      most = score;
      best = candidate;
    }
  }
  return best;
};

const described = (model: Model, { id, belief, source }: Rated): Draw => ({
  action: id,
  expected: expectedRate(belief),
  source,
  quiet: isQuiet(model),
});

/** Draws one of the eligible actions, null when there is none: `choose` for those who need no propensity. */
export const draw = (
  model: Model,
  eligible: readonly Candidate[],
  context: Context,
  random: Random,
): Draw | null => {
  const best = drawn(model, ratedIn(model, eligible, context), random);
  return best && described(model, best);
};

/**
 * Chooses one of the eligible actions by optimistic, narrowed Thompson sampling; null when there is none. Pure given
 * the generator; the propensity is integrated, not simulated, so it is the same for the same model and context.
 */
export const choose = (
  model: Model,
  eligible: readonly Candidate[],
  context: Context,
  random: Random,
): Choice | null => {
  const rated = ratedIn(model, eligible, context);
  const best = drawn(model, rated, random);
  if (best === null) return null;
  return {
    ...described(model, best),
    propensity: propensityOf(rated, rated.indexOf(best), mannersOf(model)),
  };
};
