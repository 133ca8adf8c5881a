/** Whoever types an address first keeps nobody else apart on it: who was turned down there asks those who came after. */
import { expect, test } from "vitest";
import type { VisitorId } from "../../../src/domain/ids.ts";
import { identifierKeys as sources } from "../../support/identifier-keys.ts";
import { objectOf, settle } from "../../support/objects.ts";
import { ALL, api, Browser, server } from "../../support/site.ts";

const HOUR_AGO = { "usher-now": new Date(Date.now() - 3_600_000).toISOString() };
let n = 0;
const id = (): string => `squat-${++n}`;
const everybody = new Set<string>();
const rest = (): Promise<void> => settle([...everybody]);

/** A browser that typed an address of its own an hour ago. */
async function stranger(own: string | null): Promise<Browser> {
  const browser = new Browser({ "usher-region": "DE", "cf-connecting-ip": `198.51.100.${++n}` });
  await browser.consent({ accept: "all" });
  if (own !== null)
    await browser.send("identify", { messageId: id(), traits: { email: own } }, HOUR_AGO);
  return browser;
}

async function types(browser: Browser, email: string): Promise<void> {
  await browser.send("identify", { messageId: id(), traits: { email } });
  everybody.add(browser.visitor!);
  await rest();
}

/** A device on which the site's own server confirmed the address and knows nothing else. */
async function verifies(device: string, email: string, userId?: string): Promise<string> {
  const { body } = await server("identify", {
    messageId: id(),
    anonymousId: device,
    userId,
    traits: { email },
    context: { consent: { categoryPreferences: ALL } },
  });
  expect(body).toMatchObject({ accepted: 1 });
  const visitor = await sources.sourceVisitor("anonymous_id", device);
  everybody.add(visitor);
  await rest();
  return visitor;
}

const withWhom = async (visitor: string): Promise<string[]> =>
  ((await api(`/people/${visitor}`)).body["visitors"] as { id: string }[])
    .map((each) => each.id)
    .sort();

const erase = (visitor: string): Promise<unknown> =>
  objectOf(visitor).erase(0, visitor as VisitorId, Date.now());

const ORDERS: readonly (readonly ("squatter" | "phone" | "laptop")[])[] = [
  ["squatter", "phone", "laptop"],
  ["phone", "squatter", "laptop"],
  ["phone", "laptop", "squatter"],
];

test.each(ORDERS)(
  "two devices that verified an address are one person, and who typed it beside an own one isn't: %s, %s, %s",
  async (...order) => {
    const run = id();
    const email = `${run}@gmail.com`;
    const squatter = await stranger(`own-${run}@gmail.com`);
    const devices: Record<string, string> = {};
    for (const who of order)
      if (who === "squatter") await types(squatter, email);
      else devices[who] = await verifies(`${who}-${run}`, email);
    const both = Object.values(devices).sort();
    expect(await withWhom(both[0]!)).toEqual(both);
    expect(await withWhom(squatter.visitor!)).toEqual([squatter.visitor]);
    const { body } = await api(`/people/${both[0]}`);
    expect(body["identifiers"]).toContainEqual(
      expect.objectContaining({ kind: "email", state: "settled", assurance: "verified" }),
    );
  },
);

test("ten who type an address first can't keep apart those who verify it", async () => {
  const run = id();
  const email = `${run}@gmail.com`;
  for (let m = 0; m < 10; m++) await types(await stranger(`own-${m}-${run}@gmail.com`), email);
  const phone = await verifies(`phone-${run}`, email);
  const laptop = await verifies(`laptop-${run}`, email);
  expect(await withWhom(phone)).toEqual([phone, laptop].sort());
});

test("who can't be linked for want of consent keeps nobody apart, and is joined once they agree", async () => {
  const email = `${id()}@gmail.com`;
  const first = await stranger(null);
  await types(first, email);
  await first.consent({ choices: { recognition: false, measurement: true } });
  const [phone, laptop] = [await stranger(null), await stranger(null)];
  await types(phone, email);
  await types(laptop, email);
  const both = [phone.visitor!, laptop.visitor!].sort();
  expect(await withWhom(phone.visitor!)).toEqual(both);
  expect(await withWhom(first.visitor!)).toEqual([first.visitor]);
  await first.consent({ accept: "all" });
  await rest();
  expect(await withWhom(phone.visitor!)).toEqual([first.visitor!, ...both].sort());
});

test("who has left keeps nobody apart", async () => {
  const email = `${id()}@gmail.com`;
  const first = await stranger(null);
  await types(first, email);
  const left = first.visitor!;
  await first.consent({ accept: "none" });
  const [phone, laptop] = [await stranger(null), await stranger(null)];
  await types(phone, email);
  await types(laptop, email);
  expect(await withWhom(phone.visitor!)).toEqual([phone.visitor!, laptop.visitor!].sort());
  expect(await withWhom(left)).toEqual([left]);
});

test("erasing the one in the middle joins those whom only that one knew", async () => {
  const run = id();
  const email = `${run}@gmail.com`;
  const squatter = await stranger(`own-${run}@gmail.com`);
  await types(squatter, email);
  const till = await verifies(`till-${run}`, email);
  const [phone, laptop] = [
    await verifies(`phone-${run}`, email),
    await verifies(`laptop-${run}`, email),
  ];
  expect(await withWhom(till)).toEqual([till, phone, laptop].sort());
  await erase(till);
  await rest();
  expect(await withWhom(phone)).toEqual([phone, laptop].sort());
  expect(await withWhom(squatter.visitor!)).toEqual([squatter.visitor]);
});

test("erasing a squatter leaves the devices it met one person", async () => {
  const run = id();
  const email = `${run}@gmail.com`;
  const squatter = await stranger(`own-${run}@gmail.com`);
  await types(squatter, email);
  const [phone, laptop] = [
    await verifies(`phone-${run}`, email),
    await verifies(`laptop-${run}`, email),
  ];
  const gone = squatter.visitor!;
  await erase(gone);
  await rest();
  expect(await withWhom(phone)).toEqual([phone, laptop].sort());
  expect((await api(`/people/${gone}`)).status).toBe(404);
});

test.each([
  ["squatter", "phone", "account"],
  ["phone", "squatter", "account"],
  ["account", "squatter", "phone"],
  ["phone", "account", "squatter"],
])(
  "whoever types an address with a user id of its own is parted from those who prove it: %s, %s, %s",
  async (...order) => {
    const run = id();
    const email = `${run}@gmail.com`;
    const squatter = await stranger(null);
    const devices: Record<string, string> = {};
    for (const who of order)
      if (who === "squatter") {
        await squatter.send("identify", {
          messageId: id(),
          userId: `evil-${run}`,
          traits: { email },
        });
        everybody.add(squatter.visitor!);
        await rest();
      } else
        devices[who] = await verifies(
          `${who}-${run}`,
          email,
          who === "account" ? `jane-${run}` : undefined,
        );
    const both = Object.values(devices).sort();
    expect(await withWhom(both[0]!)).toEqual(both);
    expect(await withWhom(squatter.visitor!)).toEqual([squatter.visitor]);
  },
);
