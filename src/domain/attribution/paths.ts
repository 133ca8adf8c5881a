import { collapsed, type Journey } from "./journey.ts";

/** One way of coming, by the channels in order, and what became of those who came it. */
export interface Path {
  readonly channels: readonly string[];
  readonly conversions: number;
  readonly value: number;
  readonly nulls: number;
}

/** The commonest first; of equally common ones those that led to more. Repeats in a row are one step. */
export const commonPaths = (journeys: readonly Journey[], most: number): readonly Path[] => {
  const paths = new Map<string, Path>();
  for (const { touches, conversions, value, nulls } of journeys) {
    const channels = collapsed(touches).map(({ channel }) => channel);
    const key = JSON.stringify(channels);
    const known = paths.get(key);
    paths.set(key, {
      channels,
      conversions: (known?.conversions ?? 0) + conversions,
      value: (known?.value ?? 0) + value,
      nulls: (known?.nulls ?? 0) + nulls,
    });
  }
  const times = ({ conversions, nulls }: Path): number => conversions + nulls;
  return [...paths]
    .toSorted(
      ([a, x], [b, y]) => times(y) - times(x) || y.conversions - x.conversions || (a < b ? -1 : 1),
    )
    .slice(0, most)
    .map(([, path]) => path);
};
