import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { VisitorId } from "../../../src/domain/ids.ts";
import type { Host } from "../../../src/person/host.ts";
import { objectOf, settle } from "../../support/objects.ts";
import { Browser, eventually } from "../../support/site.ts";

async function newBrowser(): Promise<{ browser: Browser; visitor: string }> {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  return { browser, visitor: browser.visitor ?? "" };
}

const landed = async (visitor: string): Promise<string[]> => {
  const { results } = await env.DB.prepare("SELECT id FROM events WHERE visitor = ? ORDER BY id")
    .bind(visitor)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
};

/** What waits in the object's outbox, and when its alarm rings. */
const held = (visitor: string): Promise<{ waiting: string[]; alarm: number | null }> =>
  runInDurableObject(objectOf(visitor), async (object, { storage }) => {
    const { host } = object as unknown as { host: Host };
    const pending = host.read((tx) => tx.visitors.get(visitor as VisitorId)?.pending ?? []);
    const waiting = pending.flatMap((entry) => (entry.kind === "event" ? [entry.event.id] : []));
    return { waiting, alarm: await storage.getAlarm() };
  });

test("what was accepted is in D1 within seconds, long before an alarm, and listed", async () => {
  const { browser, visitor } = await newBrowser();
  await browser.send("track", { messageId: "carried-1", event: "Looked" });
  await eventually(async () => (await landed(visitor)).length === 1);
  const { alarm } = await held(visitor);
  expect(alarm).toBeGreaterThan(Date.now() + 10_000);
  const row = await env.DB.prepare("SELECT visitors FROM people WHERE id = ?")
    .bind(visitor)
    .first();
  expect(row).toEqual({ visitors: 1 });
});

test("the object forgets with its next write what it is told has landed, and keeps what may not have", async () => {
  const { browser, visitor } = await newBrowser();
  await browser.send("track", { messageId: "forgotten-1", event: "Looked" });
  expect((await held(visitor)).waiting).toEqual(["forgotten-1"]);
  await eventually(async () => (await landed(visitor)).length === 1);
  // What landed is told once the carrier knows; its own answer comes a moment after the row is there.
  await eventually(async () => {
    await browser.send("track", { messageId: "forgotten-2", event: "Looked" });
    await browser.send("track", { messageId: `forgotten-${crypto.randomUUID()}`, event: "Looked" });
    return !(await held(visitor)).waiting.includes("forgotten-1");
  });
});

test("an object that slept hands over again what it doesn't know to have landed, and nothing is doubled", async () => {
  const { browser, visitor } = await newBrowser();
  await browser.send("track", { messageId: "slept-1", event: "Looked" });
  await evictDurableObject(objectOf(visitor));
  await browser.send("track", { messageId: "slept-2", event: "Looked" });
  await eventually(async () => (await landed(visitor)).length === 2);
  await evictDurableObject(objectOf(visitor));
  await settle([visitor]);
  expect(await landed(visitor)).toEqual(["slept-1", "slept-2"]);
});
