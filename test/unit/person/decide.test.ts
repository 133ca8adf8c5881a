import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { choose, type StoredChoice } from "../../../src/domain/consent/choice.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { decide } from "../../../src/domain/consent/gate.ts";
import { BUILT_IN_OPENINGS, openingsOf } from "../../../src/domain/consent/openings.ts";
import { choiceOf, toDecision } from "../../../src/domain/consent/receipt.ts";
import { NO_SIGNALS, type Signals } from "../../../src/domain/consent/signals/types.ts";
import {
  type ConsentDecision,
  mostRestrictive,
  refusedBy,
  standingAmong,
} from "../../../src/domain/person/consent.ts";
import { newerDecision } from "../../../src/person/decide.ts";
import { calledOtherwise } from "../../support/renamed.ts";
import { ask, chosen, DAY, NOW } from "../consent/support.ts";

const decided = (over: Parameters<typeof ask>[0], at?: number): ConsentDecision => {
  const gate = ask({ region: "US-CA", ...over });
  return toDecision(gate, decide(gate), at);
};
const usp = (optedOut: boolean): Signals => ({
  ...NO_SIGNALS,
  usp: { state: "read", optedOut },
});
const refusal = chosen("US-CA", { choices: { advertising: false, measurement: true } });

describe("A region's default", () => {
  test("doesn't replace the visitor's own no when their choice is lost, however much later it comes", () => {
    const own = decided({ choice: refusal });
    const later = decided({ now: NOW + 100 * DAY });
    expect(later.granted["advertising"]).toBe(true);
    const both = newerDecision(own, later);
    expect(both.granted).toMatchObject({ advertising: false, measurement: true });
    expect(newerDecision(both, decided({ now: NOW + 200 * DAY })).granted["advertising"]).toBe(
      false,
    );
  });

  test("doesn't make forget that the visitor said yes, however late a call comes that doesn't know", () => {
    const yes = decided({ choice: chosen("US-CA", { accept: "all" }) });
    const unknowing = decided({ now: NOW + DAY });
    const older = decided({
      choice: chosen("US-CA", { accept: "none" }, { at: NOW - 2 * DAY }),
    });
    const withdrawn = { decision: older, retired: true };
    for (const both of [newerDecision(yes, unknowing), newerDecision(unknowing, yes)]) {
      expect(both.by?.["advertising"]).toBe("choice");
      expect(mostRestrictive(both, [withdrawn])["advertising"]).toBe(true);
      // Nor does it make an older no the last word, which may come later still.
      expect(newerDecision(both, older).granted["advertising"]).toBe(true);
    }
  });

  test("doesn't replace an opt-out that isn't sent any more", () => {
    for (const signals of [usp(true), { ...NO_SIGNALS, gpc: true }]) {
      const both = newerDecision(decided({ signals }), decided({ now: NOW + DAY }));
      expect(both.granted["advertising"]).toBe(false);
    }
  });

  test("holds again once who said no is heard saying something else", () => {
    const both = newerDecision(
      decided({ signals: usp(true) }),
      decided({ signals: usp(false), now: NOW + DAY }),
    );
    expect(both.granted["advertising"]).toBe(true);
  });

  test("isn't undone by a choice that is older than an opt-out which was taken back", () => {
    const choice = chosen("US-CA", { accept: "all" });
    const out = newerDecision(decided({ choice }), decided({ choice, signals: usp(true) }));
    expect(out.granted["advertising"]).toBe(false);
    expect(newerDecision(out, decided({ choice })).granted["advertising"]).toBe(false);
    expect(
      newerDecision(out, decided({ choice, signals: usp(false) })).granted["advertising"],
    ).toBe(true);
  });

  test("doesn't outlive what another device of the person withdrew, though that device is gone", () => {
    const withdrawn = { decision: decided({ choice: refusal }), retired: true };
    const later = decided({ now: NOW + DAY });
    expect(mostRestrictive(later, [withdrawn])["advertising"]).toBe(false);
    const yes = decided({ choice: chosen("US-CA", { accept: "all" }, { at: NOW + 1 }) });
    expect(mostRestrictive(yes, [withdrawn])["advertising"]).toBe(true);
  });
});

test("a newer yes of the visitor's own replaces a no, and a newer no a yes", () => {
  const no = decided({ choice: refusal });
  const yes = decided({
    choice: chosen("US-CA", { choices: { advertising: true } }, { previous: refusal, at: NOW }),
  });
  expect(newerDecision(no, yes).granted["advertising"]).toBe(true);
  expect(newerDecision(yes, no).granted["advertising"]).toBe(true);
});

test("decisions from before it was kept who answered are told by their age alone", () => {
  const { by: _, ...old } = decided({ choice: refusal });
  const later = newerDecision(old, decided({ now: NOW + DAY }));
  expect(later.granted["advertising"]).toBe(true);
  const { by: __, ...older } = decided({});
  expect(newerDecision(older, old)).not.toHaveProperty("by");
});

test("what an own yes granted ends where it expires, also where only a default is left", () => {
  const choice = chosen("DE", { accept: "all" }, { at: NOW - 400 * DAY });
  const kept = decided({ region: "DE", choice, now: NOW - 399 * DAY });
  expect(kept.granted["advertising"]).toBe(true);
  expect(newerDecision(kept, decided({ region: "DE", choice })).granted["advertising"]).toBe(false);
});

test("which of two decisions comes first doesn't matter", () => {
  const choices: (StoredChoice | null)[] = [
    null,
    refusal,
    chosen("US-CA", { accept: "all" }, { at: NOW - 5 * DAY }),
    chosen("US-CA", { accept: "none" }, { at: NOW }),
  ];
  const any = fc.record({
    choice: fc.constantFrom(...choices),
    signals: fc.constantFrom(NO_SIGNALS, usp(true), { ...NO_SIGNALS, gpc: true }),
    now: fc.integer({ min: 0, max: 9 }).map((days) => NOW + days * DAY),
  });
  fc.assert(
    fc.property(any, any, (a, b) => {
      const [one, other] = [decided(a), decided(b)];
      expect(newerDecision(one, other).granted).toEqual(newerDecision(other, one).granted);
    }),
  );
});

test("a server sees when each purpose was answered, so that one grant doesn't keep another young", () => {
  const first = chosen("DE", { choices: { measurement: true } }, { at: NOW - 380 * DAY });
  const choice = choose({
    policy: DEFAULT_POLICY,
    regime: "opt-in",
    previous: first,
    request: { choices: { advertising: true } },
    gpc: false,
    now: NOW - 20 * DAY,
  });
  const then = NOW - 20 * DAY;
  const kept = decided({ region: "DE", choice, now: then }, then);
  const server = decide(
    ask({ region: null, browser: false, choice: choiceOf(kept, ["advertising"]) }),
  );
  expect(server.decisions["measurement"]?.code).toBe("choice-expired");
  expect(server.decisions["advertising"]?.code).toBe("choice-granted");
  // Also after a later event brought it again, from a cookie that knows the second.
  const again = newerDecision(kept, decided({ region: "DE", choice: first, now: NOW - DAY }));
  expect(choiceOf(again, []).answers["measurement"]?.at).toBe(NOW - 380 * DAY);
});

test("what a device withdrew before its cookie went isn't outlived by a newer answer to something else", () => {
  const all = chosen("DE", { accept: "all" }, { at: NOW - 3 * DAY });
  const gone = decided({
    region: "DE",
    choice: chosen("DE", { accept: "none" }, { at: NOW - 2 * DAY }),
  });
  const request = { choices: { advertising: true } };
  const since = chosen("DE", request, { previous: all, at: NOW - DAY });
  const own = decided({ region: "DE", choice: since }, NOW - DAY);
  const withdrawn = { decision: gone, retired: true };
  expect(mostRestrictive(own, [withdrawn])).toEqual({
    measurement: false,
    personalization: false,
    recognition: false,
    advertising: true,
  });
  expect(refusedBy(own, [withdrawn])).toEqual(["measurement", "personalization", "recognition"]);
});

describe("Of several who said the same identifier and couldn't be joined", () => {
  const yes = decided({ region: "DE", choice: chosen("DE", { accept: "all" }, { at: NOW - DAY }) });
  const no = (at: number): ConsentDecision =>
    decided({ region: "DE", choice: chosen("DE", { accept: "none" }, { at }) });

  test("whoever proved it denies something for all of them, in whatever order they are found", () => {
    const denies = { decision: no(NOW - 2 * DAY), sure: true, retired: false };
    const allows = { decision: yes, sure: true, retired: false };
    for (const found of [
      [denies, allows],
      [allows, denies],
    ])
      expect(standingAmong(BUILT_IN_OPENINGS, found)?.decision.granted["measurement"]).toBe(false);
  });

  test("who withdrew everything and came back with a new yes isn't kept to the old no", () => {
    const gone = { decision: no(NOW - 2 * DAY), sure: true, retired: true };
    const back = { decision: yes, sure: true, retired: false };
    expect(standingAmong(BUILT_IN_OPENINGS, [gone, back])?.decision.granted["measurement"]).toBe(
      true,
    );
    expect(
      standingAmong(BUILT_IN_OPENINGS, [back, { ...gone, decision: no(NOW) }])?.decision.granted,
    ).toMatchObject({
      measurement: false,
    });
  });

  test("who only typed it has no say beside who proved it", () => {
    const typed = { decision: no(NOW), sure: false, retired: false };
    const proven = { decision: yes, sure: true, retired: false };
    expect(standingAmong(BUILT_IN_OPENINGS, [typed, proven])).toMatchObject({
      sure: true,
      decision: yes,
    });
    expect(standingAmong(BUILT_IN_OPENINGS, [typed])).toBe(typed);
    expect(standingAmong(BUILT_IN_OPENINGS, [])).toBeNull();
  });

  test("a no is one also where somebody's object doesn't know yet what the purpose is called by now", () => {
    const renamed = openingsOf(
      calledOtherwise(DEFAULT_POLICY, { measurement: "statistics" }, true),
    );
    const statistics = { ...yes, granted: { statistics: true }, by: { statistics: "choice" } };
    const decisions = [no(NOW - 2 * DAY), statistics];
    for (const each of [decisions, decisions.toReversed()]) {
      const found = each.map((decision) => ({ decision, sure: true }));
      expect(standingAmong(renamed, found)?.decision.granted["statistics"]).toBe(false);
    }
  });
});
