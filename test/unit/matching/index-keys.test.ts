import { expect, test } from "vitest";
import { differencesOf } from "../../../src/domain/suggestion/differences.ts";
import { factsIn, factsOf, isEnough } from "../../../src/domain/suggestion/facts.ts";
import { indexKeysOf, LARGEST_BLOCK } from "../../../src/domain/suggestion/index-keys.ts";
import { generatePeople } from "./people.ts";

const COLUMNS = [
  "firstName",
  "lastName",
  "birthday",
  "street",
  "city",
  "postalCode",
  "phone",
  "email",
];

/** As the job compares: with whom a key is shared, by keys that not too many share. */
function compared(persons: number) {
  const people = generatePeople({
    seed: 11,
    persons,
    extraRecords: 1,
    households: 0.3,
    noise: 0.1,
    missing: 0.15,
    moved: 0.05,
    columns: COLUMNS,
  });
  const blocks = new Map<string, number[]>();
  let entries = 0;
  people.forEach(({ fields }, n) => {
    for (const key of indexKeysOf(fields)) {
      blocks.set(key, [...(blocks.get(key) ?? []), n]);
      entries++;
    }
  });
  const pairs = new Set<number>();
  for (const block of blocks.values())
    if (block.length <= LARGEST_BLOCK)
      for (const a of block) for (const b of block) if (a < b) pairs.add(a * people.length + b);
  const truth = people.flatMap(({ truth: who }, a) =>
    people
      .slice(a + 1)
      .flatMap(({ truth: other }, n) => (who === other ? [a * people.length + a + 1 + n] : [])),
  );
  return {
    records: people.length,
    pairs: pairs.size,
    entries,
    recall: truth.filter((pair) => pairs.has(pair)).length / truth.length,
  };
}

test("twice the people are about twice the comparisons, and nearly every true pair is among them", () => {
  const [small, middle, large] = [compared(750), compared(1_500), compared(3_000)] as const;
  const each = [small, middle, large].map(({ pairs, records }) => pairs / records);
  expect(each[2]).toBeLessThan((each[0] ?? 0) * 2);
  expect(Math.max(...each)).toBeLessThan(3);
  expect(large.recall).toBeGreaterThan(0.97);
});

test("a record has about seven entries in the index", () => {
  const { entries, records } = compared(750);
  expect(entries / records).toBeLessThan(8);
});

test("facts are found under the names that sites use, and what names nobody isn't one", () => {
  expect(
    factsIn({
      name: "Jane van Dyk",
      date_of_birth: "1990-05-17",
      address: { street: "1 Mill Lane", postal_code: 4711, city: " Ashby " },
      email: "test@test.com",
      plan: "gold",
    }),
  ).toEqual({
    firstName: "Jane",
    lastName: "van Dyk",
    birthday: "1990-05-17",
    street: "1 Mill Lane",
    postalCode: "4711",
    city: "Ashby",
  });
  expect(isEnough(factsIn({ email: "jane@example.org" }))).toBe(false);
});

test("the newest value of a fact stands, and a claimed address before any", () => {
  const facts = factsOf(
    [
      { at: 2, traits: { city: "Ashby" } },
      { at: 1, traits: { city: "Corvale", email: "typed@example.org" } },
    ],
    { email: "claimed@example.org" },
  );
  expect(facts).toEqual({ city: "Ashby", email: "claimed@example.org" });
});

test("what is the same is masked, what differs is shown", () => {
  expect(
    differencesOf(
      { firstName: "Jane", email: "jane@example.org", phone: "+49 30 1234" },
      { firstName: "Jan", email: "Jane@example.org" },
    ),
  ).toEqual([
    { field: "firstName", a: "Jane", b: "Jan", same: false },
    { field: "email", a: "j…@example.org", b: "J…@example.org", same: true },
    { field: "phone", a: "+49 30 1234", b: null, same: false },
  ]);
});
