import { expect, test } from "vitest";
import { html, stage, TAG } from "./stage.ts";

const its = stage();

const SLOT = '<div data-usher-slot="home" id="slot"></div>';
const ANSWER = {
  action: {
    id: "get-app",
    label: "Get the app",
    title: "Goals in your pocket",
    text: "Line-ups an hour before kick-off.",
    href: "/app",
  },
  hint: "h/1",
  stage: "device",
  confidence: 0.4,
  why: ["uses a phone with Android", "the app wasn't seen yet"],
};

const outcomes = (): string[] =>
  its.collector.arrivals
    .map(({ method, path }) => `${method} ${path}`)
    .filter((line) => line.includes("/hints/"));
const card = () => its.page.locator("#slot .usher-hint");

test("a slot is filled with what the collector suggests, says why, and reports that it was seen", async () => {
  its.collector.grant();
  its.collector.next = ANSWER;
  its.collector.pages.set("/", { html: html(TAG, SLOT) });
  await its.visit();
  await its.collector.arrived("/_u/hints/");
  expect(its.collector.arrivals.find(({ path }) => path.startsWith("/_u/next"))?.path).toBe(
    "/_u/next?slot=home",
  );
  expect(outcomes()).toEqual(["POST /_u/hints/h%2F1/shown"]);
  await its.page.getByText("Why do I see this?").click();
  expect(await card().ariaSnapshot()).toMatchInlineSnapshot(`
    "- region "Goals in your pocket":
      - strong: Goals in your pocket
      - paragraph: Line-ups an hour before kick-off.
      - link "Get the app":
        - /url: /app
      - group:
        - text: Why do I see this?
        - paragraph: uses a phone with Android; the app wasn't seen yet
      - button "Not interested""
  `);
});

test("following the link reports it as taken, although the page goes away", async () => {
  its.collector.grant();
  its.collector.next = ANSWER;
  its.collector.pages.set("/", { html: html(TAG, SLOT) });
  its.collector.pages.set("/app", { html: html("") });
  await its.visit();
  await its.page.getByRole("link", { name: "Get the app" }).click();
  await its.collector.arrived("/_u/hints/h%2F1/taken");
  await its.page.waitForURL("**/app");
});

test("dismissing removes it, reports it, and leaves the keyboard where it was", async () => {
  its.collector.grant();
  its.collector.next = ANSWER;
  its.collector.pages.set("/", { html: html(TAG, SLOT) });
  await its.visit();
  await its.button("Not interested").focus();
  await its.page.keyboard.press("Enter");
  await its.collector.arrived("/_u/hints/h%2F1/dismissed");
  expect(await card().count()).toBe(0);
  expect(await its.page.evaluate(() => document.activeElement?.id)).toBe("slot");
});

test("what is below the fold isn't reported as shown before it is scrolled to", async () => {
  its.collector.grant();
  its.collector.next = ANSWER;
  its.collector.pages.set("/", {
    html: html(TAG, `<div style="height:300vh"></div>${SLOT}`),
  });
  await its.visit();
  await card().waitFor();
  await its.page.evaluate(() => window.usher?.track("Read on"));
  expect(outcomes()).toEqual([]);
  await card().scrollIntoViewIfNeeded();
  await its.collector.arrived("/_u/hints/h%2F1/shown");
});

test("without consent to personalization no slot is filled and nothing asked; a withdrawal empties it", async () => {
  its.collector.choices = { measurement: true };
  its.collector.ask = false;
  its.collector.next = ANSWER;
  its.collector.pages.set("/", { html: html(TAG, SLOT) });
  await its.visit();
  await its.collector.arrived("/_u/v1/");
  expect(await its.page.evaluate(() => window.usher?.next("home"))).toEqual({ action: null });
  expect(its.collector.arrivals.some(({ path }) => path.startsWith("/_u/next"))).toBe(false);

  await its.page.evaluate(() => window.usher?.consent({ accept: "all" }));
  await card().waitFor();
  await its.page.evaluate(() => window.usher?.consent({ accept: "none" }));
  expect(await card().count()).toBe(0);
});

test("a withdrawal in another tab empties the slot of this one", async () => {
  its.collector.grant();
  its.collector.next = ANSWER;
  its.collector.pages.set("/", { html: html(TAG, SLOT) });
  await its.visit();
  await card().waitFor();
  its.collector.choices = {};
  const other = await its.context.newPage();
  its.collector.pages.set("/other", { html: html("") });
  await other.goto(`${its.collector.origin}/other`);
  await other.evaluate(() => void (document.cookie = "usher-consent=withdrawn"));
  await card().waitFor({ state: "detached" });
  expect(its.collector.story).toEqual(["page"]);
});

test("an address that would run something is not made a link, and text stays text", async () => {
  its.collector.grant();
  its.collector.next = {
    ...ANSWER,
    action: {
      ...ANSWER.action,
      href: "javascript:alert(1)",
      title: "<img src=x onerror=alert(1)>",
    },
  };
  its.collector.pages.set("/", { html: html(TAG, SLOT) });
  await its.visit();
  await card().waitFor();
  expect(await card().locator("a").getAttribute("href")).toBeNull();
  expect(await card().locator("img").count()).toBe(0);
});

test("slots that a single-page site adds later are filled when it navigates", async () => {
  its.collector.grant();
  its.collector.next = ANSWER;
  await its.visit();
  await its.collector.arrived("/_u/v1/");
  await its.page.evaluate((slot) => {
    document.body.insertAdjacentHTML("beforeend", slot);
    history.pushState(null, "", "/news");
  }, SLOT);
  await card().waitFor();
});

test("what became of a hint can be said by the page, and only where hints are consented to", async () => {
  its.collector.grant();
  await its.visit();
  const said = (): Promise<boolean | undefined> =>
    its.page.evaluate(() => window.usher?.hint("v/1", "taken"));
  expect(await said()).toBe(true);
  expect(outcomes()).toEqual(["POST /_u/hints/v%2F1/taken"]);
  await its.page.evaluate(() => window.usher?.consent({ accept: "none" }));
  expect(await said()).toBe(false);
  expect(outcomes()).toHaveLength(1);
});
