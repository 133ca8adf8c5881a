import { GVL, TCModel, TCString } from "@iabtechlabtcf/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readTcf } from "../../src/domain/consent/signals/tcf.ts";
import { writeTcf, type TcfParts, type Vendors } from "./strings.ts";

/** The official decoder is the oracle: whatever both can read, they read alike. */

const DAY = 86_400_000;
const PURPOSES = Array.from({ length: 24 }, (_, at) => at + 1);

/** Ascending, separate ranges of vendor ids up to 1,200. */
const vendorRanges: fc.Arbitrary<Vendors["ranges"]> = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 40 })), {
    maxLength: 12,
  })
  .map((gaps) => {
    let last = 0;
    return gaps.map(([gap, span]) => {
      const from = last + gap + 1;
      last = from + span;
      return [from, last] as const;
    });
  });
const vendors: fc.Arbitrary<Vendors> = fc.record({ ranges: vendorRanges, asRanges: fc.boolean() });

const parts: fc.Arbitrary<TcfParts> = fc.record({
  version: fc.constant(2),
  created: fc.integer({ min: 18_000, max: 21_000 }).map((days) => days * DAY),
  lastUpdated: fc.integer({ min: 18_000, max: 21_000 }).map((days) => days * DAY),
  policyVersion: fc.integer({ min: 2, max: 6 }),
  serviceSpecific: fc.boolean(),
  consents: fc.subarray(PURPOSES),
  interests: fc.subarray(PURPOSES),
  vendorConsents: vendors,
  vendorInterests: vendors,
  restrictions: fc.array(
    fc.record({
      purpose: fc.integer({ min: 1, max: 11 }),
      type: fc.integer({ min: 0, max: 2 }),
      ranges: vendorRanges.filter((ranges) => ranges.length > 0),
    }),
    { maxLength: 3 },
  ),
  disclosed: fc.option(vendors),
  publisher: fc.option(
    fc.record({ consents: fc.subarray(PURPOSES), custom: fc.integer({ min: 0, max: 63 }) }),
  ),
});

const mask = (ids: Iterable<number>): number =>
  [...ids].reduce((all, id) => all | (1 << (id - 1)), 0);

/** What the official model holds, in our terms. */
function official(text: string) {
  const model = TCString.decode(text);
  const set = (vector: { has(id: number): boolean }) =>
    mask(PURPOSES.filter((id) => vector.has(id)));
  return {
    version: model.version,
    created: model.created.getTime(),
    lastUpdated: model.lastUpdated.getTime(),
    policyVersion: Number(model.policyVersion),
    serviceSpecific: model.isServiceSpecific,
    consents: set(model.purposeConsents),
    interests: set(model.purposeLegitimateInterests) & ~mask([1, 3, 4, 5, 6]),
    publisher: set(model.publisherConsents),
  };
}

function ours(text: string) {
  const reading = readTcf(text);
  if (reading.state !== "read") throw new Error(`${reading.state}: ${text}`);
  const { state: _, disclosedVendors: __, publisher, ...facts } = reading;
  return { ...facts, publisher: publisher ?? 0 };
}

describe("TC strings", () => {
  it("written bit by bit are read as the official decoder reads them", () => {
    fc.assert(
      fc.property(parts, (made) => {
        const text = writeTcf(made);
        expect(ours(text)).toEqual(official(text));
        const reading = readTcf(text);
        expect(reading).toMatchObject({ disclosedVendors: made.disclosed !== null });
        expect(reading).toMatchObject({
          publisher: made.publisher === null ? null : mask(made.publisher.consents),
        });
      }),
      { numRuns: 400 },
    );
  });

  it("written by the official encoder are read as it reads them", () => {
    const gvl = new GVL(vendorList(300));
    fc.assert(
      fc.property(
        fc.subarray(PURPOSES.slice(0, 11)),
        fc.subarray(PURPOSES.slice(0, 11)),
        fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { maxLength: 300 }),
        fc.subarray(PURPOSES.slice(0, 11)),
        (consents, interests, ids, publisher) => {
          const model = new TCModel(gvl);
          model.cmpId = 31;
          model.cmpVersion = 2;
          model.consentScreen = 1;
          model.isServiceSpecific = true;
          model.publisherCountryCode = "DE";
          model.purposeConsents.set(consents);
          model.purposeLegitimateInterests.set(interests);
          model.vendorConsents.set(ids);
          model.vendorsDisclosed.set(ids);
          model.publisherConsents.set(publisher);
          const text = TCString.encode(model);
          expect(ours(text)).toEqual(official(text));
        },
      ),
      { numRuns: 100 },
    );
  });

  it("cut anywhere inside a segment are unreadable, whatever they granted", () => {
    fc.assert(
      fc.property(parts, fc.nat(), (made, at) => {
        const text = writeTcf({ ...made, vendorConsents: { ranges: [[1, 400]], asRanges: false } });
        const cut = text.slice(0, at % text.length);
        const whole = text
          .split(".")
          .some((_, count, all) => all.slice(0, count + 1).join(".") === cut);
        // Up to two characters at a segment's end are padding and carry nothing.
        const padding = text.split(".").some((_, count, all) => {
          const prefix = all.slice(0, count + 1).join(".");
          return prefix.startsWith(cut) && prefix.length - cut.length <= 2;
        });
        fc.pre(!whole && !padding);
        expect(["none", "unreadable"]).toContain(readTcf(cut).state);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** A vendor list as small as the official encoder accepts: every vendor declares everything. */
function vendorList(count: number): ConstructorParameters<typeof GVL>[0] {
  const purposes = Object.fromEntries(
    PURPOSES.slice(0, 11).map((id) => [
      id,
      { id, name: `p${id}`, description: "", illustrations: [] },
    ]),
  );
  const all = PURPOSES.slice(0, 11);
  const vendor = (id: number) => ({
    id,
    name: `v${id}`,
    purposes: all,
    legIntPurposes: [],
    flexiblePurposes: all,
    specialPurposes: [],
    features: [],
    specialFeatures: [],
    policyUrl: "",
    cookieMaxAgeSeconds: null,
    usesCookies: false,
    usesNonCookieAccess: false,
  });
  return {
    gvlSpecificationVersion: 3,
    vendorListVersion: 100,
    tcfPolicyVersion: 5,
    lastUpdated: "2026-10-01T00:00:00Z",
    purposes,
    specialPurposes: {},
    features: {},
    specialFeatures: {},
    stacks: {},
    vendors: Object.fromEntries(Array.from({ length: count }, (_, at) => [at + 1, vendor(at + 1)])),
  } as unknown as ConstructorParameters<typeof GVL>[0];
}
