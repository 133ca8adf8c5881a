/** What officers do, with every call to the outside failing in turn. */
import { env, exports } from "cloudflare:workers";
import { expect } from "vitest";
import { settle } from "../support/objects.ts";
import { api, eventually, ORIGIN, OWNER_TOKEN, read } from "../support/site.ts";
import {
  cron,
  eventsOf,
  expected,
  idsOf,
  insist,
  type Operation,
  personOf,
  signIn,
  tryEveryCall,
  type Two,
  twoDevices,
} from "./operation.ts";

async function merged(name: string): Promise<Two> {
  const world = await twoDevices(name);
  for (const [n, browser] of world.devices.entries()) await signIn(browser, name, n);
  await settle(idsOf(world).map(String));
  return world;
}

const undo: Operation<Two & { merge: string }> = {
  what: "an officer's undo of a merge",
  async prepare(name) {
    const world = await merged(name);
    const [{ id } = { id: "" }] = (await personOf(world.devices[0].visitor)).merges;
    return { ...world, merge: id };
  },
  async act(world) {
    await insist(async () => {
      const said = api(`/merges/${world.merge}/undo`, undefined, {});
      // It answers when both have parted, which alarms see to.
      for (let n = 0; n < 4; n++) await settle(idsOf(world).map(String));
      return said;
    });
  },
  visitors: idsOf,
  async holds(world) {
    for (const browser of world.devices)
      expect((await personOf(browser.visitor)).visitors.map(({ id }) => id)).toEqual([
        browser.visitor,
      ]);
    expect(await eventsOf(idsOf(world))).toEqual(expected(world.name));
  },
};

const erasure: Operation<Two> = {
  what: "an officer's erasure",
  prepare: merged,
  async act({ name }) {
    const asked = await insist(() =>
      api("/requests", undefined, { kind: "erase", identifier: `user_id:${name}` }),
    );
    expect(asked.status).toBeLessThan(300);
  },
  visitors: () => [],
  async holds(world) {
    await cron();
    expect(await eventsOf(idsOf(world))).toEqual([]);
    for (const browser of world.devices)
      expect((await api(`/people/${browser.visitor}`)).status).toBe(404);
    expect((await api(`/people?identifier=user_id:${world.name}`)).body["people"]).toEqual([]);
    const { objects } = await env.KEYS.list({ prefix: "visitor/" });
    for (const id of idsOf(world)) {
      const kept = objects.find(({ key }) => key.includes(String(id)));
      // What stays under the visitor's name is that it was erased, never a key.
      if (kept) expect(await (await env.KEYS.get(kept.key))?.text()).not.toMatch(/"key"/);
    }
  },
};

const imported: Operation<{ name: string; csv: string }> = {
  what: "an import of known people",
  prepare: async (name) => ({
    name,
    csv: `email,user_id,first_name\n${name}@example.org,${name},Jane\n`,
  }),
  act: ({ csv }) =>
    insist(async () =>
      read(
        await exports.default.fetch(`${ORIGIN}/_u/api/import?kind=people`, {
          method: "POST",
          headers: { authorization: `Bearer ${OWNER_TOKEN}`, "content-type": "text/csv" },
          body: csv,
        }),
      ),
    ),
  visitors: () => [],
  async holds({ name }) {
    const found = await eventually(async () => {
      const { people } = (await api(`/people?identifier=user_id:${name}`)).body as {
        people: { id: string }[];
      };
      return people.length > 0 ? people : null;
    });
    expect(found).toHaveLength(1);
  },
};

tryEveryCall(undo);
tryEveryCall(erasure);
tryEveryCall(imported);
