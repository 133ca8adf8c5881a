import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import type { Env } from "../../../src/env.ts";
import { route } from "../../../src/http/router.ts";
import { servicesFor } from "../../../src/services.ts";
import { ORIGIN, WRITE_KEY } from "../../support/site.ts";

/** A browser's call when its address has called too often. */
async function tooMany(path: string, body: object): Promise<Response> {
  const request = new Request(ORIGIN + path, {
    method: "POST",
    headers: { origin: ORIGIN, "x-write-key": WRITE_KEY },
    body: JSON.stringify(body),
  });
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
