/** The learned model as objects get it with every question: only what they decide by, in as few characters as that takes. */
import type { ActionModel, Model } from "../learning/model.ts";
import type { Catalogue } from "./catalogue.ts";

/** Cells below so many outcomes say little beyond their action. */
const CELL_OUTCOMES = 2;
const CELLS = 64;
/** More digits than the evidence has. */
const DIGITS = 6;

const rounded = (value: number): number => Number(value.toPrecision(DIGITS));

export function published(model: Model, { actions }: Catalogue): Model {
  const offered = new Set(actions.filter(({ enabled }) => enabled).map(({ id }) => id));
  const contextual = model.skill.lead > model.settings.contextualEvidence;
  return {
    ...model,
    actions: Object.fromEntries(
      Object.entries(model.actions)
        .filter(([id]) => offered.has(id))
        .map(([id, action]) => [id, compact(action, model.settings.ridge, contextual)]),
    ),
  };
}

function compact(action: ActionModel, ridge: number, contextual: boolean): ActionModel {
  const cells = Object.entries(action.cells)
    .filter(([, { shown }]) => shown >= CELL_OUTCOMES)
    .toSorted((a, b) => b[1].shown - a[1].shown)
    .slice(0, CELLS)
    .map(([cell, { taken, shown }]) => [cell, { taken: rounded(taken), shown: rounded(shown) }]);
  const { scale, mean, sd } = action.belief;
  return {
    ...action,
    taken: rounded(action.taken),
    shown: rounded(action.shown),
    belief: { scale, mean: rounded(mean), sd: rounded(sd) },
    cells: Object.fromEntries(cells) as ActionModel["cells"],
    linear: contextual
      ? {
          weights: action.linear.weights.map(rounded),
          covariance: action.linear.covariance.map(rounded),
        }
      : { weights: [0], covariance: [1 / ridge] },
  };
}
