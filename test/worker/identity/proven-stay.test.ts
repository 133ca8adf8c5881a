/** Whatever joined two devices first and goes again: who proved on both to be the same stays one, whatever the order. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { settle } from "../../support/objects.ts";
import { api, Browser, eventually, OFFICER_TOKEN } from "../../support/site.ts";
import { identityToken } from "./tokens.ts";

let n = 0;
const id = (): string => `stay-${++n}`;

async function fresh(): Promise<Browser> {
  const browser = new Browser({ "usher-region": "DE", "cf-connecting-ip": `198.51.100.${++n}` });
  await browser.consent({ accept: "all" });
  return browser;
}

const says = async (browser: Browser, message: object): Promise<void> => {
  const { body } = await browser.send("identify", { messageId: id(), ...message });
  expect(body).toMatchObject({ accepted: 1 });
};
const types = (browser: Browser, email: string) => says(browser, { traits: { email } });
const proves = async (browser: Browser, userId: string, email?: string) =>
  says(browser, { userId, context: { identityToken: await identityToken(userId, email) } });

const withOthers = async (browser: Browser): Promise<string[]> => {
  const { body } = await api(`/people/${browser.visitor}`);
  return (body["visitors"] as { id: string }[]).map((each) => each.id).toSorted();
};

/** Two devices on which somebody typed one address, and then proved to be one user. */
async function twoDevices(user: string, typed: string): Promise<[Browser, Browser]> {
  const [tablet, laptop] = [await fresh(), await fresh()];
  for (const browser of [tablet, laptop]) await types(browser, typed);
  await settle([tablet.visitor!, laptop.visitor!]);
  for (const browser of [tablet, laptop]) await proves(browser, user);
  await settle([tablet.visitor!, laptop.visitor!]);
  expect(await withOthers(tablet)).toEqual([tablet.visitor, laptop.visitor].toSorted());
  return [tablet, laptop];
}

test("an address that is proven later parts nobody who proved before that they are one user", async () => {
  const user = id();
  const [tablet, laptop] = await twoDevices(user, `${user}-typed@gmail.com`);
  await proves(tablet, user, `${user}@gmail.com`);
  await settle([tablet.visitor!, laptop.visitor!]);
  expect(await withOthers(tablet)).toEqual([tablet.visitor, laptop.visitor].toSorted());
});

test("nor does a mistyped address that is typed again", async () => {
  const user = id();
  const [tablet, laptop] = await twoDevices(user, `${user}-typo@gmail.com`);
  await types(laptop, `${user}@gmail.com`);
  await settle([tablet.visitor!, laptop.visitor!]);
  expect(await withOthers(tablet)).toEqual([tablet.visitor, laptop.visitor].toSorted());
});

test("nor whom a stranger joined: the stranger parts, and the two find each other again", async () => {
  const user = id();
  const [stranger, tablet, laptop] = [await fresh(), await fresh(), await fresh()];
  const all = [stranger, tablet, laptop].map((browser) => browser.visitor!);
  for (const browser of [stranger, tablet, laptop]) {
    await types(browser, `${user}-typed@gmail.com`);
    await settle(all);
  }
  expect(await withOthers(tablet)).toHaveLength(3);
  for (const browser of [tablet, laptop]) await proves(browser, user);
  await settle(all);
  await proves(tablet, user, `${user}@gmail.com`);
  await settle(all);
  expect(await withOthers(tablet)).toEqual([tablet.visitor, laptop.visitor].toSorted());
  expect(await withOthers(stranger)).toEqual([stranger.visitor]);
});

test("of addresses that made room for a proven one, an erasure leaves nothing in the index", async () => {
  const browser = await fresh();
  const user = id();
  for (let m = 0; m < 40; m++) await types(browser, `${user}-${m}@firm.example`);
  await settle([browser.visitor!]);
  await proves(browser, user, `${user}@gmail.com`);
  await settle([browser.visitor!]);
  const visitor = browser.visitor!;
  const { body } = await api("/requests", OFFICER_TOKEN, {
    kind: "erase",
    identifier: `user_id:${user}`,
  });
  await eventually(async () => {
    await settle([visitor]);
    return (await api(`/requests/${body["id"]}`)).body["state"] === "done";
  });
  const { results } = await env.DB.prepare("SELECT * FROM claims WHERE visitor = ?")
    .bind(visitor)
    .all();
  expect(results).toEqual([]);
});
