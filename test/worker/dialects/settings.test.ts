import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { undotted } from "../../../src/http/dialects/rudderstack.ts";
import { api, Browser, eventually, ORIGIN, SERVER_KEY, WRITE_KEY } from "../../support/site.ts";

test("Segment's client is sent to this host, and loads nothing from elsewhere", async () => {
  const browser = new Browser();
  const said = await browser.call(`/_u/v1/projects/${WRITE_KEY}/settings`);
  expect(said.body["integrations"]).toEqual({
    "Segment.io": expect.objectContaining({
      apiKey: WRITE_KEY,
      apiHost: "localhost:8787/_u/v1",
      protocol: "http",
    }),
  });
  expect(said.body).toMatchObject({ remotePlugins: [], metrics: { sampleRate: 0 } });
  expect(said.headers.get("access-control-allow-origin")).toBe("http://localhost:8787");
  expect((await browser.call("/_u/v1/projects/other/settings")).status).toBe(404);
});

test.each(["t", "p", "i", "s", "g", "a", "b"])(
  "an apiHost without /v1 is understood: /_u/%s",
  async (call) => {
    const said = await new Browser().call(`/_u/${call}`, { writeKey: "other" });
    expect(said.status).toBe(401);
  },
);

test("RudderStack's client gets a source without destinations, by key in the address or in Basic", async () => {
  const browser = new Browser();
  const byAddress = await browser.call(`/_u/sourceConfig/?p=npm&v=3&writeKey=${WRITE_KEY}`);
  expect(byAddress.body).toMatchObject({
    source: { enabled: true, writeKey: WRITE_KEY, destinations: [] },
  });
  const byHeader = await browser.call("/_u/sourceConfig/", undefined, {
    authorization: `Basic ${btoa(`${WRITE_KEY}:`)}`,
  });
  expect(byHeader.body).toEqual(byAddress.body);
  expect((await browser.call("/_u/sourceConfig/?writeKey=other")).status).toBe(404);
});

test("RudderStack's pixel is a picture and a view", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  const said = await browser.call(
    `/_u/pixel/v1/track?writeKey=${WRITE_KEY}&anonymousId=px&event=Opened&properties.issue=7&context.page.url=https%3A%2F%2Fwww.example.org%2Fn`,
  );
  expect(said.headers.get("content-type")).toBe("image/gif");
  expect(said.headers.get("usher-decision")).toBe("accepted 1");
  const [event] = await eventually(async () => {
    const { body } = await api(`/people/${browser.visitor}/journey`);
    const events = body["events"] as Record<string, unknown>[];
    return events.length > 0 ? events : null;
  });
  expect(event).toMatchObject({ name: "Opened", props: { issue: "7" }, page: { path: "/n" } });
});

test("a pixel carries consent like any other call: its query has words for yes and no", async () => {
  const ask = async (said: string): Promise<string | null> => {
    const path = `/_u/pixel/v1/track?writeKey=${WRITE_KEY}&event=Opened&anonymousId=rs-yes`;
    const answer = await exports.default.fetch(
      `${ORIGIN}${path}&context.consent.categoryPreferences.measurement=${said}`,
    );
    await answer.body?.cancel();
    return answer.headers.get("usher-decision");
  };
  expect(await ask("true")).toBe("accepted 1");
  expect(await ask("false")).toContain("You said no to this in the site's consent dialog.");
  expect(await ask("perhaps")).toContain("We could not read what the site's consent dialog");
  const { properties } = undotted(new URLSearchParams("properties.member=true"));
  expect(properties).toEqual({ member: "true" });
});

test("a dotted name never reaches a prototype", () => {
  const message = undotted(new URLSearchParams("__proto__.x=1&a.constructor.y=2&a.b=3&a.b.c=4"));
  expect(message).toEqual({ a: { b: { c: "4" } } });
  expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
});

test("a beacon's key stands in its address; another's is refused", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  const batch = { batch: [{ type: "track", event: "Left", messageId: "bc-1", anonymousId: "b" }] };
  const said = await browser.call(`/_u/beacon/v1/batch?writeKey=${WRITE_KEY}`, batch);
  expect([said.status, said.body["text"]]).toEqual([200, "OK"]);
  expect(said.headers.get("usher-decision")).toContain("dropped 1 (consent)");
  expect((await browser.call("/_u/beacon/v1/batch?writeKey=other", batch)).status).toBe(401);
  expect((await browser.call("/_u/beacon/v1/batch", batch)).status).toBe(401);
});

test("Jitsu's key is what follows its name", async () => {
  const call = (key: string, call = "track"): Promise<Response> =>
    exports.default.fetch(`http://localhost:8787/_u/api/s/s2s/${call}`, {
      method: "POST",
      headers: { "x-write-key": key },
      body: JSON.stringify({ event: "Looked", userId: "j1", writeKey: "usher:***" }),
    });
  expect((await call(`usher:${SERVER_KEY}`)).status).toBe(200);
  expect((await call(SERVER_KEY)).status).toBe(200);
  expect((await call("usher:other")).status).toBe(401);
  expect((await call(`usher:${WRITE_KEY}`)).status).toBe(403);
  expect((await call(`usher:${SERVER_KEY}`, "other")).status).toBe(404);
});

test("a browser on another of the site's hosts may send its client's own headers", async () => {
  const preflight = await exports.default.fetch("http://localhost:8787/_u/v1/track", {
    method: "OPTIONS",
    headers: {
      origin: "https://www.example.org",
      "access-control-request-method": "POST",
      "access-control-request-headers": "anonymousid,authorization,rsa-retry-attempt",
    },
  });
  expect(preflight.headers.get("access-control-allow-headers")).toContain("rsa-retry-attempt");
  expect(preflight.headers.get("access-control-allow-origin")).toBe("https://www.example.org");
});

test("clients that install snippets load are as published, and nothing beside them is served", async () => {
  const loaded = {
    "/_u/static/array.js": /^\/\*! posthog-js \d/,
    "/_u/static/LICENSE.txt": /Apache License/,
    [`/_u/analytics.js/v1/${WRITE_KEY}/analytics.min.js`]: /^\/\*! @segment\/analytics-next \d/,
    [`/_u/analytics.js/v1/${WRITE_KEY}/LICENSE.txt`]: /MIT License/,
  };
  for (const [path, beginning] of Object.entries(loaded)) {
    const answer = await exports.default.fetch(ORIGIN + path);
    expect([path, answer.status]).toEqual([path, 200]);
    expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
    expect(answer.headers.get("set-cookie")).toBeNull();
    expect((await answer.text()).slice(0, 300)).toMatch(beginning);
  }
  for (const path of [
    "/_u/static/recorder.js",
    "/_u/static/constructor",
    "/_u/analytics.js/v1/another-key/analytics.min.js",
    "/_u/analytics-next/bundles/nothing.js",
  ]) {
    const answer = await exports.default.fetch(ORIGIN + path);
    expect([path, answer.status]).toEqual([path, 404]);
    await answer.body?.cancel();
  }
});
