import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { expect, test } from "vitest";
import { Journey, stretches } from "../../../src/console/journey.tsx";
import type { Step } from "../../../src/http/api/journey.ts";

const MINUTE = 60_000;
const at = (minutes: number): Step => ({ event: { at: minutes * MINUTE } }) as Step;

test("steps belong together while no more than half an hour lies between them, whatever the device", () => {
  const found = stretches([0, 30, 60, 91, 200].map(at));
  expect(found.map((steps) => steps.map(({ event }) => event.at / MINUTE))).toEqual([
    [0, 30, 60],
    [91],
    [200],
  ]);
  expect(stretches([])).toEqual([]);
});

const journeyOf = (step: Step, mayDecide = false): string => journeyOfAll([step], mayDecide);
const journeyOfAll = (steps: Step[], mayDecide = false): string =>
  renderToString(
    h(Journey, {
      journey: { steps, cursor: null },
      naming: { letter: () => "A", words: () => "Phone (A)" },
      person: "a",
      earlier: false,
      mayDecide,
    }),
  );

test("what an event is worth is told as money is read", () => {
  const step = {
    visitor: "a",
    event: { type: "track", name: "Order Completed", valueCents: 450_000, at: 0, purposes: [] },
  } as unknown as Step;
  expect(journeyOf(step)).toContain("Worth 4,500.00");
});

test("the policy an event was recorded under leads whoever may read it to that version", () => {
  const event = { type: "page", name: "Home", at: 0, purposes: [], policy: 3, channel: "web" };
  const step = { visitor: "a", event } as unknown as Step;
  expect(journeyOf(step, true)).toContain('href="/_u/console/policy/versions/3"');
  expect(journeyOf(step)).toContain("policy 3");
  expect(journeyOf(step)).not.toContain("href");
});

test("what a stretch was recorded for is said once, and event by event where they differ", () => {
  const step = (purposes: string[], policy = 1): Step =>
    ({
      visitor: "a",
      event: { type: "page", name: "Home", at: 0, channel: "web", purposes, policy },
    }) as unknown as Step;
  const told = (...steps: Step[]): number => journeyOfAll(steps).split("Recorded under").length - 1;
  expect(told(step(["a", "b"]), step(["a", "b"]), step(["a", "b"]))).toBe(1);
  expect(told(step(["a", "b"]), step(["a"]), step(["a", "b"]))).toBe(3);
  expect(told(step(["a"]), step(["a"], 2))).toBe(2);
});
