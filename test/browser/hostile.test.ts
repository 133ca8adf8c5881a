import { expect, test } from "vitest";
import { STUB } from "../../src/browser/stub.ts";
import { pathOf } from "./collector.ts";
import { html, stage, TAG } from "./stage.ts";

const its = stage();

const accept = async (): Promise<void> => {
  await its.button("Accept all").click();
  await its.collector.arrived("/_u/v1/");
};

test("under a strict Content-Security-Policy with Trusted Types everything works and nothing is violated", async () => {
  const { build } = await import("../../scripts/build.ts");
  const { integrity } = await build();
  const violations: string[] = [];
  its.page.on("console", (message) => {
    if (/Content Security Policy|Trusted/.test(message.text())) violations.push(message.text());
  });
  its.collector.next = {
    action: { id: "a", label: "Go", title: "Title", text: "Text", href: "/go" },
    hint: "h1",
    why: ["Because."],
  };
  its.collector.pages.set("/", {
    html: html(`<script>${STUB}</script>${TAG}`, '<div data-usher-slot="home"></div>'),
    headers: {
      "content-security-policy":
        `default-src 'none'; script-src 'self' '${integrity.stub}'; connect-src 'self'; ` +
        "require-trusted-types-for 'script'; trusted-types 'none'",
    },
  });
  await its.visit();
  await accept();
  await its.page.getByRole("region", { name: "Title" }).waitFor();
  expect(violations).toEqual([]);
});

test("a script that was allowed by a nonce alone may load the banner", async () => {
  its.collector.pages.set("/", {
    html: html(TAG.replace("<script", '<script nonce="n1"')),
    headers: {
      "content-security-policy":
        "default-src 'none'; script-src 'nonce-n1' 'strict-dynamic'; connect-src 'self'",
    },
  });
  await its.visit();
  await accept();
});

test("where storage is blocked it records without it", async () => {
  await its.page.addInitScript(() =>
    Object.defineProperty(window, "localStorage", {
      get() {
        throw new DOMException("denied", "SecurityError");
      },
    }),
  );
  await its.visit();
  await accept();
  await its.page.evaluate(() => window.usher?.track("Second"));
  const ids = new Set(its.collector.messages.map(({ anonymousId }) => anonymousId));
  expect(ids.size).toBe(1);
});

test("where storage is full it records with an id that lasts as long as the page", async () => {
  await its.page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    localStorage["x"] = "1";
  });
  await its.visit();
  await accept();
  expect(its.collector.messages[0]?.anonymousId).toMatch(/^[0-9a-f-]{36}$/);
});

test.each([
  [
    "throws",
    () =>
      void (window.fetch = () => {
        throw new Error("overridden");
      }),
  ],
  ["answers with nonsense", () => void (window.fetch = (() => "nonsense") as never)],
  ["never answers", () => void (window.fetch = () => new Promise(() => {}))],
  ["is gone", () => void delete (window as Partial<Window>).fetch],
])("where fetch %s it stays silent and the page works", async (_, script) => {
  await its.page.addInitScript(script);
  await its.visit();
  await its.page.waitForFunction(() => window.usher && !("q" in window.usher));
  await its.page.evaluate(() => void window.usher?.track("Anything"));
  expect(its.collector.arrivals).toEqual([]);
});

test.each([
  [
    "throws",
    () =>
      void (Navigator.prototype.sendBeacon = () => {
        throw new Error("no");
      }),
  ],
  ["refuses", () => void (Navigator.prototype.sendBeacon = () => false)],
  ["is missing", () => void delete (Navigator.prototype as Partial<Navigator>).sendBeacon],
])("where the beacon %s, what is unsent leaves through fetch", async (_, script) => {
  its.collector.grant();
  await its.page.addInitScript(script);
  its.collector.pages.set("/away", { html: html("") });
  await its.visitAndHold();
  await its.visit("/away");
  await its.collector.arrived("/_u/v1/", 2);
  expect(its.collector.messages[1]?.messageId).toBe(its.collector.messages[0]?.messageId);
});

test("where prototypes are frozen it works as elsewhere, single-page navigation included", async () => {
  await its.page.addInitScript(() => {
    for (const frozen of [
      Object,
      Array,
      String,
      Promise,
      Function,
      History,
      EventTarget,
      Element,
    ]) {
      Object.freeze(frozen.prototype);
      Object.freeze(frozen);
    }
  });
  await its.visit();
  await accept();
  await its.page.evaluate(() => history.pushState(null, "", "/next"));
  await its.collector.until(({ messages }) =>
    messages.some(({ context }) => pathOf(context.page) === "/next"),
  );
});

test("frozen history without the Navigation API costs the later page views, not the page", async () => {
  await its.page.addInitScript(() => {
    Object.defineProperty(window, "navigation", { value: undefined });
    Object.freeze(History.prototype);
    Object.freeze(history);
  });
  await its.visit();
  await accept();
  expect(await its.page.evaluate(() => window.usher?.track("Still here"))).toBe(true);
});

test("properties that can't be sent answer false and nothing is thrown", async () => {
  its.collector.grant();
  await its.visit();
  const answers = await its.page.evaluate(async () => {
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    return [
      await window.usher?.track("Circular", circular),
      await window.usher?.track("Too long", { text: "x".repeat(40_000) }),
      await window.usher?.track("Good"),
    ];
  });
  expect(answers).toEqual([false, false, true]);
});

test("a page that never stops calling fills no memory: calls above the bound are answered false", async () => {
  await its.visit();
  await its.banner().waitFor();
  const last = await its.page.evaluate(() => {
    for (let n = 0; n < 500; n++) void window.usher?.track(`Call ${n}`);
    return window.usher?.track("One too many");
  });
  expect(last).toBe(false);
});

test("the page's own styles do not reach the banner", async () => {
  its.collector.pages.set("/", {
    html: html(`${TAG}<style>body * { display: none; transform: scale(0) }</style>`),
  });
  await its.visit();
  await its.button("Refuse all").click();
  await its.banner().waitFor({ state: "detached" });
});

test("loading the snippet a second time changes nothing", async () => {
  its.collector.grant();
  its.collector.pages.set("/", { html: html(TAG + TAG) });
  await its.visit();
  await its.page.waitForLoadState();
  expect(await its.page.evaluate(() => window.usher?.track("Once"))).toBe(true);
  expect(its.collector.story.filter((word) => word === "page")).toEqual(["page"]);
});
