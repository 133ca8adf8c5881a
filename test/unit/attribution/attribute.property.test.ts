import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attribute, ATTRIBUTION_MODELS } from "../../../src/domain/attribution/attribute.ts";
import { underAdvertisingConsent } from "../../../src/domain/attribution/journey.ts";

const touch = fc.record({
  channel: fc.constantFrom("ad", "mail", "site", "push", "shop"),
  at: fc.option(fc.integer({ min: 0, max: 90 * 86_400_000 }), { nil: null }),
});
const journeys = fc
  .array(
    fc.record({
      touches: fc.array(touch, { minLength: 1, maxLength: 8 }),
      conversions: fc.integer({ min: 0, max: 20 }),
      value: fc.constant(0),
      nulls: fc.integer({ min: 0, max: 50 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((list) => list.map((journey) => ({ ...journey, value: journey.conversions * 12.5 })))
  .map(underAdvertisingConsent);

describe.each(ATTRIBUTION_MODELS)("%s attribution", (model) => {
  test("credits exactly the conversions and the value there were", () => {
    fc.assert(
      fc.property(journeys, (list) => {
        const credits = Object.values(attribute(model, list));
        const conversions = list.reduce((sum, journey) => sum + journey.conversions, 0);
        expect(credits.reduce((sum, credit) => sum + credit.conversions, 0)).toBeCloseTo(
          conversions,
          6,
        );
        expect(credits.reduce((sum, credit) => sum + credit.value, 0)).toBeCloseTo(
          conversions * 12.5,
          6,
        );
        for (const { conversions: share } of credits) expect(share).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test("doesn't depend on the order of the journeys, nor on how alike ones are grouped", () => {
    fc.assert(
      fc.property(journeys, (list) => {
        const halves = list.flatMap((journey) => {
          const half = {
            ...journey,
            conversions: journey.conversions / 2,
            value: journey.value / 2,
            nulls: journey.nulls / 2,
          };
          return [half, half];
        });
        const credits = attribute(model, list);
        for (const other of [attribute(model, list.toReversed()), attribute(model, halves)]) {
          expect(Object.keys(other)).toEqual(Object.keys(credits));
          for (const [channel, { conversions }] of Object.entries(credits))
            expect(other[channel]?.conversions).toBeCloseTo(conversions, 6);
        }
      }),
    );
  });
});
