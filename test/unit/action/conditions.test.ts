import { describe, expect, test } from "vitest";
import type { Conditions } from "../../../src/domain/action/catalogue.ts";
import { readCatalogue } from "../../../src/domain/action/schema.ts";
import { STARTER_CATALOGUE } from "../../../src/domain/action/starter.ts";
import { sentence } from "../../../src/domain/action/conditions.ts";
import { fit } from "../../../src/domain/action/eligible.ts";
import { arbitrate } from "../../../src/domain/action/arbitrate.ts";
import { PRIOR_LEARNER, learnerOf } from "../../../src/domain/action/learner.ts";
import { reasonOf } from "../../../src/domain/action/reasons.ts";
import { emptyModel } from "../../../src/domain/learning/model.ts";
import { learn } from "../../../src/domain/learning/learn.ts";
import { seeded } from "../../../src/domain/learning/random.ts";
import { DAY_MS } from "../../../src/domain/ids.ts";
import { action, event, NOON, situation } from "./situations.ts";

const fits = (conditions: Conditions, given = situation()) =>
  fit(action({ conditions }), given, NOON);

const reader = situation([
  event({ type: "page", name: "Article", topics: ["transfers"] }),
  event({ type: "page", name: "Article", topics: ["transfers"] }),
  event({ type: "page", name: "Article", topics: ["news"], at: NOON - 40 * DAY_MS }),
  event({
    name: "Ticket Viewed",
    campaign: { source: "mailchimp", medium: "email", name: "March" },
    device: { type: "phone", os: "iOS", browser: "Safari" },
  }),
]);
const buyer = situation([
  event({ name: "Order Completed", valueCents: 4_000, at: NOON - 10 * DAY_MS }),
]);

test("an action for a purpose that isn't granted says which one keeps it back", () => {
  const asked = action({ purposes: ["measurement", "advertising"] });
  const given = { ...situation(), granted: (purpose: string) => purpose !== "advertising" };
  expect(fit(asked, given, NOON)).toEqual({
    fits: false,
    missing: "advertising isn't granted",
    purpose: "advertising",
  });
});

describe("a condition holds when the events say so, and says so in words", () => {
  test.each<[Conditions, typeof reader, string]>([
    [{ deviceTypes: ["phone"] }, reader, "uses a phone with iOS"],
    [{ os: ["ios", "android"] }, reader, "uses iOS"],
    [{ app: false }, reader, "the app wasn't seen yet"],
    [{ reads: { topic: "*", atLeast: 2 } }, reader, "read 2 pages about transfers"],
    [
      { reads: { topic: "news", atLeast: 1, withinDays: 60 } },
      reader,
      "read 1 page about news in the last 60 days",
    ],
    [{ did: [{ event: "Ticket Viewed", atLeast: 1 }] }, reader, "did “Ticket Viewed” 1 time"],
    [{ did: [{ event: "page:Article", atMost: 3 }] }, reader, "viewed the page “Article” 3 times"],
    [{ did: [{ event: "screen:Home", atMost: 0 }] }, reader, "hasn't opened “Home” in the app"],
    [{ did: [{ event: "track:Ticket Viewed", atLeast: 1 }] }, reader, "did “Ticket Viewed” 1 time"],
    [
      { did: [{ event: "Order Completed", atMost: 0, withinDays: 7 }] },
      buyer,
      "hasn't done “Order Completed” in the last 7 days",
    ],
    [{ campaign: { medium: "EMAIL" } }, reader, "came by March, mailchimp, email"],
    [{ lacks: ["email"] }, reader, "an e-mail address isn't known yet"],
    [{ orders: { atMost: 0 } }, reader, "hasn't ordered yet"],
    [{ orders: { atLeast: 1 } }, buyer, "ordered 1 time"],
    [{ lastOrderDays: { atLeast: 7, atMost: 30 } }, buyer, "ordered 10 days ago"],
    [{ awayDays: { atLeast: 5 } }, buyer, "was here last 10 days ago"],
    [{ sessions: { atLeast: 2 } }, reader, "came 2 times"],
    [{ places: ["considering"] }, reader, "looked at what is for sale, without an order"],
    [{ places: ["customer", "lapsed"] }, buyer, "ordered within a year"],
    [{ stages: ["device", "activity"] }, reader, "is known by no more than a device"],
    [{ orders: { atLeast: 1, withinDays: 11 } }, buyer, "ordered 1 time in the last 11 days"],
    [{ orders: { atMost: 0, withinDays: 10 } }, buyer, "hasn't ordered in the last 10 days"],
    [{ meter: { atMost: 4 } }, reader, "read 0 of 5 free pages in the last 30 days"],
  ])("%j", (conditions, given, why) => {
    expect(fits(conditions, given)).toMatchObject({ fits: true, why: [why] });
  });
});

test("a condition that doesn't hold says what is missing", () => {
  expect(fits({ reads: { topic: "transfers", atLeast: 3 } }, reader)).toEqual({
    fits: false,
    missing: "read 2 of 3 pages about transfers",
  });
  expect(fits({ orders: { atLeast: 1 } }, reader)).toMatchObject({ missing: "ordered 0 times" });
  expect(fits({ campaign: { source: "other" } }, reader)).toMatchObject({ fits: false });
});

test("of several topics each must be read, and an order or a stage outside what is asked for says so", () => {
  const both = [
    { topic: "transfers", atLeast: 2 },
    { topic: "news", atLeast: 1, withinDays: 60 },
  ];
  expect(fits({ reads: both }, reader)).toMatchObject({
    fits: true,
    why: ["read 2 pages about transfers", "read 1 page about news in the last 60 days"],
    topic: "transfers",
  });
  expect(fits({ reads: [...both, { topic: "youth", atLeast: 1 }] }, reader)).toMatchObject({
    missing: "read 0 of 1 pages about youth",
  });
  expect(fits({ orders: { atLeast: 1, withinDays: 10 } }, buyer)).toMatchObject({
    missing: "ordered 0 times in the last 10 days",
  });
  expect(fits({ stages: ["identified"] }, reader)).toEqual({
    fits: false,
    missing: "is known by no more than a device",
  });
});

test("only what was recorded for personalization is used", () => {
  const given = situation([
    event({ type: "page", topics: ["transfers"], purposes: ["measurement"] }),
  ]);
  expect(fits({ reads: { topic: "transfers", atLeast: 1 } }, given)).toMatchObject({ fits: false });
});

test("conditions read as one sentence", () => {
  expect(sentence({})).toBe("Everybody.");
  expect(
    sentence({
      deviceTypes: ["phone", "tablet"],
      app: false,
      reads: { topic: "*", atLeast: 3, withinDays: 30 },
      orders: { atLeast: 1, atMost: 1 },
    }),
  ).toBe(
    "Whoever uses a phone or tablet, and hasn't been seen in the app, and read at least 3 pages about one topic in the last 30 days, and ordered exactly 1 time.",
  );
});

test("an action is offered from its start, and on its last day", () => {
  const day = action({ start: "2026-11-20", end: "2026-11-20" });
  const at = (text: string) => fit(day, situation(), Date.parse(text)).fits;
  expect(at("2026-11-19T23:59:59Z")).toBe(false);
  expect(at("2026-11-20T00:00:00Z")).toBe(true);
  expect(at("2026-11-20T23:59:59Z")).toBe(true);
  expect(at("2026-11-21T00:00:00Z")).toBe(false);
});

test("of what fits, the one with the highest prior, context, value and lever goes first", () => {
  const actions = [
    action({ id: "a", value: 2 }),
    action({ id: "b", value: 3 }),
    action({ id: "c", value: 2, lever: 2, enabled: false }),
  ];
  const chosen = arbitrate(
    { version: 1, actions },
    situation(),
    [],
    { slot: "", now: NOON, open: null },
    PRIOR_LEARNER,
    () => 0.5,
  );
  expect(chosen).toMatchObject({ action: { id: "b" }, propensity: 1 });
  expect(chosen?.confidence).toBeCloseTo(3 / 5);
});

test("what is learned takes the place of the priors once enough is known, and not before", () => {
  const outcomes = Array.from({ length: 200 }, (_, n) => ({
    action: n % 2 === 0 ? "a" : "b",
    context: { stage: "device" },
    result: n % 2 === 1 && n % 3 === 0 ? ("taken" as const) : ("expired" as const),
    at: NOON + n,
  }));
  const actions = [action({ id: "a", prior: 0.5 }), action({ id: "b", prior: 0.01 })];
  const random = seeded(1);
  const share = (count: number): number => {
    const model = learn(emptyModel(), outcomes.slice(0, count));
    const learner = learnerOf({ model, topics: [], affinities: [] });
    const chosen = Array.from({ length: 100 }, () =>
      arbitrate(
        { version: 1, actions },
        situation(),
        [],
        { slot: "", now: NOON, open: null },
        learner,
        random,
      ),
    );
    for (const each of chosen) expect(each?.propensity).toBeGreaterThan(0);
    return chosen.filter((each) => each?.action.id === "b").length / 100;
  };
  expect(share(10)).toBe(0);
  expect(share(200)).toBeGreaterThan(0.9);
});

test("what people like this one did is a reason only when enough did, and it isn't done yet", () => {
  const goal = action({ success: "Order Completed" });
  const affinity = { from: "read:transfers", to: "ordered", people: 50, both: 31, llr: 20 };
  expect(reasonOf(goal, reader, [affinity])).toBe(
    "62 % of people who read about transfers ordered afterwards (31 of 50)",
  );
  expect(reasonOf(goal, reader, [{ ...affinity, people: 5, both: 5 }])).toBeNull();
  expect(reasonOf(goal, reader, [{ ...affinity, llr: 3 }])).toBeNull();
  expect(reasonOf(goal, buyer, [{ ...affinity, from: "ordered" }])).toBeNull();
});

test("a catalogue that was stored with one system for everything is read as it was meant", () => {
  const stored = { ...STARTER_CATALOGUE, webhook: { url: "https://crm.example.org/in" } };
  expect(readCatalogue(stored)).toEqual({
    ...STARTER_CATALOGUE,
    webhooks: [
      {
        id: "system",
        url: "https://crm.example.org/in",
        channels: ["email", "push", "sms", "sales"],
        secret: 1,
      },
    ],
  });
});

test("a topic is meant however a marketer writes it, also in what was stored before", () => {
  const survey = action({ conditions: { reads: { topic: "Transfers", atLeast: 2 } } });
  const stored = {
    version: 3,
    actions: [survey],
    meter: { topics: ["News "], days: 60, limit: 5 },
  };
  const { actions, meter } = readCatalogue(stored);
  expect(meter?.topics).toEqual(["news"]);
  expect(actions.map((each) => fit(each, reader, NOON))).toMatchObject([
    { fits: true, topic: "transfers" },
  ]);
});
