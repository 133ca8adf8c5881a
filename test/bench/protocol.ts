/**
 * Random histories of persons that record, merge, part, change their minds about consent, withdraw and are erased, with
 * crashes and lost, doubled and reordered messages, over the real transition code.
 *
 *     protocol [--n 5000] [--mix even|sever|erase|typed|squat|apart|words|together|consent|consentErase|aging] [--from 1] [--shrink]
 */
import { parseArgs } from "node:util";
import { history, type History, MIXES } from "../sim/history.ts";
import { runHistories, shrunk } from "../sim/run.ts";

/** Failing seeds shown; each runs again with `--n 1 --from <seed>`. */
const SHOWN = 20;
/** Of those, as many are made shorter when that is asked for. */
const SHRUNK = 5;

export interface Protocol {
  histories: number;
  failures: number;
  seeds: { seed: number; message: string; least?: History }[];
  /** Steps of the longest history. */
  longest: number;
}

export const run = async (args: string[]): Promise<Protocol> => {
  const { values } = parseArgs({
    args,
    options: {
      n: { type: "string" },
      mix: { type: "string" },
      from: { type: "string" },
      shrink: { type: "boolean" },
    },
  });
  const mix = MIXES[values.mix ?? "even"];
  if (!mix)
    throw new Error(`there is no mix ${values.mix}; there are ${Object.keys(MIXES).join(", ")}`);
  const histories = Number(values.n ?? 5_000);
  const { failures, longest } = runHistories(mix, Number(values.from ?? 1), histories);
  const seeds = failures
    .slice(0, SHOWN)
    .map((failure, n) =>
      values.shrink && n < SHRUNK
        ? { ...failure, least: shrunk(history(failure.seed, mix)) }
        : failure,
    );
  return { histories, failures: failures.length, seeds, longest };
};
