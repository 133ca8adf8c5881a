/** What somebody can do who types another's address, steals or forges a proof, or floods: nothing of the victim's. */
import { SignJWT } from "jose";
import { afterEach, beforeAll, expect, test } from "vitest";
import { DEFAULT_MERGE_RULES, type TokenRules } from "../../../src/domain/identity/rules.ts";
import { testBindings } from "../../support/bindings.ts";
import { settle } from "../../support/objects.ts";
import { api, Browser } from "../../support/site.ts";
import { identityToken, tokenKey } from "./tokens.ts";

const EMAIL = "victim@gmail.com";
const SECRET = "Season ticket block N4";
let victim: Browser;
let attacker: Browser;

const agreed = async (address: string): Promise<Browser> => {
  const browser = new Browser({ "usher-region": "DE", "cf-connecting-ip": address });
  await browser.consent({ accept: "all" });
  return browser;
};

beforeAll(async () => {
  victim = await agreed("203.0.113.50");
  await victim.send("identify", {
    messageId: "victim-in",
    userId: "victim",
    traits: { email: EMAIL, seat: SECRET },
    context: { identityToken: await identityToken("victim", EMAIL) },
  });
  await victim.send("track", {
    messageId: "victim-buys",
    event: "Bought",
    properties: { seat: SECRET },
  });
  attacker = await agreed("198.51.100.66");
  await attacker.send("identify", {
    messageId: "attack-1",
    userId: "victim",
    traits: { email: EMAIL },
  });
  await settle([victim.visitor!, attacker.visitor!]);
});

const page = async (browser: Browser, path: string) =>
  JSON.stringify((await browser.call(path, undefined, { "sec-fetch-site": "same-origin" })).body);

test("typing the victim's address and user id shows nothing of the victim", async () => {
  for (const path of ["/_u/me", "/_u/me/export"]) {
    const shown = await page(attacker, path);
    expect(shown).not.toContain(SECRET);
    expect(shown).not.toContain("victim-buys");
    expect(shown).not.toContain(victim.visitor);
  }
  expect(await page(victim, "/_u/me/export")).toContain(SECRET);
});

test("typing the victim's address opens no hint of the account", async () => {
  expect((await attacker.call("/_u/next?slot=home")).body).toMatchObject({ stage: "identified" });
  expect((await victim.call("/_u/next?slot=home")).body).toMatchObject({ stage: "person" });
});

test("withdrawing there doesn't withdraw for the victim", async () => {
  const other = await agreed("198.51.100.67");
  await other.send("identify", { messageId: "attack-2", traits: { email: EMAIL } });
  await settle([other.visitor!, victim.visitor!]);
  await other.consent({ accept: "none" });
  const said = await victim.send("track", { messageId: "still", event: "Still here" });
  expect(said.body).toMatchObject({ accepted: 1 });
});

test("erasing there doesn't erase the victim", async () => {
  const other = await agreed("198.51.100.68");
  await other.send("identify", { messageId: "attack-3", traits: { email: EMAIL } });
  await settle([other.visitor!, victim.visitor!]);
  await other.call("/_u/me/erase", "confirm=yes&confirmed=yes", {
    "content-type": "application/x-www-form-urlencoded",
    "sec-fetch-site": "same-origin",
  });
  await settle([other.visitor ?? victim.visitor!, victim.visitor!]);
  const { body } = await api(`/people/${victim.visitor}`);
  expect(body["traits"]).toMatchObject({ seat: SECRET });
});

test("typing the victim's address and unsubscribing doesn't silence the victim", async () => {
  await victim.send("track", { messageId: "v-news", event: "Newsletter Subscribed" });
  await attacker.send("track", { messageId: "attack-4", event: "Newsletter Unsubscribed" });
  await settle([victim.visitor!, attacker.visitor!]);
  const { body } = await api(`/people?identifier=email:${EMAIL}`);
  const [person] = body["people"] as { id: string }[];
  const known = (await api(`/people/${person?.id}`)).body["identifiers"] as {
    value: string;
    permissions: unknown[];
  }[];
  expect(known.find(({ value }) => value === EMAIL)?.permissions).toMatchObject([
    { channel: "email", state: "granted" },
  ]);
});

const foreign = new TextEncoder().encode("a-key-that-isn't-the-site's-own-0001");
const unsigned = (claims: object): string => {
  const part = (value: object) => btoa(JSON.stringify(value)).replaceAll("=", "");
  return `${part({ alg: "none", kid: "t1" })}.${part(claims)}.`;
};

test.each([
  ["expired", () => identityToken("victim", EMAIL, { expires: "-1m" })],
  ["of another site", () => identityToken("victim", EMAIL, { audience: "Other club" })],
  ["signed with another key", () => identityToken("victim", EMAIL, { signedWith: foreign })],
  ["unsigned", async () => unsigned({ sub: "victim", aud: testBindings.SITE_NAME, exp: 9e9 })],
  [
    "without an end",
    () =>
      new SignJWT({ email: EMAIL })
        .setProtectedHeader({ alg: "HS256", kid: "t1" })
        .setSubject("victim")
        .setAudience(testBindings.SITE_NAME)
        .sign(tokenKey),
  ],
])("a token %s proves nothing", async (name, make) => {
  const thief = await agreed("198.51.100.70");
  await thief.send("identify", {
    messageId: `token-${name}`,
    userId: "victim",
    context: { identityToken: await make() },
  });
  expect((await thief.call("/_u/next?slot=home")).body).toMatchObject({ stage: "identified" });
});

test("the attacker's own good token doesn't prove that it is the victim", async () => {
  const liar = await agreed("198.51.100.71");
  await liar.send("identify", {
    messageId: "liar",
    userId: "victim",
    context: { identityToken: await identityToken("liar", "liar@gmail.com") },
  });
  expect((await liar.call("/_u/next?slot=home")).body).toMatchObject({ stage: "identified" });
});

test("a good token of the victim's that is replayed on another device proves nothing there, and goes on proving on its own", async () => {
  const named = async (): Promise<string> =>
    new SignJWT({ email: "named@gmail.com", jti: "sign-in-1" })
      .setProtectedHeader({ alg: "HS256", kid: "t1" })
      .setSubject("named")
      .setAudience(testBindings.SITE_NAME)
      .setIssuedAt()
      .setExpirationTime("5m")
      .sign(tokenKey);
  const token = await named();
  const own = await agreed("203.0.113.80");
  const say = (browser: Browser, messageId: string) =>
    browser.send("identify", {
      messageId,
      userId: "named",
      traits: { seat: SECRET },
      context: { identityToken: token },
    });
  await say(own, "own-1");
  const thief = await agreed("198.51.100.80");
  await say(thief, "thief-1");
  await settle([own.visitor!, thief.visitor!]);
  expect((await own.call("/_u/next?slot=home")).body).toMatchObject({ stage: "person" });
  expect((await thief.call("/_u/next?slot=home")).body).toMatchObject({ stage: "identified" });
  for (const path of ["/_u/me", "/_u/me/export"]) {
    const shown = await page(thief, path);
    expect(shown).not.toContain("own-1");
    expect(shown).not.toContain(own.visitor);
  }
  await say(own, "own-2");
  expect((await own.call("/_u/next?slot=home")).body).toMatchObject({ stage: "person" });
});

/** The same bits in other letters: the last one stands for two that nobody reads. */
function respelt(token: string): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return token.slice(0, -1) + letters[letters.indexOf(token.at(-1)!) ^ 1];
}

/** What the officer says of the site's tokens. */
async function ruleTokens(tokens: TokenRules): Promise<void> {
  const { version: _, ...rules } = DEFAULT_MERGE_RULES;
  const saved = await api("/merge-rules", testBindings.OFFICER_TOKEN, { ...rules, tokens }, "PUT");
  expect(saved).toMatchObject({ status: 200, body: { tokens } });
}

afterEach(() => ruleTokens(DEFAULT_MERGE_RULES.tokens));

test("a token that is good for longer than the rules let one be proves nothing", async () => {
  await ruleTokens({ bound: "named", hours: 24 });
  for (const [n, [expires, stage]] of (
    [
      ["2d", "identified"],
      ["23h", "person"],
    ] as const
  ).entries()) {
    const browser = await agreed(`198.51.100.${90 + n}`);
    await browser.send("identify", {
      messageId: `lasting-${n}`,
      userId: `lasting-${n}`,
      context: { identityToken: await identityToken(`lasting-${n}`, undefined, { expires }) },
    });
    expect((await browser.call("/_u/next?slot=home")).body).toMatchObject({ stage });
  }
});

test("where all tokens are bound, one without a name that is replayed on another device proves nothing there, however it is spelt", async () => {
  await ruleTokens({ bound: "all", hours: null });
  const token = await new SignJWT({ email: "nameless@gmail.com" })
    .setProtectedHeader({ alg: "HS256", kid: "t1" })
    .setSubject("nameless")
    .setAudience(testBindings.SITE_NAME)
    .setExpirationTime("5m")
    .sign(tokenKey);
  const say = (browser: Browser, messageId: string, identityToken: string, at = Date.now()) =>
    browser.send(
      "identify",
      { messageId, userId: "nameless", traits: { seat: SECRET }, context: { identityToken } },
      { "usher-now": new Date(at).toISOString() },
    );
  const own = await agreed("203.0.113.82");
  await say(own, "nameless-own", token);
  const later = Date.now() + 60_000;
  const stolen = [token, respelt(token)];
  expect(new Set(stolen).size).toBe(2);
  for (const [n, identityToken] of stolen.entries()) {
    const thief = await agreed("198.51.100.82");
    await say(thief, `nameless-thief-${n}`, identityToken, later);
    // What only one isolate remembers must not be what keeps the thief out, nor let in whoever asks again.
    await say(thief, `nameless-again-${n}`, identityToken, later);
    await settle([own.visitor!, thief.visitor!]);
    expect((await thief.call("/_u/next?slot=home")).body).toMatchObject({ stage: "identified" });
    for (const path of ["/_u/me", "/_u/me/export"]) {
      const shown = await page(thief, path);
      expect(shown).not.toContain("nameless-own");
      expect(shown).not.toContain(own.visitor);
    }
    await thief.consent({ accept: "none" });
  }
  expect((await say(own, "nameless-back", token, later)).body).toMatchObject({ accepted: 1 });
  expect((await own.call("/_u/next?slot=home")).body).toMatchObject({ stage: "person" });
});

test("where all tokens are bound, one's own second device is proven by its own token, and by one that was made in the same second", async () => {
  await ruleTokens({ bound: "all", hours: null });
  const second = Math.floor(Date.now() / 1000);
  const tokenOf = (user: string, issued: number): Promise<string> =>
    new SignJWT({})
      .setProtectedHeader({ alg: "HS256", kid: "t1" })
      .setSubject(user)
      .setAudience(testBindings.SITE_NAME)
      .setIssuedAt(issued)
      .setExpirationTime(second + 300)
      .sign(tokenKey);
  for (const [user, apart] of [
    ["two-devices", 20],
    ["same-second", 0],
  ] as const) {
    const [phone, laptop] = [await agreed("203.0.113.83"), await agreed("203.0.113.84")];
    for (const [n, browser] of [phone, laptop].entries())
      await browser.send(
        "identify",
        {
          messageId: `${user}-${n}`,
          userId: user,
          context: { identityToken: await tokenOf(user, second - apart * n) },
        },
        { "usher-now": new Date((second + apart * n) * 1000).toISOString() },
      );
    await settle([phone.visitor!, laptop.visitor!]);
    expect((await laptop.call("/_u/next?slot=home")).body).toMatchObject({ stage: "person" });
    expect(await page(laptop, "/_u/me/export")).toContain(`${user}-0`);
  }
});

test("a device that a second user signed in on goes on with the token it was parted for", async () => {
  const tokenOf = (user: string): Promise<string> =>
    new SignJWT({ jti: `second-${user}` })
      .setProtectedHeader({ alg: "HS256", kid: "t1" })
      .setSubject(user)
      .setAudience(testBindings.SITE_NAME)
      .setExpirationTime("5m")
      .sign(tokenKey);
  const shared = await agreed("203.0.113.81");
  const say = async (messageId: string, user: string) =>
    shared.send("identify", {
      messageId,
      userId: user,
      context: { identityToken: await tokenOf(user) },
    });
  await say("first-user", "first-user");
  const first = shared.visitor;
  await say("second-user", "second-user");
  expect(shared.visitor).not.toBe(first);
  await say("second-again", "second-user");
  expect((await shared.call("/_u/next?slot=home")).body).toMatchObject({ stage: "person" });
});
