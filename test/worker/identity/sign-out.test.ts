/**
 * Clients of other makers forget the user when somebody signs out, give the browser another name, and tell nobody. What
 * follows isn't the person's before.
 */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { policies } from "../../../src/http/documents.ts";
import { identifierKeys } from "../../support/identifier-keys.ts";
import { settle } from "../../support/objects.ts";
import { ALL, api, Browser, OFFICER_TOKEN, server, WRITE_KEY } from "../../support/site.ts";

async function agreed(): Promise<Browser> {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  return browser;
}

/** `who` is a user, if any, and the name that the browser goes by. */
const said = (id: string, anonymousId: string, userId?: string) => ({
  messageId: id,
  anonymousId,
  ...(userId === undefined ? {} : { userId }),
});

const page = (browser: Browser, id: string, anonymousId: string, userId?: string) =>
  browser.send("page", { ...said(id, anonymousId, userId), name: id });
const identify = (browser: Browser, id: string, anonymousId: string, userId: string) =>
  browser.send("identify", said(id, anonymousId, userId));

async function person(identifier: string) {
  const { people } = (await api(`/people?identifier=${identifier}`)).body as {
    people: { id: string }[];
  };
  expect(people.length).toBeLessThan(2);
  const [found] = people;
  if (!found) return { ids: [], names: [] };
  const { events } = (await api(`/people/${found.id}/journey`)).body as {
    events: { id: string }[];
  };
  const { identifiers } = (await api(`/people/${found.id}`)).body as {
    identifiers: { kind: string; value: string }[];
  };
  return {
    ids: events.map(({ id }) => id).sort(),
    names: identifiers
      .flatMap(({ kind, value }) => (kind === "anonymous_id" ? [value] : []))
      .sort(),
  };
}

test("what is said under a new name after a sign-out is the next user's, and the person before keeps their own", async () => {
  const browser = await agreed();
  await page(browser, "so-1", "so-anon-1");
  await identify(browser, "so-2", "so-anon-1", "so-anna");
  const before = browser.visitor!;
  const cookies = new Map(browser.jar);
  expect((await page(browser, "so-3", "so-anon-2")).body).toMatchObject({ accepted: 1 });
  const after = browser.visitor!;
  expect(after).not.toBe(before);
  await browser.send("track", { ...said("so-4", "so-anon-2"), event: "Searched" });
  await identify(browser, "so-5", "so-anon-2", "so-bert");
  expect(browser.visitor).toBe(after);
  await settle([before, after]);
  expect(await person("user_id:so-anna")).toEqual({ ids: ["so-1", "so-2"], names: ["so-anon-1"] });
  expect(await person("user_id:so-bert")).toEqual({
    ids: ["so-3", "so-4", "so-5"],
    names: ["so-anon-2"],
  });

  // A repetition with the cookie of before lands where the first one did, and is known for what it is.
  const again = new Browser({ "usher-region": "DE" });
  for (const [name, value] of cookies) again.jar.set(name, value);
  expect((await page(again, "so-3", "so-anon-2")).body).toMatchObject({
    accepted: 0,
    dropped: [{ reason: "duplicate" }],
  });
  expect(again.visitor).toBe(after);
  // Consent goes along: what is said next needs no new answer.
  expect((await page(again, "so-6", "so-anon-2")).body).toMatchObject({ accepted: 1 });
});

test("a batch that spans the sign-out is parted where it happened", async () => {
  const browser = await agreed();
  await identify(browser, "sb-1", "sb-anon-1", "sb-anna");
  const before = browser.visitor!;
  const track = (id: string, anonymousId: string, userId?: string) => ({
    ...said(id, anonymousId, userId),
    type: "track",
    event: "Looked",
  });
  await browser.call("/_u/v1/batch", {
    writeKey: WRITE_KEY,
    batch: [
      track("sb-2", "sb-anon-1", "sb-anna"),
      track("sb-3", "sb-anon-2"),
      track("sb-4", "sb-anon-2", "sb-bert"),
      track("sb-5", "sb-anon-2", "sb-bert"),
    ],
  });
  await settle([before, browser.visitor!]);
  expect(await person("user_id:sb-anna")).toEqual({ ids: ["sb-1", "sb-2"], names: ["sb-anon-1"] });
  expect(await person("user_id:sb-bert")).toEqual({
    ids: ["sb-3", "sb-4", "sb-5"],
    names: ["sb-anon-2"],
  });
});

test("a site's hosts with a name each make one visitor more at most, and who signed in is one person", async () => {
  const browser = await agreed();
  await page(browser, "sh-0", "sh-shop");
  await identify(browser, "sh-1", "sh-www", "sh-anna");
  const visitors = new Set([browser.visitor!]);
  // Known from before the sign-in.
  await page(browser, "sh-2", "sh-shop");
  expect(visitors.has(browser.visitor!)).toBe(true);
  for (let round = 0; round < 3; round++)
    for (const [n, send] of [
      () => page(browser, `sh-t${round}`, "sh-tickets"),
      () => page(browser, `sh-w${round}`, "sh-www", "sh-anna"),
      () => page(browser, `sh-s${round}`, "sh-shop"),
      () => page(browser, `sh-n${round}`, "sh-www"),
    ].entries()) {
      expect((await send()).body, `${n}`).toMatchObject({ accepted: 1 });
      visitors.add(browser.visitor!);
      await settle([...visitors]);
    }
  expect(visitors.size).toBe(2);
  expect((await person("user_id:sh-anna")).ids).toHaveLength(15);
});

test("a client with a new name for every page doesn't make a visitor of each for ever", async () => {
  const browser = await agreed();
  const visitors = new Set<string>();
  for (let n = 0; n < 40; n++) {
    await page(browser, `sm-${n}-page`, `sm-${n}`);
    await identify(browser, `sm-${n}-identify`, `sm-${n}`, "sm-anna");
    visitors.add(browser.visitor!);
  }
  expect(visitors.size).toBe(21);
});

test("names that aren't the client's own, and what servers say, make nobody new", async () => {
  const browser = await agreed();
  // What another tool left, before the client says its own name.
  browser.jar.set("_ga", "GA1.2.111111111.1600000000");
  await browser.send("identify", { messageId: "sl-1", userId: "sl-anna" });
  const visitor = browser.visitor!;
  await page(browser, "sl-2", "sl-own");
  expect(browser.visitor).toBe(visitor);
  browser.jar.set("_sp_id.1fff", "11111111-2222-4333-8444-555555555555.1600000000.1");
  await page(browser, "sl-3", "sl-own");
  await page(browser, "sl-4", "11111111-2222-4333-8444-555555555555");
  await browser.send("page", {
    ...said("sl-5", "sl-own"),
    context: { externalIds: [{ id: "sl-outside", type: "anonymous_id" }] },
  });
  expect(browser.visitor).toBe(visitor);

  const consent = { consent: { categoryPreferences: ALL } };
  await server("identify", { ...said("sl-6", "sl-till", "sl-otto"), context: consent });
  await server("track", { ...said("sl-7", "sl-till"), event: "Paid", context: consent });
  await settle([await identifierKeys.sourceVisitor("anonymous_id", "sl-till")]);
  expect((await person("user_id:sl-otto")).ids).toEqual(["sl-6", "sl-7"]);
});

test("our own snippet's new name, and one after a week away, is a storage that was emptied", async () => {
  const browser = await agreed();
  const library = { context: { library: { name: "usher.js", version: "0.2.0" } } };
  await browser.send("identify", { ...said("sw-1", "sw-snippet-1", "sw-anna"), ...library });
  await identify(browser, "sw-2", "sw-anon-1", "sw-anna");
  const visitor = browser.visitor!;
  await browser.send("page", { ...said("sw-3", "sw-snippet-2"), ...library });
  expect(browser.visitor).toBe(visitor);
  const later = (days: number): Record<string, string> => ({
    "usher-now": new Date(Date.now() + days * 86_400_000).toISOString(),
  });
  await browser.send("page", said("sw-4", "sw-anon-2"), later(8));
  expect(browser.visitor).toBe(visitor);
  await browser.send("page", said("sw-5", "sw-anon-3"), later(9));
  expect(browser.visitor).not.toBe(visitor);
});

test("where the officer wants one user a device a new name is nobody new, and nothing is dropped for it", async () => {
  const { body: policy } = await api("/policy", OFFICER_TOKEN);
  const strict = { ...policy, sharedDevice: { secondUser: "refuse" } };
  await api("/policy?note=One+user+a+device", OFFICER_TOKEN, strict, "PUT");
  policies.forget(env.DB);
  const browser = await agreed();
  await identify(browser, "sr-1", "sr-anon-1", "sr-anna");
  const visitor = browser.visitor;
  for (const id of ["sr-2", "sr-3"])
    expect((await page(browser, id, "sr-anon-2")).body).toMatchObject({ accepted: 1 });
  expect(browser.visitor).toBe(visitor);
});
