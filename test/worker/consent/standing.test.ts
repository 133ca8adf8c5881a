/** The gate over time and over devices. */
import { exports } from "cloudflare:workers";
import { SignJWT } from "jose";
import { expect, test } from "vitest";
import {
  api,
  Browser,
  eventually,
  ORIGIN,
  read,
  type Said,
  server,
  SERVER_KEY,
} from "../../support/site.ts";
import { testBindings } from "../../support/bindings.ts";
import { settle } from "../../support/objects.ts";

async function token(sub: string, at = Date.now()): Promise<string> {
  const secret = Uint8Array.from(atob(testBindings.TOKEN_KEYS.split(":")[1]!), (c) =>
    c.charCodeAt(0),
  );
  return new SignJWT({})
    .setProtectedHeader({ alg: "HS256", kid: "t1" })
    .setSubject(sub)
    .setAudience(testBindings.SITE_NAME)
    .setExpirationTime(Math.floor(at / 1000) + 600)
    .sign(secret);
}
interface Person {
  visitors: { id: string }[];
  identifiers: { state: string }[];
}
const personOf = async (id: string): Promise<Person> =>
  (await api(`/people/${id}`)).body as unknown as Person;
let n = 0;
const id = (): string => `consent-${++n}`;
const german = async (headers: Record<string, string> = {}): Promise<Browser> => {
  const browser = new Browser({ "usher-region": "DE", ...headers });
  await browser.consent({ accept: "all" });
  return browser;
};
const signIn = async (device: Browser, user: string): Promise<void> => {
  const said = await device.send("identify", {
    messageId: id(),
    userId: user,
    context: { identityToken: await token(user) },
  });
  expect(said.body).toMatchObject({ accepted: 1 });
};
const together = (visitor: string, count: number): Promise<unknown> =>
  eventually(async () => (await personOf(visitor)).visitors.length === count);
const rest = (visitor: string): Promise<unknown> =>
  eventually(async () => {
    const { identifiers } = await personOf(visitor);
    return identifiers.length > 0 && identifiers.every(({ state }) => state !== "waiting");
  });

test("a withdrawal on one device holds on the person's other device for every further event, not for one", async () => {
  const [phone, laptop] = [await german(), await german()];
  await signIn(phone, "john-1");
  await signIn(laptop, "john-1");
  await together(phone.visitor!, 2);
  await phone.consent({ accept: "none" });
  expect((await laptop.send("track", { event: "One", messageId: id() })).body).toMatchObject({
    accepted: 0,
  });
  expect((await laptop.send("track", { event: "Two", messageId: id() })).body).toMatchObject({
    accepted: 0,
  });
});

test("an informed override lets the yes that stands go before Global Privacy Control, also said on its own and later", async () => {
  for (const when of ["before", "with"]) {
    const browser = new Browser({ "usher-region": "US-CA" });
    const gpc = { "sec-gpc": "1" };
    await browser.consent({ accept: "all" }, when === "with" ? gpc : {});
    const seen = await browser.call("/_u/consent", undefined, gpc);
    expect(seen.body).toMatchObject({ decisions: { advertising: { code: "gpc-opted-out" } } });
    const said = await browser.consent({ override: ["gpc"] }, gpc);
    const overruled = { decisions: { advertising: { granted: true, code: "choice-override" } } };
    expect(said.body, when).toMatchObject(overruled);
    expect((await browser.call("/_u/consent", undefined, gpc)).body).toMatchObject(overruled);
    const ended = await browser.consent({ override: [] }, gpc);
    expect(ended.body).toMatchObject({ decisions: { advertising: { code: "gpc-opted-out" } } });
  }
});

test("GPC seen first by the consent document of a known visitor is proved by a receipt", async () => {
  const browser = new Browser({ "usher-region": "US-CA" });
  await browser.send("page", { messageId: id(), anonymousId: "gpc-2" });
  await browser.consent({ accept: "all" });
  await browser.call("/_u/consent", undefined, { "sec-gpc": "1" });
  await browser.send("page", { messageId: id(), anonymousId: "gpc-2" }, { "sec-gpc": "1" });
  await settle([browser.visitor!]);
  const { body } = await api(`/receipts?visitor=${browser.visitor}`);
  expect((body["receipts"] as { kind: string }[]).map(({ kind }) => kind)).toContain("opt-out");
});

test("GPC seen first by the consent document counts for the site's server too", async () => {
  const browser = new Browser({ "usher-region": "US-CA" });
  await browser.consent({ accept: "all" });
  await signIn(browser, "gpc-3");
  await rest(browser.visitor!);
  await browser.call("/_u/consent", undefined, { "sec-gpc": "1" });
  await browser.send("page", { messageId: id() }, { "sec-gpc": "1" });
  const said = await server("track", {
    userId: "gpc-3",
    event: "Bought",
    messageId: "gpc-3-server",
  });
  expect(said.body).toMatchObject({ accepted: 1 });
  const event = await eventually(async () => {
    const { body } = await api(`/people/${browser.visitor}/journey`);
    return (
      (body["events"] as { id: string; purposes: string[] }[]).find(
        (each) => each.id === "gpc-3-server",
      ) ?? null
    );
  });
  expect(event.purposes).not.toContain("advertising");
});

async function serverAt(now: string, call: string, body: unknown): Promise<Said> {
  return read(
    await exports.default.fetch(`${ORIGIN}/_u/v1/${call}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${SERVER_KEY}`,
        "content-type": "application/json",
        "usher-now": now,
      },
      body: JSON.stringify(body),
    }),
  );
}

test("a grant that has expired grants nothing to a server's call that carries less", async () => {
  const then = { "usher-now": "2024-01-01T00:00:00Z" };
  const browser = await german(then);
  const said = await browser.send("identify", {
    messageId: id(),
    userId: "old-4",
    context: { identityToken: await token("old-4", Date.parse("2024-01-01T00:00:00Z")) },
  });
  expect(said.body).toMatchObject({ accepted: 1 });
  await rest(browser.visitor!);
  const source = {
    userId: "old-4",
    event: "Bought",
    context: { consent: { categoryPreferences: { measurement: true, recognition: true } } },
  };
  const now = "2026-11-22T10:00:00Z";
  await serverAt(then["usher-now"], "track", { ...source, messageId: "old-4-a" });
  await together(browser.visitor!, 2);
  expect((await serverAt(now, "track", { ...source, messageId: "old-4-b" })).body).toMatchObject({
    accepted: 1,
  });
  const event = await eventually(async () => {
    const { body } = await api(`/people/${browser.visitor}/journey`);
    return (
      (body["events"] as { id: string; purposes: string[] }[]).find(
        (each) => each.id === "old-4-b",
      ) ?? null
    );
  });
  expect(event.purposes).not.toContain("advertising");
});

test("an answer that arrives after a newer one doesn't replace it", async () => {
  const browser = await german({ "usher-now": "2026-11-22T10:00:00Z" });
  await browser.send("track", { event: "Looked", messageId: id() });
  const jar = new Map(browser.jar);
  await browser.consent({ accept: "none" }, { "usher-now": "2026-11-22T10:00:10Z" });
  const late = new Browser({ "usher-region": "DE" });
  for (const [name, value] of jar) late.jar.set(name, value);
  await late.consent({ accept: "all" }, { "usher-now": "2026-11-22T10:00:05Z" });
  for (const [name, value] of jar) late.jar.set(name, value);
  const said = await late.send(
    "track",
    { event: "After", messageId: id() },
    { "usher-now": "2026-11-22T10:00:20Z" },
  );
  expect(said.body).toMatchObject({ accepted: 0, dropped: [{ reason: "consent" }] });
});

test("a mail's pixel doesn't take its consent from where the mail was fetched", async () => {
  const before = await read(
    await exports.default.fetch(`${ORIGIN}/_u/px.gif?userId=hans-7&messageId=${id()}`, {
      headers: {
        "usher-region": "US-NY",
        "user-agent":
          "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
        "cf-connecting-ip": "203.0.113.9",
      },
    }),
  );
  expect(before.headers.get("usher-decision")).toContain("dropped 1 (consent)");
});

test("somebody erased is recorded again only after a new consent", async () => {
  const browser = await german();
  await browser.send("track", { event: "Looked", messageId: id() });
  const { env } = await import("cloudflare:workers");
  const visitor = browser.visitor!;
  await (
    env.PERSON.get(env.PERSON.idFromName(visitor)) as unknown as {
      erase(e: number, v: string, n: number): Promise<unknown>;
    }
  ).erase(0, visitor, Date.now());
  const first = await browser.send("track", { event: "One", messageId: id() });
  expect(first.body).toMatchObject({ accepted: 0, dropped: [{ reason: "erased" }] });
  const second = await browser.send("track", { event: "Two", messageId: id() });
  expect(second.body).toMatchObject({ accepted: 0 });
});

test("who withdrew everything and came back with a new yes is heard of from the site's server, too, though their old device can't be joined", async () => {
  const browser = await german();
  await signIn(browser, "back-1");
  await rest(browser.visitor!);
  await browser.consent({ accept: "none" });
  const told = (): Promise<Said> =>
    server("track", { userId: "back-1", event: "Bought", messageId: id() });
  expect((await told()).body).toMatchObject({ accepted: 0, dropped: [{ reason: "consent" }] });
  await browser.consent({ accept: "all" });
  await signIn(browser, "back-1");
  await rest(browser.visitor!);
  expect((await told()).body).toMatchObject({ accepted: 1 });
});

test("an error nobody foresaw has a code and a message", async () => {
  const { failure } = await import("../../../src/http/respond.ts");
  const body = (await failure(new Error("x")).json()) as { error: Record<string, unknown> };
  expect(Object.keys(body.error).sort()).toEqual(["code", "message"]);
});
