import { expect, test } from "vitest";
import { html, stage } from "./stage.ts";

const its = stage();

test("the banner is used with the keyboard alone, purpose by purpose, and comes first in the order", async () => {
  await its.visit();
  await its.banner().waitFor();
  const focused = () =>
    its.page.evaluate(() => {
      const element = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
      return element?.textContent || element?.getAttribute("type");
    });
  const path: (string | null | undefined)[] = [];
  for (let step = 0; step < 4; step++) {
    await its.page.keyboard.press("Tab");
    path.push(await focused());
  }
  expect(path).toEqual(["What is known about me", "Refuse all", "Accept all", "Choose"]);
  await its.page.keyboard.press("Enter");
  expect(await focused()).toBe("checkbox");
  await its.page.keyboard.press("Tab");
  await its.page.keyboard.press("Space");
  await its.button("Save my choice").focus();
  await its.page.keyboard.press("Enter");
  await its.banner().waitFor({ state: "detached" });
  expect(JSON.parse(its.collector.beyondConsent[0]!.body)).toEqual({
    choices: { measurement: false, personalization: true },
    policy: 1,
    anonymousId: expect.stringMatching(/^[\da-f-]{36}$/) as string,
  });
});

test("who answered in another tab isn't asked in this one, and what waited is sent", async () => {
  await its.visit();
  await its.banner().waitFor();
  const taken = its.page.evaluate(() => window.usher?.track("Waiting"));
  its.collector.grant();
  its.collector.pages.set("/other", { html: html("") });
  const other = await its.context.newPage();
  await other.goto(`${its.collector.origin}/other`);
  await other.evaluate(() => void (document.cookie = "usher-consent=yes"));
  await its.banner().waitFor({ state: "detached" });
  expect(await taken).toBe(true);
  expect(its.collector.story).toEqual(["page", "track:Waiting"]);
});

test("a consent tool that changes its cookie without an answer takes nobody's half-made choice away", async () => {
  await its.visit();
  await its.button("Choose").click();
  await its.page.getByLabel("Measurement").check();
  await its.page.evaluate(() => void (document.cookie = "OptanonConsent=datestamp=1"));
  await its.collector.arrived("/_u/consent", 2);
  await its.page.evaluate(() => window.usher?.refresh());
  expect(await its.page.getByLabel("Measurement").isChecked()).toBe(true);
  await its.button("Save my choice").click();
  await its.banner().waitFor({ state: "detached" });
  expect(its.collector.choices).toMatchObject({ measurement: true, personalization: false });
});

test("where the browser tells of no changed cookies, it is noticed on coming back to the page", async () => {
  await its.page.addInitScript(() => Object.defineProperty(window, "cookieStore", {}));
  await its.visit();
  await its.banner().waitFor();
  its.collector.grant();
  await its.page.evaluate(() => {
    document.cookie = "euconsent-v2=changed";
    dispatchEvent(new Event("focus"));
  });
  await its.banner().waitFor({ state: "detached" });
});

test("the banner says that Global Privacy Control is honoured only where it is", async () => {
  const words = "We honour that.";
  its.collector.gpc = true;
  await its.visit();
  await its.banner().waitFor();
  expect(await its.banner().innerText()).toContain(words);
  its.collector.honoured = false;
  await its.visit();
  await its.banner().waitFor();
  expect(await its.banner().innerText()).not.toContain(words);
});

test("the banner says what it is to assistive technology, and accept and refuse look alike", async () => {
  await its.visit();
  await its.banner().waitFor();
  await its.button("Choose").click();
  expect((await its.banner().ariaSnapshot()).replace(its.collector.origin, ""))
    .toMatchInlineSnapshot(`
    "- dialog "May we use cookies?":
      - heading "May we use cookies?" [level=2]
      - paragraph: We would like to understand how this site is used. Nothing is recorded before you choose, and you can change your mind at any time.
      - list:
        - listitem:
          - checkbox "Necessary" [checked] [disabled]
          - text: Necessary
          - paragraph: Keeps the site working.
        - listitem:
          - checkbox "Measurement"
          - text: Measurement
          - paragraph: Counts visits and what is read.
        - listitem:
          - checkbox "Personalization"
          - text: Personalization
          - paragraph: Suggests what may interest you.
      - link "What is known about me":
        - /url: /_u/me
      - alert
      - button "Refuse all"
      - button "Accept all"
      - button "Save my choice""
  `);
  const looks = await its.banner().evaluate((card) =>
    [...card.querySelectorAll("button")].slice(0, 2).map((button) => {
      const { width, height } = button.getBoundingClientRect();
      const { color, backgroundColor, fontWeight, fontSize } = getComputedStyle(button);
      return { width, height, color, backgroundColor, fontWeight, fontSize };
    }),
  );
  expect(looks[0]).toEqual(looks[1]);
});

test("the banner can be opened again, takes the focus, and gives it back on Escape without a choice", async () => {
  its.collector.grant();
  await its.visit();
  await its.page.locator("#first").focus();
  await its.page.evaluate(() => window.usher?.consent());
  expect(
    await its.page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.tagName),
  ).toBe("H2");
  await its.button("Choose").click();
  expect(await its.page.getByRole("checkbox", { name: "Measurement" }).isChecked()).toBe(true);
  await its.page.keyboard.press("Escape");
  expect(await its.banner().count()).toBe(0);
  expect(await its.page.evaluate(() => document.activeElement?.id)).toBe("first");
  expect(its.collector.beyondConsent.filter(({ path }) => path === "/_u/consent")).toEqual([]);
});

test("the banner fits a screen 320 pixels wide, every button reachable", async () => {
  await its.page.setViewportSize({ width: 320, height: 480 });
  await its.visit();
  await its.banner().waitFor();
  await its.button("Choose").click();
  const card = (await its.banner().boundingBox())!;
  expect(card.x).toBeGreaterThanOrEqual(0);
  expect(card.x + card.width).toBeLessThanOrEqual(320);
  expect(card.y).toBeGreaterThanOrEqual(0);
  expect(await its.banner().evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(
    true,
  );
  await its.button("Refuse all").click();
  await its.banner().waitFor({ state: "detached" });
});

test("on a phone the choices can be saved and refused without scrolling past all purposes first", async () => {
  await its.page.setViewportSize({ width: 320, height: 480 });
  await its.visit();
  await its.button("Choose").click();
  expect(await its.banner().evaluate((card) => card.scrollHeight > card.clientHeight)).toBe(true);
  for (const name of ["Save my choice", "Refuse all", "Accept all"]) {
    const box = await its.button(name).boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 480)).toBeLessThanOrEqual(480);
  }
  // What has the focus isn't behind them.
  const last = its.page.getByLabel("Personalization");
  await last.focus();
  const [box, buttons] = [await last.boundingBox(), await its.button("Refuse all").boundingBox()];
  expect((box?.y ?? 480) + (box?.height ?? 0)).toBeLessThanOrEqual(buttons?.y ?? 0);
});

test("where nobody is asked, a notice says what is on; closed with the keyboard alone it is not shown again", async () => {
  its.collector.grant();
  its.collector.tell = { body: "This is on here: Measurement.", close: "Close", language: "en" };
  await its.visit();
  await its.banner().waitFor();
  expect(await its.banner().innerText()).toContain("This is on here: Measurement.");
  expect(await its.banner().getByRole("button").allInnerTexts()).toEqual(["Close", "Choose"]);
  await its.collector.arrived("/_u/v1/");
  expect(its.collector.story).toEqual(["page"]);
  await its.button("Close").focus();
  await its.page.keyboard.press("Enter");
  await its.banner().waitFor({ state: "detached" });
  await its.collector.until(({ choicesSent }) => choicesSent.length > 0);
  expect(its.collector.choicesSent).toEqual([{ seen: true, policy: 1 }]);
  await its.visit();
  await its.collector.arrived("/_u/v1/", 2);
  expect(await its.banner().count()).toBe(0);
});

test("the notice leads to the choices, which hold what is on, and who opens them by a link reads no notice first", async () => {
  its.collector.grant();
  its.collector.tell = { body: "This is on here.", close: "Close", language: "en" };
  await its.visit();
  await its.banner().waitFor();
  await its.button("Choose").click();
  const box = its.page.getByRole("checkbox", { name: "Measurement" });
  expect(await box.isChecked()).toBe(true);
  await box.uncheck();
  await its.button("Save my choice").click();
  await its.banner().waitFor({ state: "detached" });
  expect(its.collector.choicesSent).toMatchObject([
    { choices: { measurement: false, personalization: true }, policy: 1 },
  ]);
  its.collector.tell = { body: "This is on here.", close: "Close", language: "en" };
  its.collector.grant();
  await its.visit();
  await its.banner().waitFor();
  await its.page.evaluate(() => window.usher?.consent());
  await its.button("Refuse all").waitFor();
  expect(await its.banner().getByRole("button").allInnerTexts()).toContain("Accept all");
});

test("a refusal names no browser, and a language that is written from right to left is laid out so", async () => {
  its.collector.language = { language: "ar", direction: "rtl" };
  await its.visit();
  await its.banner().waitFor();
  await its.button("Choose").click();
  const ends = await its.banner().evaluate((card) => {
    const box = card.querySelector("input")!.getBoundingClientRect();
    const text = card.querySelector("label span")!.getBoundingClientRect();
    const about = card.querySelector("li p")!;
    return {
      lang: card.getAttribute("lang"),
      boxIsRightOfText: box.left >= text.right,
      indent: getComputedStyle(about).marginRight,
      fits: card.scrollWidth <= card.clientWidth,
    };
  });
  expect(ends).toEqual({ lang: "ar", boxIsRightOfText: true, indent: "32px", fits: true });
  await its.button("Refuse all").click();
  await its.banner().waitFor({ state: "detached" });
  expect(its.collector.choicesSent).toEqual([{ accept: "none", policy: 1 }]);
});

test("a choice by purpose goes with an informed override, and with nothing that wasn't said", async () => {
  await its.visit();
  await its.page.evaluate(async () => {
    await window.usher?.consent({ advertising: true }, { override: ["gpc"] });
    await window.usher?.consent({ accept: "none" }, { override: [] });
    await window.usher?.consent({ choices: { measurement: true }, override: ["gpc"] });
    await window.usher?.consent({ measurement: false });
  });
  const sent = its.collector.beyondConsent.filter(({ path }) => path === "/_u/consent");
  expect(sent.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { choices: { advertising: true }, override: ["gpc"] },
    { accept: "none", override: [] },
    { choices: { measurement: true }, override: ["gpc"] },
    { choices: { measurement: false } },
  ]);
});

test("after a change elsewhere it asks again when it is told to, without counting the page twice", async () => {
  its.collector.ask = false;
  await its.visit();
  expect(await its.page.evaluate(() => window.usher?.track("Refused"))).toBe(false);
  its.collector.grant();
  const decided = await its.page.evaluate(() => window.usher?.refresh());
  expect(decided?.decisions?.["measurement"]?.granted).toBe(true);
  expect(await its.page.evaluate(() => window.usher?.track("Allowed"))).toBe(true);
  expect(its.collector.story).toEqual(["track:Allowed"]);
});
