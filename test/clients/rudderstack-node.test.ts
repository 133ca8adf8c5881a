import RudderAnalytics from "@rudderstack/rudder-sdk-node";
import { describe, expect, test } from "vitest";
import { ALL, SERVER_KEY, stage, TROUBLE } from "./stage.ts";

const site = stage();

const client = (
  options: Partial<ConstructorParameters<typeof RudderAnalytics>[1]> = {},
): RudderAnalytics =>
  new RudderAnalytics(SERVER_KEY, {
    dataPlaneUrl: `${site.origin}/_u`,
    flushAt: 20,
    logLevel: "silly" as "error",
    ...options,
  });

const context = {
  consentManagement: {
    provider: "custom",
    allowedConsentIds: Object.keys(ALL),
    deniedConsentIds: [],
  },
};

describe("@rudderstack/rudder-sdk-node", () => {
  test.each([
    ["gzipped", true, []],
    ["plain", false, []],
    ["troubled", true, TROUBLE],
  ])("its whole vocabulary arrives equal, once and in order, %s", async (how, gzip, faults) => {
    site.faults = [...faults];
    const userId = `rud-${how}`;
    const at = Date.now() - 3 * 86_400_000;
    const when = (n: number): Date => new Date(at + n * 1000);
    const analytics = client({ gzip });
    analytics.identify({
      userId,
      anonymousId: `rud-anon-${how}`,
      traits: { email: `${how}@club.example.org`, plan: "season" },
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
      properties: { url: "https://www.example.org/tickets" },
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
    analytics.alias({ userId, previousId: `rud-old-${how}`, timestamp: when(5), context });
    await analytics.flush();
    await analytics.flush();

    const events = await site.journeyOf(`user_id:${userId}`, 6);
    expect(events.map(({ type, name }) => [type, name])).toEqual([
      ["identify", null],
      ["track", "Order Completed"],
      ["page", "Tickets"],
      ["screen", "Line-up"],
      ["group", null],
      ["alias", null],
    ]);
    expect(events.map((event) => Math.round((Date.parse(event.at) - at) / 1000))).toEqual([
      0, 1, 2, 3, 4, 5,
    ]);
    expect(events[1]?.props).toEqual({
      orderId: "o-1",
      total: 42.5,
      products: [{ sku: "scarf", quantity: 2 }],
    });
    const posts = site.posts();
    expect(posts.every(({ path }) => path === "/_u/v1/batch")).toBe(true);
    expect(posts.slice(0, faults.length).map(({ status }) => status)).toEqual(
      faults.map(({ status }) => status),
    );
    expect(posts.slice(faults.length).every(({ status }) => status === 200)).toBe(true);
    const person = await site.person(`email:${how}@club.example.org`);
    expect(person?.["identifiers"]).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: "user_id", value: userId, assurance: "verified" }),
        expect.objectContaining({ kind: "anonymous_id", value: `rud-old-${how}` }),
      ]),
    );
  });

  test("what consent refuses is taken as delivered: nothing is recorded and nothing is sent again", async () => {
    const analytics = client();
    analytics.track({
      userId: "rud-refused",
      event: "Looked",
      context: { consentManagement: { allowedConsentIds: [], deniedConsentIds: ["measurement"] } },
    });
    await analytics.flush();
    expect(site.posts().map(({ status }) => status)).toEqual([200]);
    expect(await site.person("user_id:rud-refused")).toBeNull();
  });
});
