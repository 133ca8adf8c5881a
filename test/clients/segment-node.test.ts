import { Analytics } from "@segment/analytics-node";
import { describe, expect, test } from "vitest";
import { ALL, SERVER_KEY, stage, TROUBLE, WRITE_KEY } from "./stage.ts";

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
  test.each([
    ["at once", "1", []],
    ["through a 503, a 429 and a lost answer", "2", TROUBLE],
  ])(
    "its whole vocabulary arrives equal, once and in order, flushed at exit, %s",
    async (_, who, faults) => {
      const userId = `seg-${who}`;
      const email = `ada-${who}@club.example.org`;
      site.faults = [...faults];
      const analytics = client();
      const at = Date.now() - 60_000;
      const when = (n: number): Date => new Date(at + n);
      analytics.identify({
        userId,
        anonymousId: `seg-anon-${who}`,
        traits: { email: email, plan: "season" },
        timestamp: when(0),
        context,
      });
      analytics.track({
        userId,
        event: "Order Completed",
        properties: { orderId: "o-1", total: 42.5, products: [{ sku: "scarf", quantity: 2 }] },
        timestamp: when(1),
        context,
      });
      analytics.page({
        userId,
        name: "Tickets",
        properties: { url: "https://www.example.org/tickets", title: "Tickets" },
        timestamp: when(2),
        context,
      });
      analytics.screen({ userId, name: "Line-up", timestamp: when(3), context });
      analytics.group({
        userId,
        groupId: "supporters-north",
        traits: { seats: 12 },
        timestamp: when(4),
        context,
      });
      analytics.alias({ userId, previousId: `seg-old-${who}`, timestamp: when(5), context });
      await analytics.closeAndFlush();

      const events = await site.journeyOf(`user_id:${userId}`, 6);
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
      expect(site.posts()).toEqual(
        [...faults.map(({ status }) => status), 200].map((status) => ({
          method: "POST",
          path: "/_u/v1/batch",
          status,
        })),
      );
      const person = await site.person(`email:${email}`);
      expect(person?.["identifiers"]).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ kind: "user_id", value: userId, assurance: "verified" }),
          expect.objectContaining({ kind: "anonymous_id", value: `seg-anon-${who}` }),
          expect.objectContaining({ kind: "anonymous_id", value: `seg-old-${who}` }),
        ]),
      );
    },
  );

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
