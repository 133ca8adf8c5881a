import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { VisitorId } from "../../src/domain/ids.ts";
import { createPeople, personObjects } from "../../src/person/gateway.ts";
import { continueErasures, eraseScope } from "../../src/privacy/erase.ts";
import { scopeOfIdentifier } from "../../src/privacy/scope.ts";
import { nightlyPorts } from "../../src/services.ts";
import { settle } from "../support/objects.ts";
import { ALL, api, Browser, eventually } from "../support/site.ts";
import { everything, moveIn, placesOf } from "../worker/privacy/household.ts";
import { browserSays, deliver, SeenQueue, serverSays, withQueue } from "../worker/queue/stage.ts";
import { tryAll } from "./operation.ts";
import { erasure } from "./operations/officers.ts";
import { queued } from "./operations/queued.ts";
import { firstVisit, hints, serverCalls, signIns, withdrawal } from "./operations/visits.ts";
import { queueFails } from "./troubles.ts";

const ports = () => nightlyPorts(env, (work) => createExecutionContext().waitUntil(work));

const isGuard = (place: string): boolean =>
  /^(d1 (tombstones|audit)|r2 (visitor|erasure)\/|object \w+ hot:(tomb|pointer):)/.test(place);

const eventsOf = async (visitor: string): Promise<string[]> => {
  const { results } = await env.DB.prepare("SELECT id FROM events WHERE visitor = ? ORDER BY id")
    .bind(visitor)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
};

test("an erasure that races a batch, a merge and redeliveries of the queue leaves nothing behind", async () => {
  const home = await moveIn("queued");
  const queue = new SeenQueue();
  const queued = withQueue(queue);
  const { tablet, phone, visitors } = home.jane;
  const context = { consent: { categoryPreferences: ALL } };
  const event = "Queued";
  await Promise.all([
    browserSays(queued, tablet, "track", { messageId: "queued-0", event }),
    browserSays(queued, phone, "track", { messageId: "queued-1", event }),
    serverSays(queued, "track", { messageId: "queued-2", userId: home.userId, event, context }),
    serverSays(queued, "track", {
      messageId: "queued-other",
      anonymousId: "queued-somebody",
      event,
      context,
    }),
  ]);
  const before = [...queue.bodies];
  expect(before.join()).toContain("queued-2");
  const scope = await scopeOfIdentifier(
    ports(),
    await ports().identifiers.key("user_id", home.userId),
    [],
  );
  expect(scope.visitors.length).toBeGreaterThanOrEqual(3);

  await Promise.allSettled([
    eraseScope(ports(), { about: "user_id", by: "officer", scope }, Date.now()),
    ...Array.from({ length: 6 }, (_, n) => [
      deliver(before),
      browserSays(queued, tablet, "track", { messageId: `race-${n}`, event: "Raced" }),
      browserSays(queued, phone, "identify", { messageId: `race-id-${n}`, userId: home.userId }),
      deliver(before.toReversed(), { attempts: 2 }),
    ]).flat(),
    createPeople(personObjects(env.PERSON, "")).link({
      visitor: home.kate.visitor as VisitorId,
      with: tablet.visitor as VisitorId,
      command: "raced-queue",
      by: "officer",
      force: true,
      now: Date.now(),
    }),
  ]);
  await continueErasures(ports(), Date.now());
  for (let again = 0; again < 2; again++) await deliver(queue.bodies);
  await settle(home.everybody);
  await deliver(queue.bodies.toReversed());

  const all = await everything(home.everybody);
  const named = [...home.names, await ports().identifiers.key("user_id", home.userId)];
  expect(placesOf(all, named).filter((place) => !isGuard(place))).toEqual([]);
  expect(placesOf(all, visitors).filter((place) => !isGuard(place))).toEqual([]);
  // Whoever wasn't erased has lost nothing.
  expect((await api(`/people/${home.kate.visitor}`)).status).toBe(200);
  const somebody = await ports().identifiers.sourceVisitor("anonymous_id", "queued-somebody");
  expect(await eventsOf(somebody)).toEqual(["queued-other"]);
});

test("what the queue loses is landed by its object, and a journey shows all of it before", async () => {
  const queue = new SeenQueue();
  const visitor = await ports().identifiers.sourceVisitor("anonymous_id", "lost-by-the-queue");
  await serverSays(withQueue(queue), "batch", {
    batch: [1, 2, 3].map((n) => ({
      type: "track",
      messageId: `lost-${n}`,
      anonymousId: "lost-by-the-queue",
      event: "Lost",
      context: { consent: { categoryPreferences: ALL } },
    })),
  });
  expect(queue.bodies).toHaveLength(1);
  expect(await eventsOf(visitor)).toEqual([]);
  const { body } = await api(`/people/${visitor}/journey`);
  expect((body["events"] as { id: string }[]).map(({ id }) => id)).toEqual([
    "lost-1",
    "lost-2",
    "lost-3",
  ]);
  await settle([visitor]);
  expect(await eventsOf(visitor)).toEqual(["lost-1", "lost-2", "lost-3"]);
  await deliver(queue.bodies);
  expect(await eventsOf(visitor)).toEqual(["lost-1", "lost-2", "lost-3"]);
});

test("a server's events over a real queue land, and join the browser that said their name before, long before any alarm", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  await browser.send("track", { messageId: "device-0", anonymousId: "the-device", event: "Seen" });
  const key = await ports().identifiers.key("anonymous_id", "the-device");
  const claimants = async () => (await ports().index.claimants([key])).get(key) ?? [];
  await eventually(async () => (await claimants()).length === 1);
  await serverSays(withQueue(env.TEST_EVENTS), "track", {
    messageId: "device-1",
    anonymousId: "the-device",
    event: "Seen",
    context: { consent: { categoryPreferences: ALL } },
  });
  const source = await ports().identifiers.sourceVisitor("anonymous_id", "the-device");
  await eventually(async () => (await eventsOf(source)).length === 1);
  await eventually(async () => {
    const { body } = await api(`/people/${source}`);
    return (body["visitors"] as unknown[]).length === 2;
  });
  expect(await claimants()).toEqual([browser.visitor, source]);
});

const failing = [queueFails("before"), queueFails("after")];
tryAll(queued(firstVisit), failing);
tryAll(queued(signIns), failing);
tryAll(queued(serverCalls), failing);
tryAll(queued(hints), failing);
tryAll(queued(withdrawal), failing);
// An erasure itself sends nothing; what was sent before it comes again after it.
tryAll(queued(erasure), failing, "perhaps");
