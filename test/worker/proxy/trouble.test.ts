import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Env } from "../../../src/env.ts";
import type { Services } from "../../../src/http/collect/services.ts";
import { proxied } from "../../../src/http/proxy/proxied.ts";
import { siteBehind } from "../../../src/http/proxy/site.ts";
import { servicesFor } from "../../../src/services.ts";
import { ALL, Browser, ORIGIN } from "../../support/site.ts";

const PAGE = '<html><head></head><body><p data-usher-slot="home">Our offer</p></body></html>';
const WITH_TAG = PAGE.replace(
  "</head>",
  '<script async src="/_u/usher.js" data-write-key="test-write-key"></script></head>',
);

beforeEach(() => {
  vi.spyOn(globalThis, "fetch").mockImplementation(
    async () => new Response(PAGE, { headers: { "content-type": "text/html" } }),
  );
});
afterEach(() => void vi.restoreAllMocks());

/** What an agreeing visitor gets, with these services instead of the Worker's own. */
async function opened(change: (services: Services) => Services): Promise<Response> {
  const browser = new Browser();
  await browser.consent({ choices: ALL });
  const request = new Request(`${ORIGIN}/tickets`, {
    headers: {
      ...browser.headers,
      accept: "text/html",
      cookie: [...browser.jar].map(([name, value]) => `${name}=${value}`).join("; "),
    },
  });
  const site = siteBehind(request, "https://origin.example.org");
  if (!site) throw new Error("this path is the site's");
  return proxied(request, site, () => change(servicesFor(request, env as unknown as Env)));
}

const never = (): Promise<never> => new Promise<never>(() => undefined);

test.each<[string, (services: Services) => Services]>([
  [
    "its settings can't be read",
    () => {
      throw new Error("no settings");
    },
  ],
  [
    "the policy can't be read",
    (services) => ({ ...services, policy: () => Promise.reject(new Error("D1 is down")) }),
  ],
  ["the policy never comes", (services) => ({ ...services, policy: never })],
])("a page is as the site has it when %s", async (_, change) => {
  const answer = await opened(change);
  expect(await answer.text()).toBe(PAGE);
  expect(answer.headers.get("set-cookie")).toBeNull();
});

test.each<[string, () => Promise<never>]>([
  ["is down", () => Promise.reject(new Error("the object is down"))],
  ["never answers", never],
])("a slot keeps the site's own content when the person's object %s", async (_, next) => {
  const answer = await opened((services) => ({
    ...services,
    people: { ...services.people, next },
  }));
  expect(await answer.text()).toBe(WITH_TAG);
});

test.each([
  ["usher-session=a.b; own=1; __Host-usher=1.x", "own=1; __Host-usher=1.x"],
  ["own=1;__Host-usher-session=a.b", "own=1"],
  ["usher-session-like=1; my-usher-session=2", "usher-session-like=1; my-usher-session=2"],
  ["__Host-usher-session=a.b", null],
])("the site behind gets no session of the console: %s", async (sent, passed) => {
  const request = new Request(`${ORIGIN}/tickets`, { headers: { cookie: sent } });
  const site = siteBehind(request, "https://origin.example.org");
  if (!site) throw new Error("this path is the site's");
  await proxied(request, site, () => servicesFor(request, env as unknown as Env));
  const [, init] = vi.mocked(globalThis.fetch).mock.lastCall ?? [];
  expect(new Headers(init?.headers).get("cookie")).toBe(passed);
});

test("what says that something went wrong on the way is kept by no cache, since anybody can bring it about", async () => {
  const request = new Request(`${ORIGIN}/tickets`, { headers: { "usher-passed-on": "1" } });
  const site = siteBehind(request, "https://origin.example.org");
  if (!site) throw new Error("this path is the site's");
  const answer = await proxied(request, site, () => servicesFor(request, env as unknown as Env));
  expect([answer.status, answer.headers.get("cache-control")]).toEqual([508, "no-store"]);
});

test("a page with any number of slots waits for a few of them alone", async () => {
  const slots = '<i data-usher-slot="home"></i>'.repeat(500);
  vi.mocked(globalThis.fetch).mockImplementation(
    async () => new Response(slots, { headers: { "content-type": "text/html" } }),
  );
  let asked = 0;
  const answer = await opened((services) => ({
    ...services,
    people: {
      ...services.people,
      next: () => {
        asked++;
        return Promise.reject(new Error("the object is down"));
      },
    },
  }));
  expect(await answer.text()).toBe(slots);
  expect(asked).toBe(16);
});

test("a site that can't be reached is a bad gateway, without a word of why", async () => {
  vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("connect to 10.0.0.7 refused"));
  const answer = await opened((services) => services);
  expect([answer.status, await answer.text()]).toEqual([502, "The site can't be reached."]);
});

test.each([
  ["", "/tickets"],
  ["not an address", "/tickets"],
  ["javascript:alert(1)", "/tickets"],
  ["https://origin.example.org", "/_u/consent"],
  ["https://origin.example.org", "/_u"],
  ["https://origin.example.org", "/.well-known/gpc.json"],
])("with PROXY %j the path %s isn't passed on", (variable, path) => {
  expect(siteBehind(new Request(`https://www.example.org${path}`), variable)).toBeNull();
});

test.each([
  ["https://origin.example.org", "/tickets?x=1", "https://origin.example.org/tickets?x=1", true],
  [
    "https://origin.example.org/",
    "//evil.example.com/",
    "https://origin.example.org//evil.example.com/",
    true,
  ],
  ["https://origin.example.org off", "/_under", "https://origin.example.org/_under", false],
])("with PROXY %j the path %s goes to %s", (variable, path, target, touch) => {
  const site = siteBehind(new Request(`https://www.example.org${path}`), variable);
  expect([site?.target.href, site?.touch]).toEqual([target, touch]);
});
