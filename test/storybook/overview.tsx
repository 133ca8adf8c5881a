import { OfficerOverviewPage } from "../../src/console/consent/overview.tsx";
import type { OfficerOverview } from "../../src/http/api/officer-overview.ts";
import { daysBetween } from "../../src/console/chart.tsx";
import { OverviewBody } from "../../src/console/overview.tsx";
import type { Overview } from "../../src/http/api/overview.ts";
import type { Story } from "./story.ts";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const days = daysBetween("2026-10-26", "2026-11-22");
const wave = (at: number, height: number): number =>
  Math.round(height * (1 + 0.25 * Math.sin(at / 2) + (at % 7 === 5 ? 0.8 : 0)));
const line = (value: string, events: number) => ({ value, events, orders: 0, revenue: 0 });

const FULL: Overview = {
  from: "2026-10-26",
  to: "2026-11-22",
  late: false,
  events: 48_210,
  orders: 312,
  revenue: 14_820.5,
  visits: 21_430,
  before: { events: 41_002, orders: 290, revenue: 13_100, visits: 19_805 },
  days: days.map((day, at) => ({
    day,
    events: wave(at, 1600),
    visitors: wave(at, 700),
    orders: wave(at, 10),
    revenue: wave(at, 500),
  })),
  stages: days.map((day, at) => ({
    day,
    device: wave(at, 410),
    activity: wave(at, 160),
    identified: wave(at, 70),
    person: wave(at, 60),
  })),
  channels: [line("web", 41_200), line("app", 6_100), line("email", 910)],
  devices: [line("phone", 28_400), line("desktop", 14_100), line("tablet", 5_710)],
  campaigns: [
    { source: "newsletter", medium: "email", name: "spring-renewal", ...line("", 4_210) },
    { source: "google", medium: "cpc", name: "season-tickets", ...line("", 2_930) },
    { source: null, medium: null, name: "<img src=x onerror=alert(1)>", ...line("", 12) },
  ],
  hints: { shown: 5_120, taken: 402, dismissed: 811 },
  choices: [
    { region: "DE", all: 2_210, some: 640, none: 1_170, answered: 4_020 },
    { region: "US-CA", all: 610, some: 20, none: 92, answered: 722 },
    { region: "unknown", all: 12, some: 1, none: 41, answered: 54 },
  ],
  dropped: [
    { reason: "consent", regime: "opt-in", count: 12_043 },
    { reason: "bot", regime: "opt-in", count: 3_310 },
    { reason: "duplicate", regime: "server", count: 211 },
    { reason: "too_old", regime: "opt-out", count: 3 },
  ],
  errors: [{ status: 503, place: "v1/batch", count: 4 }],
  waited: [{ atLeast: "minute", count: 310 }],
  lag: 2_760,
};

const NOTHING: Overview = {
  ...FULL,
  events: 0,
  orders: 0,
  revenue: 0,
  visits: 0,
  before: null,
  days: [],
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

const HOUR = 3_600_000;
const OFFICER: OfficerOverview = {
  from: FULL.from,
  to: FULL.to,
  choices: FULL.choices,
  dropped: FULL.dropped,
  errors: FULL.errors,
  waited: FULL.waited,
  lag: FULL.lag,
  agreedBefore: 0.69,
  requests: [
    {
      id: "k4qz2vd3w5b7yhc6mxtne2gu4a",
      about: "email",
      due: NOW - 30 * HOUR,
      state: "failed" as const,
    },
    {
      id: "b4qz2vd3w5b7yhc6mxtne2gu4a",
      about: "user_id",
      due: NOW + 90 * HOUR,
      state: "running" as const,
    },
  ].map((each) => ({
    ...each,
    kind: "erase",
    by: "officer",
    at: each.due - 30 * 24 * HOUR,
    doneAt: null,
    visitors: [],
    maybe: [],
    erasure: null,
  })),
  waiting: {
    suggestions: 101,
    origins: ["old-crm", "shop export 2019"],
    draft: NOW - 5 * HOUR,
    quarantined: 2,
  },
  verification: {
    by: "officer",
    begun: NOW - 50 * HOUR,
    at: NOW - 49 * HOUR,
    done: true,
    receipts: 18_204,
    visitors: 12_871,
    faults: [],
    anchors: { anchors: 90, faults: [] },
    cursor: null,
  },
  policy: 4,
};

const QUIET: OfficerOverview = {
  ...OFFICER,
  choices: [],
  dropped: [],
  errors: [],
  waited: [],
  lag: 0,
  agreedBefore: null,
  requests: [],
  waiting: { suggestions: 0, origins: [], draft: null, quarantined: 0 },
  verification: null,
  policy: 1,
};

const CONSENT = {
  path: "/_u/console/consent",
  title: "Consent overview",
  role: "officer",
} as const;

const PLACE = { path: "/_u/console/", title: "Overview" } as const;

export const stories: readonly Story[] = [
  {
    ...PLACE,
    name: "overview",
    role: "owner",
    body: <OverviewBody found={FULL} role="owner" now={NOW} />,
  },
  {
    ...PLACE,
    name: "overview-empty",
    role: "marketer",
    body: (
      <OverviewBody
        found={{ ...NOTHING, late: true, from: "2026-11-01" }}
        role="marketer"
        now={NOW}
      />
    ),
  },
  {
    ...CONSENT,
    name: "consent-overview",
    body: <OfficerOverviewPage found={OFFICER} role="officer" now={NOW} />,
  },
  {
    ...CONSENT,
    name: "consent-overview-empty",
    body: <OfficerOverviewPage found={QUIET} role="officer" now={NOW} />,
  },
];
