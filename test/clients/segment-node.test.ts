import { Analytics } from "@segment/analytics-node";
import { describe, expect, test } from "vitest";
import { ALL, SERVER_KEY, stage, TROUBLE, WRITE_KEY } from "./stage.ts";
import { messagesOf, recordedOfServer } from "./vocabulary.ts";

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
      const said = messagesOf({
        userId,
        anonymousId: `seg-anon-${who}`,
        previousId: `seg-old-${who}`,
        email,
        when,
        context,
      });
      analytics.identify(said.identify);
      analytics.track(said.track);
      analytics.page(said.page);
      analytics.screen(said.screen);
      analytics.group(said.group);
      analytics.alias(said.alias);
      await analytics.closeAndFlush();

      const events = await recordedOfServer(site, { userId, email }, [
        `seg-anon-${who}`,
        `seg-old-${who}`,
      ]);
      expect(events.map((event) => event.at)).toEqual(
        events.map((_, n) => expect.stringContaining(when(n).toISOString().slice(0, 19))),
      );
      expect(site.posts()).toEqual(
        [...faults.map(({ status }) => status), 200].map((status) => ({
          method: "POST",
          path: "/_u/v1/batch",
          status,
        })),
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
