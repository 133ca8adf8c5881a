/** How the marketer's actions do. */
import { takesOf, wilson } from "../../src/domain/action/measure.ts";
import {
  ActionPerformancePage,
  PerformancePage,
  PerformanceSoonPage,
  type Report,
} from "../../src/console/hints/performance.tsx";
import { dayOf } from "../../src/domain/ids.ts";
import type { Story } from "./story.ts";

const NOW = Date.parse("2026-11-22T15:00:00Z");

const takes = (shown: number, taken: number, dismissed: number) => {
  const expired = Math.max(0, shown - taken - dismissed - 20);
  const closed = taken + dismissed + expired;
  return {
    ...takesOf([], NOW),
    shown,
    taken,
    dismissed,
    expired,
    open: shown - closed,
    rate: closed === 0 ? null : taken / closed,
    interval: wilson(taken, closed),
  };
};

const lift = (difference: number, ok: boolean) => ({
  success: "Order Completed",
  holdOut: 0.1,
  shown: { people: 9_012, successes: 811, rate: 0.09 },
  held: { people: 988, successes: 69, rate: 0.07 },
  leftOut: 14,
  lift: difference,
  interval: [difference - 0.013, difference + 0.013] as [number, number],
  sampleRatio: { expected: 0.1, observed: ok ? 0.0988 : 0.14, p: ok ? 0.71 : 0.0002, ok },
});

const action = (
  id: string,
  label: string | null,
  figures: ReturnType<typeof takes>,
  lifted: Report["actions"][number]["lift"],
): Report["actions"][number] => ({
  id,
  label,
  channel: label === null ? null : "site",
  ...figures,
  propensity: { hints: figures.shown, least: 0.02, effective: figures.shown * 0.31 },
  by: {
    segment: [
      { value: "Mostly ordered and read about tickets", ...takes(400, 80, 90) },
      { value: null, ...takes(804, 38, 300) },
    ],
    stage: [{ value: "activity", ...takes(1204, 118, 390) }],
    device: [
      { value: "phone", ...takes(804, 90, 210) },
      { value: "desktop", ...takes(400, 28, 180) },
    ],
    topic: [{ value: "<img src=x onerror=alert(1)>", ...takes(30, 0, 9) }],
    slot: [{ value: "hero", ...takes(1204, 118, 390) }],
  },
  lift: lifted,
});

const survey = action(
  "topic-survey",
  "Survey on the topic read most",
  takes(1204, 118, 390),
  lift(0.02, true),
);
const report: Report = {
  from: "2026-10-24",
  to: "2026-11-22",
  quiet: false,
  outcomes: 5012,
  quietUntil: 20,
  sampled: true,
  channels: [
    { value: "site", ...takes(5306, 200, 1390) },
    { value: "email", ...takes(310, 4, 0) },
    { value: null, ...takes(12, 0, 3) },
  ],
  actions: [
    survey,
    action("get-the-app", "Get the app", takes(4102, 82, 1000), lift(-0.004, false)),
    action("renewal", "Renew the season ticket", takes(0, 0, 0), null),
    action("gone", null, takes(12, 0, 3), null),
  ],
};

const story = (name: string, path: string, title: string, body: Story["body"]): Story => ({
  name: `performance-${name}`,
  path: `/_u/console/performance${path}`,
  title,
  role: "marketer",
  body,
});

export const stories: readonly Story[] = [
  story(
    "counting",
    "",
    "Performance",
    <PerformanceSoonPage
      path="/_u/console/performance"
      range={{ from: dayOf(NOW) - 183, to: dayOf(NOW) }}
      now={NOW}
      counting={0.41}
    />,
  ),
  story(
    "all",
    "",
    "Performance",
    <PerformancePage report={report} at={NOW} counting={null} now={NOW} days={30} />,
  ),
  story(
    "quiet",
    "",
    "Performance",
    <PerformancePage
      report={{ ...report, quiet: true, outcomes: 7, sampled: false, channels: [], actions: [] }}
      at={null}
      counting={null}
      now={NOW}
      days={7}
    />,
  ),
  story(
    "action",
    "/topic-survey",
    "Survey on the topic read most",
    <ActionPerformancePage
      action={survey}
      report={report}
      at={NOW}
      counting={null}
      now={NOW}
      days={30}
    />,
  ),
  story(
    "action-unmeasured",
    "/renewal",
    "Renew the season ticket",
    <ActionPerformancePage
      action={{
        ...action("renewal", "Renew the season ticket", takes(0, 0, 0), null),
        by: {},
        propensity: { hints: 0, least: null, effective: 0 },
      }}
      report={{ ...report, sampled: false }}
      at={null}
      counting={null}
      now={NOW}
      days={30}
    />,
  ),
];
