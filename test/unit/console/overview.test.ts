import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { expect, test } from "vitest";
import { OverviewBody } from "../../../src/console/overview.tsx";

type Found = Parameters<typeof OverviewBody>[0]["found"];

const NOW = Date.parse("2026-11-23T12:00:00Z");
const day = (name: string, visitors: number): Found["days"][number] => ({
  day: name,
  events: visitors * 8,
  visitors,
  orders: 0,
  revenue: 0,
});

const shown = (days: Found["days"], before: Found["before"]): string => {
  const visits = days.reduce((sum, { visitors }) => sum + visitors, 0);
  const found: Found = {
    from: "2026-10-27",
    to: "2026-11-23",
    late: false,
    events: visits * 8,
    orders: 0,
    revenue: 0,
    visits,
    before,
    days,
    stages: [],
    channels: [],
    devices: [],
    campaigns: [],
    hints: { shown: 0, taken: 0, dismissed: 0 },
    choices: [],
    dropped: [],
    errors: [],
    waited: [],
    lag: 0,
  };
  const page = renderToString(h(OverviewBody, { found, role: "owner", now: NOW }));
  return /Visitors a day<\/dt><dd><a[^>]*>([^<]*)/.exec(page)?.[1] ?? "";
};

const BEFORE = { events: 8, orders: 0, revenue: 0, visits: 1 };

test("visitors a day are those of the days since the site began, and few aren't told as none", () => {
  expect(shown([day("2026-11-23", 6)], null)).toBe("6");
  expect(shown([day("2026-11-20", 6), day("2026-11-23", 3)], null)).toBe("2.3");
  expect(shown([day("2026-11-23", 6)], BEFORE)).toBe("0.2");
  expect(shown([day("2026-11-23", 560)], BEFORE)).toBe("20");
  expect(shown([day("2026-11-23", 1)], BEFORE)).toBe("under 0.1");
  expect(shown([], null)).toBe("0");
});
