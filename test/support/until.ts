import { setTimeout as later } from "node:timers/promises";

/** Below the tests' own limit, so that it is said what was waited for. A machine several times slower than ours gets there. */
const LONGEST_MS = 90_000;
const PAUSE_MS = 25;

/**
 * Asks again until the answer is neither null nor false, and answers it. For what moves on by itself and can't be listened to.
 * @param what is waited for, or how things stand when it never comes
 */
export async function until<T>(
  ask: () => Promise<T | null | false> | T | null | false,
  what: string | (() => unknown),
): Promise<T> {
  const end = performance.now() + LONGEST_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== false) return answer;
    if (performance.now() > end)
      throw new Error(
        `it never came to pass: ${typeof what === "string" ? what : JSON.stringify(what())}`,
      );
    await later(PAUSE_MS);
  }
}
