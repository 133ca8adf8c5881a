/** The learned model as objects get it with every question: only what they decide by, in as few characters as that takes. */
import type { ActionModel, Model } from "../learning/model.ts";
import type { Catalogue } from "./catalogue.ts";

/** Cells below so many outcomes say little beyond their action. */
const CELL_OUTCOMES = 2;
const CELLS = 64;
/** More digits than the evidence has. */
const DIGITS = 6;
/** Characters, of up to three bytes each: D1 takes two megabytes, and objects are handed all of it. */
const MOST = 600_000;
/** With very many actions less is said of each: first without the contextual model, which is the most of it. */
const CUTS: readonly { contextual: boolean; cells: number }[] = [
  { contextual: true, cells: CELLS },
  { contextual: false, cells: CELLS },
  { contextual: false, cells: CELLS / 4 },
  { contextual: false, cells: 0 },
];

const rounded = (value: number): number => Number(value.toPrecision(DIGITS));

export function published(model: Model, { actions }: Catalogue): Model {
  const offered = new Set(actions.filter(({ enabled }) => enabled).map(({ id }) => id));
  let made = model;
  for (const cut of CUTS) {
    made = cutTo(model, offered, cut);
    if (JSON.stringify(made).length <= MOST) break;
  }
  return made;
}

function cutTo(
  model: Model,
  offered: ReadonlySet<string>,
  { contextual, cells }: (typeof CUTS)[number],
): Model {
  const isUsed = model.skill.lead > model.settings.contextualEvidence;
  return {
    ...model,
    // Nobody goes by a contextual model that isn't there.
    skill: isUsed && !contextual ? { ...model.skill, lead: 0 } : model.skill,
    actions: Object.fromEntries(
      Object.entries(model.actions)
        .filter(([id]) => offered.has(id))
        .map(([id, each]) => [
          id,
          compact(each, model.settings.ridge, isUsed && contextual, cells),
        ]),
    ),
  };
}

function compact(
  action: ActionModel,
  ridge: number,
  contextual: boolean,
  most: number,
): ActionModel {
  const cells = Object.entries(action.cells)
    .filter(([, { shown }]) => shown >= CELL_OUTCOMES)
    .toSorted((a, b) => b[1].shown - a[1].shown)
    .slice(0, most)
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
