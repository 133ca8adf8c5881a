/** What visitors do, and what a site's server says of them. */
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { identifierKeys } from "../../support/identifier-keys.ts";
import { settle } from "../../support/objects.ts";
import { ALL, api, type Browser, server } from "../../support/site.ts";
import {
  fresh,
  idsOf,
  insist,
  type Operation,
  personOf,
  signIn,
  type Two,
  twoDevices,
  wasSent,
} from "../operation.ts";

export interface Visit {
  name: string;
  browser: Browser;
  /** The visitor that the browser was when it came. */
  visitor: string | null;
}

export const sees = (browser: Browser, id: string) =>
  insist(() => browser.send("track", { messageId: id, event: "Looked" }));

export const firstVisit: Operation<Visit> = {
  what: "a first visit that agrees, reads and signs up",
  prepare: async (name) => ({ name, browser: fresh(), visitor: null }),
  async act({ name, browser }) {
    await insist(() => browser.consent({ accept: "all" }));
    const page = await insist(() => browser.send("page", { messageId: `${name}-page` }));
    expect(page.body).toMatchObject({ success: true });
    await insist(() =>
      browser.send("identify", {
        messageId: `${name}-in`,
        userId: name,
        traits: { email: `${name}@example.org` },
      }),
    );
  },
  account: ({ name, browser }) => ({
    humans: [[browser.visitor]],
    sent: [`${name}-in`, `${name}-page`],
  }),
  async holds({ name, browser }) {
    const person = await personOf(browser.visitor);
    expect(person.identifiers.map(({ value }) => value).sort()).toEqual(
      [name, `${name}@example.org`].sort(),
    );
  },
};

export const visited = async (name: string): Promise<Visit> => {
  const visit = await firstVisit.prepare(name);
  await firstVisit.act(visit);
  await settle([String(visit.browser.visitor)]);
  return { ...visit, visitor: visit.browser.visitor };
};

export const withdrawal: Operation<Visit> = {
  what: "a withdrawal, and what is sent after it",
  prepare: visited,
  async act({ name, browser }) {
    await insist(() => browser.consent({ accept: "none" }));
    await sees(browser, `${name}-after`);
    const said = { messageId: `${name}-server`, userId: name, event: "Bought" };
    await insist(() => server("track", said));
  },
  account: ({ name, visitor }) => ({
    humans: [[visitor]],
    sent: [`${name}-in`, `${name}-page`],
    unwanted: [`${name}-after`, `${name}-server`],
  }),
  async holds({ browser, visitor }) {
    expect(browser.visitor).toBeNull();
    // Who withdraws again because no answer came has withdrawn twice.
    const receipts = (await api(`/receipts?visitor=${visitor}`)).body["receipts"] as unknown[];
    expect([2, 3]).toContain(receipts.length);
  },
};

export const reset: Operation<Visit> = {
  what: "a reset, after which somebody else uses the device",
  prepare: visited,
  async act({ name, browser }) {
    await insist(() => browser.call("/_u/reset", {}));
    await sees(browser, `${name}-other`);
    const token = { messageId: `${name}-other-in`, userId: `other-${name}` };
    await insist(() => browser.send("identify", token));
  },
  account: ({ name, browser, visitor }) => ({
    humans: [[visitor], [browser.visitor]],
    sent: [`${name}-in`, `${name}-page`, `${name}-other`, `${name}-other-in`],
  }),
};

interface Neighbours extends Two {
  neighbour: Browser;
}

/** Two devices with a past, one of which is signed in, and somebody else. */
async function neighbours(name: string): Promise<Neighbours> {
  const two = await twoDevices(name);
  const neighbour = fresh();
  await neighbour.consent({ accept: "all" });
  await neighbour.send("identify", { messageId: `${name}-else`, userId: `else-${name}` });
  await signIn(two.devices[0], name, 0);
  await settle([...idsOf(two), neighbour.visitor].map(String));
  return { ...two, neighbour };
}

export const signIns: Operation<Neighbours> = {
  what: "another device that signs in, while somebody else types the address",
  prepare: neighbours,
  async act({ name, devices: [, other], neighbour }) {
    await signIn(other, name, 1);
    await insist(() =>
      neighbour.send("identify", {
        messageId: `${name}-typed`,
        traits: { email: `${name}@example.org` },
      }),
    );
  },
  account: (world) => ({
    humans: [idsOf(world), [world.neighbour.visitor]],
    sent: [...wasSent(world.name), `${world.name}-else`, `${world.name}-typed`],
  }),
  async holds(world) {
    const person = await personOf(world.devices[0].visitor);
    expect(person.visitors.map(({ id }) => id).sort()).toEqual(idsOf(world).toSorted());
    expect(person.merges).toHaveLength(1);
  },
};

interface Served extends Visit {
  record: string;
}

export const serverCalls: Operation<Served> = {
  what: "a server's call about whoever a browser is",
  async prepare(name) {
    const visit = await visited(name);
    return { ...visit, record: await identifierKeys.sourceVisitor("user_id", name) };
  },
  async act({ name }) {
    for (const call of ["track", "identify"])
      await insist(() =>
        server(call, {
          messageId: `${name}-${call}`,
          userId: name,
          event: "Bought",
          traits: {
            email: `${name}@example.org`,
            phone: `+49 30 ${90_180_000 + Number(/\d+/.exec(name))}`,
          },
          context: { consent: { categoryPreferences: ALL } },
        }),
      );
  },
  account: ({ name, visitor, record }) => ({
    humans: [[visitor, record]],
    sent: ["in", "page", "track", "identify"].map((each) => `${name}-${each}`),
    carried: [record],
  }),
};

export const hints: Operation<Visit & { hint: string | null }> = {
  what: "a hint that is asked for, shown and taken",
  prepare: async (name) => ({ ...(await visited(name)), hint: null }),
  async act(world) {
    const { browser } = world;
    const { body } = await insist(() => browser.call("/_u/next?slot=hero"));
    world.hint = String(body["hint"]);
    for (const outcome of ["shown", "taken"]) {
      const said = await insist(() => browser.call(`/_u/hints/${world.hint}/${outcome}`, {}));
      expect(said.status).toBe(200);
    }
  },
  account: ({ name, visitor }) => ({
    humans: [[visitor]],
    sent: [`${name}-in`, `${name}-page`],
  }),
  async holds({ visitor, hint }) {
    const { results } = await env.DB.prepare(
      "SELECT hint, outcome FROM hints WHERE visitor = ? AND hint = ? ORDER BY outcome",
    )
      .bind(visitor, hint)
      .all<{ outcome: string }>();
    expect(results.map(({ outcome }) => outcome)).toEqual(["shown", "taken"]);
  },
};
