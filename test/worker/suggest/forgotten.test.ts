/** When what is known of where a device is seen ends: with its time, and with anybody's withdrawal who is proven to be the same human. */
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { dayOf } from "../../../src/domain/ids.ts";
import { pruneDevices } from "../../../src/d1/devices.ts";
import { SIGHTING_DAYS } from "../../../src/domain/suggestion/sightings.ts";
import { settle } from "../../support/objects.ts";
import { ALL, api, Browser } from "../../support/site.ts";
import { books } from "../d1/books.ts";
import { identityToken } from "../identity/tokens.ts";
import { everything, placesOf } from "../privacy/household.ts";
import { clearButRules, COMPARING, Device, nameOf, saveRules, timeAt } from "./seen.ts";
import { runJob, suggestions } from "./town.ts";

let run = 0;
let HOME: string;
let WORK: string;

beforeAll(() => saveRules(COMPARING));
beforeEach(async () => {
  run++;
  [HOME, WORK] = [`82.${run}.1.20`, `82.${run}.2.20`];
  await clearButRules();
});

async function living(kind: "phone" | "computer", hours: readonly [number, number]) {
  const made = new Device(kind);
  await made.agrees();
  await made.lives(3, [
    [HOME, hours[0]],
    [WORK, hours[1]],
  ]);
  return made;
}

const tracesOf = async (visitor: string): Promise<string[]> =>
  placesOf(await everything(), [await nameOf(HOME), await nameOf(WORK)]).filter((place) =>
    place.includes(visitor),
  );

const proves = async (browser: Browser, user: string, headers: Record<string, string>) => {
  const { body } = await browser.send(
    "identify",
    {
      messageId: `proves-${user}-${browser.visitor}`,
      userId: user,
      context: { identityToken: await identityToken(user) },
    },
    headers,
  );
  expect(body).toMatchObject({ accepted: 1 });
};

test("with a device's record goes what was suggested by it", async () => {
  await living("phone", [7, 12]);
  await living("computer", [20, 10]);
  await runJob(COMPARING, timeAt(4, 0));
  expect(await suggestions()).toHaveLength(1);
  await pruneDevices(env.DB, dayOf(timeAt(5, 0)));
  expect((await books())["device_records"]).toEqual([]);
  expect((await books())["suggestions"]).toEqual([]);
});

test("no day is compared for longer than it is remembered", async () => {
  const phone = await living("phone", [7, 12]);
  for (let day = 40; day < 44; day++) await phone.at(HOME, day, 9);
  await settle([phone.visitor]);
  await runJob(COMPARING, timeAt(44, 0));
  const today = dayOf(timeAt(70, 0));
  await pruneDevices(env.DB, today - SIGHTING_DAYS);
  for (const row of (await books())["device_records"] as { seen: string }[]) {
    const { networks } = JSON.parse(row.seen) as { networks: Record<string, [number, number][]> };
    for (const [day] of Object.values(networks).flat())
      expect(day).toBeGreaterThanOrEqual(today - SIGHTING_DAYS);
  }
});

test("however many end in one night, all of them do, and what has a place left keeps that", async () => {
  const days = (first: number, count: number) =>
    Array.from({ length: count }, (_, n) => [first + n, 1]);
  const old = { type: "phone", networks: { "4old": days(1, 3), "4older": days(1, 3) } };
  const mixed = {
    type: "phone",
    networks: { "4old": days(1, 3), "4a": days(7, 4), "4b": days(10, 3) },
  };
  const seen = (n: number) => JSON.stringify(n % 500 === 0 ? mixed : old);
  const rows = Array.from({ length: 4_500 }, (_, n) => [`v${n}`, seen(n), n % 500 === 0 ? 12 : 3]);
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO device_records (visitor, seen, last_day)
       SELECT item.value ->> 0, item.value ->> 1, item.value ->> 2 FROM json_each(?1) AS item`,
    ).bind(JSON.stringify(rows)),
    env.DB.prepare(
      `INSERT INTO device_networks (network, visitor)
       SELECT place.key, visitor FROM device_records CROSS JOIN json_each(seen, '$.networks') AS place`,
    ),
  ]);
  expect(await pruneDevices(env.DB, 8)).toBe(4_500);
  const { device_records, device_networks } = await books();
  expect(device_records).toHaveLength(9);
  const left = (device_records as { seen: string; last_day: number }[]).map((row) => ({
    ...(JSON.parse(row.seen) as typeof mixed),
    last: row.last_day,
  }));
  expect(left[0]).toEqual({
    type: "phone",
    networks: { "4a": days(8, 3), "4b": days(10, 3) },
    last: 12,
  });
  expect(device_networks).toHaveLength(18);
});

test("a withdrawal that another device's events bring counts at once, also for this one", async () => {
  const phone = await living("phone", [7, 12]);
  await proves(phone.browser, "carol", phone.headers(4, 8));
  const laptop = new Browser({ "usher-region": "DE" });
  const read = (n: number, hour: number, choices: Record<string, boolean>) =>
    laptop.send(
      "page",
      { messageId: `carried-${n}`, context: { consent: { categoryPreferences: choices } } },
      { "usher-now": new Date(timeAt(4, hour)).toISOString() },
    );
  await read(1, 9, ALL);
  const { body } = await laptop.send(
    "identify",
    {
      messageId: "carried-2",
      userId: "carol",
      context: {
        consent: { categoryPreferences: ALL },
        identityToken: await identityToken("carol"),
      },
    },
    { "usher-now": new Date(timeAt(4, 10)).toISOString() },
  );
  expect(body).toMatchObject({ accepted: 1 });
  await settle([phone.visitor, laptop.visitor!]);
  expect((await tracesOf(phone.visitor)).length).toBeGreaterThan(0);
  expect((await read(3, 11, { ...ALL, recognition: false })).body).toMatchObject({ accepted: 1 });
  await settle([phone.visitor, laptop.visitor!]);
  expect(await tracesOf(phone.visitor)).toEqual([]);
});

test("who turns out to be the same human as somebody who withdrew isn't joined with them, and is forgotten with that", async () => {
  const [first, second] = [new Device("computer"), new Device("phone")];
  for (const each of [first, second]) {
    await each.agrees();
    await proves(each.browser, "dora", each.headers(1, 8));
  }
  await settle([first.visitor, second.visitor]);
  await second.browser.consent({ choices: { recognition: false } }, second.headers(2, 8));
  await settle([first.visitor, second.visitor]);
  const phone = await living("phone", [7, 12]);
  expect((await tracesOf(phone.visitor)).length).toBeGreaterThan(0);
  await proves(phone.browser, "dora", phone.headers(3, 8));
  await settle([first.visitor, second.visitor, phone.visitor]);
  const { body } = await api(`/people/${phone.visitor}`);
  expect(body["visitors"]).toHaveLength(1);
  expect(await tracesOf(phone.visitor)).toEqual([]);
});
