import fc from "fast-check";
import { expect, test } from "vitest";
import type { Assurance, Claim } from "../../../src/domain/identity/claims.ts";
import { pushedOut } from "../../../src/domain/identity/limits.ts";
import { decideMerge, type Side, type VisitorFacts } from "../../../src/domain/identity/policy.ts";
import { DEFAULT_MERGE_RULES } from "../../../src/domain/identity/rules.ts";
import { UNUSED } from "../../../src/domain/identity/sharing.ts";
import type { IdentifierKey, VisitorId } from "../../../src/domain/ids.ts";

type Said = [value: string, assurance: Assurance, at?: number];

const LIMIT = DEFAULT_MERGE_RULES.limits.default;
const EMAIL = "email:e" as IdentifierKey;
const evidence = { kind: "claim", identifier: EMAIL } as const;

/** Somebody who said this address, so surely, and these numbers. */
const visitor = (id: string, sure: Assurance, numbers: readonly Said[]): VisitorFacts => {
  const claims: Claim[] = [
    { key: EMAIL, kind: "email", assurance: sure, at: 0, state: "waiting" },
    ...numbers.map(([value, assurance, at = 0]): Claim => ({
      key: `phone:${value}` as IdentifierKey,
      kind: "phone",
      assurance,
      at,
      state: "settled",
    })),
  ];
  return {
    id: id as VisitorId,
    // A server's record of somebody: what a browser adds is told elsewhere.
    origin: "server",
    claims: Object.fromEntries(claims.map((claim) => [claim.key, claim])),
    recognition: true,
    separate: [],
    severed: {},
    device: UNUSED,
  };
};
const side = (at: VisitorFacts, ...others: VisitorFacts[]): Side => ({
  at,
  visitors: [at, ...others],
});
const verdict = (a: Side, b: Side) => decideMerge(evidence, a, b, DEFAULT_MERGE_RULES);
const out = (a: Side, b: Side) => pushedOut(evidence, a, b, DEFAULT_MERGE_RULES);

const typed = (count: number): Said[] =>
  Array.from({ length: count }, (_, n) => [`typed-${n}`, "asserted", n]);

test("what is only typed keeps out what is typed, not what both sides prove; what was said last makes room", () => {
  const squatted = side(visitor("a", "verified", []), visitor("s", "asserted", typed(LIMIT)));
  const own: Said[] = [["own", "verified"]];
  expect(verdict(squatted, side(visitor("b", "asserted", own)))).toMatchObject({ reason: "limit" });
  expect(verdict(squatted, side(visitor("b", "verified", own)))).toMatchObject({
    verdict: "merge",
  });
  expect(out(squatted, side(visitor("b", "verified", own)))).toEqual([`phone:typed-${LIMIT - 1}`]);
  expect(out(squatted, side(visitor("b", "asserted", own)))).toEqual([]);
});

test("a number that anybody proved is none that was only typed", () => {
  const squatted = side(
    visitor("a", "verified", [["typed-4", "verified"]]),
    visitor("s", "asserted", typed(LIMIT)),
  );
  expect(out(squatted, side(visitor("b", "verified", [["own", "verified"]])))).toEqual([
    "phone:typed-3",
  ]);
});

test("more than the limit that are all proven are too many for anybody", () => {
  const proven = (name: string, count: number): Said[] =>
    Array.from({ length: count }, (_, n) => [`${name}-${n}`, "verified"]);
  const [a, b] = [
    side(visitor("a", "verified", proven("a", LIMIT))),
    side(visitor("b", "verified", proven("b", 1))),
  ];
  expect(verdict(a, b)).toMatchObject({ reason: "limit" });
});

test("whichever side asks, the same makes room: nothing proven, and no more than it takes", () => {
  const numbers = fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: 9 }).map(String),
      fc.constantFrom<Assurance>("verified", "asserted"),
      fc.integer({ min: 0, max: 3 }),
    ),
    { maxLength: 7 },
  );
  const sides = fc
    .tuple(numbers, numbers)
    .map(([mine, strangers]) =>
      side(visitor("x", "verified", mine), visitor("y", "asserted", strangers)),
    );
  fc.assert(
    fc.property(sides, sides, (a, b) => {
      const gone = out(a, b);
      expect(out(b, a)).toEqual(gone);
      const said = (of: readonly Side[], least?: Assurance) =>
        new Set(
          of
            .flatMap(({ visitors }) => visitors.flatMap(({ claims }) => Object.values(claims)))
            .filter(({ kind, assurance }) => kind === "phone" && (!least || assurance === least))
            .map(({ key }) => key),
        );
      for (const key of gone) expect(said([a, b], "verified").has(key)).toBe(false);
      if (verdict(a, b).verdict !== "merge") return;
      const allowed = Math.max(LIMIT, said([a]).size, said([b]).size);
      expect(said([a, b]).size - gone.length).toBe(Math.min(said([a, b]).size, allowed));
    }),
    { numRuns: 500 },
  );
});
