import {
  channelsOf,
  collapsed,
  type ConsentedJourney,
  type Credits,
  type Journey,
  type Touch,
} from "./journey.ts";

export const HEURISTICS = ["first", "last", "linear", "position", "decay"] as const;
export type Heuristic = (typeof HEURISTICS)[number];

/** Position-based: the first and the last touch get this share each, those between them the rest in equal parts. */
const END_SHARE = 0.4;
/** Time decay: a touch this long before another weighs half as much. */
const HALF_LIFE_MS = 7 * 86_400_000;
/** Decay by rank, where a path has no times: each touch weighs this much of the next. */
const RANK_DECAY = 0.5;

const position = (count: number): readonly number[] => {
  if (count <= 2) return Array.from({ length: count }, () => 1);
  const between = (1 - 2 * END_SHARE) / (count - 2);
  return Array.from({ length: count }, (_, i) =>
    i === 0 || i === count - 1 ? END_SHARE : between,
  );
};

const decay = (touches: readonly Touch[]): readonly number[] => {
  const byRank = touches.map((_, i) => RANK_DECAY ** (touches.length - 1 - i));
  const times = touches.flatMap(({ at }) => (at === null ? [] : [at]));
  if (times.length < touches.length) return byRank;
  // Only the distances between touches matter: when the outcome came scales all weights alike.
  const latest = times.reduce((most, at) => Math.max(most, at), -Infinity);
  return times.map((at) => 0.5 ** ((latest - at) / HALF_LIFE_MS));
};

/**
 * The touches that a model weighs, and their weights. Linear counts every touch; position and decay go by the place of
 * a touch in the path, which a reload must not shift, so consecutive repeats are one there. (First and last: no matter.)
 */
const weighed = (
  model: Heuristic,
  touches: readonly Touch[],
): readonly [readonly Touch[], readonly number[]] => {
  switch (model) {
    case "first":
      return [touches.slice(0, 1), [1]];
    case "last":
      return [touches.slice(-1), [1]];
    case "linear":
      return [touches, touches.map(() => 1)];
    case "position": {
      const path = collapsed(touches);
      return [path, position(path.length)];
    }
    case "decay": {
      const path = collapsed(touches);
      return [path, decay(path)];
    }
  }
};

/** Adds what each channel is due by a fixed rule. A journey without touches credits nobody. */
export function creditByRule(
  model: Heuristic,
  journeys: readonly Journey[],
  credits: Map<string, Due>,
): void {
  for (const { touches, conversions, value } of journeys) {
    const [path, weights] = weighed(model, touches);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const [i, { channel }] of path.entries()) {
      const due = credits.get(channel) ?? { conversions: 0, value: 0 };
      const share = (weights[i] ?? 0) / total;
      due.conversions += conversions * share;
      due.value += value * share;
      credits.set(channel, due);
    }
  }
}

/** A credit that is still being added to. */
export interface Due {
  conversions: number;
  value: number;
}

/** Credit by a fixed rule: each journey's outcomes are split over its touches. */
export function attributeByRule(model: Heuristic, journeys: readonly ConsentedJourney[]): Credits {
  const credits = new Map(
    channelsOf(journeys).map((channel) => [channel, { conversions: 0, value: 0 }]),
  );
  creditByRule(model, journeys, credits);
  return Object.fromEntries(credits);
}
