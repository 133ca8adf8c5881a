import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { attribute, type AttributionModel } from "../../../src/domain/attribution/attribute.ts";
import { removalEffects } from "../../../src/domain/attribution/markov.ts";
import { journeysFrom } from "../../bench/attribution.ts";

const folder = new URL("../../../../shared/data/attribution/", import.meta.url);
const present = existsSync(new URL("expected.json", folder));
if (!present)
  console.warn("skipped: the reference figures for attribution are not beside this checkout");

type Row = Readonly<Record<string, number>> & { readonly channel_name: string };
interface Expected {
  readonly heuristic: readonly Row[];
  readonly markov_order1_exact: readonly Row[];
}

describe.skipIf(!present)("attribution of the reference paths", () => {
  const journeys = present ? journeysFrom(readFileSync(new URL("paths.csv", folder), "utf8")) : [];
  const expected: Expected = present
    ? JSON.parse(readFileSync(new URL("expected.json", folder), "utf8"))
    : { heuristic: [], markov_order1_exact: [] };

  test.each<[AttributionModel, string]>([
    ["first", "first_touch"],
    ["last", "last_touch"],
    ["linear", "linear_touch"],
  ])("%s touch agrees with ChannelAttribution", (model, prefix) => {
    const credits = attribute(model, journeys);
    expect(Object.keys(credits)).toHaveLength(expected.heuristic.length);
    for (const row of expected.heuristic) {
      const credit = credits[row.channel_name];
      expect(
        Math.abs((credit?.conversions ?? NaN) - (row[`${prefix}_conversions`] ?? NaN)),
      ).toBeLessThan(1e-9);
      expect(Math.abs((credit?.value ?? NaN) - (row[`${prefix}_value`] ?? NaN))).toBeLessThan(1e-6);
    }
  });

  test("Markov removal effects and credits agree with the exact solution", () => {
    const credits = attribute("markov", journeys);
    const effects = removalEffects(journeys);
    for (const row of expected.markov_order1_exact) {
      const { channel_name: channel } = row;
      expect(effects[channel]?.conversions).toBeCloseTo(row["removal_effect"] ?? NaN, 9);
      expect(effects[channel]?.value).toBeCloseTo(row["removal_effect_value"] ?? NaN, 9);
      expect(credits[channel]?.conversions).toBeCloseTo(row["total_conversions"] ?? NaN, 7);
      expect(credits[channel]?.value).toBeCloseTo(row["total_conversion_value"] ?? NaN, 6);
    }
  });
});
