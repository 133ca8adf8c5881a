import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeChoice,
  encodeChoice,
  legibleRefusals,
} from "../../../src/domain/consent/choice-cookie.ts";
import { parseChoiceRequest } from "../../../src/domain/consent/choice-request.ts";
import {
  mostRestrictive,
  newest,
  NO_CHOICE,
  refusalsOnly,
  rememberGpc,
  standingOverrides,
  type Answer,
  type StoredChoice,
} from "../../../src/domain/consent/choice.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { decide } from "../../../src/domain/consent/gate.ts";
import { ask, chosen, DAY, NOW } from "./support.ts";

const answer: fc.Arbitrary<Answer> = fc.record({
  state: fc.constantFrom("granted", "refused", "withdrawn"),
  // Whole seconds, as the cookie keeps them.
  at: fc.integer({ min: 1_600_000_000, max: 1_900_000_000 }).map((seconds) => seconds * 1_000),
  policy: fc.integer({ min: 1, max: 999 }),
  regime: fc.constantFrom("opt-in", "opt-out", "notice"),
});
const choice: fc.Arbitrary<StoredChoice> = fc.record({
  answers: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9-]{0,31}$/), answer, {
    maxKeys: 8,
    noNullPrototype: true,
  }),
  overrides: fc.constantFrom([], ["gpc" as const]),
  gpc: fc.boolean(),
  told: fc.integer({ min: 1, max: 99_999 }),
});
const grants = (stored: StoredChoice) =>
  Object.values(stored.answers).some(({ state }) => state === "granted");

describe("choosing", () => {
  it("refuses what is left out the first time, and keeps it later", () => {
    const first = chosen("DE", { choices: { measurement: true } });
    expect(first.answers["advertising"]?.state).toBe("refused");
    const second = chosen("DE", { choices: { advertising: true } }, { previous: first, at: NOW });
    expect(second.answers["advertising"]).toMatchObject({ state: "granted", at: NOW });
    expect(second.answers["measurement"]).toEqual(first.answers["measurement"]);
  });

  it("ignores purposes that the policy doesn't have and the necessary one", () => {
    const stored = chosen("DE", { choices: { necessary: false, invented: true } });
    expect(Object.keys(stored.answers)).toEqual([
      "measurement",
      "personalization",
      "recognition",
      "advertising",
    ]);
    expect(Object.values(stored.answers).every(({ state }) => state === "refused")).toBe(true);
  });

  it("remembers that something was granted once until it is granted again", () => {
    const yes = chosen("DE", { accept: "all" });
    const no = chosen("DE", { accept: "none" }, { previous: yes });
    const still = chosen("DE", { accept: "none" }, { previous: no });
    expect(still.answers["measurement"]?.state).toBe("withdrawn");
    expect(chosen("DE", { accept: "all" }, { previous: still }).answers["measurement"]?.state).toBe(
      "granted",
    );
  });

  it("lets a named purpose win over accepting or refusing all", () => {
    const stored = chosen("DE", { accept: "all", choices: { advertising: false } });
    expect(stored.answers["advertising"]?.state).toBe("refused");
    expect(stored.answers["measurement"]?.state).toBe("granted");
  });

  it("takes an override for a yes said now to what GPC governs, where one stands", () => {
    const before = chosen("US-CA", { choices: { measurement: true, advertising: true } });
    const later = NOW + DAY;
    const after = chosen("US-CA", { override: ["gpc"] }, { previous: before, at: later });
    expect(after.answers["advertising"]).toMatchObject({ state: "granted", at: later });
    expect(after.answers["measurement"]).toEqual(before.answers["measurement"]);
    const none = { ...before.answers["advertising"]!, state: "refused" as const };
    const old = { ...before.answers["advertising"]!, at: NOW - 900 * DAY };
    const elsewhere = { ...before.answers["advertising"]!, regime: "opt-in" as const };
    for (const advertising of [none, old, elsewhere]) {
      const previous = { ...before, answers: { ...before.answers, advertising } };
      const kept = chosen("US-CA", { override: ["gpc"] }, { previous, at: later });
      expect(kept.answers["advertising"]).toEqual(advertising);
    }
  });

  it("keeps GPC once it was seen", () => {
    expect(rememberGpc(null, false)).toBeNull();
    expect(rememberGpc(NO_CHOICE, true)?.gpc).toBe(true);
    expect(chosen("US-CA", { accept: "all" }, { previous: { ...NO_CHOICE, gpc: true } }).gpc).toBe(
      true,
    );
  });
});

describe("a request to choose", () => {
  it.each([
    { accept: "all" },
    { accept: "none" },
    { choices: { measurement: true } },
    { override: ["gpc"] },
  ])("%j is read", (body) => {
    expect(parseChoiceRequest(body)).toEqual({ ok: true, request: body });
  });

  it.each([
    [null, ""],
    [{}, ""],
    [{ accept: "some" }, "accept"],
    [{ choices: { measurement: "yes" } }, "choices.measurement"],
    [{ override: ["usp"] }, "override.0"],
    [{ accept: "all", extra: 1 }, "extra"],
  ])("%j is refused with its path", (body, path) => {
    expect(parseChoiceRequest(body)).toEqual({ ok: false, path });
  });
});

describe("the consent cookie's payload", () => {
  it("gives back what was written, to the second when anything was granted and to the day when nothing was", () => {
    fc.assert(
      fc.property(choice, (stored) => {
        const back = decodeChoice(encodeChoice(stored));
        const cut = (item: Answer) =>
          grants(stored) ? item : { ...item, at: item.at - (item.at % DAY) };
        const answers = Object.fromEntries(
          Object.entries(stored.answers).map(([id, item]) => [id, cut(item)]),
        );
        expect(back).toEqual({ ...stored, answers });
      }),
    );
  });

  it("has only characters that a cookie may hold bare", () => {
    fc.assert(fc.property(choice, (stored) => /^[A-Za-z0-9._-]+$/.test(encodeChoice(stored))));
  });

  it("is the same for everybody who refused on one day", () => {
    const morning = chosen("DE", { accept: "none" }, { at: Date.UTC(2026, 10, 22, 7, 1, 2) });
    const night = chosen("DE", { accept: "none" }, { at: Date.UTC(2026, 10, 22, 23, 59, 59) });
    expect(encodeChoice(morning)).toBe(encodeChoice(night));
  });

  it("reads as a person would", () => {
    const stored = chosen(
      "DE",
      { choices: { measurement: true } },
      { at: Date.UTC(2026, 10, 22, 10, 15) },
    );
    expect(encodeChoice({ ...stored, gpc: true })).toMatch(
      /^1_gpc_measurement\.yes\.20261122T101500\.1\.in_personalization\.no\./,
    );
  });

  it.each([
    "",
    "2",
    "1_",
    "1_measurement",
    "1_measurement.yes.20261122.1",
    "1_measurement.maybe.20261122.1.in",
  ])("%j is nothing", (text) => {
    expect(decodeChoice(text)).toBeNull();
  });

  it.each([
    "1_measurement.yes.20260231.1.in",
    "1_measurement.yes.20261122T250000.1.in",
    "1_measurement.yes.20261122.0.in",
    "1_measurement.yes.20261122.1.any",
    "1___proto__.yes.20261122.1.in",
    "1_measurement.yes.20261122.1.in_measurement.no.20261122.1.in",
    `1_${"a".repeat(4_000)}`,
  ])("%s is nothing", (text) => {
    expect(decodeChoice(text)).toBeNull();
  });

  it("never throws and never reads what it wouldn't write", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^1(_[a-z.0-9T]{0,30}){0,4}$/)),
        (text) => {
          const stored = decodeChoice(text);
          if (stored !== null) expect(decodeChoice(encodeChoice(stored))).not.toBeNull();
        },
      ),
    );
  });
});

describe("a cookie that can't be read", () => {
  const all = encodeChoice(chosen("US-CA", { accept: "none" }));

  it("still says every no that is legible", () => {
    expect(Object.keys(legibleRefusals(all.slice(0, -20)).answers)).toEqual([
      "measurement",
      "personalization",
      "recognition",
    ]);
    expect(legibleRefusals("2_measurement.no.20261122.1.in").answers).toEqual({});
    expect(legibleRefusals("1_measurement.yes.20261122.1.in_what").answers).toEqual({});
  });

  it("denies whatever it might have refused, wherever cut, and asks again", () => {
    for (let end = 0; end < all.length; end++)
      for (const region of ["DE", "US-CA", "JP"]) {
        const result = decide(ask({ region, choice: legibleRefusals(all.slice(0, end)) }));
        const codes = Object.values(result.decisions).map(({ granted, code }) => granted && code);
        expect(new Set(codes)).toEqual(new Set(["required", false]));
        expect(result.ask).toBe(true);
      }
  });

  it("stays unread until the visitor answers, and then says no to what they leave out", () => {
    const cut = legibleRefusals("1_measurement.no.20261122.1.in_what");
    const kept = decodeChoice(encodeChoice({ ...cut, gpc: true }));
    expect(kept).toMatchObject({ unreadable: true, gpc: true });
    const answered = chosen("US-CA", { choices: { personalization: true } }, { previous: cut });
    expect(answered.unreadable).toBeUndefined();
    const states = Object.entries(answered.answers).map(([id, { state }]) => `${id} ${state}`);
    expect(states).toEqual([
      "measurement refused",
      "personalization granted",
      "recognition refused",
      "advertising refused",
    ]);
  });
});

describe("two choices", () => {
  it("of one visitor: the newer answer stands, and at the same moment the no", () => {
    const yes = chosen("DE", { accept: "all" }, { at: NOW });
    const no = chosen("DE", { accept: "none" }, { at: NOW - 1 });
    expect(newest(yes, no).answers["measurement"]?.state).toBe("granted");
    expect(
      newest(yes, chosen("DE", { accept: "none" }, { at: NOW })).answers["measurement"]?.state,
    ).toBe("refused");
  });

  it("of one visitor: a refusal known only by its day is that day's last word", () => {
    const yes = chosen("DE", { accept: "all" }, { at: Date.UTC(2026, 10, 22, 10) });
    const refused = decodeChoice(
      encodeChoice(chosen("DE", { accept: "none" }, { at: Date.UTC(2026, 10, 22, 11) })),
    );
    expect(newest(yes, refused ?? NO_CHOICE).answers["measurement"]?.state).toBe("refused");
  });

  it("of two people joined: a no beats a yes whatever its age, in either order", () => {
    fc.assert(
      fc.property(choice, choice, (a, b) => {
        const joined = mostRestrictive(a, b);
        for (const [id, { state }] of Object.entries(joined.answers)) {
          const states = [a.answers[id]?.state, b.answers[id]?.state];
          const anyNo = states.some((one) => one === "refused" || one === "withdrawn");
          expect(state === "granted").toBe(!anyNo);
        }
        const other = mostRestrictive(b, a);
        const grantedIn = (stored: StoredChoice) =>
          Object.entries(stored.answers).map(
            ([id, { state, at }]) => `${id} ${state === "granted"} ${at}`,
          );
        expect(grantedIn(joined).toSorted()).toEqual(grantedIn(other).toSorted());
        expect(joined.gpc).toBe(a.gpc || b.gpc);
      }),
    );
  });

  it("an override of GPC ends with the last yes to what it governs, also where somebody else's device takes that back", () => {
    const yes = { state: "granted", at: NOW, policy: 1, regime: "opt-in" } as const;
    const no = { ...yes, state: "withdrawn" } as const;
    const left = (answers: StoredChoice["answers"]) =>
      standingOverrides(DEFAULT_POLICY, answers, ["gpc"]);
    expect(left({ advertising: yes, measurement: no })).toEqual(["gpc"]);
    expect(left({ advertising: no, measurement: yes })).toEqual([]);
  });

  it("of two people joined: an override of GPC stands only where all who send GPC made it", () => {
    const overrode: StoredChoice = { ...NO_CHOICE, gpc: true, overrides: ["gpc"] };
    expect(mostRestrictive(overrode, { ...NO_CHOICE, gpc: true }).overrides).toEqual([]);
    expect(mostRestrictive(overrode, NO_CHOICE).overrides).toEqual(["gpc"]);
  });
});

describe("a choice whose seal doesn't hold", () => {
  it("keeps its refusals and loses its grants and overrides", () => {
    fc.assert(
      fc.property(choice, (stored) => {
        const left = refusalsOnly(stored);
        expect(grants(left)).toBe(false);
        expect(left.overrides).toEqual([]);
        expect(left.gpc).toBe(stored.gpc);
        const noes = Object.values(stored.answers).filter(({ state }) => state !== "granted");
        expect(Object.values(left.answers)).toEqual(noes);
      }),
    );
  });
});
