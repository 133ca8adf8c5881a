import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, Page, Request } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../scripts/build.ts";
import { openStorybook, serveStorybook } from "../../scripts/storybook.ts";
import { launchChromium } from "../support/chromium.ts";
import { focusOrder, pressThrough, type Stop } from "./tab-order.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PICTURES = fileURLToPath(new URL("../../test-artifacts/console/", import.meta.url));
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** Bytes over the wire of a page's first view: itself, its style, its scripts. */
const FIRST_VIEW = 60 * 1024;
/** A tablet or a window beside another, and 1440 enlarged to 200 %: where two columns have the least room, and one. */
const BETWEEN = [1024, 720];
const STRICT =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

await build();
const book = await openStorybook();
let server: Server;
let browser: Browser;
let context: BrowserContext;
let origin: string;

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  server = await serveStorybook(book, 0);
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  browser = await launchChromium();
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
      console.error(`CSP: ${violatedDirective} ${blockedURI}`),
    );
  });
});
afterAll(async () => {
  await browser?.close();
  server?.close();
});

interface AxeResults {
  violations: { id: string; nodes: { target: string[]; failureSummary?: string }[] }[];
}

/**
 * What axe finds wrong by all its rules for WCAG 2.2 AA, readable in a test's failure. Only that leaves the page: what passed
 * is most of the result, and takes nearly as long to hand over as to find.
 */
const violations = (page: Page): Promise<string[]> =>
  page.evaluate(async (tags) => {
    const { axe } = globalThis as unknown as { axe: { run(o: unknown): Promise<AxeResults> } };
    const found = await axe.run({ runOnly: tags, resultTypes: ["violations"] });
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
    );
  }, WCAG);

/** What makes the page wider than its window; empty where nothing does. */
const tooWide = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll("body *")].filter(
      (each) => each.getBoundingClientRect().right > clientWidth + 1,
    );
    // A text that may not break reaches beyond elements that don't.
    if (wide.length === 0) return ["a text"];
    return wide
      .map(({ tagName, className }) => `${tagName.toLowerCase()}.${String(className)}`)
      .slice(-3);
  });

/** What reaches over the inner edge of the card it stands in, or is cut off there; what scrolls by itself may be wider. */
const overEdges = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const scrolls = (each: Element, card: Element): boolean => {
      for (let at: Element | null = each; at !== null && at !== card; at = at.parentElement)
        if (getComputedStyle(at).overflowX !== "visible" || at.matches(".hidden")) return true;
      return false;
    };
    return [...document.querySelectorAll("main .card")].flatMap((card) => {
      const edge =
        card.getBoundingClientRect().right - parseFloat(getComputedStyle(card).paddingRight);
      const over = [...card.querySelectorAll("*")].find(
        (each) =>
          each.getBoundingClientRect().right > edge + 1 &&
          getComputedStyle(each).position !== "absolute" &&
          !each.parentElement?.closest("svg") &&
          !scrolls(each, card),
      );
      const title = card.querySelector("h2")?.textContent ?? "a card";
      return over
        ? [`${over.tagName.toLowerCase()}.${String(over.getAttribute("class"))} in “${title}”`]
        : [];
    });
  });

/**
 * What answers a form has the focus, and so has what is wrong with it, from where each thing leads to a control that is marked
 * and says it itself.
 */
const unanswered = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const answer = document.querySelector("[autofocus]");
    const faults =
      answer && document.activeElement !== answer ? ["the answer hasn't the focus"] : [];
    const said = (control: Element | null | undefined): boolean =>
      (control?.getAttribute("aria-describedby") ?? "")
        .split(" ")
        .some((id) => id !== "" && document.getElementById(id)?.classList.contains("alert"));
    for (const link of answer?.querySelectorAll<HTMLAnchorElement>('li a[href^="#"]') ?? []) {
      const control = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      const isMarked = control?.getAttribute("aria-invalid") === "true" && said(control);
      if (!isMarked && !said(control?.closest("fieldset")))
        faults.push(`${link.hash} leads to nothing that says what is wrong`);
    }
    if (!answer && document.querySelector(":is(.field, fieldset) > .alert"))
      faults.push("what is wrong isn't led to");
    return faults;
  });

/** Ids that several things have: what points at one by it – a label, a name, an address – finds the first of them. */
const sharedIds = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    return [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))];
  });

/**
 * Where a word that is longer than any line makes the page wider, such as a link in a reason that somebody wrote. Texts hold one
 * each in turn; what stays on one line on purpose, figures and heads of columns, holds none that people write.
 */
const unbroken = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const { documentElement: root } = document;
    const word = document.createTextNode(` ${"w".repeat(200)}`);
    const texts = [
      ...document.querySelectorAll("main :is(h1, h2, h3, p, dd, li, td, tbody th)"),
    ].filter(
      (each) =>
        [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE) &&
        getComputedStyle(each).whiteSpaceCollapse + getComputedStyle(each).textWrapMode ===
          "collapsewrap" &&
        !each.closest("nav, .hidden"),
    );
    const wide = texts.filter((each) => {
      each.append(word);
      return root.scrollWidth > root.clientWidth;
    });
    word.remove();
    return [...new Set(wide.map(({ tagName, className }) => `${tagName}.${className}`))];
  });

/** Going back up the page is for going on to the right, where another column begins. */
function jumpsBack(stops: readonly Stop[]): string[] {
  return stops.flatMap((stop, at) => {
    const before = stops[at - 1];
    if (!before || stop.bottom > before.top || stop.left >= before.left) return [];
    return [`${before.name} → ${stop.name}`];
  });
}

test.concurrent.each(book.stories)("$name holds to the rules of a page", async ({ name }) => {
  const page = await context.newPage();
  const errors: string[] = [];
  const sizes: Promise<number>[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(error.message));
  const weigh = (request: Request): void => {
    const size = request
      .sizes()
      .then(({ responseBodySize, responseHeadersSize }) => responseBodySize + responseHeadersSize);
    sizes.push(size);
  };
  page.on("requestfinished", weigh);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
  const answer = await page.goto(`${origin}/${name}`);
  expect(answer?.status()).toBe(200);
  expect(answer?.headers()["content-security-policy"]).toBe(STRICT);
  // Pages of work under way look again by themselves, which is no first view.
  page.off("requestfinished", weigh);
  expect((await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(
    FIRST_VIEW,
  );

  const problems: string[] = await unanswered(page);
  problems.push(...(await sharedIds(page)).map((id) => `several things are called ${id}`));
  await page.evaluate(AXE);
  for (const width of [1440, 360]) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      // Half as long in the making as a PNG, and as good to look at.
      await page.screenshot({
        path: `${PICTURES}${name}-${width}-${colorScheme}.jpeg`,
        fullPage: true,
        quality: 80,
      });
      const found = await violations(page);
      problems.push(...found.map((each) => `${width} ${colorScheme} ${each}`));
    }
    problems.push(...(await tooWide(page)).map((each) => `${width}: scrolls sideways for ${each}`));
    problems.push(...(await overEdges(page)).map((each) => `${width}: over the edge ${each}`));
    const stops = await focusOrder(page);
    const wrong = [
      ...jumpsBack(stops).map((each) => `tab order ${each}`),
      ...stops.filter(({ numbered }) => numbered).map((each) => `numbered ${each.name}`),
      ...stops.filter(({ ring }) => !ring).map((each) => `no ring ${each.name}`),
    ];
    problems.push(...wrong.map((each) => `${width}: ${each}`));
    problems.push(...(await unbroken(page)).map((each) => `${width}: no break in ${each}`));
  }
  for (const width of BETWEEN) {
    await page.setViewportSize({ width, height: 900 });
    problems.push(...(await tooWide(page)).map((each) => `${width}: scrolls sideways for ${each}`));
    problems.push(...(await overEdges(page)).map((each) => `${width}: over the edge ${each}`));
  }
  expect([...problems, ...errors]).toEqual([]);
  await page.close();
});

/** Answered by no page: lines of the live view, and addresses that lead to another page. */
const NO_PAGE = new Set(["/_u/console/live/socket", "/_u/console/exports/lists"]);

test("every page of the console has a story", () => {
  const told = book.stories.map(({ path }) => path);
  const pages = book.routes.filter(
    (route) => !NO_PAGE.has(route) && !/\.(?:css|m?js|svg|csv|json|ndjson)$/.test(route),
  );
  // A path that has a page of its own is no example of a route that takes any id there.
  const own = new Set(pages);
  const without = pages.filter((route) => {
    const pattern = new RegExp(`^${route.replaceAll(/:\w+/g, "[^/]+")}$`);
    return !told.some((path) => path === route || (pattern.test(path) && !own.has(path)));
  });
  expect(without).toEqual([]);
});

test("the Tab key goes where the pages are said to lead it", async () => {
  const page = await context.newPage();
  for (const width of [1440, 360])
    for (const name of ["parts", "overview", "audit"]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`${origin}/${name}`);
      const stops = await focusOrder(page);
      // Where a form is answered the page begins there.
      const said = stops.filter(({ passed }) => !passed).map((stop) => stop.name);
      await page.goto(`${origin}/${name}`);
      expect(await pressThrough(page, said.length)).toEqual(said);
    }
  await page.close();
});
