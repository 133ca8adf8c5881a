import { describe, expect, test } from "vitest";
import { type Finding, findingsOf } from "../../../src/domain/setup/checks.ts";
import { plainPath, type SetupFacts } from "../../../src/domain/setup/facts.ts";
import { NO_PLAN } from "../../../src/domain/setup/plan.ts";

/** A site on which all is well. */
const WELL: SetupFacts = {
  days: 30,
  recorded: 10_000,
  dropped: [{ reason: "consent", regime: "opt-in", count: 2_000 }],
  events: new Map([
    ["page", 6_000],
    ["identify", 300],
    ["track:Order Completed", 200],
  ]),
  paths: new Map([
    ["/", 3_000],
    ["/news", 2_000],
  ]),
  unconsented: new Map([["/", 900]]),
  campaigns: [{ source: "google", medium: "cpc", name: "spring", events: 400 }],
  spent: [{ channel: "google", campaign: "Spring" }],
  choices: { all: 700, some: 100, none: 200 },
  clocks: { ahead: 0, behind: 0 },
  doubled: [],
  capped: [],
  quarantined: 0,
  hosts: { collector: "https://www.example.org", sites: ["https://www.example.org"] },
  sitemap: { at: 0, paths: ["/", "/news"] },
  plan: {
    events: [
      { name: "Order Completed", properties: [{ name: "total", type: "number", required: true }] },
    ],
  },
  seen: [
    {
      name: "Order Completed",
      sample: 100,
      properties: [{ name: "total", times: 100, types: ["number"] }],
    },
  ],
};

const finding = (id: string, change: Partial<SetupFacts>): Finding => {
  const all = findingsOf({ ...WELL, ...change });
  const one = all.find((each) => each.id === id);
  if (!one) throw new Error(`there is no finding ${id}`);
  return one;
};

test("on a site on which all is well every check says so", () => {
  expect(
    findingsOf(WELL)
      .map(({ id, level }) => `${id}: ${level}`)
      .filter((each) => !each.endsWith(": good")),
  ).toEqual([]);
});

describe.each<
  [what: string, id: string, level: string, change: Partial<SetupFacts>, evidence: string | RegExp]
>([
  ["a site that sends nothing", "anything", "wrong", { recorded: 0, dropped: [] }, /No call/],
  [
    "pages of the sitemap that were never seen",
    "silent-pages",
    "wrong",
    { sitemap: { at: 0, paths: ["/", "/news", "/shop", "/tickets"] } },
    "/shop",
  ],
  [
    "a page whose calls are mostly dropped for consent",
    "consent-pages",
    "look",
    { unconsented: new Map([["/news", 9_000]]) },
    /\/news: about 9,000 dropped, 2,000 recorded/,
  ],
  [
    "a site that never identifies anybody",
    "identify",
    "look",
    { events: new Map([["page", 6_000]]) },
    /none says who/,
  ],
  [
    "campaigns that cost money and have no landing",
    "spend",
    "wrong",
    { spent: [{ channel: "meta", campaign: "autumn" }] },
    "meta: autumn",
  [
    "a visitor that sends more than is recorded in a day",
    "capped",
    "wrong",
    {
      dropped: [{ reason: "capped", regime: "opt-in", count: 1_200 }],
      capped: [{ visitor: "kiosk", day: "2026-11-22", events: 10_000 }],
    },
    "Visitor kiosk: 10,000 events on 2026-11-22",
  ],
  ],
  [
    "landings without a campaign's name",
    "campaign-names",
    "look",
    { campaigns: [{ source: "google", medium: "cpc", name: null, events: 300 }] },
    /google, cpc: 300/,
  ],
  [
    "a server whose clock is off",
    "clocks",
    "wrong",
    { clocks: { ahead: 5, behind: 4_000 } },
    /4,000 behind/,
  ],
  [
    "orders sent by browser and server",
    "duplicates",
    "wrong",
    { doubled: [{ event: "Order Completed", orders: 12, channels: ["server", "web"] }] },
    /12 orders/,
  ],
  [
    "many repetitions",
    "duplicates",
    "look",
    { dropped: [{ reason: "duplicate", regime: "server", count: 3_000 }] },
    /3,000 calls/,
  ],
  [
    "junk ids",
    "junk-ids",
    "look",
    { dropped: [{ reason: "blocked", regime: "opt-in", count: 7 }] },
    /7 calls/,
  ],
  ["a quarantined identifier", "junk-ids", "wrong", { quarantined: 1 }, /join nobody/],
  [
    "names made of ids",
    "names",
    "wrong",
    {
      events: new Map([
        ["track:Product 81234 Viewed", 3],
        ["identify", 1],
      ]),
    },
    /81234/,
  ],
  [
    "too many names",
    "names",
    "look",
    {
      events: new Map(
        Array.from({ length: 120 }, (_, i) => [
          `track:Name ${String.fromCharCode(97 + (i % 26))}${"x".repeat(i)}`,
          1,
        ]),
      ),
    },
    /Name/,
  ],
  [
    "a collector on another host",
    "cookies",
    "look",
    { hosts: { collector: "https://c.example.org", sites: ["https://www.example.org"] } },
    /c\.example\.org/,
  ],
  [
    "a banner that nobody refuses",
    "banner",
    "wrong",
    { choices: { all: 990, some: 5, none: 5 } },
    /990 agreed to all/,
  ],
  [
    "an event that never came",
    "plan",
    "wrong",
    { plan: { events: [{ name: "Renewed", properties: [] }, ...WELL.plan.events] } },
    /Renewed never came/,
  ],
])("%s", (_, id, level, change, evidence) => {
  test("is found, with what shows it and what to do", () => {
    const one = finding(id, change);
    expect(one.level).toBe(level);
    expect(one.evidence.join("\n")).toMatch(evidence);
    expect(one.steps.length).toBeGreaterThan(0);
  });
});

test("what can't be told yet says what it needs, and isn't called good", () => {
  expect(finding("silent-pages", { sitemap: null }).level).toBe("unknown");
  expect(finding("plan", { plan: NO_PLAN }).level).toBe("unknown");
  expect(finding("banner", { choices: { all: 3, some: 0, none: 0 } }).level).toBe("unknown");
});

test("the gravest come first", () => {
  const levels = findingsOf({
    ...WELL,
    spent: [{ channel: "meta", campaign: "autumn" }],
    sitemap: null,
  }).map(({ level }) => level);
  expect(levels[0]).toBe("wrong");
  expect(levels[1]).toBe("unknown");
});

test("a counted path names nobody: numbers, addresses and long parts go, and what comes after four", () => {
  expect(plainPath("/account/jane@example.org/orders/81234/more/still?x=1#y")).toBe(
    "/account/:id/orders/:id",
  );
  expect(plainPath(`/news/${"a".repeat(41)}`)).toBe("/news/:id");
  expect(plainPath("/news/2026/season-tickets")).toBe("/news/:id/season-tickets");
  expect(plainPath("")).toBe("/");
});
