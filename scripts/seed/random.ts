/** Choosing with a seeded generator, so that every demo has the same past. */
import type { Random } from "../../src/domain/learning/random.ts";

export { type Random, seeded } from "../../src/domain/learning/random.ts";

export function pick<T>(random: Random, from: readonly T[]): T {
  const chosen = from[Math.floor(random() * from.length)];
  if (chosen === undefined) throw new Error("nothing to pick from");
  return chosen;
}

/** Weighted by the second of each pair. */
export function weighted<T>(random: Random, from: readonly (readonly [T, number])[]): T {
  let left = random() * from.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of from) if ((left -= weight) < 0) return value;
  return pick(random, from)[0];
}
