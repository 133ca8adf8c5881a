/** Asking again until what was begun is done: objects move visitors between themselves after they have answered. */

/** Milliseconds before each further look; about five seconds in all. */
const PAUSES = [10, 20, 40, 80, 150, 300, 500, 800, 1_000, 1_000, 1_000] as const;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The first answer that isn't null, or null when the time is up. */
export async function until<T>(look: () => Promise<T | null>): Promise<T | null> {
  for (const ms of PAUSES) {
    const seen = await look();
    if (seen !== null) return seen;
    await pause(ms);
  }
  return look();
}
