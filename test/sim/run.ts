/** Runs histories and says what broke, with the seed that shows it again and the least of it that does. */
import { atRest, stepwise } from "./checks.ts";
import { consentAtRest } from "./consent-checks.ts";
import { type History, type Mix, history } from "./history.ts";
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
    const { message, steps } = play(history(seed, mix));
    if (message !== null) failures.push({ seed, message });
    longest = Math.max(longest, steps);
  }
  return { failures, longest };
}

/** What broke in it; null where nothing did. */
export function play(each: History): { message: string | null; steps: number } {
  const world = new World(each);
  try {
    world.run(stepwise());
    atRest(world);
    consentAtRest(world);
    return { message: null, steps: world.steps };
  } catch (error) {
    if (!(error instanceof Broken)) throw new Error(`seed ${each.seed}`, { cause: error });
    return { message: error.message, steps: world.steps };
  }
}

/** Orders of what goes on at once that are tried with each shorter history. */
const ORDERS = 100;

/** A history that breaks the same way and from which nothing can be left out, as far as a few orders show it. */
export function shrunk(whole: History): History {
  const kind = kindOf(play(whole).message);
  const breaks = (each: History): History | null => {
    for (let order = 0; order < ORDERS; order++) {
      const tried = { ...each, seed: each.seed + order * 1_000_003 };
      const { message } = play(tried);
      if (message !== null && kindOf(message) === kind) return tried;
    }
    return null;
  };
  const calm = { ...whole, faults: { crash: 0, drop: 0, double: 0, d1: 0 } };
  let least = breaks(calm) ?? whole;
  for (let before = Infinity; least.operations.length < before;) {
    before = least.operations.length;
    for (let at = before - 1; at >= 0; at--)
      least = breaks({ ...least, operations: least.operations.toSpliced(at, 1) }) ?? least;
  }
  return least;
}

/** A message without who it is about. */
const kindOf = (message: string | null): string => (message ?? "").replace(/\S*\d\S*/g, "…");
