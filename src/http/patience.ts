/**
 * How long a call waits for a database or a key store that is in trouble. Then it is refused, with nothing recorded, and whoever
 * called tries again.
 */
import { Problem } from "../domain/problem.ts";
import type { IdentifierIndex } from "../domain/ports.ts";
import type { Sealer } from "../person/ports.ts";

/** Far longer than either takes when it is well, and far shorter than clients wait for an answer. */
export const PATIENCE_MS = 2_500;
/** Seconds. */
const RETRY_AFTER = 2;

/** Milliseconds. Rings once, unless what is given back is called before. */
export type Timer = (ms: number, ring: () => void) => () => void;

export const platformTimer: Timer = (ms, ring) => {
  const set = setTimeout(ring, ms);
  return () => clearTimeout(set);
};

/** @throws Problem `unavailable` when `work` fails or takes too long; a problem of its own goes through. */
export async function inTime<T>(
  what: string,
  work: Promise<T>,
  timer: Timer = platformTimer,
  ms = PATIENCE_MS,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const callOff = timer(ms, () => late.reject(new Error("too late")));
  try {
    return await Promise.race([work, late.promise]);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem("unavailable", `The ${what} can't be reached right now.`, {
      retryAfter: RETRY_AFTER,
    });
  } finally {
    callOff();
  }
}

/** The index as a request asks it. */
export const patientIndex = (index: IdentifierIndex, timer?: Timer): IdentifierIndex => ({
  claim: (...said) => inTime("database", index.claim(...said), timer),
  claimants: (identifiers) => inTime("database", index.claimants(identifiers), timer),
});

/** The sealer as an object asks it, one call at a time. */
export const patientSealer = (sealer: Sealer, timer?: Timer): Sealer => ({
  seal: (...texts) => inTime("key store", sealer.seal(...texts), timer),
  reseal: (...texts) => inTime("key store", sealer.reseal(...texts), timer),
});
