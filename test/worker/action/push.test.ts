import { env } from "cloudflare:workers";
import { afterEach, expect, test } from "vitest";
import { catalogues } from "../../../src/http/documents.ts";
import { settle } from "../../support/objects.ts";
import { api, type Browser } from "../../support/site.ts";
import { consenting, offer, signIn } from "./stage.ts";

afterEach(async () => {
  await env.DB.prepare("DELETE FROM settings").run();
  await env.DB.prepare("DELETE FROM people").run();
  catalogues.forget(env.DB);
});

const hostOf = (browser: Browser): string => browser.visitor ?? "";

/** An app that says its address with an event. */
const said = async (browser: Browser, token: string, event: string): Promise<void> => {
  const context = { device: { token, type: "ios" } };
  await browser.send("track", { messageId: crypto.randomUUID(), event, context });
  await settle([hostOf(browser)]);
};

const reached = async (): Promise<(string | null)[]> => {
  const { body } = await api("/hints?action=goal");
  return (body["hints"] as unknown as { address: string | null }[]).map(({ address }) => address);
};

test("a push message goes to the app's newest address, while its owner allows it", async () => {
  await offer([{ id: "goal", channel: "push" }]);
  const app = await consenting();
  await said(app, "token-1", "App Opened");
  expect(await reached()).toEqual([null]);
  await said(app, "token-1", "Push Notifications Subscribed");
  expect(await reached()).toEqual(["token-1"]);
  await said(app, "token-2", "App Opened");
  expect(await reached()).toEqual(["token-2"]);
  expect((await api("/hints.csv?action=goal")).body["text"]).toContain(",push,token-2,yes,");
  await said(app, "token-2", "Push Notifications Unsubscribed");
  expect(await reached()).toEqual([null]);
});

test("an address of push makes nobody known and joins nobody", async () => {
  await offer([{ id: "goal", channel: "push" }]);
  const [one, other] = [await consenting(), await consenting()];
  await said(one, "shared-token", "Push Notifications Subscribed");
  await said(other, "shared-token", "App Opened");
  const { body } = await api(`/people/${one.visitor}`);
  expect(body).toMatchObject({ stage: "device", visitors: [{ id: one.visitor }] });
  expect(await reached()).toEqual(expect.arrayContaining(["shared-token", null]));
});

test("whoever signs in on somebody else's app takes its address over", async () => {
  await offer([{ id: "goal", channel: "push" }]);
  const app = await consenting();
  await signIn(app, "jane");
  await said(app, "the-token", "Push Notifications Subscribed");
  const before = hostOf(app);
  await signIn(app, "john");
  await settle([before]);
  expect(hostOf(app)).not.toBe(before);
  expect(await reached()).not.toContain("the-token");
  await said(app, "the-token", "Push Notifications Subscribed");
  expect(await reached()).toEqual(expect.arrayContaining([null, "the-token"]));
});
