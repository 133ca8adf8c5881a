/** How often each action was shown and taken, over all its hints: daily figures, and today's hints as they are now. */
import type { Day } from "../domain/ids.ts";
import { figuresOf, sumRollups } from "./rollups.ts";

export interface TakeCount {
  action: string;
  shown: number;
  taken: number;
}

/** Days both included, the last no later than today. */
export async function readTakes(db: D1Database, from: Day, to: Day): Promise<TakeCount[]> {
  const [past, last] = await Promise.all([
    sumRollups(db, { from, to: to - 1, dimensions: ["action"] }),
    figuresOf(db, to, ["action"]),
  ]);
  const counts = new Map<string, TakeCount>();
  for (const { value, events } of [...past, ...last]) {
    const space = value.indexOf(" ");
    const [outcome, action] = [value.slice(0, space), value.slice(space + 1)];
    const known = counts.get(action) ?? { action, shown: 0, taken: 0 };
    if (outcome === "shown" || outcome === "taken") known[outcome] += events;
    counts.set(action, known);
  }
  return [...counts.values()];
}
