import { describe, expect, it } from "vitest";
import {
  clusterPairs,
  linkRecords,
  matcherOf,
  prepareRecords,
  proposePairs,
  scorerOf,
  train,
  type Model,
  type ScoredPair,
} from "../../../src/domain/matching/index.ts";
import { generatePeople, seeded, type GeneratedPerson, type PeopleOptions } from "./people.ts";

const CONTACT =
  "firstName,lastName,email,phone,birthday,streetNumber,street,city,postalCode,state".split(",");
const USUAL: PeopleOptions = {
  seed: 3,
  persons: 700,
  extraRecords: 2,
  households: 0.4,
  noise: 0.12,
  missing: 0.08,
  moved: 0.05,
  columns: CONTACT,
};

function learn(people: readonly GeneratedPerson[]): Model {
  return train(people, { random: seeded(1) });
}

function judge(people: readonly GeneratedPerson[], model: Model) {
  const clusterOf = linkRecords(model, prepareRecords(model.schema, people), {
    least: 0.5,
  }).clustersAt(0.5);
  let [right, found, real] = [0, 0, 0];
  people.forEach((person, b) => {
    for (let a = 0; a < b; a++) {
      const [same, joined] = [people[a]?.truth === person.truth, clusterOf[a] === clusterOf[b]];
      if (same) real++;
      if (joined) found++;
      if (same && joined) right++;
    }
  });
  return {
    precision: found === 0 ? 1 : right / found,
    recall: real === 0 ? 1 : right / real,
    found,
  };
}

const people = generatePeople(USUAL);
const model = learn(people);

describe("linking people", () => {
  it("keeps families apart and finds the same person through typing errors", () => {
    const { precision, recall } = judge(people, model);
    expect(precision).toBeGreaterThan(0.97);
    expect(recall).toBeGreaterThan(0.95);
  });

  it("finds people with many records each", () => {
    const heavy = generatePeople({
      ...USUAL,
      seed: 4,
      persons: 60,
      extraRecords: 30,
      noise: 0.2,
      columns: ["firstName", "lastName", "birthday", "city", "postalCode", "gender"],
    });
    const { precision, recall } = judge(heavy, learn(heavy));
    expect(precision).toBeGreaterThan(0.97);
    expect(recall).toBeGreaterThan(0.9);
  });

  it("joins hardly anybody where everybody is somebody else", () => {
    const strangers = generatePeople({ ...USUAL, seed: 5, persons: 1_500, extraRecords: 0 });
    expect(judge(strangers, learn(strangers)).found).toBeLessThan(15);
  });

  it("is the same when repeated, and after the model has been stored as JSON", () => {
    expect(learn(people)).toEqual(model);
    const stored = JSON.parse(JSON.stringify(model)) as Model;
    expect(stored).toEqual(model);
    expect(judge(people, stored)).toEqual(judge(people, model));
  });

  it("never looks at the id or at the answer", () => {
    const marked = people.map((person) => ({
      ...person,
      fields: { ...person.fields, id: person.id, truth: person.truth },
    }));
    expect(train(marked, { random: seeded(1) })).toEqual(model);
  });

  it("copes with no records, one record and records without any field", () => {
    for (const few of [
      [],
      people.slice(0, 1),
      [
        { id: "a", fields: {} },
        { id: "b", fields: { email: "" } },
      ],
    ]) {
      const small = train(few, { random: seeded(1) });
      expect(linkRecords(small, prepareRecords(small.schema, few), { least: 0.5 }).pairs).toEqual(
        [],
      );
    }
  });
});

describe("the waterfall", () => {
  it("sums to the match weight and its probability, whatever the pair and whichever comes first", () => {
    const scorer = scorerOf(model);
    const prepared = prepareRecords(model.schema, people);
    for (let i = 1; i < 200; i++) {
      const [a, b] = [prepared[i - 1], prepared[i]];
      if (a === undefined || b === undefined) continue;
      const { bits, probability, steps } = scorer.explain(a, b);
      expect(steps.reduce((total, step) => total + step.bits, 0)).toBeCloseTo(bits, 9);
      expect(bits).toBeCloseTo(scorer.weigh(a, b), 9);
      expect(probability).toBeCloseTo(2 ** bits / (1 + 2 ** bits), 9);
      expect(Number.isFinite(bits)).toBe(true);
    }
  });

  it("says in words why, and leaves out what a side doesn't say", () => {
    const { explain } = matcherOf(model);
    const jane = {
      id: "1",
      fields: { firstName: "Elizabeth", lastName: "Zenlen", email: "zenlen@example.org" },
    };
    const other = {
      id: "2",
      fields: {
        firstName: "Liz",
        lastName: "Zenlen",
        email: "zenlen@example.org",
        phone: "0301234567",
      },
    };
    const { steps } = explain(jane, other);
    const words = steps.map(({ because }) => because);
    expect(words).toContain("firstName is a short form or a part of the other");
    expect(words.some((because) => because.startsWith("email is the same"))).toBe(true);
    expect(steps.some(({ field }) => field === "phone")).toBe(false);
    expect(steps.find(({ field }) => field === "email")?.bits).toBeGreaterThan(5);
  });

  it("gives a rare name more weight than a common one", () => {
    const { explain } = matcherOf(model);
    const common =
      Object.entries(
        model.frequencies[model.schema.columns.findIndex(({ name }) => name === "lastName")]
          ?.common ?? {},
      ).toSorted((x, y) => y[1] - x[1])[0]?.[0] ?? "";
    const bits = (lastName: string) =>
      explain({ id: "1", fields: { lastName } }, { id: "2", fields: { lastName } }).steps.find(
        ({ field }) => field === "lastName",
      )?.bits ?? 0;
    expect(bits("Quetzalcoatl")).toBeGreaterThan(bits(common) + 2);
  });

  it("recognises first and last name filled in the other way round", () => {
    const { explain } = matcherOf(model);
    const { steps } = explain(
      { id: "1", fields: { firstName: "zoe", lastName: "harpenko" } },
      { id: "2", fields: { firstName: "harpenko", lastName: "zoe" } },
    );
    expect(steps.map(({ because }) => because)).toContain(
      "the two are filled in the other way round",
    );
  });
});

describe("one new record", () => {
  it("finds through its keys whom it is compared with in bulk, and links to the same person", () => {
    const matcher = matcherOf(model);
    const index = new Map<string, GeneratedPerson[]>();
    for (const person of people)
      for (const key of matcher.keys(person)) index.set(key, [...(index.get(key) ?? []), person]);
    const bulk = new Set<string>();
    proposePairs(model.blocking, prepareRecords(model.schema, people), {}, (a, b) =>
      bulk.add(`${a} ${b}`),
    );
    const newcomer = people.at(-1);
    if (newcomer === undefined) throw new Error("nobody was generated");
    const blocks = matcher
      .keys(newcomer)
      .map((key) => index.get(key) ?? [])
      .filter(({ length }) => length <= model.blocking.largestBlock);
    const candidates = [...new Set(blocks.flat())].filter((person) => person !== newcomer);
    const last = people.length - 1;
    expect(new Set(candidates.map((person) => `${people.indexOf(person)} ${last}`))).toEqual(
      new Set([...bulk].filter((pair) => pair.endsWith(` ${last}`))),
    );
    for (const { id } of matcher.link(newcomer, candidates, 0.9)) {
      expect(people.find((person) => person.id === id)?.truth).toBe(newcomer.truth);
    }
  });
});

describe("two sources", () => {
  it("proposes pairs across only", () => {
    const split = 300;
    proposePairs(model.blocking, prepareRecords(model.schema, people), { split }, (a, b) => {
      expect(a).toBeLessThan(split);
      expect(b).toBeGreaterThanOrEqual(split);
    });
  });
});

describe("clusters", () => {
  const pair = (a: number, b: number, bits = 10): ScoredPair => ({ a, b, bits });

  it("are the components of the pairs at the threshold", () => {
    expect([...clusterPairs(5, [pair(0, 1), pair(1, 2), pair(3, 4, 1)], 0.95, () => 10)]).toEqual([
      0, 0, 0, 3, 4,
    ]);
    expect([...clusterPairs(5, [pair(0, 1), pair(1, 2), pair(3, 4, 1)], 0.5, () => 10)]).toEqual([
      0, 0, 0, 3, 3,
    ]);
  });

  it("are not chained through one pair that all others contradict", () => {
    const persons = [0, 0, 0, 1, 1, 1];
    const weigh = (a: number, b: number) =>
      (a === 2 && b === 3) || (a === 3 && b === 2) ? 6 : persons[a] === persons[b] ? 10 : -10;
    const pairs = [pair(0, 1), pair(1, 2), pair(3, 4), pair(4, 5), pair(2, 3, 6)];
    expect([...clusterPairs(6, pairs, 0.95, weigh)]).toEqual([0, 0, 0, 3, 3, 3]);
  });

  it("don't depend on the order in which pairs are found", () => {
    const pairs = [pair(0, 1, 9), pair(1, 2, 8), pair(3, 4, 7), pair(2, 3, 6)];
    const weigh = (a: number, b: number) => 5 - Math.abs(a - b) * 3;
    expect(clusterPairs(5, pairs.toReversed(), 0.95, weigh)).toEqual(
      clusterPairs(5, pairs, 0.95, weigh),
    );
  });
});
