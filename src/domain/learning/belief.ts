import { cellOf } from "./context.ts";
import { expecting, forecast } from "./linear.ts";
import type { ActionModel, Belief, Context, Model, Tally } from "./model.ts";
import { type Prior, strengthOf } from "./prior.ts";
import { clamp, trigamma } from "./special.ts";

/** A rate with as many outcomes behind it, seen as a normal distribution of its log-odds. */
const logOdds = (rate: number, outcomes: number): Belief => {
  const a = rate * outcomes;
  const b = outcomes - a;
  return { scale: "log-odds", mean: Math.log(a / b), sd: Math.sqrt(trigamma(a) + trigamma(b)) };
};

/** What is believed of an action before anything of its own is known. */
export const priorBelief = ({ mean, spread }: Prior): Belief =>
  logOdds(mean, strengthOf(mean, spread));

/** An action's rate, shrunk to the common one. */
export const rateOf = ({ taken, shown }: Tally, { mean, spread }: Prior): number => {
  const strength = strengthOf(mean, spread);
  return (taken + mean * strength) / (shown + strength);
};

/** What is believed of an action over all contexts. */
export const actionBelief = (tally: Tally, prior: Prior): Belief =>
  logOdds(rateOf(tally, prior), tally.shown + strengthOf(prior.mean, prior.spread));

/** What is believed of an action in one cell: the cell's outcomes, shrunk to the action, which is itself uncertain. */
export const cellBelief = (model: Model, action: ActionModel, cell: string): Belief => {
  if (cell === "") return action.belief;
  const { taken, shown } = Object.hasOwn(action.cells, cell)
    ? (action.cells[cell] ?? NOTHING)
    : NOTHING;
  const parent = rateOf(action, model.prior);
  const parentOutcomes = action.shown + strengthOf(model.prior.mean, model.prior.spread);
  const strength = strengthOf(parent, model.cellSpread);
  const rate = (taken + parent * strength) / (shown + strength);
  const inherited = strength / (shown + strength);
  const own = (rate * (1 - rate)) / (shown + strength + 1);
  const fromParent = (inherited * inherited * parent * (1 - parent)) / (parentOutcomes + 1);
  return logOdds(rate, Math.max((rate * (1 - rate)) / (own + fromParent) - 1, 1e-2));
};

const NOTHING: Tally = { taken: 0, shown: 0 };

/** The noise's standard deviation, as the contextual model's own errors show it. */
export const noiseOf = ({ skill }: Model): number => Math.sqrt(skill.squares / skill.count);

/** What the contextual model believes of an action at a vector. */
export const contextualBelief = (
  model: Model,
  action: ActionModel | undefined,
  vector: readonly number[],
): Belief => {
  const { ridge } = model.settings;
  const { mean, variance } = forecast(action?.linear ?? expecting(0, ridge), vector, ridge);
  return { scale: "rate", mean, sd: noiseOf(model) * Math.sqrt(Math.max(variance, 0)) };
};

/** Whether the contextual model decides at this vector: it must have something to go by and have forecast better. */
export const usesContextual = (model: Model, vector: readonly number[]): boolean =>
  vector.length > 1 && model.skill.lead > model.settings.contextualEvidence;

export const isQuiet = ({ outcomes, settings }: Model): boolean => outcomes < settings.quietUntil;

/** The belief a decision rests on, and the model it comes from. */
export const believed = (
  model: Model,
  id: string,
  context: Context,
  vector: readonly number[],
): { readonly belief: Belief; readonly source: "prior" | "cell" | "contextual" } => {
  const action = Object.hasOwn(model.actions, id) ? model.actions[id] : undefined;
  if (isQuiet(model)) return { belief: priorBelief(model.prior), source: "prior" };
  if (usesContextual(model, vector))
    return { belief: contextualBelief(model, action, vector), source: "contextual" };
  if (action === undefined) return { belief: priorBelief(model.prior), source: "prior" };
  return { belief: cellBelief(model, action, cellOf(context)), source: "cell" };
};

/** The mean rate of a belief, 0 to 1. */
export const expectedRate = ({ scale, mean }: Belief): number =>
  scale === "rate" ? clamp(mean, 0, 1) : 1 / (1 + Math.exp(-mean));
