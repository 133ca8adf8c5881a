/** An operation on a site whose events go over a queue, which repeats, reorders and delays them, and may fail to take them. */
import { bringEverything } from "../../../src/carrier.ts";
import worker from "../../../src/worker.ts";
import { expectBalance } from "../../support/invariants.ts";
import { settle } from "../../support/objects.ts";
import { goThrough } from "../../support/site.ts";
import { deliver, SeenQueue, withQueue } from "../../worker/queue/stage.ts";
import type { Operation } from "../operation.ts";

interface Queued<World> {
  world: World;
  queue: SeenQueue;
}

/** The Worker of this site, for as long as the work takes. */
async function behind<T>(queue: SeenQueue, work: () => Promise<T>): Promise<T> {
  const env = withQueue(queue);
  const leave = goThrough(
    () => (request) => worker.fetch(request as Request<unknown, IncomingRequestCfProperties>, env),
  );
  try {
    const done = await work();
    await bringEverything();
    return done;
  } finally {
    leave();
  }
}

export const queued = <World>(operation: Operation<World>): Operation<Queued<World>> => ({
  what: `${operation.what}, over a queue that repeats, reorders and delays,`,
  async prepare(name) {
    const queue = new SeenQueue();
    return { world: await behind(queue, () => operation.prepare(name)), queue };
  },
  async act({ world, queue }) {
    await behind(queue, () => operation.act(world));
    // Some comes at once, and twice.
    const soon = queue.bodies.filter((_, n) => n % 2 === 0);
    await deliver([...soon, ...soon]);
  },
  account: ({ world }) => operation.account(world),
  async holds({ world, queue }) {
    // And all of it, the last first, long after the objects have seen to it themselves.
    await deliver(queue.bodies.toReversed(), { attempts: 7 });
    await deliver(queue.bodies);
    const { humans, erased = [] } = operation.account(world);
    await settle([...humans.flat(), ...erased].filter((id) => id !== null));
    await expectBalance(operation.account(world));
    await operation.holds?.(world);
  },
});
