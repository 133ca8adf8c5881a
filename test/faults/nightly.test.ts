/** What runs by the clock, with every call to the outside failing in turn. */
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { settle } from "../support/objects.ts";
import { api } from "../support/site.ts";
import {
  cron,
  idsOf,
  type Operation,
  signIn,
  tryAll,
  type Two,
  twoDevices,
  wasSent,
} from "./operation.ts";
import { fails } from "./troubles.ts";

const nightly: Operation<Two> = {
  what: "a night's work: figures, anchors, retention, learning",
  async prepare(name) {
    const world = await twoDevices(name);
    for (const [n, browser] of world.devices.entries()) await signIn(browser, name, n);
    await settle(idsOf(world).map(String));
    return world;
  },
  async act() {
    for (const schedule of ["*/5 * * * *", "17 3 * * *"])
      for (let tries = 0; tries < 3; tries++) {
        const done = await cron(schedule).then(
          () => true,
          () => false,
        );
        if (done) break;
      }
  },
  account: (world) => ({ humans: [idsOf(world)], sent: wasSent(world.name) }),
  async holds() {
    const { events } = (await env.DB.prepare("SELECT count(*) AS events FROM events").first<{
      events: number;
    }>())!;
    const overview = (await api("/reports/overview")).body as { events: number };
    expect(overview.events).toBe(events);
    expect((await api("/receipts/verify")).body).toMatchObject({ ok: true });
  },
};

tryAll(nightly, [fails("before"), fails("after")]);
