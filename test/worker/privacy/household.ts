/** Three people for tests of exports and erasures, over the Worker's front door, and a look at everything that is stored. */
import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { SignJWT } from "jose";
import { expect } from "vitest";
import type { VisitorId } from "../../../src/domain/ids.ts";
import type { Person } from "../../../src/worker.ts";
import { testBindings } from "../../support/bindings.ts";
import { settle } from "../../support/objects.ts";
import { api, Browser, eventually, server } from "../../support/site.ts";
import { books } from "../d1/books.ts";

const [kid = "", secret = ""] = testBindings.TOKEN_KEYS.split(":");

/** As the site would sign it. */
export const tokenOf = (userId: string, email: string): Promise<string> =>
  new SignJWT({ email })
    .setProtectedHeader({ alg: "HS256", kid })
    .setSubject(userId)
    .setAudience(testBindings.SITE_NAME)
    .setExpirationTime("1h")
    .sign(Uint8Array.from(atob(secret), (char) => char.charCodeAt(0)));

export interface Household {
  /** Jane's two devices, both signed in, and what the site's server says of her. */
  jane: { tablet: Browser; phone: Browser; visitors: VisitorId[] };
  /** Typed Jane's address into a form. */
  mike: Browser;
  /** Shares nothing with anybody. */
  kate: Browser;
  email: string;
  userId: string;
  /** Raw values and index keys that name Jane and nobody else, but for the address, which Mike said too. */
  names: string[];
  /** All objects that took part. */
  everybody: string[];
}

const CONSENT = {
  measurement: true,
  personalization: true,
  recognition: true,
  advertising: true,
};

const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";

export async function moveIn(name: string): Promise<Household> {
  const email = `jane.${name}@example.org`;
  const userId = `user-${name}`;
  const [tablet, phone, mike, kate] = await Promise.all(
    ["tablet", "phone", "mike", "kate"].map(async (who) => {
      const browser = new Browser({
        "usher-region": "DE",
        ...(who === "phone" ? { "user-agent": IPHONE } : {}),
      });
      expect((await browser.consent({ accept: "all" })).status).toBe(200);
      const read = await browser.send("page", {
        messageId: `${name}-${who}-1`,
        anonymousId: `anon-${name}-${who}`,
        properties: { title: who, topic: "tickets" },
      });
      expect(read.body).toMatchObject({ accepted: 1 });
      return browser;
    }),
  );
  if (!tablet || !phone || !mike || !kate) throw new Error("nobody moved in");
  for (const [n, browser] of [tablet, phone].entries()) {
    const signIn = await browser.send("identify", {
      messageId: `${name}-sign-in-${n}`,
      userId,
      traits: { name: `Jane Doe ${name}`, email },
      context: { identityToken: await tokenOf(userId, email) },
    });
    expect(signIn.body).toMatchObject({ accepted: 1 });
  }
  await server("identify", {
    messageId: `${name}-server`,
    userId,
    traits: { email, phone: `+49309018${name.replace(/\D/g, "").padStart(3, "0")}` },
    context: { consent: { categoryPreferences: CONSENT } },
  });
  const next = await phone.call("/_u/next?slot=hero");
  const shown = await phone.call(`/_u/hints/${next.body["hint"] as string}/shown`, {});
  expect(shown.status).toBe(200);
  await mike.send("identify", { messageId: `${name}-typed`, traits: { email } });
  await kate.send("identify", {
    messageId: `${name}-kate`,
    traits: { email: `kate.${name}@example.org` },
  });
  const known = [tablet, phone, mike, kate].map((browser) => browser.visitor ?? "");
  // Mike's is tied to hers for what he typed, the site's server for what it knows.
  const visitors = await eventually(async () => {
    await settle(known);
    const found = await api(`/people/${tablet.visitor}`);
    const ids = (found.body["visitors"] as { id: VisitorId }[]).map(({ id }) => id);
    return ids.length === 4 ? ids : null;
  });
  const everybody = [...new Set([...known, ...visitors])];
  await settle(everybody);
  return {
    jane: {
      tablet,
      phone,
      visitors: visitors.filter((id) => id !== mike.visitor && id !== kate.visitor),
    },
    mike,
    kate,
    email,
    userId,
    names: [userId, `Jane Doe ${name}`, `anon-${name}-tablet`, `anon-${name}-phone`],
    everybody,
  };
}

/**
 * Every row of D1, every document of every object (or of those named), every object of R2: what and where, as text.
 */
export async function everything(objects?: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const [table, rows] of Object.entries(await books()))
    for (const row of rows) found.set(`d1 ${table} ${JSON.stringify(row)}`, JSON.stringify(row));
  const ids =
    objects?.map((name) => env.PERSON.idFromName(name)) ?? (await listDurableObjectIds(env.PERSON));
  for (const id of ids) {
    const stub = env.PERSON.get(id) as unknown as DurableObjectStub<Person>;
    await runInDurableObject(stub, async (_, { storage, id: { name } }) => {
      for (const [key, value] of storage.kv.list())
        found.set(`object ${name ?? id.toString()} ${key}`, JSON.stringify(value));
    });
  }
  const { objects: stored } = await env.KEYS.list();
  await Promise.all(
    stored.map(async ({ key }) => {
      const object = await env.KEYS.get(key);
      found.set(`r2 ${key}`, `${await object?.text()} ${JSON.stringify(object?.customMetadata)}`);
    }),
  );
  return found;
}

/** Where one of these texts stands: in what is there, in its key, or in the name of an object that somebody lives in. */
export const placesOf = (all: ReadonlyMap<string, string>, texts: readonly string[]): string[] =>
  [...all]
    .filter(([place, text]) => {
      const [kind, object = "", key = ""] = place.split(" ");
      const seen = kind === "object" && !/hot:(visitor|edge)/.test(key) ? key : place + object;
      return texts.some((each) => seen.includes(each) || text.includes(each));
    })
    .map(([place]) => place);
