import { describe, expect, it } from "vitest";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { publish } from "../../../src/domain/consent/policy-change.ts";
import {
  simulate,
  whatIf,
  type Evidence,
  type Situation,
} from "../../../src/domain/consent/simulate.ts";
import { NO_SIGNALS } from "../../../src/domain/consent/signals/types.ts";
import { TCF_PARTS, writeTcf } from "../../conformance/strings.ts";
import { ask, chosen, NOW } from "./support.ts";

const situation = (over: Partial<Situation>): Situation => ({
  region: "DE",
  browser: true,
  cookies: {},
  choice: null,
  child: false,
  erased: false,
  ...over,
});

const evidence = (over: Parameters<typeof ask>[0]): Evidence => {
  const { policy: _, now: __, ...rest } = ask(over);
  return rest;
};

describe("the simulator", () => {
  it("says for each purpose what would be decided, and by which rule", () => {
    const found = simulate(DEFAULT_POLICY, situation({ region: "US-CA", secGpc: "1" }), NOW);
    expect(found.result.decisions["advertising"]?.code).toBe("gpc-opted-out");
    expect(found.rules["advertising"]).toMatchObject({ source: "gpc", state: "refused" });
    expect(found.rules["measurement"]).toMatchObject({ source: "default", granted: true });
  });

  it("reads cookies and strings as the gate does", () => {
    const found = simulate(
      DEFAULT_POLICY,
      situation({ cookies: { "euconsent-v2": writeTcf(TCF_PARTS) } }),
      NOW,
    );
    expect(found.signals.tcf.state).toBe("read");
    expect(found.rules["measurement"]).toMatchObject({ source: "tcf", state: "granted" });
  });

  it("gives a server call no region and reads the consent it carries", () => {
    const context = { consent: { categoryPreferences: { measurement: true } } };
    const found = simulate(
      DEFAULT_POLICY,
      situation({ region: "US-CA", browser: false, context }),
      NOW,
    );
    expect(found.rules["measurement"]).toMatchObject({ source: "cmp", granted: true });
    expect(found.rules["advertising"]).toMatchObject({ source: "default", granted: false });
  });
});

describe("the what-if", () => {
  const publishing = (change: (policy: typeof DEFAULT_POLICY) => void) => {
    const draft = structuredClone(DEFAULT_POLICY);
    change(draft);
    return publish({ previous: DEFAULT_POLICY, draft, author: "o", note: "", now: NOW }).policy;
  };
  const visitors = [
    evidence({ choice: chosen("DE", { accept: "all" }) }),
    evidence({ choice: chosen("DE", { choices: { measurement: true } }) }),
    evidence({ choice: chosen("DE", { accept: "none" }) }),
    evidence({ region: "US-CA" }),
    evidence({ region: "US-CA", signals: { ...NO_SIGNALS, gpc: true } }),
    evidence({ region: "JP" }),
  ];

  it("counts nobody where nothing changes", () => {
    const found = whatIf({
      current: DEFAULT_POLICY,
      draft: publishing(() => {}),
      evidence: visitors,
      now: NOW,
    });
    expect(found.visitors).toBe(6);
    expect(Object.values(found.purposes).every(({ gain, lose }) => gain === 0 && lose === 0)).toBe(
      true,
    );
    expect(found.asked).toEqual({ before: 0, after: 0 });
  });

  it("counts who loses a purpose and is asked again when it changes materially", () => {
    const draft = publishing((policy) => void (policy.purposes[1]!.retentionDays = 500));
    const found = whatIf({ current: DEFAULT_POLICY, draft, evidence: visitors, now: NOW });
    expect(found.purposes["measurement"]).toEqual({ gain: 0, lose: 2 });
    expect(found.asked).toEqual({ before: 0, after: 2 });
  });

  it("counts who gains a purpose when a signal no longer governs it", () => {
    const draft = publishing((policy) => void (policy.signals.gpc.governs = []));
    const found = whatIf({ current: DEFAULT_POLICY, draft, evidence: visitors, now: NOW });
    expect(found.purposes["advertising"]).toEqual({ gain: 1, lose: 0 });
  });

  it("counts those of a country that gets another regime", () => {
    const draft = publishing((policy) => void (policy.regimes.regions["JP"] = "opt-in"));
    const found = whatIf({ current: DEFAULT_POLICY, draft, evidence: visitors, now: NOW });
    expect(found.purposes["measurement"]).toEqual({ gain: 0, lose: 1 });
    expect(found.asked.after).toBe(1);
  });
});
