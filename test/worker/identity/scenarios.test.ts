/** Scenarios from the field's own test suites, played over the wire; they lie beside this checkout and not in it. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { type Pace, Play, type Scenario } from "./play.ts";

const text = env.MERGE_SCENARIOS;
const scenarios: Scenario[] =
  text === "" ? [] : (JSON.parse(text) as { scenarios: Scenario[] }).scenarios;
if (text === "") console.warn("skipped: the merge scenarios are not beside this checkout");

/** Whether the new name of an alias is a user's or an anonymous one, can be read either way. */
const readings = ({ steps }: Scenario): boolean[] =>
  steps.some(({ op }) => op === "alias") ? [true, false] : [true];

describe.skipIf(text === "").each<Pace>(["step by step", "at once"])(
  "the merge scenarios, %s",
  (pace) => {
    for (const scenario of scenarios)
      for (const aliasIdentifies of readings(scenario))
        test(`${scenario.id}: ${scenario.title}${aliasIdentifies ? "" : " (new name anonymous)"}`, async () => {
          const play = new Play(scenario, pace, aliasIdentifies);
          await play.play();
          const { count, groups } = await play.result();
          expect(count).toBe(play.expected);
          expect(groups.filter((ids) => ids.length > 1)).toEqual([]);
        });
  },
);
