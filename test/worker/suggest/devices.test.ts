import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { MergeRules } from "../../../src/domain/identity/rules.ts";
import { DEFAULT_MERGE_RULES } from "../../../src/domain/identity/rules.ts";
import { reapplyLedger } from "../../../src/privacy/restore.ts";
import { nightlyPorts } from "../../../src/services.ts";
import type { Host } from "../../../src/person/host.ts";
import { objectOf, settle } from "../../support/objects.ts";
import { ALL, api, eventually, OFFICER_TOKEN, server, WRITE_KEY } from "../../support/site.ts";
import { books } from "../d1/books.ts";
import { everything, placesOf, tokenOf } from "../privacy/household.ts";
import { clearButRules, COMPARING, Device, nameOf, saveRules, timeAt } from "./seen.ts";
import { naming, runJob, suggestions } from "./town.ts";

let run = 0;
let HOME: string;
let WORK: string;

/** Objects stay from test to test, so each has networks of its own. */
const addressIn = (place: number): string => `81.${run}.${place}.20`;

// Each isolate remembers the rules for a few seconds, so they are switched on once, and off by the last test.
beforeAll(() => saveRules(COMPARING));
beforeEach(async () => {
  run++;
  [HOME, WORK] = [addressIn(1), addressIn(2)];
  await clearButRules();
});
afterEach(() => vi.restoreAllMocks());

const NOW = timeAt(4, 0);
const officer = (path: string, body: unknown = {}) => api(path, OFFICER_TOKEN, body);
const job = (rules: MergeRules = COMPARING) => runJob(rules, NOW);

async function device(
  kind: "phone" | "computer",
  places: Parameters<Device["lives"]>[1],
  choice?: unknown,
): Promise<Device> {
  const made = new Device(kind);
  await made.agrees(choice);
  await made.lives(3, places);
  return made;
}

/** One human's two devices: at home in the morning and in the evening, at work in between. */
const oneHuman = async (): Promise<[Device, Device]> => [
  await device("phone", [
    [HOME, 7],
    [WORK, 12],
  ]),
  await device("computer", [
    [WORK, 10],
    [HOME, 20],
  ]),
];

/** Wherever one of these networks stands, by its name or as an address. */
async function traces(addresses: readonly string[] = [HOME, WORK]): Promise<string[]> {
  const names = await Promise.all(addresses.map(nameOf));
  const prefixes = addresses.map((address) => address.slice(0, address.lastIndexOf(".")));
  return placesOf(await everything(), [...names, ...prefixes]);
}

test("a phone and a computer seen at home and at work are suggested with reasons; what was agreed opens nothing, and is undone for good", async () => {
  const [phone, computer] = await oneHuman();
  await job();
  const [told] = await suggestions();
  expect(await suggestions()).toHaveLength(1);
  expect(told).toMatchObject({
    basis: "devices",
    facts: [],
    policy: { joins: true },
    people: [{ device: expect.any(String) }, { device: expect.any(String) }],
  });
  expect(told?.id).toBe([phone.visitor, computer.visitor].toSorted().join("."));
  expect(told?.probability).toBeGreaterThan(0.8);
  expect(told?.reasons.reduce((sum, { bits }) => sum + bits, 0)).toBeCloseTo(told?.score ?? 0, 1);
  const because = told?.reasons.map((reason) => reason.because).join("; ");
  expect(because).toContain("both are often seen at one place, on ");
  expect(because).toContain("a second place");
  expect(because).toContain("one is a");

  expect((await officer(`/suggestions/${told?.id}/approve`)).body).toMatchObject({
    state: "approved",
    merge: expect.any(String),
  });
  await settle([phone.visitor, computer.visitor]);
  const person = await api(`/people/${phone.visitor}`);
  expect(person.body).toMatchObject({
    visitors: [{}, {}],
    merges: [
      {
        by: "officer",
        because: expect.stringContaining("their devices are seen at the same places"),
        probability: told?.probability,
      },
    ],
  });
  const own = await phone.browser.call("/_u/me/export");
  expect((own.body["visitors"] as { id: string }[]).map(({ id }) => id)).toEqual([phone.visitor]);
  const { merges } = person.body as { merges: { id: string }[] };
  expect((await officer(`/merges/${merges[0]?.id}/undo`)).status).toBe(200);
  await settle([phone.visitor, computer.visitor]);
  await phone.at(HOME, 12, 7);
  await settle([phone.visitor]);
  await job();
  expect(await suggestions()).toEqual([]);
});

test("a family of four at one home, with devices of their own, gets no suggestion; nor when they all go to the grandparents'", async () => {
  const family: Device[] = [];
  for (let n = 0; n < 4; n++)
    family.push(
      await device(n % 2 === 0 ? "phone" : "computer", [
        [HOME, 7 + n],
        [addressIn(10 + n), 11 + n],
        [HOME, 20],
      ]),
    );
  await job();
  expect((await books())["device_records"]).toHaveLength(4);
  expect(await suggestions()).toEqual([]);
  // From the eighth day on, every day at both.
  for (const member of family)
    for (let day = 7; day < 12; day++) {
      await member.at(HOME, day, 9);
      await member.at(WORK, day, 15);
    }
  for (const member of family) await member.at(HOME, 12, 9);
  await settle(family.map(({ visitor }) => visitor));
  // Two of them would be sure enough, if there weren't the others.
  const eager = { ...COMPARING, probable: { ...COMPARING.probable, suggestFrom: 0.5 } };
  await runJob(eager, timeAt(13, 0));
  const networks = (await books())["device_networks"] as { network: string; visitor: string }[];
  const work = await nameOf(WORK);
  expect(networks.filter(({ network }) => network === work)).toHaveLength(4);
  expect((await books())["suggestions"]).toEqual([]);
});

test("nothing of networks is written without recognition, of pictures, or of a server's calls; and never an address", async () => {
  const said: unknown[] = [];
  for (const level of ["log", "info", "warn", "error", "debug"] as const)
    vi.spyOn(console, level).mockImplementation((...words) => void said.push(words));
  const places = [
    [HOME, 7],
    [WORK, 12],
  ] as const;
  await device("phone", places, { choices: { measurement: true, recognition: false } });
  const reader = new Device("phone");
  await reader.agrees();
  const shown = btoa(JSON.stringify({ writeKey: WRITE_KEY, messageId: "picture" }));
  await reader.browser.call(
    `/_u/v1/pixel/page?data=${encodeURIComponent(shown)}`,
    undefined,
    reader.headers(0, 7, HOME),
  );
  await settle([reader.visitor]);
  const journey = await api(`/people/${reader.visitor}/journey`);
  expect(journey.body["events"]).toMatchObject([{ id: "picture" }]);
  await server(
    "page",
    { userId: "jane", context: { ip: HOME, consent: { categoryPreferences: ALL } } },
    { "cf-connecting-ip": HOME },
  );
  await job();
  expect(await traces()).toEqual([]);
  const seen = await device("computer", places);
  await job();
  const found = await traces();
  expect(found.some((place) => place.startsWith(`object ${seen.visitor}`))).toBe(true);
  expect(found.some((place) => place.startsWith("d1 device_networks"))).toBe(true);
  const all = JSON.stringify([...(await everything()), said]);
  for (const address of [HOME, WORK])
    expect(all).not.toContain(address.slice(0, address.lastIndexOf(".")));
});

test("a withdrawal takes every trace away at once, also what was suggested, and the reasons of what was decided", async () => {
  const [phone, computer] = await oneHuman();
  await job();
  const [told] = await suggestions();
  expect((await traces()).length).toBeGreaterThan(4);
  await phone.browser.consent({ choices: { recognition: false } });
  await settle([phone.visitor]);
  const { device_records, device_networks, suggestions: rows, suggestion_ends } = await books();
  expect(JSON.stringify([device_records, device_networks])).not.toContain(phone.visitor);
  expect([rows, suggestion_ends]).toEqual([[], []]);
  expect((await traces()).filter((place) => place.includes(phone.visitor))).toEqual([]);
  expect(JSON.stringify([device_records])).toContain(computer.visitor);
  // Whoever agrees again begins anew; what an officer decided stays, without what it was decided by.
  await computer.at(WORK, 11, 10);
  const third = await device("phone", [
    [HOME, 7],
    [WORK, 12],
  ]);
  await settle([computer.visitor]);
  await job();
  const [again] = naming(await suggestions(), third.visitor);
  expect(again?.id).not.toBe(told?.id);
  expect((await officer(`/suggestions/${again?.id}/reject`, { why: "a colleague" })).status).toBe(
    200,
  );
  const { visitor } = third;
  await third.browser.consent({ accept: "none" });
  await settle([visitor]);
  expect((await books())["suggestions"]).toMatchObject([{ state: "rejected", steps: "[]" }]);
});

test("a withdrawal on one device counts for those that are proven to be the same human's", async () => {
  const [phone, computer] = await oneHuman();
  const identityToken = await tokenOf(`one-${run}`, `one.${run}@example.org`);
  for (const each of [phone, computer]) {
    const signIn = { messageId: `in-${each.visitor}`, context: { identityToken } };
    await each.browser.send("identify", signIn);
  }
  await settle([phone.visitor, computer.visitor]);
  await job();
  expect((await api(`/people/${phone.visitor}`)).body["visitors"]).toHaveLength(2);
  expect((await traces()).length).toBeGreaterThan(4);
  const both = [phone.visitor, computer.visitor];
  await phone.browser.consent({ choices: { recognition: false } });
  await settle(both);
  await job();
  expect(await traces()).toEqual([]);
});

test("nobody is ever joined by where devices are seen, whatever the rules say of what is sure", async () => {
  const eager: MergeRules = {
    ...COMPARING,
    probable: { suggestFrom: 0.5, mergeFrom: 0.95, devices: "suggest" },
  };
  const places = [
    [HOME, 7],
    [WORK, 12],
    [addressIn(3), 16],
    [addressIn(4), 18],
  ] as const;
  const phone = await device("phone", places);
  await device("computer", places);
  await runJob(eager, NOW);
  await runJob(eager, NOW);
  const [told] = await suggestions();
  expect(told?.probability).toBeGreaterThan(0.99);
  expect(told?.state).toBe("open");
  expect((await api(`/people/${phone.visitor}`)).body["visitors"]).toHaveLength(1);
});

test("an erasure leaves nothing of it, and its receipt says how many rows went; an export shows what is held", async () => {
  const [phone, computer] = await oneHuman();
  await job();
  const own = await phone.browser.call("/_u/me/export");
  expect(own.body["visitors"]).toMatchObject([
    { networks: [{ mark: await nameOf(HOME), seen: [{ hoursUtc: [7] }, {}, {}, {}] }, {}] },
  ]);
  expect(own.body["probable"]).toMatchObject([{ basis: "devices", state: "open" }]);
  expect(JSON.stringify(own.body)).not.toContain(computer.visitor);
  const page = await phone.browser.call("/_u/me", undefined, { "sec-fetch-site": "same-origin" });
  expect(String(page.body["text"])).toContain("2 on 4 days");
  const { visitor } = phone;
  const said = await phone.browser.call("/_u/me/erase", "confirm=yes", {
    "content-type": "application/x-www-form-urlencoded",
  });
  const [, reference] = /Reference: ([^.]+)\./.exec(String(said.body["text"])) ?? [];
  expect(reference).toBeDefined();
  const receipt = await eventually(async () => {
    await settle([visitor, computer.visitor]);
    const now = await api(`/requests/${reference}`, OFFICER_TOKEN);
    return now.body["state"] === "done" ? now : null;
  });
  expect(receipt.body["removed"]).toMatchObject({ database: { devices: 3, suggestions: 1 } });
  expect((await traces()).filter((place) => place.includes(visitor))).toEqual([]);
  expect(await suggestions()).toEqual([]);
});

test("on a device of several people nothing is remembered, and when an officer says that it is one it is forgotten", async () => {
  const [phone] = await oneHuman();
  await job();
  const shared = await api(
    `/devices/${phone.visitor}`,
    OFFICER_TOKEN,
    { sharing: "shared" },
    "PUT",
  );
  expect(shared.status).toBe(200);
  await settle([phone.visitor]);
  expect((await traces()).filter((place) => place.includes(phone.visitor))).toEqual([]);
  await phone.at(HOME, 11, 7);
  await settle([phone.visitor]);
  expect((await traces()).filter((place) => place.includes(phone.visitor))).toEqual([]);
});

test("where a browser is seen costs its object no row: it is written with the events that show it", async () => {
  const rowsOf = async (places: Parameters<Device["lives"]>[1]): Promise<number> => {
    const { visitor } = await device("phone", places);
    return runInDurableObject(objectOf(visitor), (object) => {
      const { host } = object as unknown as { host: Host };
      return host.rows;
    });
  };
  const unseen = await rowsOf([
    ["10.0.0.1", 7],
    ["10.0.0.2", 12],
  ]);
  const seen = await rowsOf([
    [HOME, 7],
    [WORK, 12],
  ]);
  expect(seen).toBe(unseen);
});

test("after a restore nothing is left of what was told: somebody may have withdrawn since", async () => {
  await oneHuman();
  await job();
  expect((await books())["device_records"]).toHaveLength(2);
  await reapplyLedger(nightlyPorts(env, () => undefined));
  const { device_records, device_networks } = await books();
  expect([device_records, device_networks]).toEqual([[], []]);
});

test("when the rules don't want it any more, what was told is taken back, what is held forgotten, and nothing more written", async () => {
  const pair = await oneHuman();
  await job();
  expect(await suggestions()).toHaveLength(1);
  await saveRules(DEFAULT_MERGE_RULES);
  expect(await suggestions()).toEqual([]);
  await job(DEFAULT_MERGE_RULES);
  await settle(pair.map(({ visitor }) => visitor));
  await oneHuman();
  await job(DEFAULT_MERGE_RULES);
  expect(await traces()).toEqual([]);
  expect((await books())["suggestions"]).toEqual([]);
});
