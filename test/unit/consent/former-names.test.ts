import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Answer, StoredChoice } from "../../../src/domain/consent/choice.ts";
import { choose } from "../../../src/domain/consent/choice.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { faultsAgainst } from "../../../src/domain/consent/former-names.ts";
import { decide, type GateInput } from "../../../src/domain/consent/gate.ts";
import { isOpen, opens, openingsOf } from "../../../src/domain/consent/openings.ts";
import { parsePolicy, type Policy } from "../../../src/domain/consent/policy.ts";
import { diffPolicies, publish } from "../../../src/domain/consent/policy-change.ts";
import { CAPABILITIES, REGIMES } from "../../../src/domain/consent/purposes.ts";
import type { CmpReading } from "../../../src/domain/consent/signals/types.ts";
import { NO_SIGNALS, NONE, UNREADABLE } from "../../../src/domain/consent/signals/types.ts";
import {
  type ConsentDecision,
  decisionNow,
  mostRestrictive,
} from "../../../src/domain/person/consent.ts";
import { daysKept, keepingOf, standingPurposes } from "../../../src/domain/retention.ts";
import { calledOtherwise, nameIn, NAMES } from "../../support/renamed.ts";
import { whatIf } from "../../../src/domain/consent/simulate.ts";
import { GPP, NOW, TCF } from "./support.ts";

const faults = (policy: unknown): string[] => {
  const parsed = parsePolicy(policy);
  return parsed.ok ? [] : parsed.faults.map(({ path, message }) => `${path}: ${message}`);
};

const renamed = (): Policy =>
  structuredClone(calledOtherwise(DEFAULT_POLICY, { measurement: "statistics" }, true));

const publishing = (previous: Policy, draft: Policy) =>
  publish({ previous, draft, author: "officer", note: "", now: NOW });

describe("what a purpose was called before", () => {
  it("may be said of any but the necessary one, and is nobody else's name", () => {
    expect(faults(renamed())).toEqual([]);
    const policy = renamed();
    const [necessary, statistics, personalization] = policy.purposes;
    necessary!.formerly = ["essential"];
    statistics!.formerly = ["statistics", "personalization", "measurement", "measurement"];
    personalization!.formerly = ["measurement", "No id"];
    expect(faults(policy)).toEqual([
      "purposes.2.formerly.1: must be a purpose id: lower-case letters, digits and hyphens, at most 32, and not constructor",
    ]);
    personalization!.formerly = ["measurement"];
    expect(faults(policy)).toEqual([
      "purposes.0.formerly: can't be said of necessary",
      "purposes.1.formerly.0: is the purpose's own id",
      "purposes.1.formerly.1: is the id of another purpose",
      "purposes.1.formerly.3: stands twice",
      "purposes.2.formerly.0: stands twice",
    ]);
  });

  it("may still stand in tables and lists, which are read under the names of now", () => {
    const policy: Policy = { ...DEFAULT_POLICY, purposes: renamed().purposes };
    const parsed = parsePolicy(policy);
    expect(parsed).toEqual({ ok: true, policy: renamed() });
  });

  it("stands in a table once, by whichever name", () => {
    const policy = renamed();
    policy.defaults.notice = { statistics: true, measurement: true };
    policy.signals.tcf.purposes = { statistics: [1], measurement: [1] };
    expect(faults(policy)).toEqual([
      "defaults.notice.measurement: stands here as statistics, too",
      "signals.tcf.purposes.measurement: stands here as statistics, too",
    ]);
    policy.defaults.notice = {};
    policy.signals.tcf.purposes = {};
    policy.defaults["opt-in"] = { measurement: true };
    expect(faults(policy)).toEqual([
      "defaults.opt-in.measurement: must be false: opt-in means nothing before a yes",
    ]);
  });

  it("changes nothing that anybody has to be asked about again", () => {
    const next = publishing(DEFAULT_POLICY, renamed());
    expect(next.material).toEqual([]);
    expect(next.policy.purposes.map(({ since }) => since)).toEqual([1, 1, 1, 1, 1]);
    expect(diffPolicies(DEFAULT_POLICY, next.policy).map(({ path }) => path)).toEqual([
      "version",
      "purposes.statistics.id",
      "purposes.statistics.formerly",
    ]);
    const more = renamed();
    more.purposes[1]!.retentionDays += 1;
    expect(publishing(DEFAULT_POLICY, more).material).toEqual(["statistics"]);
  });

  it("is kept by later versions that don't say it, also where they rename it again or back", () => {
    const first = publishing(DEFAULT_POLICY, renamed()).policy;
    const silent = publishing(
      first,
      calledOtherwise(DEFAULT_POLICY, { measurement: "statistics" }),
    );
    expect(silent.policy.purposes[1]).toMatchObject({ formerly: ["measurement"], since: 1 });
    const again = publishing(first, calledOtherwise(first, { statistics: "figures" }, true));
    expect(again.policy.purposes[1]?.formerly?.toSorted()).toEqual(["measurement", "statistics"]);
    const back = publishing(again.policy, DEFAULT_POLICY);
    expect(back.policy.purposes[1]).toMatchObject({ id: "measurement", since: 1 });
    expect(back.policy.purposes[1]?.formerly?.toSorted()).toEqual(["figures", "statistics"]);
    expect(back.material).toEqual([]);
  });

  it("isn't another purpose's for as long as its own is there", () => {
    const first = publishing(DEFAULT_POLICY, renamed()).policy;
    const [, , , , advertising] = first.purposes;
    const taken = {
      ...first,
      purposes: [...first.purposes, { ...advertising!, id: "measurement" }],
    };
    expect(faultsAgainst(first, taken)).toEqual([
      {
        path: "purposes.5.id",
        message: "was the name of statistics, which is still in the policy",
      },
    ]);
    const freed = { ...taken, purposes: taken.purposes.filter(({ id }) => id !== "statistics") };
    expect(faultsAgainst(first, freed)).toEqual([]);
  });

  it("makes a purpose that takes two others' place ask anew for what one of them didn't open", () => {
    const both = structuredClone(DEFAULT_POLICY);
    const [necessary, measurement, personalization, ...rest] = both.purposes;
    const switchesOn = [...new Set([...measurement!.switchesOn, ...personalization!.switchesOn])];
    const formerly = ["measurement", "personalization"];
    both.purposes = [necessary!, { ...measurement!, id: "both", formerly, switchesOn }, ...rest];
    expect(publishing(DEFAULT_POLICY, both).material).toEqual(["both"]);
  });
});

const IDS = Object.keys(NAMES);
const capability = fc.constantFrom(...CAPABILITIES);

/** Any policy of the default one's ids: what each opens, when it last changed, defaults, what signals govern. */
const policyArbitrary: fc.Arbitrary<Policy> = fc
  .record({
    open: fc.array(fc.uniqueArray(capability, { maxLength: 4 }), { minLength: 4, maxLength: 4 }),
    since: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 4, maxLength: 4 }),
    days: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 4, maxLength: 4 }),
    governs: fc.record({
      gpc: fc.subarray(IDS),
      gpp: fc.subarray(IDS),
      usp: fc.subarray(IDS),
    }),
    optOut: fc.dictionary(fc.constantFrom(...IDS), fc.boolean()),
    notice: fc.dictionary(fc.constantFrom(...IDS), fc.boolean()),
    tcf: fc.dictionary(fc.constantFrom(...IDS), fc.constantFrom<number[]>([1], [1, 8], [4])),
    statistics: fc.subarray(IDS),
  })
  .map(({ open, since, days, governs, optOut, notice, tcf, statistics }) => ({
    ...DEFAULT_POLICY,
    version: 3,
    purposes: DEFAULT_POLICY.purposes.map((purpose, at) =>
      at === 0
        ? purpose
        : {
            ...purpose,
            switchesOn: open[at - 1] ?? [],
            since: since[at - 1] ?? 1,
            retentionDays: days[at - 1] ?? 1,
          },
    ),
    defaults: { "opt-in": {}, "opt-out": optOut, notice },
    signals: {
      ...DEFAULT_POLICY.signals,
      gpc: { governs: governs.gpc },
      gpp: { governs: governs.gpp },
      usp: { governs: governs.usp },
      tcf: { ...DEFAULT_POLICY.signals.tcf, purposes: tcf },
      cmp: {
        ...DEFAULT_POLICY.signals.cmp,
        categories: { analytics: statistics },
        regimes: [...REGIMES],
      },
    },
  }));

const answer: fc.Arbitrary<Answer> = fc.record({
  state: fc.constantFrom("granted", "refused", "withdrawn"),
  at: fc.integer({ min: 0, max: 500 }).map((days) => NOW - days * 86_400_000),
  policy: fc.integer({ min: 1, max: 3 }),
  regime: fc.constantFrom(...REGIMES),
});

const choiceArbitrary: fc.Arbitrary<StoredChoice | null> = fc.option(
  fc.record({
    answers: fc.dictionary(fc.constantFrom(...IDS), answer),
    overrides: fc.constantFrom([], ["gpc" as const]),
    gpc: fc.boolean(),
  }),
);

const carried: fc.Arbitrary<CmpReading> = fc.oneof(
  fc.constant(NONE),
  fc.constant(UNREADABLE),
  fc.record({
    state: fc.constant("read" as const),
    categories: fc.dictionary(fc.constantFrom(...IDS, "analytics"), fc.boolean()),
    exhaustive: fc.boolean(),
  }),
);

const inputArbitrary: fc.Arbitrary<GateInput> = fc.record({
  policy: policyArbitrary,
  region: fc.constantFrom("DE", "US-CA", "JP", null),
  browser: fc.boolean(),
  signals: fc.record({
    gpc: fc.boolean(),
    gpp: fc.constantFrom(NONE, UNREADABLE, GPP, { ...GPP, optedOut: true }),
    usp: fc.constantFrom(NONE, UNREADABLE, { state: "read" as const, optedOut: true }),
    tcf: fc.constantFrom(NONE, UNREADABLE, TCF, { ...TCF, consents: 0b1000_0001 }),
    cmp: fc.constant(NO_SIGNALS.cmp),
  }),
  choice: choiceArbitrary,
  carried,
  subject: fc.record({ child: fc.boolean(), erased: fc.boolean() }),
  now: fc.constant(NOW),
});

const keysIn = <T>(values: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(values).map(([id, value]) => [nameIn(NAMES, id), value]));

describe("renaming", () => {
  it("changes what the gate decides by the names alone, whatever was said under the old ones", () => {
    fc.assert(
      fc.property(inputArbitrary, (input) => {
        const before = decide(input);
        const policy = calledOtherwise(input.policy, NAMES, true);
        const after = decide({ ...input, policy });
        expect(after.decisions).toEqual(keysIn(before.decisions));
        expect(after.asking).toEqual(before.asking.map((id) => nameIn(NAMES, id)));
        expect([after.regime, after.ask, after.gpc]).toEqual([
          before.regime,
          before.ask,
          before.gpc,
        ]);
      }),
    );
  });

  it("moves nobody in a what-if, whatever they said", () => {
    fc.assert(
      fc.property(fc.array(inputArbitrary, { minLength: 1, maxLength: 5 }), (inputs) => {
        const [{ policy }] = inputs as [GateInput];
        const draft = calledOtherwise(policy, NAMES, true);
        const found = whatIf({ current: policy, draft, evidence: inputs, now: NOW });
        const none = { gain: 0, lose: 0 };
        expect(found.purposes).toEqual(
          Object.fromEntries(draft.purposes.map(({ id }) => [id, none])),
        );
        expect(found.asked.before).toBe(found.asked.after);
      }),
    );
  });

  it("changes a choice by the names alone, whether it is made under the old or the new ones", () => {
    fc.assert(
      fc.property(
        policyArbitrary,
        choiceArbitrary,
        fc.dictionary(fc.constantFrom(...IDS), fc.boolean()),
        fc.boolean(),
        (policy, previous, choices, isNew) => {
          const said = { regime: "opt-in", previous, gpc: false, now: NOW } as const;
          const before = choose({ ...said, policy, request: { choices } });
          const request = { choices: isNew ? keysIn(choices) : choices };
          const after = choose({
            ...said,
            policy: calledOtherwise(policy, NAMES, true),
            request,
          });
          expect(after).toEqual({ ...before, answers: keysIn(before.answers) });
        },
      ),
    );
  });

  it("leaves open what was open, and keeps as long, what was recorded under the old names", () => {
    fc.assert(
      fc.property(policyArbitrary, fc.subarray(IDS), (policy, purposes) => {
        const now = calledOtherwise(policy, NAMES, true);
        const [before, after] = [openingsOf(policy), openingsOf(now)];
        const granted = Object.fromEntries(purposes.map((id) => [id, true]));
        for (const each of CAPABILITIES) {
          expect(opens(after, purposes, each)).toBe(opens(before, purposes, each));
          expect(isOpen(after, keysIn(granted), each)).toBe(isOpen(before, granted, each));
        }
        const [kept, keeps] = [keepingOf(policy).retention, keepingOf(now).retention];
        expect(daysKept(keeps, purposes)).toBe(daysKept(kept, purposes));
        const recorded = { day: 20_000, purposes };
        for (const today of [20_000, 20_100, 20_400])
          expect(standingPurposes(keeps, recorded, today)).toEqual(
            standingPurposes(kept, recorded, today),
          );
      }),
    );
  });

  const decisionArbitrary: fc.Arbitrary<ConsentDecision> = fc.record({
    at: fc.integer({ min: 0, max: 9 }),
    policy: fc.constant(1),
    region: fc.constant("DE"),
    regime: fc.constant("opt-in"),
    granted: fc.dictionary(fc.constantFrom(...IDS), fc.boolean()),
    gpc: fc.boolean(),
  });

  it("leaves of several devices' decisions what stood, one by one as together", () => {
    const openings = openingsOf(calledOtherwise(DEFAULT_POLICY, NAMES, true));
    fc.assert(
      fc.property(decisionArbitrary, fc.array(decisionArbitrary), (own, others) => {
        const sides = others.map((decision) => ({ decision, retired: false }));
        const before = mostRestrictive(own, sides);
        const after = mostRestrictive(
          decisionNow(openings, own),
          sides.map((side) => ({ ...side, decision: decisionNow(openings, side.decision) })),
        );
        expect(after).toEqual(keysIn(before));
      }),
    );
  });

  it("takes a no under any of the names for a no", () => {
    const openings = openingsOf(calledOtherwise(DEFAULT_POLICY, NAMES, true));
    const decision: ConsentDecision = {
      at: 5,
      policy: 1,
      region: "DE",
      regime: "opt-in",
      granted: { measurement: false, statistics: true },
      gpc: false,
      by: { measurement: "choice", statistics: "choice" },
      ats: { measurement: 3 },
      freed: { measurement: ["tcf"], statistics: ["gpp"] },
    };
    expect(decisionNow(openings, decision)).toEqual({
      ...decision,
      granted: { statistics: false },
      by: { statistics: "choice" },
      ats: { statistics: 3 },
      freed: { statistics: ["tcf", "gpp"] },
    });
  });
});
