import { expect, test } from "vitest";
import { tab } from "./browser.ts";
import { ALL, stage, WRITE_KEY } from "./stage.ts";

const site = stage();
const browser = tab(site, "window.client = {};");

test.each([
  ["with a consent that was given before it is a page view", ALL, 1],
  ["with a refusal it is a picture and nothing else", { personalization: false }, 0],
  ["without any choice it is a picture and nothing else", null, 0],
] as const)("the pixel of a page without script: %s", async (_, choices, recorded) => {
  await browser.visit();
  if (choices) await browser.choose(choices);
  const person = await browser.visitor();
  const silent = await browser.context.browser()!.newContext({
    javaScriptEnabled: false,
    userAgent: await browser.page.evaluate(() => navigator.userAgent),
  });
  await silent.addCookies(await browser.context.cookies());
  const page = await silent.newPage();
  site.pages.set(
    "/quiet",
    `<!doctype html><title>Quiet</title><body><noscript><img src="/_u/px.gif?writeKey=${WRITE_KEY}" alt="" width="1" height="1"></noscript>`,
  );
  const pixel = page.waitForResponse("**/_u/px.gif*");
  await page.goto(`${site.origin}/quiet`);
  const answer = await pixel;
  expect(answer.status()).toBe(200);
  expect(answer.headers()["content-type"]).toBe("image/gif");
  const cookies = (await silent.cookies()).map(({ name }) => name);
  expect(cookies.includes("usher")).toBe(recorded > 0);
  if (person) {
    const events = await site.journeyOfVisitor(person, recorded);
    expect(events.map(({ type, page: of }) => [type, of?.["path"]])).toEqual([["page", "/quiet"]]);
  }
  await silent.close();
});
