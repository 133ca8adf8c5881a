/** The setup check and the event plan. */
import { SetupPage } from "../../src/console/setup/check.tsx";
import { PlanPage } from "../../src/console/setup/plan.tsx";
import type { Story } from "./story.ts";

const session = { role: "marketer" as const, formToken: "x".repeat(43), subject: "x", until: null };
const NOW = Date.UTC(2026, 10, 22, 12);

const check = {
  session,
  now: NOW,
  from: "2026-10-26",
  to: "2026-11-22",
  days: 28,
  sitemap: null,
  sitemapUrl: "https://www.example.org/sitemap.xml",
};

export const stories: readonly Story[] = [
  {
    name: "setup-check",
    path: "/_u/console/setup",
    title: "Setup",
    role: "marketer",
    body: (
      <SetupPage
        {...check}
        findings={[
          {
            id: "spend",
            level: "wrong",
            title: "2 campaigns cost money and have no landing",
            evidence: ["meta: autumn-derby", "google: <script>alert(1)</script>"],
            steps: [
              "Open the ad's link and look whether utm_campaign is in it, spelled as in the spend file.",
              "A redirect on the way may cut the address's parameters off: follow it with the browser's tools open.",
            ],
          },
          {
            id: "consent-pages",
            level: "look",
            title: "On 1 page most calls are dropped for want of consent",
            evidence: ["/membership/join: about 9,120 dropped, 310 recorded"],
            steps: ["Look whether the banner shows on these pages: a template may leave it out."],
          },
          {
            id: "silent-pages",
            level: "unknown",
            title: "Whether pages lack the snippet isn't known: the sitemap hasn't been read",
            evidence: [],
            steps: ["Have the sitemap read, with the button below."],
          },
          { id: "anything", level: "good", title: "Calls arrive", evidence: [], steps: [] },
        ]}
      />
    ),
  },
  {
    name: "setup-check-well",
    path: "/_u/console/setup",
    title: "Setup",
    role: "marketer",
    body: (
      <SetupPage
        {...check}
        findings={[
          { id: "anything", level: "good", title: "Calls arrive", evidence: [], steps: [] },
          {
            id: "silent-pages",
            level: "unknown",
            title: "1,204 of 1,500 pages of the sitemap were seen",
            evidence: [
              "Of 296 pages it isn't known: each day's most frequent ones are counted, and 40,000 of the newest events were looked through",
              "/news/top-10-goals",
            ],
            steps: ["Open one of the others and look whether the snippet is in its source."],
          },
        ]}
        sitemap={{ at: "2026-11-22T09:00:00.000Z", pages: 214, cut: false }}
        said="The sitemap names 214 pages."
        hosts={[
          { host: "www.example.org", sameNetwork: true },
          { host: "shop.example.org", sameNetwork: false },
          { host: "old.example.org", sameNetwork: null },
        ]}
      />
    ),
  },
  {
    name: "setup-plan",
    path: "/_u/console/setup/plan",
    title: "Event plan",
    role: "marketer",
    body: (
      <PlanPage
        session={session}
        text={"Order Completed: order_id!, total! number, coupon\nVideo Played"}
        version={3}
        faults={[]}
        conflict={false}
        saved={true}
        arrived={5}
        differences={[
          { kind: "never came", event: "Video Played" },
          {
            kind: "another type",
            event: "Order Completed",
            property: "order_id",
            planned: "text",
            came: ["number"],
          },
        ]}
      />
    ),
  },
  {
    name: "setup-plan-wrong",
    path: "/_u/console/setup/plan",
    title: "Event plan",
    role: "marketer",
    body: (
      <PlanPage
        session={session}
        text={"Order: total! money"}
        version={0}
        faults={[
          {
            line: 1,
            message: "a property's type must be one of text, number, yes/no, list, object",
          },
        ]}
        conflict={true}
        saved={false}
        arrived={0}
        differences={[]}
      />
    ),
  },
];
