/**
 * Random histories of persons that record, merge, part, withdraw and are erased, with crashes and lost, doubled and
 * reordered messages, over the real transition code.
 *
 *     protocol [--n 5000] [--mix even|sever|erase|typed|squat] [--from 1]
 */
import { parseArgs } from "node:util";
import { MIXES } from "../sim/history.ts";
import { runHistories } from "../sim/run.ts";

/** Failing seeds shown; each runs again with `--n 1 --from <seed>`. */
const SHOWN = 20;

export interface Protocol {
  histories: number;
  failures: number;
  seeds: { seed: number; message: string }[];
  /** Steps of the longest history. */
  longest: number;
}

export const run = async (args: string[]): Promise<Protocol> => {
  const { values } = parseArgs({
    args,
    options: { n: { type: "string" }, mix: { type: "string" }, from: { type: "string" } },
  });
  const mix = MIXES[values.mix ?? "even"];
  if (!mix)
    throw new Error(`there is no mix ${values.mix}; there are ${Object.keys(MIXES).join(", ")}`);
  const histories = Number(values.n ?? 5_000);
  const { failures, longest } = runHistories(mix, Number(values.from ?? 1), histories);
  return { histories, failures: failures.length, seeds: failures.slice(0, SHOWN), longest };
};
