import { attributeByRule } from "./heuristic.ts";
import type { ConsentedJourney, Credits } from "./journey.ts";
import { attributeByMarkov } from "./markov.ts";

/** In the order in which they are shown. */
export const ATTRIBUTION_MODELS = [
  "first",
  "last",
  "linear",
  "position",
  "decay",
  "markov",
] as const;
export type AttributionModel = (typeof ATTRIBUTION_MODELS)[number];

/** Credit by channel under one model. Conversions add up to those of all journeys with touches, and so does value. */
export const attribute = (
  model: AttributionModel,
  journeys: readonly ConsentedJourney[],
): Credits => (model === "markov" ? attributeByMarkov(journeys) : attributeByRule(model, journeys));

/** Credit under every model. */
export const attributeAll = (
  journeys: readonly ConsentedJourney[],
): Readonly<Record<AttributionModel, Credits>> => ({
  first: attribute("first", journeys),
  last: attribute("last", journeys),
  linear: attribute("linear", journeys),
  position: attribute("position", journeys),
  decay: attribute("decay", journeys),
  markov: attribute("markov", journeys),
});
