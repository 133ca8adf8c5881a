import RudderAnalytics from "@rudderstack/rudder-sdk-node";
import { describe, expect, test } from "vitest";
import { ALL, SERVER_KEY, stage, TROUBLE } from "./stage.ts";
import { messagesOf, recordedOfServer } from "./vocabulary.ts";

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
    const analytics = client({ gzip });
    const said = messagesOf({
      userId,
      anonymousId: `rud-anon-${how}`,
      previousId: `rud-old-${how}`,
      email: `${how}@club.example.org`,
      when: (n) => new Date(at + n * 1000),
      context,
    });
    analytics.identify(said.identify);
    analytics.track(said.track);
    analytics.page(said.page);
    analytics.screen(said.screen);
    analytics.group(said.group);
    analytics.alias(said.alias);
    await analytics.flush();
    await analytics.flush();

    const who = { userId, email: `${how}@club.example.org` };
    const events = await recordedOfServer(site, who, [`rud-old-${how}`]);
    expect(events.map((event) => Math.round((Date.parse(event.at) - at) / 1000))).toEqual([
      0, 1, 2, 3, 4, 5,
    ]);
    const posts = site.posts();
    expect(posts.every(({ path }) => path === "/_u/v1/batch")).toBe(true);
    expect(posts.slice(0, faults.length).map(({ status }) => status)).toEqual(
      faults.map(({ status }) => status),
    );
    expect(posts.slice(faults.length).every(({ status }) => status === 200)).toBe(true);
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
