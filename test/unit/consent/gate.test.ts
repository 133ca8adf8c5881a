import { describe, expect, it } from "vitest";
import { isUntold } from "../../../src/domain/consent/asking.ts";
import { NO_CHOICE, rememberGpc } from "../../../src/domain/consent/choice.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import {
  allows,
  decide,
  decideSafely,
  grantedPurposes,
  type GateInput,
} from "../../../src/domain/consent/gate.ts";
import type { Policy } from "../../../src/domain/consent/policy.ts";
import { NO_SIGNALS, UNREADABLE } from "../../../src/domain/consent/signals/types.ts";
import { ask, chosen, DAY, GPP, NOW, TCF } from "./support.ts";

const codes = (input: GateInput) =>
  Object.fromEntries(Object.entries(decide(input).decisions).map(([id, { code }]) => [id, code]));

describe("the region's default", () => {
  it("denies a German who hasn't answered everything but the necessary, and asks", () => {
    const result = decide(ask());
    expect(grantedPurposes(result)).toEqual(["necessary"]);
    expect(result.ask).toBe(true);
    expect(result.asking).toEqual(["measurement", "personalization", "recognition", "advertising"]);
  });

  it("lets a Californian without signals be measured and advertised to, and doesn't ask", () => {
    const result = decide(ask({ region: "US-CA" }));
    expect(grantedPurposes(result)).toEqual([
      "necessary",
      "measurement",
      "personalization",
      "recognition",
      "advertising",
    ]);
    expect(result).toMatchObject({ regime: "opt-out", ask: false });
  });

  it("keeps recognition and advertising off where sites only tell", () => {
    const result = decide(ask({ region: "JP" }));
    expect(result.regime).toBe("notice");
    expect(grantedPurposes(result)).toEqual(["necessary", "measurement", "personalization"]);
  });

  it("treats an unknown region as opt-in", () => {
    expect(decide(ask({ region: "unknown" }))).toMatchObject({ regime: "opt-in", ask: true });
  });
});

describe("the visitor's own choice", () => {
  it("grants what was accepted and doesn't ask again", () => {
    const result = decide(ask({ choice: chosen("DE", { choices: { measurement: true } }) }));
    expect(grantedPurposes(result)).toEqual(["necessary", "measurement"]);
    expect(result.ask).toBe(false);
  });

  it("expires a grant after the policy's time and asks again", () => {
    const old = chosen("DE", { accept: "all" }, { at: NOW - 366 * DAY });
    expect(codes(ask({ choice: old }))["measurement"]).toBe("choice-expired");
    expect(decide(ask({ choice: old })).ask).toBe(true);
  });

  it("never expires a refusal, though it may ask again after the policy's time", () => {
    const old = chosen("US-CA", { accept: "none" }, { at: NOW - 3_000 * DAY });
    expect(codes(ask({ region: "US-CA", choice: old }))["measurement"]).toBe("choice-refused");
    const german = chosen("DE", { accept: "none" }, { at: NOW - 366 * DAY });
    expect(decide(ask({ choice: german }))).toMatchObject({ ask: true });
    expect(decide(ask({ choice: chosen("DE", { accept: "none" }) }))).toMatchObject({ ask: false });
  });

  it("expires a grant given under another regime and asks again", () => {
    const american = chosen("US-CA", { accept: "all" });
    expect(codes(ask({ choice: american }))["measurement"]).toBe("choice-regime-changed");
    expect(decide(ask({ choice: american })).ask).toBe(true);
  });

  it("keeps a refusal across regimes", () => {
    expect(
      codes(ask({ region: "US-CA", choice: chosen("DE", { accept: "none" }) }))["advertising"],
    ).toBe("choice-refused");
  });

  it("expires grants and keeps refusals when the policy changed materially", () => {
    const policy: Policy = {
      ...DEFAULT_POLICY,
      version: 2,
      purposes: DEFAULT_POLICY.purposes.map((purpose) => ({
        ...purpose,
        since: purpose.id === "measurement" ? 2 : 1,
      })),
    };
    const choice = chosen("DE", { choices: { measurement: true, personalization: true } });
    expect(codes(ask({ policy, choice }))).toMatchObject({
      measurement: "choice-policy-changed",
      personalization: "choice-granted",
      advertising: "choice-refused",
    });
    expect(decide(ask({ policy, choice })).asking).toEqual(["measurement"]);
  });

  it("tells a withdrawal from a refusal", () => {
    const first = chosen("DE", { choices: { measurement: true } }, { at: NOW - 2 * DAY });
    const second = chosen("DE", { accept: "none" }, { previous: first });
    expect(codes(ask({ choice: second }))).toMatchObject({
      measurement: "choice-withdrawn",
      advertising: "choice-refused",
    });
  });

  it("doesn't believe a grant from the future", () => {
    const future = chosen("DE", { accept: "all" }, { at: NOW + 30 * DAY });
    expect(codes(ask({ choice: future }))["measurement"]).toBe("choice-expired");
  });
});

describe("opt-out signals", () => {
  it("GPC takes advertising from a Californian and leaves measurement", () => {
    const result = decide(ask({ region: "US-CA", signals: { ...NO_SIGNALS, gpc: true } }));
    expect(result.decisions["advertising"]?.code).toBe("gpc-opted-out");
    expect(result.decisions["measurement"]?.granted).toBe(true);
    expect(result.gpc).toEqual({ seen: true, honoured: true });
  });

  it("GPC beats a stored opt-in", () => {
    const choice = chosen("DE", { accept: "all" });
    expect(codes(ask({ choice, signals: { ...NO_SIGNALS, gpc: true } }))["advertising"]).toBe(
      "gpc-opted-out",
    );
  });

  it("GPC seen once holds when the header is missing later", () => {
    const choice = rememberGpc(null, true);
    expect(codes(ask({ region: "US-CA", choice }))["advertising"]).toBe("gpc-opted-out");
  });

  it("an informed override lets the visitor's own yes stand against GPC, until it is taken back", () => {
    const yes = chosen(
      "US-CA",
      { choices: { advertising: true }, override: ["gpc"] },
      { gpc: true },
    );
    const result = decide(
      ask({ region: "US-CA", choice: yes, signals: { ...NO_SIGNALS, gpc: true } }),
    );
    expect(result.decisions["advertising"]?.code).toBe("choice-override");
    expect(result.gpc).toEqual({ seen: true, honoured: false });
    const no = chosen("US-CA", { choices: { advertising: false } }, { previous: yes });
    expect(no.overrides).toEqual([]);
  });

  it("an override without a yes overrides nothing", () => {
    const none = chosen("US-CA", { override: ["gpc"] }, { gpc: true });
    expect(codes(ask({ region: "US-CA", choice: none }))["advertising"]).toBe("gpc-opted-out");
  });

  it("an override of GPC doesn't override a GPP or US Privacy opt-out", () => {
    const choice = chosen("US-CA", { accept: "all", override: ["gpc"] }, { gpc: true });
    const gpp = { ...GPP, optedOut: true };
    expect(
      codes(ask({ region: "US-CA", choice, signals: { ...NO_SIGNALS, gpc: true, gpp } }))[
        "advertising"
      ],
    ).toBe("gpp-opted-out");
    const usp = { state: "read", optedOut: true } as const;
    expect(
      codes(ask({ region: "US-CA", choice, signals: { ...NO_SIGNALS, usp } }))["advertising"],
    ).toBe("usp-opted-out");
  });

  it("an unreadable GPP or US Privacy string denies what it governs", () => {
    for (const [signals, code] of [
      [{ ...NO_SIGNALS, gpp: UNREADABLE }, "gpp-unreadable"],
      [{ ...NO_SIGNALS, usp: UNREADABLE }, "usp-unreadable"],
    ] as const) {
      const found = codes(ask({ region: "US-CA", signals }));
      expect(found).toMatchObject({ advertising: code, measurement: "default-granted" });
    }
  });

  it("a GPP string that doesn't opt out never grants where the law asks first", () => {
    expect(codes(ask({ signals: { ...NO_SIGNALS, gpp: GPP } }))["advertising"]).toBe(
      "default-denied",
    );
  });
});

describe("children and erased people", () => {
  const choice = chosen("US-CA", { accept: "all" });
  it.each([
    ["an age signal", { subject: { child: true, erased: false } }, "child"],
    ["a GPP field", { signals: { ...NO_SIGNALS, gpp: { ...GPP, child: "known" } } }, "child"],
    ["an erasure", { subject: { child: false, erased: true } }, "erased"],
  ] as const)("are denied all but the necessary, known by %s", (_how, over, code) => {
    const result = decide(ask({ region: "US-CA", choice, ...over }));
    expect(grantedPurposes(result)).toEqual(["necessary"]);
    expect(result.decisions["measurement"]?.code).toBe(code);
    expect(result.ask).toBe(false);
  });
});

describe("TCF", () => {
  it("grants what its purposes cover, never recognition, and isn't asked again", () => {
    const result = decide(ask({ signals: { ...NO_SIGNALS, tcf: TCF } }));
    expect(grantedPurposes(result)).toEqual([
      "necessary",
      "measurement",
      "personalization",
      "advertising",
    ]);
    expect(result.ask).toBe(false);
  });

  it("asks for what it leaves open where the policy says so", () => {
    const policy: Policy = {
      ...DEFAULT_POLICY,
      reask: { ...DEFAULT_POLICY.reask, besideOtherTools: true },
    };
    expect(decide(ask({ policy, signals: { ...NO_SIGNALS, tcf: TCF } })).asking).toEqual([
      "recognition",
    ]);
  });

  it("doesn't keep us from asking whoever chose here before for a purpose that is new", () => {
    const [first] = DEFAULT_POLICY.purposes.slice(-1);
    if (first === undefined) throw new Error("no purpose");
    const policy: Policy = {
      ...DEFAULT_POLICY,
      version: 2,
      purposes: [...DEFAULT_POLICY.purposes, { ...first, id: "surveys", since: 2 }],
    };
    const choice = chosen("DE", { choices: { measurement: true } });
    expect(decide(ask({ policy, choice, signals: { ...NO_SIGNALS, tcf: TCF } })).asking).toEqual([
      "surveys",
    ]);
  });

  it("comes after the site's own banner", () => {
    const choice = chosen("DE", { accept: "none" });
    expect(codes(ask({ choice, signals: { ...NO_SIGNALS, tcf: TCF } }))["measurement"]).toBe(
      "choice-refused",
    );
  });

  it("follows the publisher's own purposes where the string has them", () => {
    const tcf = { ...TCF, publisher: 0b1100_0001 };
    expect(grantedPurposes(decide(ask({ signals: { ...NO_SIGNALS, tcf } })))).toEqual([
      "necessary",
      "measurement",
    ]);
  });

  it("outside its regime refuses but never grants", () => {
    const policy: Policy = {
      ...DEFAULT_POLICY,
      defaults: { ...DEFAULT_POLICY.defaults, notice: {} },
    };
    expect(
      codes(ask({ policy, region: "JP", signals: { ...NO_SIGNALS, tcf: TCF } }))["measurement"],
    ).toBe("default-denied");
    const no = { ...TCF, consents: 0 };
    expect(
      codes(ask({ region: "US-CA", signals: { ...NO_SIGNALS, tcf: no } }))["measurement"],
    ).toBe("tcf-refused");
  });

  it.each([
    ["version 1", { version: 1 }, "tcf-invalid"],
    ["a string for all sites", { serviceSpecific: false }, "tcf-invalid"],
    ["policy 3", { policyVersion: 3 }, "tcf-invalid"],
    ["a string made after it was changed", { created: NOW - DAY }, "tcf-invalid"],
    ["a string from the future", { created: NOW + DAY, lastUpdated: NOW + DAY }, "tcf-invalid"],
    ["a string without DisclosedVendors", { disclosedVendors: false }, "tcf-invalid"],
    [
      "a string of more than 13 months",
      { created: Date.UTC(2025, 9, 21), lastUpdated: Date.UTC(2025, 9, 21) },
      "tcf-expired",
    ],
    ["legitimate interest alone", { consents: 0b1, interests: 0b111_1100_0010 }, "tcf-refused"],
  ] as const)("doesn't grant by %s", (_what, over, code) => {
    const found = codes(ask({ signals: { ...NO_SIGNALS, tcf: { ...TCF, ...over } } }));
    expect(found["measurement"]).toBe(code);
    expect(found["advertising"]).toBe(code);
  });

  it("that has expired answers nothing: what the site's tool sends decides, else it is asked again", () => {
    const at = Date.UTC(2025, 9, 21);
    const signals = { ...NO_SIGNALS, tcf: { ...TCF, created: at, lastUpdated: at } };
    const carried = {
      state: "read",
      categories: { measurement: true },
      exhaustive: false,
    } as const;
    expect(codes(ask({ signals, carried }))).toMatchObject({
      measurement: "cmp-granted",
      advertising: "tcf-expired",
    });
    expect(decide(ask({ signals, carried })).asking).toEqual(["personalization", "advertising"]);
  });

  it("accepts a string of exactly 13 months, and one without DisclosedVendors from before they were required", () => {
    const at = Date.UTC(2025, 9, 22, 12);
    const tcf = { ...TCF, created: at, lastUpdated: at, disclosedVendors: false };
    expect(codes(ask({ signals: { ...NO_SIGNALS, tcf } }))["measurement"]).toBe("tcf-granted");
  });

  it("denies and asks when it can't be read", () => {
    const result = decide(ask({ signals: { ...NO_SIGNALS, tcf: UNREADABLE } }));
    expect(result.decisions["measurement"]?.code).toBe("tcf-unreadable");
    expect(result.asking).toContain("measurement");
  });
});

describe("consent sent by the site's own tool", () => {
  it("grants the purposes its categories mean, and refuses those it refuses", () => {
    const carried = {
      state: "read",
      categories: { statistics: true, marketing: false, recognition: true },
      exhaustive: false,
    } as const;
    expect(codes(ask({ carried }))).toMatchObject({
      measurement: "cmp-granted",
      advertising: "cmp-refused",
      recognition: "cmp-granted",
      personalization: "default-denied",
    });
  });

  it("needs every category that means a purpose", () => {
    const carried = {
      state: "read",
      categories: { ad_storage: true, ad_user_data: false },
      exhaustive: false,
    } as const;
    expect(codes(ask({ carried }))["advertising"]).toBe("cmp-refused");
  });

  it("denies everything when it can't be read", () => {
    expect(codes(ask({ region: "US-CA", carried: UNREADABLE }))["measurement"]).toBe(
      "cmp-unreadable",
    );
  });
});

describe("a server call", () => {
  const server = (over: Partial<GateInput>) => ask({ region: "US-CA", browser: false, ...over });

  it("from a US machine about nobody known is denied", () => {
    const result = decide(server({}));
    expect(grantedPurposes(result)).toEqual(["necessary"]);
    expect(result).toMatchObject({ regime: "opt-in", ask: false });
  });

  it("follows the person's stored decision, whatever regime it was made under", () => {
    const choice = chosen("US-CA", { choices: { measurement: true } });
    expect(codes(server({ choice }))).toMatchObject({
      measurement: "choice-granted",
      advertising: "choice-refused",
    });
  });

  it("follows the consent it carries where nothing is stored, and not where something is", () => {
    const carried = {
      state: "read",
      categories: { measurement: true, advertising: true },
      exhaustive: false,
    } as const;
    expect(codes(server({ carried }))["measurement"]).toBe("cmp-granted");
    const choice = chosen("DE", { choices: { measurement: true } });
    expect(codes(server({ carried, choice }))["advertising"]).toBe("choice-refused");
  });

  it("takes no grant from consent cookies", () => {
    const cmp = { state: "read", categories: { measurement: true }, exhaustive: false } as const;
    expect(codes(server({ signals: { ...NO_SIGNALS, tcf: TCF, cmp } }))["measurement"]).toBe(
      "default-denied",
    );
  });
});

describe("capabilities", () => {
  it("open by the purposes that hold", () => {
    const result = decide(ask({ choice: chosen("DE", { choices: { personalization: true } }) }));
    expect(allows(DEFAULT_POLICY, result, "id-cookie")).toBe(true);
    expect(allows(DEFAULT_POLICY, result, "hints")).toBe(true);
    expect(allows(DEFAULT_POLICY, result, "events")).toBe(false);
    expect(allows(DEFAULT_POLICY, result, "claims")).toBe(false);
  });
});

describe("decideSafely", () => {
  it("denies all but the necessary when anything inside breaks", () => {
    const broken = ask({ region: "US-CA", signals: null as unknown as GateInput["signals"] });
    const result = decideSafely(broken);
    expect(grantedPurposes(result)).toEqual(["necessary"]);
    expect(result.decisions["measurement"]?.code).toBe("error");
    expect(grantedPurposes(decideSafely(ask({ policy: null as unknown as Policy })))).toEqual([
      "necessary",
    ]);
  });
});

describe("where visitors are told and not asked", () => {
  const untold = (input: ReturnType<typeof ask>): boolean =>
    isUntold(input.policy, input.choice, decide(input));
  const told = (version: number) => ({ ...NO_CHOICE, told: version });

  it("somebody whom nobody told yet is told, once for each version that changes what is on", () => {
    expect(untold(ask({ region: "JP" }))).toBe(true);
    expect(decide(ask({ region: "JP" })).ask).toBe(false);
    expect(untold(ask({ region: "JP", choice: told(1) }))).toBe(false);
    const { policy } = ask();
    const changed = {
      ...policy,
      version: 3,
      purposes: policy.purposes.map((each) =>
        each.id === "measurement" ? { ...each, since: 3 } : each,
      ),
    };
    expect(untold(ask({ region: "JP", choice: told(2), policy: changed }))).toBe(true);
    expect(untold(ask({ region: "JP", choice: told(3), policy: changed }))).toBe(false);
  });

  it("nobody is told who answered, who is asked, or for whom nothing is on", () => {
    const refused = chosen("JP", { accept: "none" });
    expect(untold(ask({ region: "JP", choice: refused }))).toBe(false);
    expect(untold(ask({ region: "DE" }))).toBe(false);
    expect(untold(ask({ region: "US-CA" }))).toBe(false);
    const { policy } = ask();
    const off = { ...policy, defaults: { ...policy.defaults, notice: { necessary: true } } };
    expect(untold(ask({ region: "JP", policy: off }))).toBe(false);
  });

  it("having been told is no answer: it grants nothing elsewhere and refuses nothing here", () => {
    const input = ask({ region: "JP", choice: told(1) });
    expect(decide(input).decisions).toEqual(decide(ask({ region: "JP" })).decisions);
    expect(decide(ask({ region: "DE", choice: told(1) })).ask).toBe(true);
  });
});
