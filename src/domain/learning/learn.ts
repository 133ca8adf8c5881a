import {
  actionBelief,
  cellBelief,
  expectedRate,
  priorBelief,
  rateOf,
  usesContextual,
} from "./belief.ts";
import { cellOf, vectorOf, withFeatures } from "./context.ts";
import { changed, UNSUSPICIOUS, watched } from "./drift.ts";
import { expecting, faded, type Forecast, forecast, observe } from "./linear.ts";
import type { ActionModel, Model, Outcome, Skill, Tally } from "./model.ts";
import { fitPrior, fitSpread } from "./prior.ts";

const DAY = 86_400_000;
/** After a change anywhere, what the other actions still count for: a standard deviation of 2 in log-odds. */
const KEPT_INFORMATION = 0.25;
/** After a change, outcomes for each action until draws are narrow again. */
const WIDE_OUTCOMES = 40;

const scaled = ({ taken, shown }: Tally, share: number): Tally => ({
  taken: taken * share,
  shown: shown * share,
});

/** An action with its evidence at a share of its weight. */
const fadedAction = (action: ActionModel, share: number, model: Model): ActionModel => {
  const tally = scaled(action, share);
  return {
    ...action,
    ...tally,
    belief: actionBelief(tally, model.prior),
    cells: Object.fromEntries(
      Object.entries(action.cells).map(([cell, seen]) => [cell, scaled(seen, share)]),
    ),
    linear: faded(action.linear, share, model.settings.ridge),
  };
};

const mapActions = (
  model: Model,
  change: (action: ActionModel, id: string) => ActionModel,
): Model["actions"] =>
  Object.fromEntries(Object.entries(model.actions).map(([id, action]) => [id, change(action, id)]));

/** Whole days gone by make everything known before count less. */
const aged = (model: Model, at: number): Model => {
  const day = Math.floor(at / DAY);
  if (model.day === null) return { ...model, day };
  if (day <= model.day) return model;
  const share = 2 ** ((model.day - day) / model.settings.halfLifeDays);
  return {
    ...model,
    day,
    actions: mapActions(model, (action) => fadedAction(action, share, model)),
  };
};

/** The priors fitted to all actions and cells, and the actions' beliefs under them. */
const fitted = (model: Model): Model => {
  const actions = Object.values(model.actions);
  const prior = fitPrior(actions, model.prior);
  const families = actions
    .map((action) => ({ mean: rateOf(action, prior), tallies: Object.values(action.cells) }))
    .filter(({ tallies }) => tallies.length > 0);
  const next = {
    ...model,
    prior,
    cellSpread: families.length > 0 ? fitSpread(families) : model.cellSpread,
    fitAt: Math.ceil(model.outcomes * 1.15) + 5,
  };
  return {
    ...next,
    actions: mapActions(next, (action) => ({ ...action, belief: actionBelief(action, prior) })),
  };
};

/** One action has changed: it restarts from the outcomes since, and the others are not taken for granted either. */
const restarted = (model: Model, id: string, since: Tally): Model => ({
  ...model,
  wideUntil: model.outcomes + WIDE_OUTCOMES * Object.keys(model.actions).length,
  actions: mapActions(model, (action, other) => {
    if (other === id) {
      const share = action.shown > 0 ? Math.min(1, since.shown / action.shown) : 1;
      return {
        ...fadedAction(action, share, model),
        ...since,
        belief: actionBelief(since, model.prior),
        watch: UNSUSPICIOUS,
      };
    }
    const rate = rateOf(action, model.prior);
    const information = action.shown * rate * (1 - rate);
    return information > KEPT_INFORMATION
      ? fadedAction(action, KEPT_INFORMATION / information, model)
      : action;
  }),
});

const starting = (model: Model): ActionModel => ({
  taken: 0,
  shown: 0,
  belief: priorBelief(model.prior),
  cells: {},
  linear: expecting(0, model.settings.ridge),
  watch: UNSUSPICIOUS,
});

/** Skill after one more outcome. The forecasts are compared as normal densities, each as wide as its model is unsure. */
const judged = (skill: Skill, byCell: number, byContext: Forecast, reward: number): Skill => {
  const noise = skill.squares / skill.count;
  const cellSquare = (reward - byCell) ** 2;
  const square = (reward - byContext.mean) ** 2 / (1 + byContext.variance);
  return {
    squares: skill.squares + square,
    count: skill.count + 1,
    lead: skill.lead + (cellSquare - square) / (2 * noise) - Math.log(1 + byContext.variance) / 2,
  };
};

const learnOne = (before: Model, { action: id, context, result }: Outcome): Model => {
  const features = withFeatures(before.features, context, before.settings.featuresLimit);
  const model = { ...before, features };
  const { ridge } = model.settings;
  const action =
    (Object.hasOwn(model.actions, id) ? model.actions[id] : undefined) ?? starting(model);
  const reward = result === "taken" ? 1 : 0;
  const cell = cellOf(context);
  const vector = vectorOf(features, context);
  const contextual = vector.length > 1;

  const byCell = expectedRate(cellBelief(model, action, cell));
  const byContext = contextual ? forecast(action.linear, vector, ridge) : null;
  const trusted = byContext !== null && usesContextual(model, vector);
  const expected = trusted ? byContext.mean : byCell;

  const tally: Tally = { taken: action.taken + reward, shown: action.shown + 1 };
  const inCell = Object.hasOwn(action.cells, cell) ? action.cells[cell] : undefined;
  const learned: ActionModel = {
    ...tally,
    belief: actionBelief(tally, model.prior),
    cells:
      cell === ""
        ? action.cells
        : {
            ...action.cells,
            [cell]: { taken: (inCell?.taken ?? 0) + reward, shown: (inCell?.shown ?? 0) + 1 },
          },
    linear: contextual ? observe(action.linear, vector, reward, ridge) : action.linear,
    watch: watched(action.watch, reward, expected, trusted),
  };
  const next: Model = {
    ...model,
    actions: { ...model.actions, [id]: learned },
    skill: byContext === null ? model.skill : judged(model.skill, byCell, byContext, reward),
    outcomes: model.outcomes + 1,
  };
  const since = changed(learned.watch, learned.shown, next.settings.changeEvidence);
  return since === null ? next : restarted(next, id, since);
};

/**
 * What is known after some outcomes more, in the order given (oldest first). Learning two lists one after the other is
 * learning them joined. Pure; the time goes with the number of outcomes and the square of the number of features.
 */
export const learn = (model: Model, outcomes: readonly Outcome[]): Model => {
  let next = model;
  for (const outcome of outcomes) {
    next = learnOne(aged(next, outcome.at), outcome);
    if (next.outcomes >= next.fitAt) next = fitted(next);
  }
  return next;
};
