/** What officers and marketers do. */
import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { STARTER_CATALOGUE } from "../../../src/domain/action/starter.ts";
import { continueErasures } from "../../../src/privacy/erase.ts";
import { isReady, loadRequest, readyRequests, sweepReady } from "../../../src/privacy/requests.ts";
import { nightlyPorts } from "../../../src/services.ts";
import { identifierKeys } from "../../support/identifier-keys.ts";
import { settle } from "../../support/objects.ts";
import { unseen } from "../../support/outside.ts";
import { api, OFFICER_TOKEN, type Said } from "../../support/site.ts";
import {
  idsOf,
  eventsOf,
  insist,
  type Operation,
  personOf,
  signIn,
  type Two,
  twoDevices,
  wasSent,
} from "../operation.ts";

export async function merged(name: string): Promise<Two> {
  const world = await twoDevices(name);
  for (const [n, browser] of world.devices.entries()) await signIn(browser, name, n);
  await settle(idsOf(world).map(String));
  return world;
}

/** What is answered when objects have moved, which alarms see to. */
export const moving = (world: Two, ask: () => Promise<Said>): Promise<Said> =>
  insist(async () => {
    let isAnswered = false;
    const said = ask().finally(() => {
      isAnswered = true;
    });
    said.catch(() => undefined);
    while (!isAnswered) {
      await settle(idsOf(world).map(String), 0);
      await scheduler.wait(5);
    }
    return said;
  });

export const expectOne = async ({ devices }: Two, wanted: boolean): Promise<void> => {
  const person = await personOf(devices[0].visitor);
  expect(person.visitors).toHaveLength(wanted ? 2 : 1);
};

export const undo: Operation<Two & { merge: string }> = {
  what: "an officer's undo of a merge",
  async prepare(name) {
    const world = await merged(name);
    const [{ id } = { id: "" }] = (await personOf(world.devices[0].visitor)).merges;
    return { ...world, merge: id };
  },
  act: (world) => moving(world, () => api(`/merges/${world.merge}/undo`, undefined, {})),
  account: (world) => ({ humans: [idsOf(world)], sent: wasSent(world.name) }),
  holds: (world) => expectOne(world, false),
};

export const strangers = async (name: string): Promise<Two> => {
  const world = await twoDevices(name);
  await settle(idsOf(world).map(String));
  return world;
};

export const seen = ({ name }: Two): string[] => [`${name}-was-0`, `${name}-was-1`];

export const mergeByHand: Operation<Two> = {
  what: "an officer's merge",
  prepare: strangers,
  act(world) {
    const [a, b] = idsOf(world);
    return moving(world, () => api("/merges", undefined, { a, b, why: "she said so" }));
  },
  account: (world) => ({ humans: [idsOf(world)], sent: seen(world) }),
  holds: (world) => expectOne(world, true),
};

/** Whom each of both keeps apart from itself, as its own object has it. */
const keptApart = (world: Two): Promise<string[][]> =>
  Promise.all(idsOf(world).map(async (id) => (await personOf(id)).separate));

/** Said once: whoever said it may be gone before it is answered. */
export const separation: Operation<Two & { isAnswered: boolean }> = {
  what: "an officer's word that two persons are two",
  prepare: async (name) => ({ ...(await strangers(name)), isAnswered: false }),
  async act(world) {
    const [a, b] = idsOf(world);
    const said = await api("/separate", undefined, { a, b }).catch(() => null);
    world.isAnswered = said?.status === 200;
  },
  account: (world) => ({ humans: idsOf(world).map((id) => [id]), sent: seen(world) }),
  async holds(world) {
    const [a, b] = idsOf(world);
    const [ofA, ofB] = await keptApart(world);
    if (world.isAnswered) expect(ofA).toEqual([b]);
    expect(ofB).toEqual(ofA?.length === 0 ? [] : [a]);
  },
};

/** A suggestion as the nightly comparison leaves it. */
async function suggested(name: string): Promise<Two & { suggestion: string }> {
  const world = await strangers(name);
  const [a = "", b = ""] = idsOf(world).map(String).toSorted();
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO suggestions (a, b, at, weight, probability, model, steps, basis, state)
       VALUES (?1, ?2, ?3, 9000, 0.99, 1, '[]', 'facts', 'open')`,
    ).bind(a, b, Date.now()),
    env.DB.prepare("INSERT INTO suggestion_ends (b, a) VALUES (?2, ?1)").bind(a, b),
  ]);
  return { ...world, suggestion: `${a}.${b}` };
}

const stateOf = ({ suggestion }: { suggestion: string }): Promise<string | null> =>
  env.DB.prepare("SELECT state FROM suggestions WHERE a = ?1 AND b = ?2")
    .bind(...suggestion.split("."))
    .first<string>("state");

const decision = (
  how: "approve" | "reject",
  state: string,
): Operation<Two & { suggestion: string }> => ({
  what: `an officer's word on a suggestion: ${how}`,
  prepare: suggested,
  async act(world) {
    const said = await moving(world, () =>
      api(`/suggestions/${world.suggestion}/${how}`, OFFICER_TOKEN, {}),
    );
    expect(said.status).toBe(200);
  },
  account: (world) => ({ humans: [idsOf(world)], sent: seen(world) }),
  async holds(world) {
    await expectOne(world, how === "approve");
    expect(await stateOf(world)).toBe(state);
  },
});

export const approval = decision("approve", "approved");
export const rejection = decision("reject", "rejected");

const HOUR_MS = 3_600_000;

/** What cron does about erasures that were left open. */
export const finishErasures = (): Promise<unknown> =>
  continueErasures(
    nightlyPorts(env, () => undefined),
    Date.now(),
  );

export const erasure: Operation<Two> = {
  what: "an officer's erasure",
  prepare: merged,
  async act({ name }) {
    const asked = await insist(() =>
      api("/requests", undefined, { kind: "erase", identifier: `user_id:${name}` }),
    );
    expect(asked.status).toBeLessThan(300);
    for (let runs = 0; runs < 3; runs++) await finishErasures().catch(() => undefined);
  },
  account: (world) => ({
    humans: [],
    sent: [],
    unwanted: wasSent(world.name),
    erased: idsOf(world),
  }),
  holds: (world) => expectErased(world.name, idsOf(world)),
};

/** @param name a user id that only they had */
export async function expectErased(
  name: string,
  visitors: readonly (string | null)[],
): Promise<void> {
  // What was begun and never written might still be, within the hour.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + HOUR_MS + 60_000 });
  await finishErasures().finally(() => vi.useRealTimers());
  for (const id of visitors) {
    expect((await api(`/people/${id}`)).status).toBe(404);
    // What stays under the visitor's name is that it was erased, never a key.
    const kept = await env.KEYS.get(`visitor/${id}`);
    if (kept) expect(await kept.text()).not.toMatch(/"key"/);
  }
  expect(await listed(name)).toEqual([]);
  expect((await env.KEYS.list({ prefix: "open/" })).objects).toEqual([]);
}

export const copy: Operation<Two & { answer: Said | null }> = {
  what: "a copy of what is held of somebody",
  prepare: async (name) => ({ ...(await merged(name)), answer: null }),
  async act(world) {
    world.answer = await insist(() =>
      api("/requests", undefined, { kind: "export", identifier: `user_id:${world.name}` }),
    );
  },
  account: (world) => ({ humans: [idsOf(world)], sent: wasSent(world.name) }),
  async holds(world) {
    const { name, answer } = world;
    const data = answer?.body["data"] as { visitors: { events: { id: string }[] }[] } | undefined;
    const held = (data?.visitors ?? []).flatMap(({ events }) => events.map(({ id }) => id));
    expect(held.toSorted()).toEqual(wasSent(name));
    // What was begun and never written might still be, within the hour.
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + HOUR_MS + 60_000 });
    await sweepReady({ bucket: env.KEYS }).finally(() => vi.useRealTimers());
    const ready = await readyRequests({ bucket: env.KEYS }, 1_000);
    const waiting = await Promise.all(ready.map((id) => loadRequest({ bucket: env.KEYS }, id)));
    expect(waiting.filter((each) => each === null || !isReady(each.request))).toEqual([]);
    for (const id of idsOf(world)) await expectWritten(String(id));
  },
};

/** Whatever says that somebody is named in a request says so of one that there is. */
async function expectWritten(visitor: string): Promise<void> {
  const prefix = `about/${visitor}/`;
  const { objects } = await env.KEYS.list({ prefix });
  for (const { key } of objects)
    expect(await loadRequest({ bucket: env.KEYS }, key.slice(prefix.length))).not.toBeNull();
}

interface Listed {
  name: string;
  record: string | null;
  /** What the import made of its row, under a name that each repetition gives it again. */
  events: string[];
}

/** Whom the directory has under this user id. */
const listed = async (name: string): Promise<string[]> => {
  const { body } = await insist(() => api(`/people?identifier=user_id:${name}`));
  return (body["people"] as { id: string }[]).map(({ id }) => id);
};

export const importOfPeople: Operation<Listed> = {
  what: "an import of known people",
  prepare: async (name) => ({ name, record: null, events: [] }),
  async act(world) {
    const { name } = world;
    await insist(() =>
      api("/import?kind=people", undefined, `email,user_id\n${name}@example.org,${name}\n`),
    );
    world.record = await identifierKeys.sourceVisitor("user_id", `import\0upload\0${name}`);
    await settle([world.record], 0);
    const rows = env.DB.prepare("SELECT id FROM events WHERE visitor = ?").bind(world.record);
    const { results } = await unseen(() => rows.all<{ id: string }>());
    world.events = results.map(({ id }) => id);
  },
  account: ({ record, events }) => ({
    humans: [[record]],
    sent: events,
    carried: [String(record)],
  }),
  holds: async ({ name, record }) => expect(await listed(name)).toEqual([record]),
};

interface Sides {
  name: string;
  records: string[];
  events: string[];
}

export const importOfSides: Operation<Sides> = {
  what: "an import of somebody's work and private addresses",
  async prepare(name) {
    const sources = [
      ["user_id", name],
      ["email", `${name}@agency.example`],
    ] as const;
    const records = sources.map(([kind, value]) =>
      identifierKeys.sourceVisitor(kind, `import\0upload\0${value}`),
    );
    return { name, records: await Promise.all(records), events: [] };
  },
  async act(world) {
    const { name } = world;
    const row = `${name},${name}@home.example,${name}@agency.example`;
    await insist(() =>
      api("/import?kind=people", undefined, `user_id,email_private,email_work\n${row}\n`),
    );
    await settle(world.records, 0);
    world.events = await unseen(() => eventsOf(world.records));
  },
  account: ({ records, events }) => ({
    humans: records.map((id) => [id]),
    sent: events,
    carried: records,
  }),
  async holds({ records }) {
    const [home = "", work = ""] = records;
    expect((await personOf(home)).separate).toEqual([work]);
    expect((await personOf(work)).separate).toEqual([home]);
  },
};

/** Whoever doesn't know whether it was published looks, and publishes it if it wasn't. */
export async function publish(
  path: string,
  change: (document: Said["body"], n: number) => unknown,
) {
  const before = (await insist(() => api(path))).body;
  const wanted = change(before, Number(before["version"]));
  const query = path === "/policy" ? `?expected=${String(before["version"])}` : "";
  await insist(async () => {
    const said = await api(`${path}${query}`, undefined, wanted, "PUT");
    return said.status === 409 ? api(path) : said;
  });
}

export interface Published {
  name: string;
  versions: number;
}

export const versionOf = async (path: string): Promise<number> =>
  Number((await api(path)).body["version"]);

export const policy: Operation<Published> = {
  what: "publishing a consent policy",
  prepare: async (name) => ({ name, versions: await versionOf("/policy") }),
  act: ({ name }) =>
    publish("/policy", (_, version) => ({
      ...DEFAULT_POLICY,
      version,
      reask: { ...DEFAULT_POLICY.reask, grantDays: 100 + name.length },
    })),
  account: () => ({ humans: [], sent: [] }),
  async holds({ versions }) {
    expect(await versionOf("/policy")).toBe(versions + 1);
    const { versions: all } = (await api("/policy/versions")).body as {
      versions: { version: number }[];
    };
    expect(all.map(({ version }) => version)).toEqual(
      Array.from({ length: versions + 1 }, (_, n) => versions + 1 - n),
    );
  },
};

export const catalogue: Operation<Published> = {
  what: "publishing a catalogue of actions",
  prepare: async (name) => ({ name, versions: await versionOf("/actions") }),
  act: () =>
    publish("/actions", (_, version) => ({
      ...STARTER_CATALOGUE,
      actions: STARTER_CATALOGUE.actions.slice(0, 1),
      version,
    })),
  account: () => ({ humans: [], sent: [] }),
  async holds({ versions }) {
    expect(await versionOf("/actions")).toBe(versions + 1);
  },
};
