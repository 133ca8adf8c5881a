/** Whoever fills up how many identifiers a person may have keeps nothing out that is proven: what is only typed makes room. */
import { expect, test } from "vitest";
import { identifierKeys as sources } from "../../support/identifier-keys.ts";
import { settle } from "../../support/objects.ts";
import { ALL, api, Browser, OFFICER_TOKEN, server } from "../../support/site.ts";
import { identityToken } from "./tokens.ts";

/** Of a kind, by the rules in force. */
const LIMIT = 5;
const everybody = new Set<string>();
const rest = (): Promise<void> => settle([...everybody]);
let n = 0;
const id = (): string => `full-${++n}`;
const number = (m: number): string => `+4917099${String(n).padStart(3, "0")}${m}0`;

async function fresh(): Promise<Browser> {
  const browser = new Browser({ "usher-region": "DE", "cf-connecting-ip": `198.51.100.${++n}` });
  await browser.consent({ accept: "all" });
  return browser;
}

async function types(browser: Browser, traits: Record<string, string>): Promise<void> {
  const { body } = await browser.send("identify", { messageId: id(), traits });
  expect(body).toMatchObject({ accepted: 1 });
  everybody.add(browser.visitor!);
  await rest();
}

/** The site's own server says what it has proved of a device. */
async function verifies(device: string, traits: Record<string, string>): Promise<string> {
  const { body } = await server("identify", {
    messageId: id(),
    anonymousId: device,
    traits,
    context: { consent: { categoryPreferences: ALL } },
  });
  expect(body).toMatchObject({ accepted: 1 });
  const visitor = await sources.sourceVisitor("anonymous_id", device);
  everybody.add(visitor);
  await rest();
  return visitor;
}

interface Person {
  id: string;
  visitors: { id: string }[];
  identifiers: { kind: string; value: string; state: string; reason: string | null }[];
  merges: { id: string; visitors: string[]; undone: unknown }[];
}
const personOf = async (visitor: string) =>
  (await api(`/people/${visitor}`)).body as unknown as Person;
const phonesOf = async (visitor: string) =>
  (await personOf(visitor)).identifiers
    .filter(({ kind }) => kind === "phone")
    .map(({ value, state, reason }) => `${value} ${state}${reason === null ? "" : ` ${reason}`}`)
    .sort();

test("five who type a victim's address and a number each don't keep the victim's own number or device out; undone, they are back", async () => {
  const run = id();
  const email = `${run}@gmail.com`;
  const numbers = [1, 2, 3, 4, 5].map(number);
  const [own, ...rest4] = [number(6), ...numbers];
  const tablet = await verifies(`tablet-${run}`, { email });
  for (const phone of rest4) {
    const squatter = await fresh();
    await types(squatter, { email });
    await types(squatter, { phone });
  }
  expect((await personOf(tablet)).visitors).toHaveLength(1 + LIMIT);
  const laptop = await verifies(`laptop-${run}`, { email, phone: own! });

  const person = await personOf(tablet);
  expect(person.visitors.map((each) => each.id)).toContain(laptop);
  const phones = await phonesOf(tablet);
  expect(phones).toContain(`${own} settled`);
  // The last that was typed makes room, and says why it doesn't stand.
  expect(phones.filter((each) => each.endsWith("refused limit"))).toEqual([
    `${numbers.at(-1)} refused limit`,
  ]);

  const merge = person.merges.find(
    ({ visitors, undone }) => undone === null && visitors.includes(laptop),
  );
  const undone = await api(`/merges/${encodeURIComponent(merge!.id)}/undo`, OFFICER_TOKEN, {});
  expect(undone.status).toBe(200);
  await rest();
  expect(await phonesOf(tablet)).toEqual(numbers.map((phone) => `${phone} settled`).sort());
  expect(await phonesOf(laptop)).toEqual([`${own} settled`]);
});

test.each([
  ["squatters", "tablet", "laptop"],
  ["tablet", "laptop", "squatters"],
])("whoever comes first, all that is proven is one person: %s, %s, %s", async (...order) => {
  const run = id();
  const email = `${run}@gmail.com`;
  const numbers = [0, 1, 2, 3, 4, 5, 6].map(number);
  const devices: string[] = [];
  for (const who of order)
    if (who === "squatters")
      for (const phone of numbers.slice(0, LIMIT)) {
        const squatter = await fresh();
        await types(squatter, { email });
        await types(squatter, { phone });
      }
    else
      devices.push(
        await verifies(`${who}-${run}`, { email, phone: numbers[LIMIT + devices.length]! }),
      );
  const person = await personOf(devices[0]!);
  for (const device of devices) expect(person.visitors.map((each) => each.id)).toContain(device);
  for (const own of numbers.slice(LIMIT))
    expect(await phonesOf(devices[0]!)).toContain(`${own} settled`);
});

test("numbers typed into a browser, however many, don't keep out the one that is proved there", async () => {
  const run = id();
  const browser = await fresh();
  for (let m = 0; m < 40; m++)
    await browser.send("identify", { messageId: id(), traits: { phone: number(100 + m) } });
  everybody.add(browser.visitor!);
  await rest();
  const standing = async () =>
    (await phonesOf(browser.visitor!)).filter((each) => each.endsWith("settled"));
  expect(await standing()).toHaveLength(LIMIT);
  const own = `${run}-own`;
  const token = await identityToken(run, `${own}@gmail.com`);
  for (let m = 0; m < 40; m++)
    await browser.send("identify", {
      messageId: id(),
      traits: { email: `typed-${m}-${run}@firm.example` },
    });
  await browser.send("identify", {
    messageId: id(),
    userId: run,
    context: { identityToken: token },
  });
  await rest();
  const emails = (await personOf(browser.visitor!)).identifiers.filter(
    ({ kind, state }) => kind === "email" && state !== "refused",
  );
  expect(emails.map(({ value }) => value)).toContain(`${own}@gmail.com`);
  expect(emails).toHaveLength(LIMIT);
});

test("saying it again doesn't get more in than the limit", async () => {
  const browser = await fresh();
  for (let round = 0; round < 2; round++)
    for (let m = 0; m < 8; m++)
      await browser.send("identify", { messageId: id(), traits: { phone: `+491709988${m}00` } });
  everybody.add(browser.visitor!);
  await rest();
  expect(
    (await phonesOf(browser.visitor!)).filter((each) => !each.includes("refused")),
  ).toHaveLength(LIMIT);
});
