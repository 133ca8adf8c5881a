/** Choosing with a seeded generator: the same seed is the same history. */
import type { Random } from "../../src/domain/learning/random.ts";

export { type Random, seeded } from "../../src/domain/learning/random.ts";

export const below = (random: Random, limit: number): number => Math.floor(random() * limit);

export function pick<T>(random: Random, from: readonly T[]): T {
  const chosen = from[below(random, from.length)];
  if (chosen === undefined) throw new Error("nothing to pick from");
  return chosen;
}
