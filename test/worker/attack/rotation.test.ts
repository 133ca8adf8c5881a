/** Secrets that are replaced under visitors who are there: by another newest key, or by dropping one. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { Env } from "../../../src/env.ts";
import worker from "../../../src/worker.ts";
import { testBindings } from "../../support/bindings.ts";
import { settle } from "../../support/objects.ts";
import { api, Browser, ORIGIN, read, type Said, WRITE_KEY } from "../../support/site.ts";
import { identityToken } from "../identity/tokens.ts";

const key = (byte: number): string => btoa(String.fromCharCode(...new Uint8Array(32).fill(byte)));
const [newest = "", older = ""] = testBindings.COOKIE_KEYS.split(",");
const NEXT = `k3:${key(3)}`;

/** The Worker after `wrangler secret put`; the objects and what is stored are the same. */
const withSecrets = (secrets: Partial<Env>): Env => ({ ...(env as unknown as Env), ...secrets });

/** A call of this browser to the Worker with other secrets. */
async function call(to: Env, browser: Browser, path: string, body?: object): Promise<Said> {
  const cookie = [...browser.jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const request = new Request(`${ORIGIN}${path}`, {
    method: body ? "POST" : "GET",
    headers: { ...browser.headers, "content-type": "text/plain", ...(cookie ? { cookie } : {}) },
    ...(body ? { body: JSON.stringify({ writeKey: WRITE_KEY, ...body }) } : {}),
  });
  const said = await read(await worker.fetch(request as Parameters<typeof worker.fetch>[0], to));
  for (const [name, value] of said.cookies)
    if (value === "") browser.jar.delete(name);
    else browser.jar.set(name, value);
  return said;
}

const track = (to: Env, browser: Browser, messageId: string): Promise<Said> =>
  call(to, browser, "/_u/v1/track", { event: "Looked", messageId });

const DAY_1 = { "usher-region": "DE", "usher-now": "2026-01-01T08:00:00Z" };
const DAY_100 = "2026-04-11T08:00:00Z";

async function known(): Promise<Browser> {
  const browser = new Browser({ ...DAY_1 });
  await browser.consent({ choices: { measurement: true, recognition: true } });
  expect(browser.jar.get("usher")).toContain(".k2.");
  browser.headers["usher-now"] = DAY_100;
  return browser;
}

const lineOf = ({ headers }: Said, name: string): string =>
  headers.getSetCookie().find((line) => line.startsWith(`${name}=`)) ?? "";

test.each([
  ["an event", (to: Env, browser: Browser) => track(to, browser, crypto.randomUUID())],
  ["a look at the choices", (to: Env, browser: Browser) => call(to, browser, "/_u/consent")],
])(
  "after another newest key %s seals both cookies anew, of the same visitor, from the same day, for no longer",
  async (_, come) => {
    const browser = await known();
    const [visitor, choice = ""] = [browser.visitor, browser.jar.get("usher-consent")];
    const since = browser.jar.get("usher")?.split(".")[3];
    const to = withSecrets({ COOKIE_KEYS: `${NEXT},${newest},${older}` });
    const said = await come(to, browser);
    expect(said.status).toBe(200);
    expect(browser.jar.get("usher")?.split(".").slice(0, 5)).toEqual([
      "1",
      visitor,
      "",
      since,
      "k3",
    ]);
    expect(browser.jar.get("usher-consent")?.split("~")[0]).toBe(choice.split("~")[0]);
    expect(browser.jar.get("usher-consent")).toContain("~k3.");
    for (const name of ["usher", "usher-consent"])
      expect(lineOf(said, name)).toContain(`Max-Age=${(395 - 100) * 86_400};`);
    // From then on they say what they should, and the old keys can go.
    const again = await come(withSecrets({ COOKIE_KEYS: NEXT }), browser);
    expect(again.cookies.size).toBe(0);
    expect(browser.visitor).toBe(visitor);
  },
);

test("a cookie of a key that is gone says nothing: who comes with it is new, and a yes is no more", async () => {
  const browser = await known();
  const { visitor } = browser;
  const to = withSecrets({ COOKIE_KEYS: NEXT });
  const said = await track(to, browser, "gone");
  expect(said.body).toMatchObject({ accepted: 0, dropped: [{ reason: "consent" }] });
  expect(browser.visitor).toBeNull();
  const asked = await call(to, browser, "/_u/consent");
  expect(asked.body).toMatchObject({ decisions: { measurement: { granted: false } }, ask: true });
  await call(to, browser, "/_u/consent", { accept: "all" }).catch(() => undefined);
  expect(browser.visitor).not.toBe(visitor);
});

test("a no counts under whatever key, and is sealed by none that is gone", async () => {
  const browser = new Browser({ ...DAY_1, "usher-region": "US-NY" });
  await browser.consent({ accept: "none" });
  const to = withSecrets({ COOKIE_KEYS: NEXT });
  const said = await track(to, browser, "no");
  expect(said.body).toMatchObject({ accepted: 0, dropped: [{ reason: "consent" }] });
  expect(said.cookies.has("usher-consent")).toBe(false);
});

test("what was forged under the new key's name isn't sealed by it", async () => {
  const browser = await known();
  const forged = browser.jar.get("usher-consent")?.replace("~k2.", "~k3.") ?? "";
  browser.jar.set("usher-consent", forged);
  const to = withSecrets({ COOKIE_KEYS: `${NEXT},${newest}` });
  const said = await track(to, browser, "forged");
  expect(said.body).toMatchObject({ accepted: 0 });
  expect(said.cookies.has("usher-consent")).toBe(false);
});

test("an identity token and a mail's link are good as long as their key is listed", async () => {
  const token = await identityToken("rotating", "rotating@example.org");
  const link = (
    await api("/links", undefined, { identifier: "email:rotating@example.org", url: ORIGIN })
  ).body["go"] as string;
  const path = link.slice(ORIGIN.length);
  const listed = withSecrets({ TOKEN_KEYS: `t2:${key(5)},${testBindings.TOKEN_KEYS}` });
  const gone = withSecrets({ TOKEN_KEYS: `t2:${key(5)}` });
  const signIn = async (to: Env, messageId: string): Promise<string | null> => {
    const browser = new Browser({ "usher-region": "DE" });
    await browser.consent({ accept: "all" });
    const context = { identityToken: token };
    const said = await call(to, browser, "/_u/v1/identify", {
      messageId,
      userId: "rotating",
      context,
    });
    expect(said.body).toMatchObject({ accepted: 1 });
    return said.headers.get("usher-decision");
  };
  expect(await signIn(listed, "t-listed")).not.toContain("kid");
  expect(await signIn(gone, "t-gone")).toContain("its kid isn't among TOKEN_KEYS");
  const follower = new Browser();
  expect((await call(listed, follower, path)).status).toBe(302);
  expect((await call(gone, follower, path)).status).toBe(404);
});

test("another IDENTIFIER_KEY leaves cookies, journeys and refusals as they are, and finds nobody by an address", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  const { visitor } = browser;
  const said = { userId: "lost", traits: { email: "lost@example.org" } };
  await browser.send("identify", { messageId: "lost-1", ...said });
  await settle([visitor!]);
  const by = "/people?identifier=email:lost@example.org";
  expect((await api(by)).body["people"]).toHaveLength(1);

  const to = withSecrets({ IDENTIFIER_KEY: key(9) });
  const ask = async (path: string) => {
    const request = new Request(`${ORIGIN}/_u/api${path}`, {
      headers: { authorization: `Bearer ${testBindings.OWNER_TOKEN}` },
    });
    return read(await worker.fetch(request as Parameters<typeof worker.fetch>[0], to));
  };
  expect((await track(to, browser, "lost-2")).body).toMatchObject({ accepted: 1 });
  expect(browser.visitor).toBe(visitor);
  await settle([visitor!]);
  expect((await ask(by)).body["people"]).toEqual([]);
  const journey = await ask(`/people/${visitor}/journey`);
  expect(journey.body["events"]).toHaveLength(2);
  // Who says it again is taken for another: under the new key it is another user than the one who is known here.
  await call(to, browser, "/_u/v1/identify", { messageId: "lost-3", ...said });
  expect(browser.visitor).not.toBe(visitor);
  await settle([visitor!, browser.visitor!]);
  expect((await ask(by)).body["people"]).toMatchObject([{ id: browser.visitor }]);
});
