/** Attribution: models, cost and return, paths. */
import { attributeAll } from "../../src/domain/attribution/attribute.ts";
import { type Journey, underAdvertisingConsent } from "../../src/domain/attribution/journey.ts";
import { commonPaths } from "../../src/domain/attribution/paths.ts";
import { returnsOn, type Spend } from "../../src/domain/attribution/spend.ts";
import {
  AttributionPage,
  type AttributionProps,
  AttributionSoonPage,
} from "../../src/console/attribution.tsx";
import type { Story } from "./story.ts";

const NOW = Date.parse("2026-11-22T15:00:00Z");

const journey = (channels: string, conversions: number, value: number, nulls: number): Journey => ({
  touches: channels.split(" > ").map((channel) => ({ channel, at: null })),
  conversions,
  value: conversions * value,
  nulls,
});

const journeys = [
  journey("google > newsletter", 31, 40, 210),
  journey("google", 12, 35, 480),
  journey("instagram > google > newsletter", 14, 60, 31),
  journey("newsletter", 22, 42, 120),
  journey("instagram", 1, 20, 302),
  journey(
    "google > instagram > google > partner.example > newsletter > google > newsletter",
    4,
    90,
    2,
  ),
  journey("partner.example / referral > google", 3, 44, 9),
  journey("<b>odd</b>", 0, 0, 4),
  // Whoever makes a link names its source.
  journey(`${"wolfeschlegelsteinhausenbergerdorff".repeat(3)} > ${"🏳️‍🌈".repeat(30)}`, 1, 5, 600),
];
const spend: Spend[] = [
  { channel: "google", cost: 820 },
  { channel: "instagram", cost: 410.5 },
  { channel: "radio", cost: 300 },
];

const report = (
  of: readonly Journey[],
  spent: readonly Spend[],
  by: "channel" | "campaign",
): AttributionProps["report"] => {
  const credits = attributeAll(underAdvertisingConsent(of));
  const touched = of.reduce((sum, { conversions }) => sum + conversions, 0);
  return {
    from: "2026-10-24",
    to: "2026-11-22",
    models: Object.fromEntries(
      Object.entries(credits).map(([model, each]) => [model, returnsOn(each, spent)]),
    ),
    by,
    outcome: null,
    paths: commonPaths(of, 12),
    outcomes: { all: touched + 62, consented: touched + 21, touched },
    coverage: touched + 62 === 0 ? null : touched / (touched + 62),
    sampled: false,
  };
};

const NAMES = ["Ticket Viewed", "Newsletter Subscribed", "Order Completed"];

const story = (name: string, body: Story["body"]): Story => ({
  name: `attribution-${name}`,
  path: "/_u/console/attribution",
  title: "Attribution",
  role: "marketer",
  body,
});

export const stories: readonly Story[] = [
  story(
    "channels",
    <AttributionPage
      report={report(journeys, spend, "channel")}
      model="markov"
      names={NAMES}
      at={null}
      counting={null}
      now={NOW}
      days={30}
    />,
  ),
  story(
    "campaigns",
    <AttributionPage
      report={report(
        journeys.map((each) => ({
          ...each,
          touches: each.touches.map((touch) => ({
            ...touch,
            channel: `${touch.channel}, spring-renewal-with-a-long-name`,
          })),
        })),
        [],
        "campaign",
      )}
      model="linear"
      names={NAMES}
      at={null}
      counting={null}
      now={NOW}
      days={90}
    />,
  ),
  story(
    "event",
    <AttributionPage
      report={{
        ...report(
          journeys.map((each) => ({ ...each, value: 0 })),
          spend,
          "channel",
        ),
        outcome: "Newsletter Subscribed",
      }}
      model="linear"
      names={NAMES}
      at={null}
      counting={null}
      now={NOW}
      days={30}
    />,
  ),
  story(
    "empty",
    <AttributionPage
      report={report([], [], "channel")}
      model="linear"
      names={NAMES}
      at={null}
      counting={null}
      now={NOW}
      days={7}
    />,
  ),
  story(
    "counting",
    <AttributionSoonPage
      by="channel"
      outcome={null}
      names={NAMES}
      model="linear"
      from="2026-03-01"
      to="2026-08-31"
      now={NOW}
      days={184}
      counting={0.37}
    />,
  ),
  story(
    "counting-anew",
    <AttributionPage
      report={report(journeys, spend, "channel")}
      model="linear"
      names={NAMES}
      at={NOW - 3 * 3_600_000}
      counting={0.62}
      now={NOW}
      days={30}
    />,
  ),
];
