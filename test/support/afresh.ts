/**
 * For files that share a runtime: what one put off for a moment is waited for at its end, and before the next whatever is left
 * is taken away. Objects, databases and buckets are emptied, clocks and globals are real again, and every module is evaluated
 * anew.
 */
import { reset } from "cloudflare:test";
import { afterAll, vi } from "vitest";

const { wait } = scheduler;
const pause = (): Promise<void> => wait.call(scheduler, 10);

/** How much is put off in this file. It is counted where it waits: another's promise mustn't be waited for here. */
let putOff = 0;

async function counted(ms: number, options?: SchedulerWaitOptions): Promise<void> {
  putOff++;
  try {
    await wait.call(scheduler, ms, options);
  } finally {
    putOff--;
  }
}

/** What is put off longer than that, or was cut off and never goes on, isn't waited for. */
const PUT_OFF_MS = 3_000;
/** Looks in a row that find nothing: what was put off may put off something else. */
const QUIET = 3;

async function finished(): Promise<void> {
  const until = Date.now() + PUT_OFF_MS;
  for (let quiet = 0; quiet < QUIET && Date.now() < until; quiet = putOff > 0 ? 0 : quiet + 1)
    await pause();
}

vi.useRealTimers();
vi.unstubAllGlobals();
await reset();
vi.resetModules();
scheduler.wait = counted;

afterAll(async () => {
  vi.useRealTimers();
  await finished();
  scheduler.wait = wait;
});
