import { expect, test } from "vitest";
import { stretches } from "../../../src/console/journey.tsx";
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
