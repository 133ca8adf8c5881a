/** Several systems that are sent something by one run of cron, which may be cut off while it waits for one of them. */
import type { Millis } from "../domain/ids.ts";

/** Cron's own rhythm. */
export const RUN_MS = 300_000;

/**
 * One after the other, each run beginning with another one; one that fails keeps none from its turn.
 * @throws AggregateError that names those that failed, when all had their turn
 */
export async function inTurn<T extends { id: string }>(
  systems: readonly T[],
  now: Millis,
  send: (system: T) => Promise<void>,
): Promise<void> {
  const errors = new Map<string, unknown>();
  const first = Math.floor(now / RUN_MS) % Math.max(1, systems.length);
  for (const system of [...systems.slice(first), ...systems.slice(0, first)])
    await send(system).catch((error: unknown) => errors.set(system.id, error));
  if (errors.size > 0)
    throw new AggregateError(errors.values(), `couldn't be sent: ${[...errors.keys()].join(", ")}`);
}
