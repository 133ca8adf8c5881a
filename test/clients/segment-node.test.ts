import { Analytics } from "@segment/analytics-node";
import { describe, expect, test } from "vitest";
import { ALL, SERVER_KEY, stage, WRITE_KEY } from "./stage.ts";

const site = stage();

const client = (options: Partial<ConstructorParameters<typeof Analytics>[0]> = {}): Analytics =>
  new Analytics({
    writeKey: SERVER_KEY,
    host: site.origin,
    path: "/_u/v1/batch",
    flushAt: 15,
    ...options,
  });

const context = { consent: { categoryPreferences: ALL } };

describe("@segment/analytics-node", () => {
  test("its whole vocabulary arrives equal, once and in order, flushed at exit", async () => {
    const analytics = client();
    const at = Date.now() - 60_000;
    const when = (n: number): Date => new Date(at + n);
    analytics.identify({
      userId: "seg-1",
      anonymousId: "seg-anon-1",
      traits: { email: "ada@club.example.org", plan: "season" },
      timestamp: when(0),
      context,
    });
    analytics.track({
      userId: "seg-1",
      event: "Order Completed",
      properties: { orderId: "o-1", total: 42.5, products: [{ sku: "scarf", quantity: 2 }] },
      timestamp: when(1),
      context,
    });
    analytics.page({
      userId: "seg-1",
      name: "Tickets",
      properties: { url: "https://www.example.org/tickets", title: "Tickets" },
      timestamp: when(2),
      context,
    });
    analytics.screen({ userId: "seg-1", name: "Line-up", timestamp: when(3), context });
    analytics.group({
      userId: "seg-1",
      groupId: "supporters-north",
      traits: { seats: 12 },
      timestamp: when(4),
      context,
    });
    analytics.alias({ userId: "seg-1", previousId: "seg-old-1", timestamp: when(5), context });
    await analytics.closeAndFlush();

    const events = await site.journeyOf("user_id:seg-1", 6);
    expect(events.map(({ type, name }) => [type, name])).toEqual([
      ["identify", null],
      ["track", "Order Completed"],
      ["page", "Tickets"],
      ["screen", "Line-up"],
      ["group", null],
      ["alias", null],
    ]);
    expect(events.map((event) => event.at)).toEqual(
      events.map((_, n) => expect.stringContaining(when(n).toISOString().slice(0, 19))),
    );
    expect(events[1]?.props).toEqual({
      orderId: "o-1",
      total: 42.5,
      products: [{ sku: "scarf", quantity: 2 }],
    });
    expect(site.posts()).toEqual([{ method: "POST", path: "/_u/v1/batch", status: 200 }]);
    const person = await site.person("email:ada@club.example.org");
    expect(person?.["identifiers"]).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: "user_id", value: "seg-1", assurance: "verified" }),
        expect.objectContaining({ kind: "anonymous_id", value: "seg-anon-1" }),
        expect.objectContaining({ kind: "anonymous_id", value: "seg-old-1" }),
      ]),
    );
  });

  test.each([
    ["a 503", { status: 503 }],
    ["a 429 with Retry-After", { status: 429, retryAfter: 1 }],
    ["an answer lost on its way back", { status: 503, served: true }],
  ])("after %s it tries again, and the message is there once", async (what, fault) => {
    const userId = `seg ${what}`;
    const analytics = client();
    site.faults = [fault];
    analytics.track({ userId, event: "Looked", context });
    await analytics.closeAndFlush();
    expect(site.posts().map(({ status }) => status)).toEqual([fault.status, 200]);
    expect(await site.journeyOf(`user_id:${userId}`, 1)).toHaveLength(1);
  });

  test("what consent refuses is taken as delivered: nothing is recorded and nothing is sent again", async () => {
    const analytics = client();
    const errors: unknown[] = [];
    analytics.on("error", (error) => errors.push(error));
    analytics.identify({ userId: "seg-refused", traits: { email: "no@club.example.org" } });
    analytics.track({
      userId: "seg-refused",
      event: "Looked",
      context: { consent: { categoryPreferences: { measurement: false } } },
    });
    await analytics.closeAndFlush();
    expect(site.posts().map(({ status }) => status)).toEqual([200]);
    expect(errors).toEqual([]);
    expect(await site.person("user_id:seg-refused")).toBeNull();
  });

  test("with the public key from a server it is refused once and not repeated", async () => {
    const analytics = client({ writeKey: WRITE_KEY });
    const errors: unknown[] = [];
    analytics.on("error", (error) => errors.push(error));
    analytics.track({ userId: "seg-forged", event: "Looked", context });
    await analytics.closeAndFlush();
    expect(site.posts().map(({ status }) => status)).toEqual([403]);
    expect(errors).toHaveLength(1);
  });
});
