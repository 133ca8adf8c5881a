/** Where a withdrawal erases, whoever withdrew is erased, though nobody was left who could have seen to it. */
import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { bringEverything } from "../../src/carrier.ts";
import { DEFAULT_POLICY } from "../../src/domain/consent/default-policy.ts";
import { policies } from "../../src/http/documents.ts";
import { continueErasures } from "../../src/privacy/erase.ts";
import { nightlyPorts } from "../../src/services.ts";
import { identityToken } from "../worker/identity/tokens.ts";
import { inject } from "../support/faults.ts";
import { objectOf, settle } from "../support/objects.ts";
import { surround, watch, type Watching } from "../support/outside.ts";
import { api, Browser, OFFICER_TOKEN, server } from "../support/site.ts";

beforeAll(async () => {
  const policy = { ...DEFAULT_POLICY, withdrawal: "erase" };
  expect((await api("/policy", OFFICER_TOKEN, policy, "PUT")).status).toBe(200);
  policies.forget(env.DB);
});

const cron = (): Promise<unknown> =>
  continueErasures(
    nightlyPorts(env, () => undefined),
    Date.now(),
  );

/** By then the request is written; what goes wrong after that is any erasure's trouble (erasures.test.ts). */
const BEGUN = 10;

let n = 0;
async function agreed(): Promise<{ browser: Browser; visitor: string }> {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  await browser.send("identify", {
    messageId: `in-${++n}`,
    userId: `withdraws-${n}`,
    traits: { email: `withdraws-${n}@example.org` },
  });
  await settle([browser.visitor!]);
  return { browser, visitor: browser.visitor! };
}

/** By its receipts; null: nobody of this name is left. */
async function lastWord(visitor: string): Promise<string | null> {
  if ((await api(`/people/${visitor}`)).status === 404) return null;
  const { receipts } = (await api(`/receipts?visitor=${visitor}`)).body as {
    receipts: { kind: string }[];
  };
  return receipts.at(-1)?.kind ?? "";
}

const troubles: Record<string, (nth: number) => Promise<Watching>> = {
  "its Nth call to the outside fails before it took effect": (nth) =>
    watch({ nth, when: "before", ports: ["r2", "object"] }),
  "its Nth call to the outside fails after it took effect": (nth) =>
    watch({ nth, when: "after", ports: ["r2", "object"] }),
  "the object is killed before the Nth thing that it waits for": async (nth) =>
    inject({ nth, when: "before", what: "kill" }),
  "the object is killed after the Nth thing that it waits for": async (nth) =>
    inject({ nth, when: "after", what: "kill" }),
};

test.each(Object.entries(troubles))(
  "who withdraws, and doesn't ask again when %s, is erased by what the object and cron do later, or hasn't withdrawn",
  async (_, begin) => {
    const outcomes = new Set<string | null>();
    for (let nth = 1; ; nth++) {
      const { browser, visitor } = await agreed();
      const trouble = await begin(nth);
      await browser.consent({ accept: "none" }).catch(() => null);
      const { calls, hit } = trouble;
      trouble.stop();
      await settle([visitor]);
      for (let runs = 0; runs < 2; runs++) await cron();
      const word = await lastWord(visitor);
      expect([hit, word]).toEqual([hit, word === null ? null : "grant"]);
      outcomes.add(word);
      if (calls < nth || nth === BEGUN) break;
    }
    expect(outcomes).toContain(null);
  },
);

const between: Record<string, (visitor: string) => Promise<unknown>> = {
  "before anybody went on with the erasure": () => Promise.resolve(),
  "once their object has written it down": (visitor) => settle([visitor]),
};

test.each(
  Object.entries(troubles).flatMap(([trouble, begin]) =>
    Object.entries(between).map(([moment, pass]) => [trouble, moment, begin, pass] as const),
  ),
)(
  "whoever withdraws when %s, and agrees again %s, keeps the newer word and loses what was before",
  async (_, __, begin, pass) => {
    for (let nth = 1; ; nth++) {
      const { browser, visitor } = await agreed();
      const trouble = await begin(nth);
      const told = await browser.consent({ accept: "none" }).catch(() => null);
      const { calls, hit } = trouble;
      trouble.stop();
      const withdrew = told?.status === 200 || (await lastWord(visitor)) !== "grant";
      await pass(visitor);
      expect((await browser.consent({ accept: "all" })).status).toBe(200);
      const now = browser.visitor ?? "";
      const sent = await browser.send("page", { messageId: `again-${n}` });
      expect([nth, hit, sent.body]).toEqual([
        nth,
        hit,
        { success: true, accepted: 1, dropped: [] },
      ]);
      await settle([visitor, now]);
      for (let runs = 0; runs < 2; runs++) await cron();
      expect([hit, await lastWord(now)]).toEqual([hit, "grant"]);
      if (withdrew)
        expect([nth, now === visitor, await lastWord(visitor)]).toEqual([nth, false, null]);
      if (calls < nth || nth === BEGUN) break;
    }
  },
);

/** Signed in as this user. */
async function signedIn(user: string): Promise<{ browser: Browser; visitor: string }> {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  // Each its own: what one device has proved isn't taken from another.
  const token = await identityToken(user, undefined, { expires: `${++n} minutes` });
  const context = { identityToken: token };
  await browser.send("identify", { messageId: `in-${n}`, userId: user, context });
  return { browser, visitor: browser.visitor! };
}

/** As far as their object: nobody is left who would erase them. To be recognised goes on being agreed to. */
async function withdrawHalfway(browser: Browser): Promise<void> {
  const trouble = await watch({ nth: 1, when: "before", ports: ["r2"] });
  await browser.consent({ choices: { advertising: false } });
  trouble.stop();
  expect(trouble.hit).not.toBeNull();
}

test.each(Object.entries(between))(
  "on another of their devices, too, a newer yes isn't erased with what was before it, %s",
  async (_, pass) => {
    const user = `has two devices ${++n}`;
    const [phone, desk] = [await signedIn(user), await signedIn(user)];
    await settle([phone.visitor, desk.visitor]);
    await withdrawHalfway(phone.browser);
    await pass(phone.visitor);
    await desk.browser.consent({ accept: "all" });
    const now = desk.browser.visitor ?? "";
    await settle([phone.visitor, now]);
    for (let runs = 0; runs < 2; runs++) await cron();
    expect(await Promise.all([phone.visitor, desk.visitor, now].map(lastWord))).toEqual([
      null,
      null,
      "grant",
    ]);
  },
);

/** What objects and cron do of it later. */
async function erased(visitors: readonly string[]): Promise<void> {
  await rung(visitors);
  for (let runs = 0; runs < 2; runs++) await cron();
  await settle(visitors);
}

/** Also where they don't come to rest, because somebody is to be erased first. */
async function rung(visitors: readonly string[]): Promise<void> {
  await bringEverything();
  for (let times = 0; times < 3; times++)
    for (const visitor of visitors) await runDurableObjectAlarm(objectOf(visitor));
}

test.each(Object.entries(between))(
  "whoever signs in on a new device isn't erased with what they withdrew before, %s",
  async (_, pass) => {
    const user = `comes back ${++n}`;
    const before = await signedIn(user);
    await settle([before.visitor]);
    await withdrawHalfway(before.browser);
    await pass(before.visitor);
    const after = await signedIn(user);
    await rung([after.visitor]);
    await settle([before.visitor]);
    for (let runs = 0; runs < 2; runs++) await cron();
    await settle([after.visitor, before.visitor]);
    expect(await Promise.all([before.visitor, after.visitor].map(lastWord))).toEqual([
      null,
      "grant",
    ]);
    expect((await after.browser.send("page", { messageId: `on-${n}` })).body).toMatchObject({
      accepted: 1,
    });
    expect((await api(`/people/${after.visitor}`)).body["stage"]).toBe("person");
  },
);

test("of three devices, none that is still to be erased takes a newer yes with it, wherever their erasure is cut off", async () => {
  for (let nth = 1; nth <= 4; nth++) {
    const user = `has three devices ${++n}`;
    const hub = await signedIn(user);
    await settle([hub.visitor]);
    const [withdraws, agrees] = [await signedIn(user), await signedIn(user)];
    await settle([hub, withdraws, agrees].map(({ visitor }) => visitor));
    let erasures = 0;
    const stop = await surround(
      (what, call) => {
        if (what === "object.erase" && ++erasures >= nth) throw new Error("failed by the test");
        return call();
      },
      ["object"],
    );
    await withdraws.browser.consent({ choices: { advertising: false } });
    stop();
    expect(erasures).toBeGreaterThanOrEqual(nth);
    await agrees.browser.consent({ accept: "all" });
    const now = agrees.browser.visitor ?? "";
    const all = [hub.visitor, withdraws.visitor, agrees.visitor];
    await erased(all);
    expect([nth, ...(await Promise.all([...all, now].map(lastWord)))]).toEqual([
      nth,
      null,
      null,
      null,
      "grant",
    ]);
  }
});

test("what a server says of who is to be erased needs a consent of its own, since what they said before goes with them", async () => {
  const user = `is served ${++n}`;
  const { browser, visitor } = await signedIn(user);
  await settle([visitor]);
  await withdrawHalfway(browser);
  const timestamp = new Date(Date.now() + 1).toISOString();
  const bought = { userId: user, event: "Bought", timestamp };
  const unsaid = await server("track", { ...bought, messageId: `bought-${n}` });
  expect(unsaid.body).toMatchObject({ accepted: 0, dropped: [{ reason: "consent" }] });
  const consent = { categoryPreferences: { measurement: true } };
  const messageId = `bought-again-${n}`;
  const said = await server("track", { ...bought, messageId, context: { consent } });
  expect(said.body).toMatchObject({ accepted: 1, dropped: [] });
  await erased([visitor]);
});

test("while somebody is to be erased, officers go on seeing everybody, them too", async () => {
  const user = `is looked for ${++n}`;
  const [phone, desk] = [await signedIn(user), await signedIn(user)];
  await settle([phone.visitor, desk.visitor]);
  await withdrawHalfway(phone.browser);
  const paths = [
    "/people",
    `/people?identifier=user_id:${encodeURIComponent(user)}`,
    `/people/${phone.visitor}`,
    `/people/${phone.visitor}/next`,
  ];
  const statuses = await Promise.all(paths.map(async (path) => (await api(path)).status));
  expect(statuses).toEqual([200, 200, 200, 200]);
  await erased([phone.visitor, desk.visitor]);
});

test("who withdraws is erased by one request, whoever begins it", async () => {
  const { browser, visitor } = await agreed();
  const before = (await env.KEYS.list({ prefix: "request/" })).objects.length;
  await Promise.all([browser.consent({ accept: "none" }), settle([visitor])]);
  await settle([visitor]);
  await cron();
  expect((await env.KEYS.list({ prefix: "request/" })).objects).toHaveLength(before + 1);
  expect((await env.KEYS.list({ prefix: "open/" })).objects).toEqual([]);
  expect((await env.KEYS.list({ prefix: `about/${visitor}/` })).objects).toEqual([]);
});
