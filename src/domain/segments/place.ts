/** Which segment somebody is in now: said with each hint, so that what comes of it can be told apart by it. */

/** A segment's middle, small enough to go with every question for a next action. */
export interface SegmentPlace {
  name: string;
  /** How much each item speaks for it. */
  pull: Readonly<Record<string, number>>;
}

/** The segment that these items speak for most; null where none of them speaks for any. */
export function segmentOf(
  places: readonly SegmentPlace[],
  items: readonly string[],
): string | null {
  let found: string | null = null;
  let most = 0;
  for (const { name, pull } of places) {
    let sum = 0;
    for (const item of items) sum += Object.hasOwn(pull, item) ? (pull[item] ?? 0) : 0;
    if (sum <= most) continue;
    most = sum;
    found = name;
  }
  return found;
}
