import { jitsuAnalytics } from "@jitsu/js";
import { describe, expect, test } from "vitest";
import { ALL, SERVER_KEY, stage } from "./stage.ts";

const site = stage();

const client = (options: Partial<Parameters<typeof jitsuAnalytics>[0]> = {}) =>
  jitsuAnalytics({
    host: `${site.origin}/_u`,
    writeKey: `usher:${SERVER_KEY}`,
    s2s: true,
    errorPolicy: () => undefined,
    privacy: { consentCategories: ALL },
    ...options,
  });

describe("@jitsu/js on a server", () => {
  test("its whole vocabulary arrives equal, once and in order", async () => {
    const jitsu = client();
    await jitsu.identify("jit-1", { email: "jit@club.example.org", plan: "season" });
    await jitsu.track("Order Completed", {
      orderId: "o-1",
      total: 42.5,
      products: [{ sku: "scarf" }],
    });
    await jitsu.page({ name: "Tickets", url: "https://www.example.org/tickets" });
    await jitsu.group("supporters-north", { seats: 12 });
    const events = await site.journeyOf("user_id:jit-1", 4);
    expect(events.map(({ type, name }) => [type, name])).toEqual([
      ["identify", null],
      ["track", "Order Completed"],
      ["page", "Tickets"],
      ["group", null],
    ]);
    expect(events[1]?.props).toEqual({
      orderId: "o-1",
      total: 42.5,
      products: [{ sku: "scarf" }],
    });
    expect(site.posts().map(({ path, status }) => [path, status])).toEqual([
      ["/_u/api/s/s2s/identify", 200],
      ["/_u/api/s/s2s/track", 200],
      ["/_u/api/s/s2s/page", 200],
      ["/_u/api/s/s2s/group", 200],
    ]);
    const person = await site.person("email:jit@club.example.org");
    expect(person?.["identifiers"]).toContainEqual(
      expect.objectContaining({ kind: "user_id", value: "jit-1", assurance: "verified" }),
    );
  });

  test("what consent refuses is taken as delivered, and nothing is recorded", async () => {
    const errors: unknown[] = [];
    const jitsu = client({
      privacy: { consentCategories: { measurement: false } },
      errorPolicy: (...said: unknown[]) => void errors.push(said),
    });
    await jitsu.identify("jit-refused", { email: "no@club.example.org" });
    await jitsu.track("Looked");
    expect(errors).toEqual([]);
    expect(site.posts().map(({ status }) => status)).toEqual([200, 200]);
    expect(await site.person("user_id:jit-refused")).toBeNull();
  });
});
