import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../scripts/build.ts";
import { type Runtime, start } from "../bench/runtime.ts";
import { testBindings } from "../support/bindings.ts";
import { launchChromium } from "../support/chromium.ts";
import { until } from "../support/until.ts";
import { choose, press, reach, signIn, type } from "./keyboard.ts";

let runtime: Runtime;
let chromium: Browser;
let site: string;

beforeAll(async () => {
  await build();
  runtime = await start([{ name: "usher", entry: "src/worker.ts", objects: ["Person"] }]);
  site = String(runtime.urls.get("usher")).replace(/\/$/, "");
  chromium = await launchChromium();
});
afterAll(async () => {
  await chromium?.close();
  await runtime?.dispose();
});

const granted = { measurement: true, personalization: true, recognition: true, advertising: true };

/** What the site's own server knows of Jane: her address, and that she wants its letters. */
async function tellOfJane(): Promise<void> {
  const context = { consent: { categoryPreferences: granted } };
  const calls = [
    ["identify", { traits: { email: "jane@example.org" } }],
    ["track", { event: "Newsletter Signed Up" }],
  ] as const;
  for (const [call, said] of calls) {
    const answer = await fetch(`${site}/_u/v1/${call}`, {
      method: "POST",
      headers: { authorization: `Bearer ${testBindings.SERVER_KEY}` },
      body: JSON.stringify({ ...said, userId: "jane", messageId: crypto.randomUUID(), context }),
    });
    expect(await answer.json()).toMatchObject({ accepted: 1 });
  }
  await until(async () => {
    const headers = { authorization: `Bearer ${testBindings.MARKETER_TOKEN}` };
    const { people } = (await (await fetch(`${site}/_u/api/people`, { headers })).json()) as {
      people: unknown[];
    };
    return people.length > 0;
  }, "Jane comes into the directory");
}

const words = (page: Page): Promise<string> => page.getByRole("main").innerText();

test("a marketer makes a new action by keyboard and sees who gets it", async () => {
  await tellOfJane();
  const page = await (await chromium.newContext()).newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    // The form that came back is a 422, the picture isn't there: Chromium logs both as failed loads.
    if (message.type() === "error" && !/\b(?:422|404)\b/.test(message.text()))
      complaints.push(message.text());
  });
  page.on("pageerror", ({ message }) => complaints.push(message));

  await signIn(page, `${site}/_u/console/actions`, testBindings.MARKETER_TOKEN);
  await press(page, "New action");
  await type(page, "Label", "The spring letter");
  await type(page, "Title", "Spring at the ground");
  await type(page, "Text", "What is new, and your seat.");
  // The phone and the counts follow what is typed, while the page stays and nothing is saved.
  await type(page, "Picture", "/demo/no-such-picture.svg");
  const phone = page.locator(".phone");
  await until(
    async () => (await phone.innerText()).includes("Spring at the ground"),
    "the phone shows what was typed",
  );
  await until(
    async () => (await phone.locator("img").count()) === 1,
    "the phone shows the picture",
  );
  const who = page.locator("[data-live=who]");
  await until(
    async () => (await who.innerText()).includes("1 of 1 person last seen"),
    "the counts follow",
  );
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("image");
  expect(new URL(page.url()).pathname).toBe("/_u/console/actions/new");
  await choose(page, "Channel", "By e-mail");
  await choose(page, "One more condition", "Gave an identifier");
  await press(page, "Add the condition");

  // Enter in a field only looks.
  await reach(page, "Label");
  await Promise.all([page.waitForEvent("framenavigated"), page.keyboard.press("Enter")]);
  await page.waitForLoadState("load");
  expect(await words(page)).toContain("Whoever gave an e-mail address.");
  expect(await words(page)).toContain("1 of 1 person last seen gets it now");

  await type(page, "Held out, %", "80");
  await press(page, "Save the action");
  expect(await words(page)).toContain("One thing is to be mended");
  await press(page, "Held out, %: must lie between 0 and 50");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("holdOut");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("0");
  await press(page, "Save the action");

  await page.waitForURL(/actions\/the-spring-letter/);
  const seen = await words(page);
  expect(seen).toContain("Saved as version 2");
  expect(seen).toContain("gave an e-mail address");
  expect(seen).toContain("j•••@example.org");
  expect(seen).not.toContain("jane@example.org");
  await reach(page, "Download as CSV");
  const [link] = await page.locator("tbody a[href*='/people/']").all();
  await press(page, (await link?.innerText()) ?? "");
  expect(page.url()).toContain("/_u/console/people/");
  expect(await words(page)).toContain("jane@example.org");
  expect(complaints).toEqual([]);
  await page.context().close();
});
