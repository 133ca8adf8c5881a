import { CONSTANT } from "./context.ts";
import type { Linear } from "./linear.ts";
import { FLAT, type Prior } from "./prior.ts";
import type { Watch } from "./drift.ts";

/** What became of one hint: taken, or one of the two ways of not taking it. */
export type Result = "taken" | "dismissed" | "expired";

/**
 * What is known at the moment of a decision. `stage`, `device` and `topic` (the topic of greatest affinity) name the
 * cell; all three and `features` (name → number, best scaled to 0–1) enter the contextual model. All may be left out.
 */
export interface Context {
  readonly stage?: string;
  readonly device?: string;
  readonly topic?: string;
  readonly features?: Readonly<Record<string, number>>;
}

/** One closed hint. `at` is when it closed, in milliseconds since 1970. */
export interface Outcome {
  readonly action: string;
  readonly context: Context;
  readonly result: Result;
  readonly at: number;
}

/** How often something was shown and how often taken; fractions once old outcomes have faded. */
export interface Tally {
  readonly taken: number;
  readonly shown: number;
}

/** What is believed of one rate: a normal distribution, over the log-odds or over the rate itself. */
export interface Belief {
  readonly scale: "log-odds" | "rate";
  readonly mean: number;
  readonly sd: number;
}

/** Everything learned of one action. `belief` is over all contexts; `cells` are keyed as in context.ts. */
export interface ActionModel extends Tally {
  readonly belief: Belief;
  readonly cells: Readonly<Record<string, Tally>>;
  readonly linear: Linear;
  readonly watch: Watch;
}

export interface Settings {
  /** Outcomes, over all actions, before what was learned is used at all. */
  readonly quietUntil: number;
  /** Posterior standard deviations added to every mean: what is little known gets the benefit of the doubt. */
  readonly optimism: number;
  /** Posterior standard deviations of noise in a draw. Below 1: plain Thompson sampling (1) explores too long when
   *  rates are small or close together. */
  readonly width: number;
  /** Share of decisions drawn at width 1, so that no early bad luck of a good action lasts. */
  readonly wideShare: number;
  /** Days after which an outcome counts half. */
  readonly halfLifeDays: number;
  /** Evidence, in nats, at which an action's outcomes are taken to have changed; grows with ln(1 + shown). */
  readonly changeEvidence: number;
  /** Prior precision of the contextual weights, in units of the noise's. */
  readonly ridge: number;
  /** Most features of the contextual model; what appears later is ignored. Bounds the state and the time to decide. */
  readonly featuresLimit: number;
  /** Evidence, in nats, by which the contextual model's forecasts must have beaten the cells' before it is used. */
  readonly contextualEvidence: number;
}

export const DEFAULT_SETTINGS: Settings = {
  quietUntil: 20,
  optimism: 0.5,
  width: 0.35,
  wideShare: 0.05,
  halfLifeDays: 60,
  changeEvidence: 7,
  ridge: 1,
  featuresLimit: 128,
  contextualEvidence: 1,
};

/** How well the contextual model has forecast outcomes before they were known. */
export interface Skill {
  /** Sum of squared errors with the model's own uncertainty divided out (what would remain with its weights known). */
  readonly squares: number;
  /** How many errors are in it. */
  readonly count: number;
  /** Nats by which its forecasts were likelier than the cells', the price of its uncertainty included. */
  readonly lead: number;
}

/** The learner's whole state: plain data, safe through JSON. Made by `emptyModel`, advanced only by `learn`. */
export interface Model {
  readonly settings: Settings;
  readonly actions: Readonly<Record<string, ActionModel>>;
  /** How actions' rates are spread around the common one: the parent of every action. */
  readonly prior: Prior;
  /** How an action's cells are spread around the action, in log-odds. */
  readonly cellSpread: number;
  /** The contextual model's features: name → place. Place 0 is its constant. */
  readonly features: Readonly<Record<string, number>>;
  readonly skill: Skill;
  /** Outcomes learned from, and at how many the priors are fitted next. */
  readonly outcomes: number;
  readonly fitAt: number;
  /** Draws are at width 1 until that many outcomes: an action has changed, so the others are looked at afresh. */
  readonly wideUntil: number;
  /** The latest day (since 1970, UTC) of an outcome; older ones have faded towards it. Null before the first. */
  readonly day: number | null;
}

/** A learner that has seen nothing. */
export const emptyModel = (settings: Settings = DEFAULT_SETTINGS): Model => ({
  settings,
  actions: {},
  prior: FLAT,
  cellSpread: 0.5,
  features: { [CONSTANT]: 0 },
  skill: { squares: 0.09, count: 1, lead: 0 },
  outcomes: 0,
  fitAt: 20,
  wideUntil: 0,
  day: null,
});
