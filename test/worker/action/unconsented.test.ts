/** What became of a hint is kept only under the consent that the hint was given under. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test } from "vitest";
import { catalogues } from "../../../src/http/documents.ts";
import type { Host } from "../../../src/person/host.ts";
import { objectOf } from "../../support/objects.ts";
import type { Browser } from "../../support/site.ts";
import { consenting, mergeBySignIn, next, offer, settle } from "./stage.ts";

afterEach(async () => {
  await env.DB.prepare("DELETE FROM settings").run();
  catalogues.forget(env.DB);
});

const outcomesOf = (visitor: string): Promise<string[]> =>
  runInDurableObject(objectOf(visitor), (object) => {
    const { host } = object as unknown as { host: Host };
    return host.read((tx) =>
      [...tx.visitors.values()].flatMap((doc) => doc.hints.map(({ outcome }) => outcome)),
    );
  });

async function hinted(): Promise<{ browser: Browser; visitor: string; hint: unknown }> {
  await offer([{}]);
  const browser = await consenting();
  await browser.send("page", { messageId: crypto.randomUUID() });
  const hint = (await next(browser)).body["hint"];
  expect(hint).toEqual(expect.any(String));
  return { browser, visitor: browser.visitor ?? "", hint };
}

test("who took personalization back leaves no trace of what they do with a hint that is still on the page", async () => {
  const { browser, visitor, hint } = await hinted();
  await browser.consent({ choices: { personalization: false } });
  const said = await settle(browser, hint, "taken");
  expect(said.status).toBe(404);
  // Measurement still carries the id.
  expect(said.cookies.has("usher")).toBe(false);
  expect(await outcomesOf(visitor)).toEqual(["made"]);
});

test("an old id cookie beside a refusal settles nothing and goes", async () => {
  const { browser, visitor, hint } = await hinted();
  const old = browser.jar.get("usher") ?? "";
  await browser.consent({ accept: "none" });
  browser.jar.set("usher", old);
  const said = await settle(browser, hint, "shown");
  expect(said.status).toBe(404);
  expect(said.cookies.get("usher")).toBe("");
  expect(await outcomesOf(visitor)).toEqual(["made"]);
});

test("a visitor who withdrew is answered for by nobody, whatever the cookies of another moment say", async () => {
  const { browser, visitor, hint } = await hinted();
  const jar = new Map(browser.jar);
  await browser.consent({ accept: "none" });
  for (const [name, value] of jar) browser.jar.set(name, value);
  expect((await settle(browser, hint, "shown")).status).toBe(404);
  expect(await outcomesOf(visitor)).toEqual(["made"]);
});

test("what was denied on another device of the same person isn't settled here", async () => {
  const { browser, hint } = await hinted();
  const other = await consenting();
  await mergeBySignIn([browser, other]);
  await other.consent({ choices: { personalization: false } });
  expect((await settle(browser, hint, "shown")).status).toBe(404);
});
