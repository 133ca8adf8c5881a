/** Rights, secrets and silence across asserted claims. */
import { SignJWT } from "jose";
import { expect, test } from "vitest";
import { ALL, api, Browser, eventually, server } from "../../support/site.ts";
import { testBindings } from "../../support/bindings.ts";
import { evictDurableObject } from "cloudflare:test";
import { objectOf } from "../../support/objects.ts";

/** The object sleeps: what was only in memory is gone. */
const evict = (visitor: string): Promise<void> => evictDurableObject(objectOf(visitor));

export async function token(sub: string, email?: string): Promise<string> {
  const secret = Uint8Array.from(atob(testBindings.TOKEN_KEYS.split(":")[1]!), (c) =>
    c.charCodeAt(0),
  );
  return new SignJWT(email ? { email } : {})
    .setProtectedHeader({ alg: "HS256", kid: "t1" })
    .setSubject(sub)
    .setAudience(testBindings.SITE_NAME)
    .setExpirationTime("10m")
    .sign(secret);
}

export async function german(headers: Record<string, string> = {}): Promise<Browser> {
  const browser = new Browser({ "usher-region": "DE", ...headers });
  await browser.consent({ accept: "all" });
  return browser;
}

interface Person {
  id: string;
  stage: string;
  visitors: { id: string }[];
  identifiers: { kind: string; state: string; assurance: string }[];
}
const personOf = async (id: string): Promise<Person> =>
  (await api(`/people/${id}`)).body as unknown as Person;
let n = 0;
const id = (): string => `rights-${++n}`;
const signIn = async (device: Browser, user: string): Promise<void> => {
  const said = await device.send("identify", {
    messageId: id(),
    userId: user,
    context: { identityToken: await token(user) },
  });
  expect(said.body).toMatchObject({ accepted: 1 });
};
const rest = (visitor: string): Promise<unknown> =>
  eventually(async () => {
    const { identifiers } = await personOf(visitor);
    return identifiers.length > 0 && identifiers.every(({ state }) => state !== "waiting");
  });

test("a verified address stays its person's when a stranger with another user id types it, also after the object has slept", async () => {
  const email = "jane-1@example.org";
  const jane = await german();
  await jane.send("identify", {
    messageId: id(),
    userId: "jane-1",
    context: { identityToken: await token("jane-1", email) },
  });
  await rest(jane.visitor!);
  await evict(jane.visitor!);
  const stranger = await german();
  await stranger.send("identify", { messageId: id(), userId: "evil-1", traits: { email } });
  await rest(stranger.visitor!);
  const after = await personOf(jane.visitor!);
  expect(after.visitors).toHaveLength(1);
  expect(after.identifiers.find(({ kind }) => kind === "email")).toMatchObject({
    assurance: "verified",
    state: "settled",
  });
});

test("a verified sign-in keeps its device's past although a stranger typed the same address with another user id", async () => {
  const jane = await german();
  await jane.send("identify", { messageId: id(), traits: { email: "jane-3@example.org" } });
  await rest(jane.visitor!);
  const before = jane.visitor!;
  const stranger = await german();
  await stranger.send("identify", {
    messageId: id(),
    userId: "evil-3",
    traits: { email: "jane-3@example.org" },
  });
  await eventually(async () => (await personOf(before)).visitors.length === 2);
  await signIn(jane, "jane-3");
  expect(jane.visitor).toBe(before);
});

test("dismissing a hint under somebody's typed address doesn't silence it for them", async () => {
  const phone = {
    "user-agent":
      "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
  };
  const jane = await german(phone);
  await jane.send("identify", { messageId: id(), traits: { email: "jane-4@example.org" } });
  await rest(jane.visitor!);
  const stranger = await german(phone);
  await stranger.send("identify", { messageId: id(), traits: { email: "jane-4@example.org" } });
  await eventually(async () => (await personOf(jane.visitor!)).visitors.length === 2);
  for (let m = 0; m < 8; m++) {
    const next = await stranger.call("/_u/next?slot=home");
    if (next.body["hint"] === null) break;
    await stranger.call(`/_u/hints/${String(next.body["hint"])}/dismissed`, {});
  }
  const other = await german(phone);
  await other.send("identify", { messageId: id(), traits: { email: "other-4@example.org" } });
  await rest(other.visitor!);
  expect((await other.call("/_u/next?slot=home")).body["action"]).not.toBeNull();
  const hers = await jane.call("/_u/next?slot=home");
  expect(hers.body["action"]).not.toBeNull();
});

test("a verified refusal counts for a server's call also when five strangers said the address first", async () => {
  const email = "hans-6@example.org";
  for (let m = 0; m < 5; m++) {
    const stranger = await german();
    await stranger.send("identify", { messageId: id(), traits: { email } });
    await rest(stranger.visitor!);
  }
  const hans = await german();
  await hans.send("identify", {
    messageId: id(),
    userId: "hans-6",
    context: { identityToken: await token("hans-6", email) },
  });
  await rest(hans.visitor!);
  await hans.consent({ accept: "none" });
  const said = await server("track", {
    messageId: id(),
    event: "Bought",
    context: { traits: { email }, consent: { categoryPreferences: ALL } },
  });
  expect(said.body).toMatchObject({ accepted: 0, dropped: [{ reason: "consent" }] });
});

test("two verified users of one device stay two also when the first one's merge was refused", async () => {
  const home = await german();
  for (let m = 0; m < 5; m++)
    await home.send("identify", { messageId: id(), traits: { email: `ida-${m}@example.org` } });
  await signIn(home, "ida-7");
  await rest(home.visitor!);
  const library = await german();
  await library.send("identify", { messageId: id(), traits: { email: "ida-work@example.org" } });
  await signIn(library, "ida-7");
  await rest(library.visitor!);
  const before = library.visitor!;
  await signIn(library, "otto-7");
  expect(library.visitor).not.toBe(before);
});
