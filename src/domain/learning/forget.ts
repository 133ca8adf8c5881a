import type { ActionModel, Model } from "./model.ts";

/**
 * The model without these topics: their cells are gone, and what the contextual model learned of them stands under a number,
 * since what comes after has its place behind it. The same model where it knows none of them.
 */
export function withoutTopics(model: Model, topics: ReadonlySet<string>): Model {
  if (topics.size === 0) return model;
  const isFeature = (name: string): boolean =>
    name.startsWith(FEATURE) && topics.has(name.slice(FEATURE.length));
  const features = Object.entries(model.features);
  const actions = Object.entries(model.actions);
  const hasCell = ({ cells }: ActionModel): boolean =>
    Object.keys(cells).some((cell) => isAbout(cell, topics));
  if (!features.some(([name]) => isFeature(name)) && !actions.some(([, each]) => hasCell(each)))
    return model;
  return {
    ...model,
    features: Object.fromEntries(
      features.map(([name, place]) => [isFeature(name) ? `left out:${place}` : name, place]),
    ),
    actions: Object.fromEntries(
      actions.map(([id, action]) => [
        id,
        hasCell(action)
          ? {
              ...action,
              cells: Object.fromEntries(
                Object.entries(action.cells).filter(([cell]) => !isAbout(cell, topics)),
              ),
            }
          : action,
      ]),
    ),
  };
}

/** As context.ts names features and cells. */
const FEATURE = "topic:";

function isAbout(cell: string, topics: ReadonlySet<string>): boolean {
  if (cell === "") return false;
  const [, , topic] = JSON.parse(cell) as (string | null)[];
  return typeof topic === "string" && topics.has(topic);
}
