/** Several of a kind that one run of cron sees to, which may be cut off while it waits for one of them. */
import type { Millis } from "../domain/ids.ts";

/** Cron's own rhythm. */
export const RUN_MS = 300_000;

/** Each run begins with another one. */
export function turned<T>(all: readonly T[], now: Millis): T[] {
  const first = Math.floor(now / RUN_MS) % Math.max(1, all.length);
  return [...all.slice(first), ...all.slice(0, first)];
}

/**
 * One after the other, each run beginning with another one; one that fails keeps none from its turn.
 * @throws AggregateError that names those that failed, when all had their turn
 */
export async function inTurn<T extends { id: string }>(
  all: readonly T[],
  now: Millis,
  see: (each: T) => Promise<void>,
): Promise<void> {
  const errors = new Map<string, unknown>();
  for (const each of turned(all, now))
    await see(each).catch((error: unknown) => errors.set(each.id, error));
  if (errors.size > 0)
    throw new AggregateError(errors.values(), `failed: ${[...errors.keys()].join(", ")}`);
}
