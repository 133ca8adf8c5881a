/**
 * A town with known truth, played against the collector and the person objects: who was fused with whom, who was missed.
 *
 *     identity [--seed 1] [--people 5000] [--devices 12000] [--plot]
 *
 * `--plot` draws `docs/identity/simulation.svg` and keeps the report beside it.
 */
import { writeFile } from "node:fs/promises";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Report } from "../sim/identity/simulate.ts";
import type { DeviceScore } from "../sim/identity/networks.ts";
import type { Score } from "../sim/identity/score.ts";
import { plotIdentity } from "../sim/identity/plot.ts";

const PLATFORM =
  "data:text/javascript,export class DurableObject{constructor(ctx,env){this.ctx=ctx;this.env=env}}";

/** Outside of workerd a Durable Object is a class like any other. */
export function standInForPlatform(): void {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "cloudflare:workers"
        ? { url: PLATFORM, shortCircuit: true }
        : next(specifier, context),
  });
}

const number = (text: string | undefined, otherwise: number): number => {
  const value = text === undefined ? otherwise : Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`${text} isn't a whole number above 0`);
};

export const run = async (args: string[]): Promise<Report> => {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: "string" },
      people: { type: "string" },
      devices: { type: "string" },
      plot: { type: "boolean" },
    },
  });
  const people = number(values.people, 5_000);
  standInForPlatform();
  const { simulate } = await import("../sim/identity/simulate.ts");
  const report = await simulate({
    seed: number(values.seed, 1),
    people,
    devices: number(values.devices, Math.round(people * 2.4)),
  });
  process.stderr.write(inWords(report));
  if (values.plot) await keep(report);
  return report;
};

async function keep(report: Report): Promise<void> {
  const folder = fileURLToPath(new URL("../../docs/identity/", import.meta.url));
  await writeFile(`${folder}simulation.svg`, plotIdentity(report));
  // How long it took is the machine's and would differ each time.
  const { seconds: _, ...kept } = report;
  await writeFile(`${folder}simulation.json`, `${JSON.stringify(kept, null, 2)}\n`);
}

const percent = (share: number): string => `${(share * 100).toFixed(3)} %`;

const causes = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([cause, count]) => `  ${String(count).padStart(6)}  ${cause}\n`)
    .join("");

const scoreWords = (name: string, { joined, right, ought, found, ...score }: Score): string =>
  `${name}: precision ${percent(score.precision)} (${right} of ${joined} pairs), recall ${percent(score.recall)} (${found} of ${ought} pairs)\n` +
  `  fused by\n${causes(score.fused)}  missed by\n${causes(score.missed)}`;

const seenWords = ({ told, suggested, right, ought, wrong, ...score }: DeviceScore): string =>
  `where devices are seen, by itself: ${told} told, precision ${percent(score.precision)} (${right} of ${suggested} suggestions), recall ${percent(score.recall)} (${right} of ${ought} pairs)\n` +
  `  wrong\n${causes(wrong)}`;

const inWords = ({
  people,
  devices,
  calls,
  before,
  undone,
  after,
  devicesAlone,
  seconds,
}: Report): string =>
  `${people} people, ${devices} devices, ${calls} calls in ${seconds} s\n` +
  scoreWords("as merged", before) +
  `${undone} merges undone\n` +
  scoreWords("after undoing every wrong merge", after) +
  seenWords(devicesAlone);
