import fc from "fast-check";
import { expect, test } from "vitest";
import { armOf, standing } from "../../../src/domain/action/holdout.ts";
import { closing, type HintClosing } from "../../../src/domain/action/outcomes.ts";
import {
  affinities,
  commonItems,
  type History,
  logLikelihoodRatio,
} from "../../../src/domain/segments/cooccurrence.ts";
import { segmentOf } from "../../../src/domain/segments/place.ts";
import { segmentsOf } from "../../../src/domain/segments/segments.ts";
import { visitor } from "./situations.ts";

test("the log-likelihood ratio is nought at independence and agrees with Dunning's example", () => {
  expect(logLikelihoodRatio(10, 20, 50, 100)).toBeCloseTo(0, 9);
  // Dunning 1993, table 4: 110, 2442, 111, 29114.
  expect(logLikelihoodRatio(110, 110 + 2442, 110 + 111, 110 + 2442 + 111 + 29114)).toBeCloseTo(
    270.72,
    1,
  );
  expect(logLikelihoodRatio(0, 20, 20, 40)).toBeLessThan(0);
});

const person = (...items: [string, number][]): History =>
  new Map(items.map(([item, at]) => [item, { first: at, last: at }]));

const crowd: History[] = [
  ...Array.from({ length: 31 }, () => person(["read:tickets", 1], ["ordered", 2])),
  ...Array.from({ length: 19 }, () => person(["read:tickets", 1])),
  ...Array.from({ length: 50 }, () => person(["read:youth", 1], ["did:Survey Answered", 2])),
];

test("an affinity says how many did the second after the first", () => {
  const found = affinities(crowd, 10.83);
  expect(found).toContainEqual(
    expect.objectContaining({ from: "read:tickets", to: "ordered", people: 50, both: 31 }),
  );
  // Nobody read about tickets after they had ordered.
  expect(found.some(({ from, to }) => from === "ordered" && to === "read:tickets")).toBe(false);
});

test("two names of one deed are one, the plainer of them", () => {
  const readers = crowd.filter((history) => !history.has("ordered"));
  const twice = { first: 2, last: 5 };
  const buyers = Array.from(
    { length: 30 },
    (): History =>
      new Map([
        ["did:Order Completed", twice],
        ["ordered", twice],
        ["did:Signed In", { first: 1, last: 6 }],
      ]),
  );
  const together = [...readers, ...buyers];
  const pairs = affinities(together, 10.83).map(({ from, to }) => `${from} → ${to}`);
  expect(pairs).toContain("did:Signed In → ordered");
  expect(pairs.filter((pair) => pair.includes("Order Completed"))).toEqual([]);
  const buying = segmentsOf(together).find(({ name }) => name.includes("ordered"));
  expect(buying?.name).toBe("Mostly did “Signed In” and ordered");
  expect(buying?.traits.map(({ item }) => item)).toEqual(["did:Signed In", "ordered"]);
});

test("an event that isn't always an order stands beside the orders", () => {
  const some = Array.from(
    { length: 30 },
    (_, n): History =>
      new Map([
        ["did:Order Completed", { first: 2, last: 5 }],
        ...(n < 20 ? [["ordered", { first: 2, last: 5 }] as const] : []),
      ]),
  );
  expect(commonItems(some)).toEqual(["did:Order Completed", "ordered"]);
});

test("segments are set apart by what the others don't do", () => {
  const [youth, buyers, readers] = segmentsOf(crowd);
  expect(youth).toMatchObject({
    people: 50,
    name: "Mostly did “Survey Answered” and read about youth",
    traits: [
      { inside: 1, outside: 0 },
      { inside: 1, outside: 0 },
    ],
  });
  expect(buyers).toMatchObject({ people: 31, name: "Mostly ordered and read about tickets" });
  expect(readers).toMatchObject({ people: 19, name: "Mostly read about tickets" });
  expect(readers?.traits[0]).toMatchObject({ inside: 1, outside: 31 / 81 });
});

test("somebody is placed in the segment that what they did speaks for", () => {
  const places = segmentsOf(crowd);
  const placed = (...items: string[]) => segmentOf(places, items);
  expect(placed("read:youth")).toBe("Mostly did “Survey Answered” and read about youth");
  expect(placed("read:tickets", "ordered")).toBe("Mostly ordered and read about tickets");
  expect(placed("read:tickets")).toBe("Mostly read about tickets");
  expect(placed("read:tickets", "did:Survey Answered", "read:youth")).toContain("youth");
  expect(placed("read:chess", "constructor")).toBeNull();
  for (const history of crowd) expect(placed(...history.keys())).not.toBeNull();
});

test("segments of too few people are none", () => {
  expect(segmentsOf(crowd.slice(0, 12))).toEqual([]);
});

test("about the share of visitors that is asked for is held out, and the same ones with every larger share", () => {
  const ids = Array.from({ length: 4_000 }, (_, n) => visitor(`v${n.toString(36)}`));
  const held = ids.filter((id) => armOf([id], 0.2) === "held").length;
  expect(held / ids.length).toBeGreaterThan(0.17);
  expect(held / ids.length).toBeLessThan(0.23);
  fc.assert(
    fc.property(
      fc.constantFrom(...ids),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (id, share) => {
        expect(armOf([id], share)).toBe(standing(id) < share ? "held" : "shown");
        expect(armOf([id, id], share)).not.toBe("mixed");
      },
    ),
  );
});

test("a hint closes once: by what came first in its window, else by its end", () => {
  const hint: HintClosing = {
    hint: "h",
    visitor: visitor("jane"),
    action: "a",
    slot: "",
    segment: null,
    propensity: 1,
    stage: "device",
    device: null,
    topic: null,
    until: 100,
    shown: 10,
    taken: null,
    dismissed: null,
    expired: null,
  };
  expect(closing(hint, 50)).toBeNull();
  expect(closing(hint, 100)).toEqual({ result: "expired", at: 100 });
  expect(closing({ ...hint, taken: 20 }, 50)).toEqual({ result: "taken", at: 20 });
  expect(closing({ ...hint, taken: 120 }, 200)).toEqual({ result: "expired", at: 100 });
  expect(closing({ ...hint, dismissed: 15, taken: 20 }, 50)).toEqual({
    result: "dismissed",
    at: 15,
  });
});

test("a segment's name says no more of its people than is so, and the rest of them come last", () => {
  const people = (count: number, itemsOf: (n: number) => string[]): History[] =>
    Array.from(
      { length: count },
      (_, n): History =>
        new Map(["read:club", ...itemsOf(n)].map((item) => [item, { first: 1, last: 1 }])),
    );
  const found = segmentsOf([
    ...people(100, () => []),
    ...people(25, () => ["read:sport"]),
    ...people(25, () => ["read:chess"]),
    ...people(25, () => ["read:youth"]),
    ...people(40, (n) => ["did:Signed In", ...(n < 14 ? ["ordered"] : [])]),
  ]);
  expect(found.map(({ name, people: count }) => [name, count])).toEqual([
    ["Mostly did “Signed In”, often ordered", 40],
    ["Mostly read about sport", 25],
    ["Mostly read about chess", 25],
    ["Mostly read about youth", 25],
    ["Everybody else", 100],
  ]);
});
