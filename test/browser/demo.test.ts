import { mkdir } from "node:fs/promises";
import { beforeAll, beforeEach, expect, test } from "vitest";
import type { Site } from "../../src/demo/demo.ts";
import { stage } from "./stage.ts";

const its = stage();
const ARTIFACTS = new URL("../../test-artifacts/", import.meta.url);

/** What the browser complained about: violations of the policy, errors of scripts, missing files. */
let complaints: string[];

let demo: (request: Request, site: Site) => Promise<Response | null>;
beforeAll(async () => {
  // After the stage has built what it imports.
  ({ demo } = await import("../../src/demo/demo.ts"));
});

beforeEach(() => {
  its.collector.site = (request) =>
    demo(request, {
      siteName: "Saltmere Rovers",
      writeKey: "key",
      demoToken: async ({ user, email }) => `signed.for.${user ?? email}`,
    });
  its.collector.pages.clear();
  complaints = [];
  its.page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
});

const HINT = {
  action: {
    id: "get-app",
    label: "Get the app",
    title: "Goals in your pocket",
    text: "Line-ups an hour before kick-off, and your ticket at the gate without a signal.",
    href: "/app",
  },
  hint: "hint-1",
  stage: "device",
  confidence: 0.42,
  why: ["You are reading on a phone and haven’t opened the app’s page yet."],
};

test("reading, buying, subscribing and signing in arrive as events once the visitor agrees", async () => {
  await its.visit("/news/record-crowd-for-the-derby");
  await its.button("Accept all").click();
  await its.collector.arrived("/_u/v1/");
  expect(its.collector.messages[0]).toMatchObject({
    type: "page",
    properties: { topic: "womens-team", article: "record-crowd-for-the-derby" },
  });

  await its.visit("/tickets");
  const game = its.page.getByRole("listitem").filter({ hasText: "Northolm City" });
  await game.getByLabel("Seats").selectOption("3");
  await game.getByRole("button").click();
  await game.getByText("it’s yours").waitFor();
  await its.collector.until(({ story }) => story.includes("track:Order Completed"));
  expect(its.collector.messages.at(-1)?.properties).toMatchObject({
    revenue: 54,
    currency: "GBP",
    products: [{ product_id: "ticket-northolm", quantity: 3, price: 18 }],
  });

  await its.visit("/newsletter");
  await its.page.getByLabel("E-mail").fill("jane@example.org");
  await its.page.getByLabel("First name").fill("Jane");
  await its.button("Send me the letter").click();
  await its.collector.until(({ story }) => story.includes("track:Newsletter Subscribed"));
  expect(its.collector.messages.find(({ type }) => type === "identify")).toMatchObject({
    traits: { email: "jane@example.org", firstName: "Jane" },
  });

  await its.visit("/newsletter/confirm");
  expect(await its.page.getByLabel("E-mail").inputValue()).toBe("jane@example.org");
  await its.button("Confirm my address").click();
  await its.collector.until(({ story }) => story.includes("track:Email Confirmed"));
  const confirmed = its.collector.messages.findLast(({ type }) => type === "identify");
  expect(confirmed?.context.identityToken).toBe("signed.for.jane@example.org");

  await its.visit("/sign-in");
  await its.page.getByLabel("Member").selectOption("member-1177");
  await its.page.locator("form").getByRole("button", { name: "Sign in" }).click();
  await its.collector.until(({ story }) => story.includes("identify:member-1177"));
  const signedIn = its.collector.messages.find(({ userId }) => userId)!;
  expect(signedIn.context.identityToken).toBe("signed.for.member-1177");
  expect(signedIn.traits).toEqual({ name: "Ida Solbakk", email: "ida.solbakk@example.org" });

  await its.button("Sign out").click();
  await its.collector.arrived("/_u/reset");
  await its.page.getByLabel("Member").waitFor();
  expect(complaints).toEqual([]);
});

test("the site works for who never answers, and the cookie settings can be opened from the privacy page", async () => {
  await its.visit("/sign-in");
  await its.page.locator("form").getByRole("button", { name: "Sign in" }).click();
  await its.button("Sign out").click();
  await its.page.getByLabel("Member").waitFor();
  await its.visit("/privacy");
  await its.button("Refuse all").click();
  await its.banner().waitFor({ state: "detached" });
  await its.page.locator("main").getByRole("button", { name: "Cookie settings" }).click();
  await its.banner().waitFor();
  expect(its.collector.messages).toEqual([]);
});

test("every link of the site leads somewhere, and there is nothing on it from elsewhere", async () => {
  its.collector.grant();
  const seen = new Set<string>(["/"]);
  for (const path of seen) {
    const answer = await demo(new Request(its.collector.origin + path), {
      siteName: "",
      writeKey: "k",
    });
    expect([path, answer?.status]).toEqual([path, 200]);
    const text = (await answer?.text()) ?? "";
    for (const [, href] of text.matchAll(/(?:href|src|action)="([^"#]+)/g)) {
      expect(href).toMatch(/^\/(?!\/)/);
      if (!href!.startsWith("/_u/")) seen.add(href!.replaceAll("&amp;", "&"));
    }
  }
  expect([...seen].filter((path) => path.startsWith("/news/")).length).toBeGreaterThanOrEqual(12);
});

const PAGES = {
  home: "/",
  news: "/news",
  article: "/news/north-stand-roof-finished",
  tickets: "/tickets",
  shop: "/shop",
  app: "/app",
  membership: "/membership",
  "sign-in": "/sign-in",
  newsletter: "/newsletter",
  confirmation: "/newsletter/confirm",
  survey: "/survey?topic=stadium",
  privacy: "/privacy",
  lost: "/nowhere",
};

test.each([
  [360, "light"],
  [360, "dark"],
  [1440, "light"],
  [1440, "dark"],
] as const)(
  "at %i pixels in the %s no page is wider than the screen",
  async (width, colorScheme) => {
    await mkdir(ARTIFACTS, { recursive: true });
    await its.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await its.page.setViewportSize({ width, height: width < 500 ? 740 : 900 });
    const shoot = async (name: string, fullPage: boolean): Promise<void> => {
      const path = new URL(`${name}-${width}-${colorScheme}.jpeg`, ARTIFACTS).pathname;
      await its.page.screenshot({ path, fullPage, quality: 80 });
      const wide = await its.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect([name, wide]).toEqual([name, 0]);
    };

    const viewed = (): number =>
      its.collector.messages.filter(({ type }) => type === "page").length;
    const filled = (): boolean =>
      [...document.querySelectorAll("[data-usher-slot]")].every((slot) =>
        slot.querySelector(".usher-hint"),
      );

    await its.visit("/");
    await its.banner().waitFor();
    await shoot("banner", false);
    its.collector.gpc = true;
    await its.visit("/news");
    await its.button("Choose").click();
    await shoot("banner-choose", false);

    its.collector.grant();
    its.collector.next = HINT;
    for (const [name, path] of Object.entries(PAGES)) {
      const views = viewed();
      await its.visit(path);
      await its.collector.until(() => viewed() > views);
      await its.page.waitForFunction(filled);
      await shoot(name, true);
    }
    expect(complaints.filter((text) => !text.includes("404"))).toEqual([]);
  },
);
