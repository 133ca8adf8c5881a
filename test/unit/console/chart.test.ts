import { renderToString } from "preact-render-to-string";
import { expect, test } from "vitest";
import { Bars, daysBetween, spread } from "../../../src/console/chart.tsx";

test("every day of a range has its place, also one without anything, and over the end of a month", () => {
  const days = daysBetween("2026-10-30", "2026-11-02");
  expect(days).toEqual(["2026-10-30", "2026-10-31", "2026-11-01", "2026-11-02"]);
  expect(spread(days, [{ day: "2026-10-31", n: 7 }], ({ n }) => n)).toEqual([0, 7, 0, 0]);
});

test("a chart says its figures in a table, and in words what it shows", () => {
  const page = renderToString(
    Bars({
      what: "Events by day",
      days: ["2026-10-30", "2026-10-31"],
      series: [
        { name: "Web", values: [1200, 0] },
        { name: "App", values: [300, 50] },
      ],
    }),
  );
  expect(page).toContain("Events by day, 2026-10-30 to 2026-10-31; at most 1,200 a day");
  expect(page).toContain('<td class="number">1,200</td><td class="number">300</td>');
  expect(page.match(/<rect[^>]*width="38%"/g)).toHaveLength(3);
});

test("a chart of nothing is drawn without bars and without nonsense", () => {
  const page = renderToString(
    Bars({ what: "Events", days: ["2026-10-30"], series: [{ name: "Web", values: [0] }] }),
  );
  expect(page).not.toMatch(/NaN|Infinity|undefined/);
});
