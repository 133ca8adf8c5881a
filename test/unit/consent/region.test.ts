import { describe, expect, it } from "vitest";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import type { Policy } from "../../../src/domain/consent/policy.ts";
import type { Regime } from "../../../src/domain/consent/purposes.ts";
import { parseRegion, regimeOf, regionOf } from "../../../src/domain/consent/region.ts";

const at = (country: string, regionCode?: string, isEUCountry?: string) => {
  const region = regionOf({ country, regionCode, isEUCountry });
  return [region, regimeOf(DEFAULT_POLICY, region)];
};

describe("a region", () => {
  it.each([
    ["DE", "BE", "1", "DE", "opt-in"],
    ["US", "DE", undefined, "US-DE", "opt-out"],
    ["US", "CA", undefined, "US-CA", "opt-out"],
    ["US", undefined, undefined, "US", "opt-out"],
    ["CA", "QC", undefined, "CA-QC", "opt-in"],
    ["CA", "ON", undefined, "CA-ON", "notice"],
    ["CA", undefined, undefined, "CA", "opt-in"],
    ["IS", undefined, undefined, "IS", "opt-in"],
    ["LI", undefined, undefined, "LI", "opt-in"],
    ["NO", undefined, undefined, "NO", "opt-in"],
    ["GB", "ENG", undefined, "GB", "opt-in"],
    ["CH", undefined, undefined, "CH", "opt-in"],
    ["BR", "SP", undefined, "BR", "opt-in"],
    ["AU", "NSW", undefined, "AU", "notice"],
    ["T1", undefined, undefined, "unknown", "opt-in"],
    ["XX", undefined, undefined, "unknown", "opt-in"],
    ["", undefined, undefined, "unknown", "opt-in"],
    ["de", undefined, undefined, "unknown", "opt-in"],
  ])("%s %s (EU: %s) is %s and %s", (country, code, eu, region, regime) => {
    expect(at(country, code, eu)).toEqual([region, regime]);
  });

  it.each(["GP", "MQ", "RE", "GF", "YT", "MF"])(
    "%s, an outermost region of the EU, asks first",
    (country) => {
      expect(at(country)[1]).toBe("opt-in");
    },
  );

  it("of the EU that no table names still asks first", () => {
    expect(at("ZA", undefined, "1")).toEqual(["EU", "opt-in"]);
  });

  it("without a country is unknown", () => {
    expect(regionOf({})).toBe("unknown");
    expect(regionOf({ country: null, regionCode: null, isEUCountry: null })).toBe("unknown");
  });

  it.each([
    ["US-CA", "US-CA"],
    ["DE", "DE"],
    [" DE ", "DE"],
    ["DE-BE", "DE"],
    ["EU", "EU"],
    ["Germany", "unknown"],
    ["", "unknown"],
  ])("written as %j is %s", (text, region) => expect(parseRegion(text)).toBe(region));
});

describe("a state without rules of its own", () => {
  const withRules = (regions: Record<string, Regime>): Policy => ({
    ...DEFAULT_POLICY,
    regimes: {
      ...DEFAULT_POLICY.regimes,
      regions: { ...DEFAULT_POLICY.regimes.regions, ...regions },
    },
  });

  it("takes the country's, and the country without a state the strictest state's", () => {
    const policy = withRules({ "US-CA": "opt-in", "US-TX": "notice" });
    expect(regimeOf(policy, "US-CA")).toBe("opt-in");
    expect(regimeOf(policy, "US-TX")).toBe("notice");
    expect(regimeOf(policy, "US-NY")).toBe("opt-out");
    expect(regimeOf(policy, "US")).toBe("opt-in");
  });
});
