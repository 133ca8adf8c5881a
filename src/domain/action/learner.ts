/** How likely a take is, and with which chance to choose: by the marketer's priors, or by what was learned. */
import { believed, expectedRate, isQuiet } from "../learning/belief.ts";
import { choose } from "../learning/choose.ts";
import { vectorOf } from "../learning/context.ts";
import type { Context, Model } from "../learning/model.ts";
import type { SegmentPlace } from "../segments/place.ts";
import type { Action } from "./catalogue.ts";
import { favourite, type Situation } from "./situation.ts";

export interface Candidate {
  action: Action;
  /** Context × value × lever. */
  weight: number;
}

export interface Learner {
  /** The expected chance of a take for each candidate, in order. */
  rates(candidates: readonly Candidate[], situation: Situation): number[];
  /** Null when nothing is worth anything. */
  choose(
    candidates: readonly Candidate[],
    situation: Situation,
    random: () => number,
  ): { candidate: Candidate; propensity: number } | null;
}

/** Before anything was learned: the highest of prior × context × value × lever. */
export const PRIOR_LEARNER: Learner = {
  rates: (candidates) => candidates.map(({ action }) => action.prior),
  choose(candidates) {
    const worth = ({ action, weight }: Candidate): number => action.prior * weight;
    const best = candidates.reduce<Candidate | null>(
      (most, each) => (most === null || worth(each) > worth(most) ? each : most),
      null,
    );
    return best && worth(best) > 0 ? { candidate: best, propensity: 1 } : null;
  },
};

/** What the scheduled job has learned, as it is handed to the objects. */
export interface Learned {
  model: Model;
  /** Topics common enough to be told apart; every other is one. */
  topics: readonly string[];
  /** What people did after what they read. */
  affinities: readonly Affinity[];
  /** Absent in what was published before segments were. */
  segments?: readonly SegmentPlace[];
}

/** Of the people who did `from`, how many did `to` afterwards. Items as in segments/items.ts. */
export interface Affinity {
  from: string;
  to: string;
  people: number;
  both: number;
  /** Log-likelihood ratio of the two going together. */
  llr: number;
}

/** What is said of the moment when it is logged and learned from. */
export interface Told {
  stage: string;
  device: string | null;
  topic: string | null;
}

export function tell({ stage, summary, meter }: Situation): Told {
  const [topic] = favourite(summary, meter?.topics);
  return { stage, device: summary.devices[0]?.type ?? null, topic: topic === "" ? null : topic };
}

/** Rare topics are one, so that what visitors call their pages can't make the model grow without end. */
export const contextOf = (told: Told, topics: readonly string[]): Context => ({
  stage: told.stage,
  ...(told.device === null ? {} : { device: told.device }),
  ...(told.topic === null ? {} : { topic: topics.includes(told.topic) ? told.topic : "other" }),
});

/** Thompson sampling by the learned model; quiet, by the priors, until enough is known. */
export function learnerOf(learned: Learned | null): Learner {
  if (!learned || isQuiet(learned.model)) return PRIOR_LEARNER;
  const { model, topics } = learned;
  return {
    rates(candidates, situation) {
      const context = contextOf(tell(situation), topics);
      const vector = vectorOf(model.features, context);
      return candidates.map(({ action }) =>
        expectedRate(believed(model, action.id, context, vector).belief),
      );
    },
    choose(candidates, situation, random) {
      const context = contextOf(tell(situation), topics);
      const eligible = candidates.map(({ action, weight }) => ({ id: action.id, weight }));
      const choice = choose(model, eligible, context, random);
      const candidate = candidates.find(({ action }) => action.id === choice?.action);
      return choice && candidate ? { candidate, propensity: choice.propensity } : null;
    },
  };
}
