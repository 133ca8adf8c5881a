import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { policies } from "../../../src/http/documents.ts";
import { api, Browser, OFFICER_TOKEN } from "../../support/site.ts";
import { identityToken } from "../identity/tokens.ts";

test("where the officer wants one user a device, a second sign-in is recorded as nobody, and the first one's events go on", async () => {
  const { body: policy } = await api("/policy", OFFICER_TOKEN);
  const strict = { ...policy, sharedDevice: { secondUser: "refuse" } };
  expect((await api("/policy?note=One+user+a+device", OFFICER_TOKEN, strict, "PUT")).status).toBe(
    200,
  );
  policies.forget(env.DB);
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  const signIn = async (user: string, messageId: string) =>
    browser.send("identify", {
      userId: user,
      messageId,
      context: { identityToken: await identityToken(user) },
    });
  expect((await signIn("first", "one-1")).body).toMatchObject({ accepted: 1 });
  const visitor = browser.visitor;
  expect((await signIn("second", "one-2")).body).toMatchObject({
    accepted: 0,
    dropped: [{ messageId: "one-2", reason: "blocked" }],
  });
  expect(browser.visitor).toBe(visitor);
  expect((await browser.send("track", { event: "Looked", messageId: "one-3" })).body).toMatchObject(
    {
      accepted: 1,
    },
  );
  const journey = await api(`/people/${visitor}/journey`);
  expect((journey.body["events"] as { id: string }[]).map(({ id }) => id).sort()).toEqual([
    "one-1",
    "one-3",
  ]);
});
