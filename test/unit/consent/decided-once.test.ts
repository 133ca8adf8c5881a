import fc from "fast-check";
import { expect, test } from "vitest";
import { decideCarried, decideUnsaid } from "../../../src/domain/consent/decided-once.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { decide, type GateInput } from "../../../src/domain/consent/gate.ts";
import { type CmpReading, NO_SIGNALS, NONE } from "../../../src/domain/consent/signals/types.ts";

const NOW = Date.parse("2026-11-22T10:00:00Z");
const strict = {
  ...DEFAULT_POLICY,
  version: 2,
  defaults: { ...DEFAULT_POLICY.defaults, "opt-out": {}, notice: {} },
};

const plain = (said: Partial<GateInput>): GateInput => ({
  policy: DEFAULT_POLICY,
  region: null,
  browser: false,
  signals: NO_SIGNALS,
  choice: null,
  carried: NONE,
  subject: { child: false, erased: false },
  now: NOW,
  ...said,
});

const policy = fc.constantFrom(DEFAULT_POLICY, strict);
const region = fc.constantFrom("DE", "US-CA", "US-TX", "BR", "unknown", "EU", "CH");
const carried: fc.Arbitrary<CmpReading> = fc.oneof(
  fc.constant<CmpReading>(NONE),
  fc.constant<CmpReading>({ state: "unreadable" }),
  fc.record({
    state: fc.constant("read" as const),
    categories: fc.dictionary(
      fc.constantFrom("measurement", "advertising", "recognition", "statistics", 'a"b'),
      fc.boolean(),
    ),
    exhaustive: fc.boolean(),
  }),
);

test("what was decided for somebody else who said the same is what the gate decides, under every policy and in every region", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(policy, region, carried), { maxLength: 30 }), (calls) => {
      for (const [policy, region, carried] of calls) {
        expect(decideUnsaid(policy, region)).toEqual(
          decide(plain({ policy, region, browser: true })),
        );
        expect(decideCarried(policy, carried, NOW)).toEqual(decide(plain({ policy, carried })));
      }
    }),
  );
});
