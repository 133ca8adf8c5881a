import type { ConsentedJourney } from "../../../src/domain/attribution/journey.ts";
import { underAdvertisingConsent } from "../../../src/domain/attribution/journey.ts";

export const DAY = 86_400_000;

/** A journey from words: `"a b b"`, or with days `"a@0 b@7"`. */
export const journey = (
  path: string,
  conversions: number,
  nulls = 0,
  value = 0,
): ConsentedJourney => {
  const touches = path
    .split(" ")
    .filter((word) => word !== "")
    .map((word) => {
      const [channel = "", day] = word.split("@");
      return { channel, at: day === undefined ? null : Number(day) * DAY };
    });
  const [vouched] = underAdvertisingConsent([{ touches, conversions, nulls, value }]);
  if (vouched === undefined) throw new Error("one journey in, one out");
  return vouched;
};
