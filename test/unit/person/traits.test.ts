import { expect, test } from "vitest";
import { foldTraits } from "../../../src/domain/person/traits.ts";
import { factsOf } from "../../../src/domain/suggestion/facts.ts";

test("of traits the newest value counts, of what counts once the first, and what was taken back is gone", () => {
  expect(
    foldTraits([
      { plan: "day", $set_once: { first_source: "newspaper" } },
      { plan: "season", $set_once: { first_source: "billboard", plan: "none" } },
      { city: "Kiel", $unset: ["city", "seat"] },
      { $set_once: { seat: "12A" } },
    ]),
  ).toEqual({ plan: "season", first_source: "newspaper", seat: "12A" });
});

test("what counts once may have the name of what objects inherit", () => {
  const said = JSON.parse('{"$set_once":{"__proto__":"x","toString":"y"}}') as never;
  const folded = foldTraits([said]);
  expect(Object.getPrototypeOf(folded)).toBe(Object.prototype);
  expect(Object.entries(folded)).toContainEqual(["toString", "y"]);
});

test("facts that people are compared by keep to the same", () => {
  const sets = [
    { at: 2, traits: { lastName: "Novak", $set_once: { city: "Kiel" } } },
    { at: 1, traits: { $set_once: { city: "Husum" }, firstName: "Jo", zip: "24103" } },
    { at: 3, traits: { $unset: ["zip", "unknown"] } },
  ];
  expect(factsOf(sets, {})).toEqual({ lastName: "Novak", firstName: "Jo", city: "Husum" });
});
