/** Runs histories and says what broke, with the seed that shows it again. */
import { atRest, stepwise } from "./checks.ts";
import { type Mix, history } from "./history.ts";
import { Broken, World } from "./world.ts";

export interface Failure {
  seed: number;
  message: string;
}

export function runHistories(
  mix: Mix,
  from: number,
  count: number,
): { failures: Failure[]; longest: number } {
  const failures: Failure[] = [];
  let longest = 0;
  for (let seed = from; seed < from + count; seed++) {
    const world = new World(history(seed, mix));
    try {
      world.run(stepwise());
      atRest(world);
    } catch (error) {
      if (!(error instanceof Broken)) throw new Error(`seed ${seed}`, { cause: error });
      failures.push({ seed, message: error.message });
    }
    longest = Math.max(longest, world.steps);
  }
  return { failures, longest };
}
