import { describe, expect, test } from "vitest";
import { type Finding, findingsOf } from "../../../src/domain/setup/checks.ts";
import {
  type Landings,
  pagePath,
  plainPath,
  type SetupFacts,
} from "../../../src/domain/setup/facts.ts";
import { NO_PLAN } from "../../../src/domain/setup/plan.ts";

const landings = (said: Partial<Landings>, events: number): Landings => ({
  source: null,
  medium: null,
  name: null,
  id: null,
  click: null,
  ...said,
  events,
});

/** A site on which all is well. */
const WELL: SetupFacts = {
  days: 30,
  recorded: 10_000,
  dropped: [{ reason: "consent", regime: "opt-in", count: 2_000 }],
  capped: [],
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
  campaigns: [landings({ source: "google", medium: "cpc", name: "spring" }, 400)],
  whole: { events: true, paths: true, campaigns: true },
  spent: [{ channel: "google", campaign: "Spring" }],
  choices: { all: 700, some: 100, none: 200 },
  clocks: { ahead: 0, behind: 0, server: 0 },
  refused: [],
  tokens: [],
  doubled: [],
  repeated: { pages: [], of: 6_000 },
  junk: [],
  quarantined: 0,
  hosts: { collector: "https://www.example.org", sites: ["https://www.example.org"] },
  sitemap: { at: 0, paths: ["/", "/news"], cut: false },
  sought: { pages: null, events: null },
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

test("where nothing arrives nothing is called good but what is known without a call", () => {
  const silent = findingsOf({
    ...WELL,
    recorded: 0,
    dropped: [],
    events: new Map(),
    paths: new Map(),
    unconsented: new Map(),
    campaigns: [],
    spent: [],
    choices: { all: 0, some: 0, none: 0 },
    repeated: { pages: [], of: 0 },
    sitemap: null,
    plan: NO_PLAN,
    seen: [],
  });
  const good = silent.filter(({ level }) => level === "good");
  expect(good.map(({ id }) => id)).toEqual(["cookies"]);
  expect(silent).toHaveLength(findingsOf(WELL).length);
  expect(silent.find(({ id }) => id === "clocks")).toMatchObject({
    level: "unknown",
    title: "Whether senders' clocks are right isn't known: nothing arrives",
  });
});

describe.each<
  [what: string, id: string, level: string, change: Partial<SetupFacts>, evidence: string | RegExp]
>([
  ["a site that sends nothing", "anything", "wrong", { recorded: 0, dropped: [] }, /No call/],
  [
    "pages of the sitemap that were never seen",
    "silent-pages",
    "wrong",
    { sitemap: { at: 0, paths: ["/", "/news", "/shop", "/tickets"], cut: false } },
    "/shop",
  ],
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
  [
    "a page whose calls are mostly dropped for consent",
    "consent-pages",
    "look",
    { unconsented: new Map([["/news", 2_100]]) },
    /\/news: about 2,100 views dropped, 2,000 recorded \(51 % dropped\)/,
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
  ],
  [
    "landings without a campaign's name",
    "campaign-names",
    "look",
    { campaigns: [landings({ source: "google", medium: "cpc" }, 300)] },
    /google, cpc: 300/,
  ],
  [
    "a server whose clock is off",
    "clocks",
    "wrong",
    { clocks: { ahead: 5, behind: 4_000, server: 3_900 } },
    /3,900 of them were sent by a server/,
  ],
  [
    "calls from an origin that isn't allowed",
    "refused",
    "wrong",
    { refused: [{ reason: "forbidden_origin", sender: "browser", count: 900 }] },
    /From a browser, 900 times: the page's origin/,
  ],
  [
    "a single call with somebody else's key",
    "refused",
    "look",
    { refused: [{ reason: "unauthorized", sender: "server", count: 1 }] },
    /From a server, 1 times?: the write key/,
  ],
  [
    "wrong tokens, which lose nothing, however many",
    "refused",
    "look",
    { refused: [{ reason: "wrong_token", sender: "api", count: 90_000 }] },
    /Over the API, 90,000 times: the token/,
  ],
  [
    "page views that two tags send",
    "duplicates",
    "wrong",
    { repeated: { pages: [{ path: "/news", times: 800 }], of: 2_000 } },
    /\/news: 800 times/,
  ],
  [
    "ads whose links have no campaign",
    "click-ids",
    "wrong",
    { campaigns: [landings({ click: "gclid" }, 120), ...WELL.campaigns] },
    /gclid \(google\): 120/,
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
    {
      dropped: [{ reason: "blocked", regime: "opt-in", count: 7 }],
      junk: [{ id: 'userId "undefined"', sender: "browser", count: 7 }],
    },
    /userId "undefined" from a browser, 7 times/,
  ],
  [
    "a quarantined identifier",
    "junk-ids",
    "wrong",
    { quarantined: 1 },
    /1 identifier was said .* it joins nobody/,
  ],
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

test("a campaign is found by its number as well as by its name, and one is said as one", () => {
  const spent = [{ channel: "google", campaign: "998877" }];
  expect(finding("spend", { spent }).title).toBe("1 campaign costs money and has no landing");
  const campaigns = [landings({ source: "google", medium: "cpc", id: "998877" }, 40)];
  expect(finding("spend", { spent, campaigns }).level).toBe("good");
});

test("who comes from another site, or by a mail's campaign id, is no landing without a campaign's name", () => {
  const campaigns = [
    landings({ source: "facebook.com", medium: "social" }, 300),
    landings({ source: "l.instagram.com", medium: "social" }, 300),
    landings({ source: "mailchimp", medium: "email", id: "5f3a" }, 300),
    landings({ click: "fbclid" }, 300),
  ];
  expect(finding("campaign-names", { campaigns }).level).toBe("good");
  expect(finding("click-ids", { campaigns }).level).toBe("good");
  const tagged = [...campaigns, landings({ source: "facebook", medium: "social" }, 300)];
  expect(finding("campaign-names", { campaigns: tagged }).evidence).toEqual([
    "facebook, social: 300",
  ]);
});

test("a page that isn't in a list which was cut isn't called unseen until everything was looked through", () => {
  const sitemap = { at: 0, paths: ["/", "/news/top-10-goals", "/news/top-20-goals"], cut: true };
  const cut = { ...WELL.whole, paths: false };
  const seen = new Set(["/news/top-10-goals"]);
  const sought = (whole: boolean) => ({ pages: { seen, events: 40_000, whole }, events: null });
  expect(finding("silent-pages", { sitemap, whole: cut, sought: sought(false) })).toMatchObject({
    level: "unknown",
    title: "2 of 3 pages of the sitemap were seen",
  });
  const known = finding("silent-pages", { sitemap, whole: cut, sought: sought(true) });
  expect(known).toMatchObject({
    level: "wrong",
    title: "1 of 3 pages of the sitemap was never seen",
  });
  expect(known.evidence).toContain("/news/top-20-goals");
  expect(known.evidence[0]).toMatch(/2,000/);
});

test("a view without consent of a page with numbers leaves open which page it was", () => {
  const sitemap = { at: 0, paths: ["/", "/news", "/news/2026"], cut: false };
  const unconsented = new Map([["/news/:id", 64]]);
  expect(finding("silent-pages", { sitemap, unconsented })).toMatchObject({
    level: "unknown",
    evidence: [expect.stringMatching(/isn't known/), "/news/2026"],
  });
});

test("a planned event that isn't in a list which was cut isn't said never to have come", () => {
  const plan = { events: [{ name: "Renewed", properties: [] }] };
  const whole = { ...WELL.whole, events: false };
  const seek = (seen: string[], all: boolean) => ({
    pages: null,
    events: { seen: new Set(seen), events: 40_000, whole: all },
  });
  const words = (sought: SetupFacts["sought"]) =>
    finding("plan", { plan, whole, sought }).evidence.filter((each) => each.includes("Renewed"));
  expect(words(seek([], false))[0]).toMatch(/isn't known/);
  expect(words(seek([], true))).toEqual(["Renewed never came"]);
  expect(words(seek(["Renewed"], false))).toEqual([]);
});

test("clocks that no server is known to have are no server's to mend", () => {
  const { evidence, steps } = finding("clocks", { clocks: { ahead: 0, behind: 900, server: 0 } });
  expect([...evidence, ...steps].join(" ")).not.toMatch(/NTP|come from a server/);
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

test("a page is the same with and without a slash at its end", () => {
  expect(["/", "/news/", "/news", "/news//"].map(pagePath)).toEqual([
    "/",
    "/news",
    "/news",
    "/news",
  ]);
});
