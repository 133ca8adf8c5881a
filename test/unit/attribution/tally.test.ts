/** What is counted part by part comes to what is counted at once, under every model. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { attributeAll, ATTRIBUTION_MODELS } from "../../../src/domain/attribution/attribute.ts";
import { underAdvertisingConsent } from "../../../src/domain/attribution/journey.ts";
import { commonPaths } from "../../../src/domain/attribution/paths.ts";
import { OTHERS, Tally, type TallyData } from "../../../src/domain/attribution/tally.ts";

const touch = fc.record({
  channel: fc.constantFrom("ad", "mail", "site", "push", "shop"),
  at: fc.integer({ min: 0, max: 90 * 86_400_000 }),
});
const journeys = fc.array(
  fc.record({
    touches: fc
      .array(touch, { maxLength: 6 })
      .map((touches) => touches.toSorted((a, b) => a.at - b.at)),
    conversions: fc.integer({ min: 0, max: 3 }),
    value: fc.integer({ min: 0, max: 500 }),
    nulls: fc.integer({ min: 0, max: 3 }),
  }),
  { maxLength: 14 },
);

test("journeys counted in parts, put down between them, get the credit they get all at once", () => {
  fc.assert(
    fc.property(fc.array(journeys, { maxLength: 5 }), (parts) => {
      let kept: TallyData | undefined;
      for (const part of parts) {
        const tally = new Tally(kept);
        tally.add(underAdvertisingConsent(part));
        kept = JSON.parse(JSON.stringify(tally.data())) as TallyData;
      }
      const all = underAdvertisingConsent(parts.flat());
      const tally = new Tally(kept);
      const [credits, once] = [tally.credits(), attributeAll(all)];
      for (const model of ATTRIBUTION_MODELS) {
        expect(Object.keys(credits[model])).toEqual(Object.keys(once[model]));
        for (const [channel, { conversions, value }] of Object.entries(once[model])) {
          expect(credits[model][channel]?.conversions).toBeCloseTo(conversions, 6);
          expect(credits[model][channel]?.value).toBeCloseTo(value, 6);
        }
      }
      expect(tally.commonPaths(5)).toEqual(commonPaths(all, 5));
    }),
  );
});

test("of channels without end the first 250 have names, and no credit is lost", () => {
  const many = Array.from({ length: 600 }, (_, n) => ({
    touches: [
      { channel: `c${n}`, at: 0 },
      { channel: "mail", at: 1 },
    ],
    conversions: 1,
    value: 10,
    nulls: 0,
  }));
  const tally = new Tally();
  tally.add(underAdvertisingConsent(many));
  for (const credits of Object.values(tally.credits())) {
    expect(Object.keys(credits)).toHaveLength(251);
    expect(credits[OTHERS]).toBeDefined();
    const sum = Object.values(credits).reduce((total, { conversions }) => total + conversions, 0);
    expect(sum).toBeCloseTo(600, 6);
  }
});

test("whatever names and paths strangers make up, what is put down stays small enough for one row", () => {
  const name = (n: number): string => `${n}-${"x".repeat(2_000)}`;
  const tally = new Tally();
  for (let part = 0; part < 20; part++)
    tally.add(
      underAdvertisingConsent(
        Array.from({ length: 500 }, (_, n) => ({
          touches: Array.from({ length: 40 }, (__, k) => ({
            channel: name((part * 7919 + n * 104_729 + k * 1_299_709) % 4_001),
            at: k,
          })),
          conversions: 1,
          value: 1,
          nulls: 0,
        })),
      ),
    );
  const size = JSON.stringify(tally.data()).length;
  // D1 holds two million bytes in a row, and two such tallies lie in one.
  expect(size).toBeLessThan(900_000);
  expect(Object.keys(tally.credits().linear)).toHaveLength(251);
});
