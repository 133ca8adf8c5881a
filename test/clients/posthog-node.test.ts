import { PostHog } from "posthog-node";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ALL, type Fault, SERVER_KEY, stage, TROUBLE } from "./stage.ts";

const site = stage();
const agreed = { categoryPreferences: ALL };

afterEach(() => void vi.unstubAllEnvs());

type Options = NonNullable<ConstructorParameters<typeof PostHog>[1]>;

const client = (options: Options = {}): PostHog =>
  new PostHog(SERVER_KEY, {
    host: `${site.origin}/_u`,
    fetchRetryDelay: 50,
    before_send: (event) =>
      event && { ...event, properties: { ...event.properties, consent: agreed } },
    ...options,
  });

describe("posthog-node", () => {
  test.each([
    ["gzipped", { disableCompression: false }, "v0", "/_u/batch/", []],
    ["plain", { disableCompression: true }, "v0", "/_u/batch/", []],
    ["by event", {}, "v1", "/_u/i/v1/analytics/events", []],
    ["troubled", { disableCompression: false }, "v0", "/_u/batch/", TROUBLE],
    ["troubled by event", {}, "v1", "/_u/i/v1/analytics/events", TROUBLE],
  ] satisfies [string, Options, string, string, readonly Fault[]][])(
    "its whole vocabulary arrives equal, once and in order, %s",
    async (how, options, mode, path, faults) => {
      site.faults = [...faults];
      vi.stubEnv("POSTHOG_CAPTURE_MODE", mode);
      const distinctId = `ph ${how}`;
      const posthog = client(options);
      const errors: unknown[] = [];
      posthog.on("error", (error) => errors.push(error));
      posthog.identify({
        distinctId,
        properties: { $set: { email: `ph-${how.replaceAll(" ", "-")}@club.example.org` } },
      });
      posthog.capture({
        distinctId,
        event: "Order Completed",
        properties: { orderId: "o-1", total: 42.5, products: [{ sku: "scarf" }] },
      });
      posthog.capture({
        distinctId,
        event: "$pageview",
        properties: { $current_url: "https://www.example.org/tickets?utm_source=mail" },
      });
      posthog.capture({
        distinctId,
        event: "$screen",
        properties: { $screen_name: "Line-up" },
      });
      posthog.groupIdentify({
        distinctId,
        groupType: "club",
        groupKey: "supporters-north",
        properties: { seats: 12 },
      });
      posthog.alias({ distinctId, alias: `old ${how}` });
      posthog.capture({
        distinctId,
        event: "Looked",
        properties: { $set: { plan: "season" } },
      });
      await posthog.shutdown();
      expect(errors).toEqual([]);
      expect(site.posts()).toEqual(
        [...faults.map(({ status }) => status), 200].map((status) => ({
          method: "POST",
          path,
          status,
        })),
      );
      const events = await site.journeyOf(`user_id:${distinctId}`, 7);
      expect(events.map(({ type, name }) => [type, name])).toEqual([
        ["identify", null],
        ["track", "Order Completed"],
        ["page", null],
        ["screen", "Line-up"],
        ["group", null],
        ["alias", null],
        ["track", "Looked"],
      ]);
      expect(events[1]?.props).toEqual({
        orderId: "o-1",
        total: 42.5,
        products: [{ sku: "scarf" }],
      });
      const person = await site.person(`email:ph-${how.replaceAll(" ", "-")}@club.example.org`);
      expect(person?.["identifiers"]).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ kind: "user_id", value: distinctId, assurance: "verified" }),
          expect.objectContaining({ kind: "anonymous_id", value: `old ${how}` }),
        ]),
      );
    },
  );

  test("what consent refuses is taken as delivered: nothing is recorded and nothing is sent again", async () => {
    const posthog = client({ before_send: (event) => event });
    posthog.identify({ distinctId: "ph-refused", properties: { email: "no@club.example.org" } });
    posthog.capture({ distinctId: "ph-refused", event: "Looked" });
    await posthog.shutdown();
    expect(site.posts().map(({ status }) => status)).toEqual([200]);
    expect(await site.person("user_id:ph-refused")).toBeNull();
  });

  test("flags are none, at once", async () => {
    const posthog = client();
    expect(await posthog.getAllFlags("ph-flags")).toEqual({});
    expect(await posthog.isFeatureEnabled("new-shop", "ph-flags")).toBeFalsy();
    await posthog.shutdown();
  });
});
