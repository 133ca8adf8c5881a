/** What visitors do, with every call to the outside failing in turn. */
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { settle } from "../support/objects.ts";
import { api, type Browser } from "../support/site.ts";
import {
  eventsOf,
  expected,
  fresh,
  idsOf,
  insist,
  type Operation,
  personOf,
  signIn,
  tryEveryCall,
  type Two,
  twoDevices,
} from "./operation.ts";

interface Visit {
  name: string;
  browser: Browser;
}

const firstVisit: Operation<Visit> = {
  what: "a first visit that agrees, reads and signs up",
  prepare: async (name) => ({ name, browser: fresh() }),
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
  visitors: ({ browser }) => [browser.visitor],
  async holds({ name, browser }) {
    expect(await eventsOf([browser.visitor])).toEqual([`${name}-in`, `${name}-page`]);
    const person = await personOf(browser.visitor);
    expect(person.identifiers.map(({ value }) => value).sort()).toEqual(
      [name, `${name}@example.org`].sort(),
    );
    const receipts = await api(`/receipts?visitor=${browser.visitor}`);
    expect(receipts.body["receipts"]).toHaveLength(1);
  },
};

const merge: Operation<Two> = {
  what: "two devices that sign in as one",
  prepare: twoDevices,
  async act({ name, devices }) {
    for (const [n, browser] of devices.entries()) await signIn(browser, name, n);
  },
  visitors: idsOf,
  async holds(world) {
    const person = await personOf(world.devices[0].visitor);
    expect(person.visitors.map(({ id }) => id).sort()).toEqual(idsOf(world).toSorted());
    expect(person.merges).toHaveLength(1);
    expect(await eventsOf(idsOf(world))).toEqual(expected(world.name));
  },
};

const withdrawal: Operation<Visit & { visitor: string | null }> = {
  what: "a withdrawal, and what is sent after it",
  async prepare(name) {
    const world = await firstVisit.prepare(name);
    await firstVisit.act(world);
    await settle([String(world.browser.visitor)]);
    return { ...world, visitor: world.browser.visitor };
  },
  async act({ name, browser }) {
    await insist(() => browser.consent({ accept: "none" }));
    await insist(() => browser.send("track", { messageId: `${name}-after`, event: "Looked" }));
  },
  visitors: ({ visitor }) => [visitor],
  async holds({ name, browser, visitor }) {
    expect(browser.visitor).toBeNull();
    expect(await eventsOf([visitor])).toEqual([`${name}-in`, `${name}-page`]);
    const after = await env.DB.prepare("SELECT count(*) AS n FROM events WHERE id = ?")
      .bind(`${name}-after`)
      .first<{ n: number }>();
    expect(after?.n).toBe(0);
    // Who withdraws again because no answer came has withdrawn twice.
    const receipts = (await api(`/receipts?visitor=${visitor}`)).body["receipts"] as unknown[];
    expect([2, 3]).toContain(receipts.length);
  },
};

tryEveryCall(firstVisit);
tryEveryCall(merge);
tryEveryCall(withdrawal);
