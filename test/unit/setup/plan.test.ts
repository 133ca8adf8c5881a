import fc from "fast-check";
import { expect, test } from "vitest";
import {
  compareWithPlan,
  type EventPlan,
  parsePlan,
  planFrom,
  planText,
  PROPERTY_TYPES,
  typeOf,
} from "../../../src/domain/setup/plan.ts";

const PLAN: EventPlan = {
  events: [
    {
      name: "Order Completed",
      properties: [
        { name: "order_id", type: "text", required: true },
        { name: "total", type: "number", required: true },
        { name: "coupon", type: "text", required: false },
      ],
    },
    { name: "Video Played", properties: [] },
  ],
};

const WHOLE = { whole: true, sought: null };

test("a plan is written an event a line, and reads back as it was", () => {
  const text = "# orders\nOrder Completed: order_id!, total! number, coupon\n\nVideo Played\n";
  expect(parsePlan(text)).toEqual({ ok: true, plan: PLAN });
  expect(planText(PLAN)).toBe("Order Completed: order_id!, total! number, coupon\nVideo Played");
});

test("whatever plan there is, its text reads back as the same plan", () => {
  const word = fc.stringMatching(/^[a-z_]{1,12}$/);
  const plan = fc.uniqueArray(
    fc.record({
      name: fc.stringMatching(/^[A-Z][a-z]{1,8}( [A-Z][a-z]{1,8})?$/),
      properties: fc.array(
        fc.record({ name: word, type: fc.constantFrom(...PROPERTY_TYPES), required: fc.boolean() }),
        { maxLength: 5 },
      ),
    }),
    { selector: ({ name }) => name, maxLength: 6 },
  );
  fc.assert(
    fc.property(plan, (events) => {
      expect(parsePlan(planText({ events }))).toEqual({ ok: true, plan: { events } });
    }),
  );
});

test("what is wrong is said with its line", () => {
  expect(parsePlan("Fine\nOrder: total! money\nFine\n: x")).toEqual({
    ok: false,
    faults: [
      { line: 2, message: "a property's type must be one of text, number, yes/no, list, object" },
      { line: 3, message: "names an event that an earlier line names" },
      { line: 4, message: "the event's name must not be empty" },
    ],
  });
});

test("what arrives is compared: missing and unexpected events, missing, unexpected and mistyped properties", () => {
  const counts = new Map([
    ["Order Completed", 50],
    ["Vidoe Played", 3],
  ]);
  const seen = [
    {
      name: "Order Completed",
      sample: 50,
      properties: [
        { name: "order_id", times: 50, types: ["number" as const] },
        { name: "total", times: 48, types: ["number" as const] },
        { name: "colour", times: 40, types: ["text" as const] },
      ],
    },
  ];
  expect(compareWithPlan(PLAN, counts, seen, WHOLE)).toEqual([
    { kind: "never came", event: "Video Played" },
    { kind: "not planned", event: "Vidoe Played", times: 3 },
    {
      kind: "another type",
      event: "Order Completed",
      property: "order_id",
      planned: "text",
      came: ["number"],
    },
    { kind: "property missing", event: "Order Completed", property: "total", times: 2, of: 50 },
    {
      kind: "property not planned",
      event: "Order Completed",
      property: "colour",
      times: 40,
      of: 50,
    },
  ]);
});

test("a plan made from what arrives differs from it in nothing", () => {
  const seen = [
    {
      name: "Looked",
      sample: 10,
      properties: [
        { name: "a", times: 10, types: ["list" as const] },
        { name: "b", times: 4, types: ["yes/no" as const] },
      ],
    },
  ];
  const plan = planFrom(seen);
  expect(planText(plan)).toBe("Looked: a! list, b yes/no");
  expect(compareWithPlan(plan, new Map([["Looked", 10]]), seen, WHOLE)).toEqual([]);
  expect([[], 1, true, {}, "x", null].map(typeOf)).toEqual([
    "list",
    "number",
    "yes/no",
    "object",
    "text",
    "text",
  ]);
});

test("pages and screens are planned by their names beside events, and read back as they were", () => {
  const text = "Article: topic!\n[page] Article: topic!\n[screen] Home";
  const parsed = parsePlan(text);
  expect(parsed).toMatchObject({
    ok: true,
    plan: {
      events: [
        { name: "Article" },
        { name: "Article", type: "page", properties: [{ name: "topic", required: true }] },
        { name: "Home", type: "screen", properties: [] },
      ],
    },
  });
  expect(parsed.ok && planText(parsed.plan)).toBe(text);
  expect(parsePlan("[page] Article\n[page]  Article")).toMatchObject({
    faults: [{ line: 2, message: "names an event that an earlier line names" }],
  });
  expect(parsePlan("[page]")).toMatchObject({
    faults: [{ line: 1, message: "the event's name must not be empty" }],
  });
});

test("what comes of pages is compared with the pages planned, and with a plan that names none it isn't", () => {
  const plan: EventPlan = {
    events: [
      {
        name: "Article",
        type: "page",
        properties: [{ name: "topic", type: "text", required: true }],
      },
      { name: "Table", type: "page", properties: [] },
      { name: "Tickets", type: "page", properties: [] },
    ],
  };
  const seen = [
    { name: "Article", type: "page" as const, sample: 10, properties: [] },
    { name: "Artcle", type: "page" as const, sample: 3, properties: [] },
    { name: "Home", type: "screen" as const, sample: 5, properties: [] },
  ];
  const views = { seen: new Set(["[page] Table"]), events: 900, whole: true };
  const none = new Map<string, number>();
  expect(compareWithPlan(plan, none, seen, { ...WHOLE, views })).toEqual([
    { kind: "never came", event: "[page] Tickets" },
    { kind: "not planned", event: "[page] Artcle", times: 3 },
    { kind: "property missing", event: "[page] Article", property: "topic", times: 10, of: 10 },
  ]);
  // A list of events that is whole says nothing of pages.
  const unknown = compareWithPlan(plan, none, seen, WHOLE);
  expect(unknown[0]).toEqual({ kind: "not known", event: "[page] Table" });
  expect(compareWithPlan({ events: [] }, none, seen, WHOLE)).toEqual([]);
});

test("a plan that is far too long is refused before it is read to its end", () => {
  const events = Array.from({ length: 500 }, (_, n) => (n === 400 ? ": x" : `Event ${n}`));
  expect(parsePlan(events.join("\n"))).toEqual({
    ok: false,
    faults: [{ line: 1, message: "has more than 300 events" }],
  });
  const wrong = parsePlan(": x\n".repeat(5_000));
  expect(!wrong.ok && wrong.faults.length).toBe(100);
});
