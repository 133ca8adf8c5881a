/** Driving person objects by hand: what their alarms would do is done at once instead of waited for. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { bringEverything } from "../../src/carrier.ts";
import type { Host } from "../../src/person/host.ts";
import type { Person } from "../../src/worker.ts";

export const objectOf = (visitor: string): DurableObjectStub<Person> =>
  env.PERSON.get(env.PERSON.idFromName(visitor)) as unknown as DurableObjectStub<Person>;

/**
 * Rings these visitors' objects, as the platform does again and again until a handler has run through, until none has
 * anything left to do: one that was rung early in a round may have got work from one that was rung late.
 * @param retryCount what each handler is told of how often it was rung in vain
 */
export async function settle(visitors: readonly string[], retryCount = 1): Promise<void> {
  await bringEverything();
  let quiet = 0;
  for (let round = 0; round < 200; round++) {
    let left = false;
    for (const visitor of visitors) left = (await ring(visitor, retryCount)) || left;
    quiet = left ? 0 : quiet + 1;
    if (quiet === 2) return;
  }
  throw new Error("the objects never came to rest");
}

/** True when something is left. An object that was just killed refuses until the platform has made it anew. */
async function ring(visitor: string, retryCount: number): Promise<boolean> {
  try {
    return await runInDurableObject(objectOf(visitor), async (object) => {
      const isRetry = retryCount > 0;
      await object.alarm({ retryCount, isRetry, scheduledTime: Date.now() });
      const { host } = object as unknown as { host: Host };
      return host.hasWork || host.hasOutbox;
    });
  } catch {
    await scheduler.wait(10);
    return true;
  }
}
