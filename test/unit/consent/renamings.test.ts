/** A policy's life: version after version renames purposes, takes two together, renames back, removes and adds. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { faultsAgainst } from "../../../src/domain/consent/former-names.ts";
import type { Answer, StoredChoice } from "../../../src/domain/consent/choice.ts";
import { choiceNow, namesNow, namesOf, openingsOf } from "../../../src/domain/consent/openings.ts";
import { parsePolicy, type Policy } from "../../../src/domain/consent/policy.ts";
import { publish } from "../../../src/domain/consent/policy-change.ts";
import { NECESSARY } from "../../../src/domain/consent/purposes.ts";
import { type ConsentDecision, decisionNow } from "../../../src/domain/person/consent.ts";
import { NOW } from "./support.ts";

interface Named {
  id: string;
  formerly?: string[];
}

const NAMES = ["a", "b", "c", "d", "e"];

/** A policy of these purposes beside the necessary one, which nothing else names. */
function policyOf(purposes: readonly Named[], previous: Policy = DEFAULT_POLICY): Policy {
  const [necessary, pattern] = DEFAULT_POLICY.purposes;
  const { signals } = DEFAULT_POLICY;
  return {
    ...DEFAULT_POLICY,
    version: previous.version,
    purposes: [
      necessary!,
      ...purposes.map(({ id, formerly }) => ({
        ...pattern!,
        id,
        since: 1,
        ...(formerly === undefined ? {} : { formerly }),
      })),
    ],
    defaults: { "opt-in": {}, "opt-out": {}, notice: {} },
    signals: {
      ...signals,
      gpc: { governs: [] },
      gpp: { governs: [] },
      usp: { governs: [] },
      tcf: { ...signals.tcf, purposes: {} },
      cmp: { ...signals.cmp, categories: {} },
    },
    cookies: [],
  };
}

const faultsOf = (previous: Policy, draft: Policy): string[] => {
  const parsed = parsePolicy(draft);
  const faults = parsed.ok ? faultsAgainst(previous, parsed.policy) : parsed.faults;
  return faults.map(({ path, message }) => `${path}: ${message}`);
};

const next = (previous: Policy, draft: Policy): Policy =>
  publish({ previous, draft, author: "officer", note: "", now: NOW }).policy;

const published = (...lives: Named[][]): Policy =>
  lives.reduce((previous, each) => next(previous, policyOf(each, previous)), DEFAULT_POLICY);

const namesIn = ({ purposes }: Policy): string[] =>
  purposes.filter(({ id }) => id !== NECESSARY).flatMap(namesOf);

const draftArbitrary: fc.Arbitrary<Named[]> = fc
  .uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 })
  .chain((ids) =>
    fc.tuple(
      ...ids.map((id) =>
        fc.record({
          id: fc.constant(id),
          formerly: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 2 }),
        }),
      ),
    ),
  )
  .map((purposes) =>
    purposes.map(({ id, formerly }) => (formerly.length > 0 ? { id, formerly } : { id })),
  );

describe("what may follow a policy", () => {
  it("never is two purposes of one name, whatever was renamed before: what is published can be read", () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(draftArbitrary, { minLength: 2, maxLength: 6 }), (drafts) => {
        let previous = DEFAULT_POLICY;
        for (const purposes of drafts) {
          const draft = policyOf(purposes, previous);
          if (faultsOf(previous, draft).length > 0) continue;
          accepted++;
          const policy = next(previous, draft);
          expect(parsePolicy(policy, "published")).toEqual({ ok: true, policy });
          expect(parsePolicy(policy).ok).toBe(true);
          expect(new Set(namesIn(policy)).size).toBe(namesIn(policy).length);
          // Who goes on keeps every name.
          for (const purpose of policy.purposes) {
            const before = previous.purposes.find(({ id }) => id === purpose.id);
            if (before) expect(namesOf(purpose)).toEqual(expect.arrayContaining(namesOf(before)));
          }
          // What was one purpose stays one.
          const { renamed } = openingsOf(policy);
          for (const before of previous.purposes) {
            const now = namesOf(before)
              .filter((name) => namesIn(policy).includes(name))
              .map((name) => renamed.get(name) ?? name);
            expect(new Set(now).size).toBeLessThanOrEqual(1);
          }
          previous = policy;
        }
      }),
      { numRuns: 3_000 },
    );
    expect(accepted).toBeGreaterThan(3_000);
  });

  it("isn't a purpose renamed once more beside a new one that takes its first name", () => {
    const previous = published([{ id: "a" }], [{ id: "b", formerly: ["a"] }]);
    expect(faultsOf(previous, policyOf([{ id: "c", formerly: ["b"] }, { id: "a" }]))).toEqual([
      "purposes.2.id: was the name of c, which is still in the policy",
    ]);
  });

  it("isn't two purposes that both take the place of one that had taken theirs", () => {
    const previous = published([{ id: "a" }, { id: "b" }], [{ id: "c", formerly: ["a", "b"] }]);
    expect(previous.purposes[1]?.formerly).toEqual(["a", "b"]);
    expect(faultsOf(previous, policyOf([{ id: "a" }, { id: "b" }]))).toEqual([
      "purposes.2.id: was the name of a, which is still in the policy",
    ]);
    // New ones are new ones.
    expect(faultsOf(previous, policyOf([{ id: "d" }, { id: "e" }]))).toEqual([]);
  });

  it("isn't a purpose with more names than are looked for with each of its records", () => {
    const life = (n: number): Named[] => [
      { id: `p${n}`, ...(n > 0 ? { formerly: [`p${n - 1}`] } : {}) },
    ];
    const previous = published(...Array.from({ length: 17 }, (_, n) => life(n)));
    expect(previous.purposes[1]?.formerly).toHaveLength(16);
    expect(faultsOf(previous, policyOf(life(17)))).toEqual([
      "purposes.1.formerly: must be at most 16, with those that the policy in force knows",
    ]);
    expect(faultsOf(previous, policyOf([{ id: "p3" }]))).toEqual([]);
  });
});

describe("purposes taken together", () => {
  it("stand in a table once, by whichever of their names, and not by two that are gone", () => {
    const both = policyOf([{ id: "c", formerly: ["a", "b"] }]);
    both.signals.tcf.purposes = { a: [1], b: [5] };
    both.defaults.notice = { b: true, a: true };
    expect(faultsOf(DEFAULT_POLICY, both)).toEqual([
      "defaults.notice.a: stands here as b, too",
      "signals.tcf.purposes.b: stands here as a, too",
    ]);
  });

  it("read the same whether they came together at once or one after the other, and are a no where any was", () => {
    const step = published([{ id: "x", formerly: ["a", "b"] }, { id: "c" }]);
    const [first, both] = [
      openingsOf(step),
      openingsOf(next(step, policyOf([{ id: "y", formerly: ["x", "c"] }], step))),
    ];
    const ids = fc.constantFrom("a", "b", "c");
    const at = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 3 });
    const yes = fc.dictionary(ids, fc.boolean());
    fc.assert(
      fc.property(yes, at, fc.boolean(), (granted, times, isOwn) => {
        const timed = Object.fromEntries(
          Object.keys(granted).map((id, n) => [id, times[n] as number]),
        );
        const answers = Object.entries(granted).map(([id, said]): [string, Answer] => [
          id,
          { state: said ? "granted" : "refused", at: timed[id] ?? 0, policy: 1, regime: "opt-in" },
        ]);
        const choice: StoredChoice = {
          answers: Object.fromEntries(answers),
          overrides: [],
          gpc: false,
        };
        const decision: ConsentDecision = {
          at: 20,
          policy: both.since.get("y") ?? 1,
          region: "DE",
          regime: "opt-in",
          granted,
          gpc: false,
          ats: timed,
          by: isOwn ? Object.fromEntries(Object.keys(granted).map((id) => [id, "choice"])) : {},
        };
        const said = choiceNow(both, choice);
        expect(choiceNow(both, choiceNow(first, choice))).toEqual(said);
        expect(choiceNow(both, said)).toEqual(said);
        const decided = decisionNow(both, decision);
        expect(decisionNow(both, decisionNow(first, decision))).toEqual(decided);
        expect(decisionNow(both, decided)).toEqual(decided);
        const values = Object.values(granted);
        const isYes = values.length > 0 && !values.includes(false);
        expect(said.answers["y"]?.state === "granted").toBe(isYes);
        expect(decided.granted["y"] === true).toBe(isYes);
        expect(namesNow(both, namesNow(first, Object.keys(granted)))).toEqual(
          namesNow(both, Object.keys(granted)),
        );
      }),
    );
  });
});
