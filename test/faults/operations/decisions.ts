/** What officers say of people beside joining and parting them, a draft that they publish, and what people say by a link in a mail. */
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { settle } from "../../support/objects.ts";
import { api, type Browser, OFFICER_TOKEN, ORIGIN } from "../../support/site.ts";
import { type Console, signedIn } from "../../worker/console/session.ts";
import {
  fresh,
  idsOf,
  insist,
  type Operation,
  personOf,
  signIn,
  type Two,
  wasSent,
} from "../operation.ts";
import { expectOne, merged, moving, seen, strangers } from "./officers.ts";

const address = ({ name }: { name: string }): string => `email:${name}@example.org`;

const apart = (world: Two): (string | null)[][] => idsOf(world).map((id) => [id]);

const separateIds = async (visitor: string | null): Promise<string[]> =>
  (await api(`/people/${visitor}`)).body["separate"] as string[];

/** What is said again for want of an answer stands once in the history. */
async function expectOnce(visitor: string | null, op: string): Promise<void> {
  const { body } = await api(`/people/${visitor}`);
  const history = body["history"] as { op: string; by: string }[];
  expect(history.filter((entry) => entry.op === op && entry.by === "officer")).toHaveLength(1);
}

const separate = (world: Two) => {
  const [a, b] = idsOf(world);
  return insist(() => api("/separate", OFFICER_TOKEN, { a, b }));
};

export const separation: Operation<Two> = {
  what: "an officer's word that two are two",
  prepare: strangers,
  async act(world) {
    expect((await separate(world)).status).toBe(200);
  },
  account: (world) => ({ humans: apart(world), sent: seen(world) }),
  async holds(world) {
    // Who signs in there as one and the same is kept apart all the same.
    for (const [n, browser] of world.devices.entries()) await signIn(browser, world.name, n);
    await settle(idsOf(world).map(String));
    await expectOne(world, false);
    const [a, b] = idsOf(world);
    expect(await separateIds(a ?? null)).toEqual([b]);
    expect(await separateIds(b ?? null)).toEqual([a]);
    for (const id of idsOf(world)) await expectOnce(id, "separate");
  },
};

export const unseparation: Operation<Two> = {
  what: "an officer's word that nothing keeps two apart any more",
  async prepare(name) {
    const world = await strangers(name);
    await separate(world);
    for (const [n, browser] of world.devices.entries()) await signIn(browser, name, n);
    await settle(idsOf(world).map(String));
    await expectOne(world, false);
    return world;
  },
  async act(world) {
    const [a, b] = idsOf(world);
    const path = `/separate?a=${a}&b=${b}`;
    await moving(world, () => api(path, OFFICER_TOKEN, undefined, "DELETE"));
  },
  account: (world) => ({ humans: [idsOf(world)], sent: wasSent(world.name) }),
  async holds(world) {
    await expectOne(world, true);
    await expectOnce(world.devices[0].visitor, "unseparate");
  },
};

interface Three extends Two {
  /** Of the same person as the first of both. */
  tablet: Browser;
}

const allOf = (world: Three): (string | null)[] => [...idsOf(world), world.tablet.visitor];

export const unseparationOfDevices: Operation<Three> = {
  what: "an officer's one word that nothing keeps a person of two devices and another apart any more",
  async prepare(name) {
    const world: Three = { ...(await strangers(name)), tablet: fresh() };
    const { devices, tablet } = world;
    await tablet.consent({ accept: "all" });
    for (const [n, browser] of [tablet, devices[0]].entries()) await signIn(browser, name, n);
    await settle(allOf(world).map(String));
    await separate(world);
    await signIn(devices[1], name, 2);
    await settle(allOf(world).map(String));
    // Whoever of both signs in again is found to be apart as well.
    for (const [n, browser] of [tablet, devices[0]].entries()) await signIn(browser, name, 3 + n);
    await settle(allOf(world).map(String));
    expect((await personOf(tablet.visitor)).visitors).toHaveLength(2);
    return world;
  },
  async act(world) {
    const [a, b] = idsOf(world);
    const path = `/separate?a=${a}&b=${b}`;
    await insist(async () => {
      let isAnswered = false;
      const said = api(path, OFFICER_TOKEN, undefined, "DELETE").finally(() => {
        isAnswered = true;
      });
      said.catch(() => undefined);
      while (!isAnswered) {
        await settle(allOf(world).map(String), 0);
        await scheduler.wait(5);
      }
      return said;
    });
  },
  account: (world) => ({
    humans: [allOf(world)],
    sent: [...seen(world), ...[0, 1, 2, 3, 4].map((n) => `${world.name}-in-${n}`)],
  }),
  async holds(world) {
    expect((await personOf(world.tablet.visitor)).visitors).toHaveLength(3);
  },
};

interface Known extends Two {
  /** Somebody else who typed the same address. */
  neighbour: Browser;
}

async function known(name: string): Promise<Known> {
  const world = await merged(name);
  const neighbour = fresh();
  await neighbour.consent({ accept: "all" });
  const traits = { email: `${name}@example.org` };
  await neighbour.send("identify", { messageId: `${name}-typed`, userId: `else-${name}`, traits });
  await settle([neighbour.visitor, ...idsOf(world)].map(String));
  return { ...world, neighbour };
}

const accountOf = (world: Known) => ({
  humans: [idsOf(world), [world.neighbour.visitor]],
  sent: [...wasSent(world.name), `${world.name}-typed`],
});

interface Permitted {
  identifiers: { kind: string; permissions: { channel: string; state: string }[] }[];
}

/** Whoever has the address knows that nothing is to be sent there. */
async function expectSilence(world: Known): Promise<void> {
  for (const visitor of [world.devices[0].visitor, world.neighbour.visitor]) {
    const { identifiers } = (await personOf(visitor)) as unknown as Permitted;
    const [email] = identifiers.filter(({ kind }) => kind === "email");
    expect(email?.permissions).toMatchObject([{ channel: "email", state: "suppressed" }]);
  }
}

export const suppression: Operation<Known> = {
  what: "an officer's word that an address isn't to be written to",
  prepare: known,
  async act(world) {
    const wanted = { identifier: address(world), channel: "email", state: "suppressed" };
    const path = `/people/${world.devices[0].visitor}/permissions`;
    expect((await insist(() => api(path, OFFICER_TOKEN, wanted))).status).toBe(200);
  },
  account: accountOf,
  async holds(world) {
    await expectSilence(world);
    await expectOnce(world.devices[0].visitor, "suppress");
  },
};

export const unsubscribing: Operation<Known & { link: string }> = {
  what: "a link in a mail that ends its mails",
  async prepare(name) {
    const world = await known(name);
    const { body } = await api("/links", undefined, { identifier: address(world) });
    return { ...world, link: String(body["unsubscribe"]).slice(ORIGIN.length) };
  },
  async act({ link }) {
    expect((await insist(() => fresh().call(link, {}))).status).toBe(200);
  },
  account: accountOf,
  holds: expectSilence,
};

interface Held {
  id: string;
  value: string | null;
  blocked: boolean;
}

const held = async (world: { name: string }): Promise<Held | undefined> =>
  ((await api("/quarantine", OFFICER_TOKEN)).body["quarantined"] as Held[]).find(
    ({ id }) => ids.get(world.name) === id,
  );

/** By the name of its world, what the index calls an address. */
const ids = new Map<string, string>();

const isDue = async (visitor: string | null): Promise<boolean> =>
  (await env.DB.prepare("SELECT 1 FROM match_due WHERE visitor = ?").bind(visitor).first()) !==
  null;

const noneDue = (): Promise<unknown> => env.DB.prepare("DELETE FROM match_due").run();

async function block(world: Two): Promise<void> {
  const said = await insist(() =>
    api("/quarantine", OFFICER_TOKEN, { identifier: address(world) }),
  );
  ids.set(world.name, String(said.body["blocked"]));
}

export const blocking: Operation<Two> = {
  what: "an officer's word that an address names nobody",
  async prepare(name) {
    const world = await merged(name);
    await noneDue();
    return world;
  },
  act: block,
  account: (world) => ({ humans: [idsOf(world)], sent: wasSent(world.name) }),
  async holds(world) {
    expect(await held(world)).toMatchObject({
      value: `${world.name}@example.org`,
      blocked: true,
    });
    for (const id of idsOf(world)) expect(await isDue(id)).toBe(true);
    await expectOnce(world.devices[0].visitor, "block");
  },
};

export const release: Operation<Two> = {
  what: "an officer's word that an address may join people again",
  async prepare(name) {
    const world = await merged(name);
    await block(world);
    await noneDue();
    return world;
  },
  async act(world) {
    const path = `/quarantine/${encodeURIComponent(ids.get(world.name) ?? "")}`;
    const said = await insist(() => api(path, OFFICER_TOKEN, undefined, "DELETE"));
    expect(said.status).toBe(200);
  },
  account: (world) => ({ humans: [idsOf(world)], sent: wasSent(world.name) }),
  async holds(world) {
    expect(await held(world)).toBeUndefined();
    // Of a value that isn't blocked any more nothing is kept, and whoever says it is compared by it again.
    expect(await env.KEYS.head(`blocked/${ids.get(world.name)}`)).toBeNull();
    for (const id of idsOf(world)) expect(await isDue(id)).toBe(true);
    await expectOnce(world.devices[0].visitor, "release");
  },
};

export const disowning: Operation<Two> = {
  what: "an officer's word that an address isn't a device's",
  async prepare(name) {
    const world = await strangers(name);
    const traits = { email: `${name}@example.org` };
    for (const [n, browser] of world.devices.entries())
      await browser.send("identify", { messageId: `${name}-in-${n}`, traits });
    await settle(idsOf(world).map(String));
    await expectOne(world, true);
    return world;
  },
  async act(world) {
    const path = `/devices/${world.devices[1].visitor}/identifiers`;
    const wanted = { identifier: address(world), own: false };
    const said = await moving(world, () => api(path, OFFICER_TOKEN, wanted, "PUT"));
    expect(said.status).toBe(200);
  },
  account: (world) => ({ humans: [idsOf(world)], sent: wasSent(world.name) }),
  async holds(world) {
    await expectOne(world, false);
    await expectOnce(world.devices[1].visitor, "disown");
  },
};

interface Drafted {
  officer: Console;
  fields: Record<string, string>;
  version: number;
}

let signed: Console | null = null;

export const publishing: Operation<Drafted> = {
  what: "publishing the draft of a policy in the console",
  async prepare(name) {
    const officer = (signed ??= await signedIn(OFFICER_TOKEN));
    const version = Number((await api("/policy")).body["version"]);
    const reask = { ...DEFAULT_POLICY.reask, grantDays: 200 + name.length };
    const draft = { ...DEFAULT_POLICY, version, reask };
    const { body } = await api("/policy/draft", OFFICER_TOKEN, draft, "PUT");
    const fields = { form: await officer.formToken(), note: name, expected: String(version) };
    return { officer, fields: { ...fields, revision: String(body["revision"]) }, version };
  },
  async act({ officer, fields }) {
    const said = await insist(() => officer.form("/_u/console/policy/draft/publish", fields));
    expect(said.status).toBe(303);
  },
  account: () => ({ humans: [], sent: [] }),
  async holds({ version }) {
    expect((await api("/policy")).body["version"]).toBe(version + 1);
    // What was published is no draft any more.
    expect((await api("/policy/draft", OFFICER_TOKEN)).status).toBe(404);
  },
};
