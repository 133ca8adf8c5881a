import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import type { Env } from "../../../src/env.ts";
import { route } from "../../../src/http/router.ts";
import { servicesFor } from "../../../src/services.ts";
import { api, Browser, eventually, ORIGIN, WRITE_KEY } from "../../support/site.ts";

/** A browser's call when its address has called too often. */
const tooMany = (path: string, body: object): Promise<Response> =>
  turnedAway(path, {
    method: "POST",
    headers: { origin: ORIGIN, "x-write-key": WRITE_KEY },
    body: JSON.stringify(body),
  });

async function turnedAway(path: string, init: RequestInit): Promise<Response> {
  const request = new Request(ORIGIN + path, init);
  const services = servicesFor(request, env as unknown as Env);
  return route(request, {
    ...services,
    limiter: { limit: () => Promise.resolve({ success: false }) },
  });
}

const message = { writeKey: WRITE_KEY, event: "Looked" };

test.each([
  ["Segment's and RudderStack's", "/_u/v1/track", message, 429],
  ["Segment's short", "/_u/t", message, 429],
  ["RudderStack's beacon", `/_u/beacon/v1/batch?writeKey=${WRITE_KEY}`, { batch: [message] }, 429],
  ["Jitsu's", "/_u/api/s/track", message, 429],
  [
    "PostHog's, which gives up on anything below 500",
    "/_u/e/",
    { ...message, api_key: WRITE_KEY },
    503,
  ],
])(
  "too many calls are put so that the client comes back later: %s",
  async (_, path, body, status) => {
    const answer = await tooMany(path, body);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([status, "10"]);
  },
);

const refusals = async (): Promise<number> => {
  const row = await env.DB.prepare(
    "SELECT sum(count) AS count FROM counters WHERE kind = 'refusal' AND reason = 'rate_limited'",
  ).first<{ count: number | null }>();
  return row?.count ?? 0;
};

test("too many pictures are pictures still, which record nothing and say so", async () => {
  const before = await refusals();
  const browser = new Browser({ "usher-region": "US-TX" });
  await browser.consent({ accept: "all" });
  const cookie = [...browser.jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const paths = [
    "/_u/v1/pixel/track?event=Looked",
    "/_u/px.gif",
    `/_u/pixel/v1/page?writeKey=${WRITE_KEY}`,
  ];
  for (const path of paths) {
    const answer = await turnedAway(path, {
      headers: { ...browser.headers, cookie, "sec-fetch-site": "same-origin" },
    });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "image/gif"]);
    expect(answer.headers.get("usher-decision")).toBe(
      "not recorded (rate_limited): Too many calls from this address.",
    );
    expect(answer.headers.getSetCookie()).toEqual([]);
  }
  const journey = await api(`/people/${browser.visitor}/journey`);
  expect(journey.body["events"] ?? []).toEqual([]);
  await eventually(async () => (await refusals()) >= before + paths.length);
});

describe("when an address has called too often", () => {
  const choose = async (browser: Browser, choice: object): Promise<Response> =>
    turnedAway("/_u/consent", {
      method: "POST",
      headers: {
        ...browser.headers,
        cookie: [...browser.jar].map(([name, value]) => `${name}=${value}`).join("; "),
      },
      body: JSON.stringify(choice),
    });

  test.each([
    ["all", { accept: "all" }],
    ["some", { choices: { measurement: true } }],
  ])("agreeing to %s has to wait, and makes nobody known", async (_, choice) => {
    const answer = await choose(new Browser({ "usher-region": "DE" }), choice);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "10"]);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test("a new visitor has to wait", async () => {
    const answer = await tooMany("/_u/reset", {});
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "10"]);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test("a refusal is taken, and so is whatever takes anything back", async () => {
    expect((await choose(new Browser({ "usher-region": "DE" }), { accept: "none" })).status).toBe(
      200,
    );
    const browser = new Browser({ "usher-region": "DE" });
    await browser.consent({ accept: "all" });
    const some = await choose(browser, { choices: { measurement: true, advertising: false } });
    expect(await some.json()).toMatchObject({ decisions: { advertising: { granted: false } } });
    expect((await choose(browser, { accept: "none" })).status).toBe(200);
    const receipts = await api(`/receipts?visitor=${browser.visitor}`);
    expect((receipts.body["receipts"] as unknown[]).length).toBe(3);
  });
});

test.each(["/_u/v1/batch", "/_u/batch", `/_u/beacon/v1/batch?writeKey=${WRITE_KEY}`])(
  "more than 2,500 messages at once are too large at %s",
  async (path) => {
    const batch = Array.from({ length: 2_501 }, () => ({ type: "track", event: "A" }));
    const answer = await tooMany(path, { writeKey: WRITE_KEY, api_key: WRITE_KEY, batch });
    expect(answer.status).toBe(413);
  },
);

describe("the limit that wrangler.toml binds", () => {
  const { LIMITER: limiter } = env as unknown as Env;
  const address = "203.0.113.200";

  async function status(usherEnv: string): Promise<number> {
    const request = new Request(`${ORIGIN}/_u/v1/track`, {
      method: "POST",
      headers: { "cf-connecting-ip": address, "sec-fetch-site": "same-origin" },
      body: JSON.stringify(message),
    });
    const bound = { ...(env as unknown as Env), USHER_ENV: usherEnv } as Env;
    return (await route(request, servicesFor(request, bound))).status;
  }

  /** Another ten seconds may begin at any moment, so it is tried until one was long enough. */
  const flood = async (): Promise<void> => {
    while ((await limiter?.limit({ key: address }))?.success === true);
  };

  test("turns away who calls without end, and nobody in development, where everything comes from one address", async () => {
    expect(await status("production")).toBe(200);
    const seen = new Set<number>();
    for (let tries = 0; tries < 20 && !seen.has(429); tries++) {
      await flood();
      seen.add(await status("production"));
    }
    expect(seen).toContain(429);
    expect(await status("development")).toBe(200);
  });
});
