import { collapsed, type Journey } from "./journey.ts";

/** One way of coming, by the channels in order, and what became of those who came it. */
export interface Path {
  readonly channels: readonly string[];
  readonly conversions: number;
  readonly value: number;
  readonly nulls: number;
}

/** A way with more steps than this is hardly gone twice, and isn't remembered. */
const STEPS_MOST = 40;

const isPath = (each: Journey | Path): each is Path => "channels" in each;

/** Adds journeys, or paths counted before, to paths by their channels; gives the same map. Repeats in a row are one step. */
export function countPaths(
  paths: Map<string, Path>,
  more: readonly (Journey | Path)[],
): Map<string, Path> {
  for (const each of more) {
    const channels = isPath(each)
      ? each.channels
      : collapsed(each.touches).map(({ channel }) => channel);
    if (channels.length > STEPS_MOST) continue;
    const key = JSON.stringify(channels);
    const known = paths.get(key);
    paths.set(key, {
      channels,
      conversions: (known?.conversions ?? 0) + each.conversions,
      value: (known?.value ?? 0) + each.value,
      nulls: (known?.nulls ?? 0) + each.nulls,
    });
  }
  return paths;
}

const times = ({ conversions, nulls }: Path): number => conversions + nulls;

/** The commonest first; of equally common ones those that led to more. */
export const mostCommon = (paths: ReadonlyMap<string, Path>, most: number): readonly Path[] =>
  [...paths]
    .toSorted(
      ([a, x], [b, y]) => times(y) - times(x) || y.conversions - x.conversions || (a < b ? -1 : 1),
    )
    .slice(0, most)
    .map(([, path]) => path);

export const commonPaths = (journeys: readonly Journey[], most: number): readonly Path[] =>
  mostCommon(countPaths(new Map(), journeys), most);
