import { expect, test } from "vitest";
import { everyDay } from "../../../src/console/chart.tsx";

test("every day of a range has its bar, also one without anything, and over the end of a month", () => {
  expect(everyDay("2026-10-30", "2026-11-02", [{ day: "2026-10-31", value: 7 }])).toEqual([
    { day: "2026-10-30", value: 0 },
    { day: "2026-10-31", value: 7 },
    { day: "2026-11-01", value: 0 },
    { day: "2026-11-02", value: 0 },
  ]);
});
