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

test("what an event is worth is told as money is read", () => {
  const step = {
    visitor: "a",
    event: { type: "track", name: "Order Completed", valueCents: 450_000, at: 0, purposes: [] },
  } as unknown as Step;
  const naming = { letter: () => "A", words: () => "Phone (A)" };
  const props = { journey: { steps: [step], cursor: null }, naming, person: "a", earlier: false };
  expect(renderToString(h(Journey, props))).toContain("Worth 4,500.00");
});
