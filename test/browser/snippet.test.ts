import { expect, test } from "vitest";
import { STUB } from "../../src/browser/stub.ts";
import { pathOf } from "./collector.ts";
import { stage, html, TAG } from "./stage.ts";

const its = stage();

test("nothing is sent and nothing is stored before the visitor has chosen", async () => {
  await its.visit();
  await its.page.evaluate(() => void window.usher?.track("Ticket viewed"));
  await its.banner().waitFor();
  expect(its.collector.beyondConsent).toEqual([]);
  expect(await its.stored()).toEqual([]);
  expect(await its.context.cookies()).toEqual([]);
});

test("what was called before a yes arrives after it, in the order of the calls, in one request", async () => {
  its.collector.pages.set("/", {
    html: html(
      `<script>${STUB};usher.track("One");usher.identify("ann",{plan:"gold"})</script>${TAG}`,
    ),
  });
  await its.visit();
  await its.banner().waitFor();
  await its.page.evaluate(() => {
    const properties = { seat: "A1" };
    void window.usher?.track("Two", properties);
    properties.seat = "changed later";
  });
  await its.button("Accept all").click();
  await its.collector.arrived("/_u/v1/");
  expect(its.collector.story).toEqual(["page", "track:One", "identify:ann", "track:Two"]);
  expect(its.collector.arrivals.map(({ path }) => path)).toEqual([
    "/_u/consent",
    "/_u/consent",
    "/_u/v1/batch",
  ]);
  expect(its.collector.messages[3]?.properties).toEqual({ seat: "A1" });
  expect(its.collector.messages[2]?.traits).toEqual({ plan: "gold" });
});

test("a message carries the page, its time, the library and one random id for the browser", async () => {
  its.collector.grant();
  await its.visit("/?utm_source=mail#part");
  await its.collector.arrived("/_u/v1/");
  const { contentType, body } = its.collector.beyondConsent[0]!;
  expect(contentType).toBe("text/plain;charset=UTF-8");
  const sent = JSON.parse(body) as { writeKey: string; sentAt: string };
  expect(sent.writeKey).toBe("key");
  expect(Date.parse(sent.sentAt)).toBeGreaterThan(0);
  const [message] = its.collector.messages;
  expect(message?.context).toEqual({
    page: {
      url: `${its.collector.origin}/?utm_source=mail#part`,
      title: "A page",
      referrer: "",
    },
    device: { touchPoints: 0 },
    library: { name: "usher.js", version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
  });
  expect(Date.parse(message!.timestamp)).toBeLessThanOrEqual(Date.parse(sent.sentAt));
  expect(await its.page.evaluate(() => localStorage["usher_id"])).toBe(message?.anonymousId);

  await its.page.reload();
  await its.collector.arrived("/_u/v1/", 2);
  expect(its.collector.messages[1]?.anonymousId).toBe(message?.anonymousId);
  expect(its.collector.messages[1]?.messageId).not.toBe(message?.messageId);
});

test("a refusal discards what was waiting, answers its calls, and is not asked about again", async () => {
  await its.visit();
  const taken = its.page.evaluate(() => window.usher?.track("Waiting"));
  await its.button("Refuse all").click();
  expect(await taken).toBe(false);
  await its.banner().waitFor({ state: "detached" });
  expect(await its.page.evaluate(() => window.usher?.track("Afterwards"))).toBe(false);
  expect(its.collector.beyondConsent.map(({ path, body }) => [path, body])).toEqual([
    ["/_u/consent", '{"accept":"none","policy":1}'],
  ]);
  expect(await its.stored()).toEqual([]);

  await its.page.reload();
  await its.collector.arrived("/_u/consent", 3);
  await its.page.evaluate(() => window.usher?.next());
  expect(await its.banner().count()).toBe(0);
});

test("a withdrawal deletes the stored id and stops what follows; a new yes starts with a new id", async () => {
  its.collector.grant();
  await its.visit();
  expect(await its.page.evaluate(() => window.usher?.track("Before"))).toBe(true);
  const before = its.collector.messages[0]?.anonymousId;
  await its.page.evaluate(() => window.usher?.consent({ accept: "none" }));
  expect(await its.stored()).toEqual([]);
  expect(await its.page.evaluate(() => window.usher?.track("After"))).toBe(false);
  expect(its.collector.story).not.toContain("track:After");
  await its.page.evaluate(() => window.usher?.consent({ measurement: true }));
  expect(await its.page.evaluate(() => window.usher?.track("Again"))).toBe(true);
  expect(its.collector.messages.at(-1)?.anonymousId).not.toBe(before);
});

test("whatever the purposes are called, what they open is sent, and stops with them", async () => {
  its.collector.names = { measurement: "statistics", personalization: "tailoring" };
  await its.visit();
  await its.button("Accept all").click();
  await its.collector.arrived("/_u/v1/");
  expect(await its.page.evaluate(() => window.usher?.track("Ticket viewed"))).toBe(true);
  expect(its.collector.story).toEqual(["page", "track:Ticket viewed"]);
  await its.page.evaluate(() => window.usher?.next("home"));
  expect(its.collector.arrivals.at(-1)?.path).toBe("/_u/next?slot=home");
  await its.page.evaluate(() => window.usher?.consent({ statistics: false }));
  expect(await its.stored()).toEqual([]);
  expect(await its.page.evaluate(() => window.usher?.track("After"))).toBe(false);
  expect(its.collector.choices).toEqual({ measurement: false, personalization: true });
});

test("an answer that isn't the collector's is no answer: the messages are sent again", async () => {
  its.collector.grant();
  let portal = 1;
  await its.page.route("**/_u/v1/batch", (route) =>
    portal-- > 0 ? route.fulfill({ body: "<p>Sign in to this network</p>" }) : route.continue(),
  );
  await its.page.clock.install();
  await its.visit();
  await its.page.waitForFunction(() => window.usher);
  let taken: boolean | undefined;
  void its.page.evaluate(() => window.usher?.track("Kept")).then((answer) => (taken = answer));
  await its.hurryUntil(() => taken !== undefined);
  expect(taken).toBe(true);
  expect(its.collector.story).toEqual(["page", "track:Kept"]);
});

test.each([503, 429])(
  "after a %i the same messages are sent again with the same ids, and later ones wait their turn",
  async (status) => {
    its.collector.grant();
    its.collector.failures = [status];
    await its.page.clock.install();
    await its.visit();
    await its.collector.arrived("/_u/v1/");
    let taken: boolean | undefined;
    void its.page.evaluate(() => window.usher?.track("Second")).then((answer) => (taken = answer));
    await its.hurryUntil(() => taken !== undefined);
    expect(taken).toBe(true);
    expect(its.collector.story).toEqual(["page", "page", "track:Second"]);
    expect(its.collector.messages[1]?.messageId).toBe(its.collector.messages[0]?.messageId);
  },
);

test("it gives up after six attempts, and what comes later is tried afresh", async () => {
  its.collector.grant();
  its.collector.failures = [500, 500, 500, 500, 500, 500];
  await its.page.clock.install();
  await its.visit();
  await its.hurryUntil(() => its.collector.story.length === 6);
  await its.page.waitForFunction(() => window.usher);
  expect(await its.page.evaluate(() => window.usher?.track("Later"))).toBe(true);
  expect(its.collector.story).toEqual([...Array<string>(6).fill("page"), "track:Later"]);
});

test("what a bad key or a bad request refuses is not sent again", async () => {
  its.collector.grant();
  its.collector.failures = [401];
  await its.visit();
  await its.collector.arrived("/_u/v1/");
  expect(await its.page.evaluate(() => window.usher?.track("Next"))).toBe(true);
  expect(its.collector.story).toEqual(["page", "track:Next"]);
});

test("a single-page site's navigations are page views; replacements and fragments are not", async () => {
  its.collector.grant();
  const views = () =>
    its.collector.messages
      .filter(({ type }) => type === "page")
      .map(({ context: { page } }) => [pathOf(page), page["title"], page["referrer"]]);
  await its.visit();
  await its.collector.until(() => views().length === 1);
  await its.page.evaluate(() => {
    history.pushState(null, "", "#part");
    history.pushState(null, "", "/news");
    document.title = "News";
  });
  await its.collector.until(() => views().length === 2);
  await its.page.evaluate(() => history.replaceState(null, "", "/news?filter=1"));
  await its.page.evaluate(() => history.go(-1));
  await its.collector.until(() => views().length === 3);
  const { origin } = its.collector;
  expect(views()).toEqual([
    ["/", "A page", ""],
    ["/news", "News", `${origin}/`],
    ["/", "News", `${origin}/news`],
  ]);
});

test("a browser without the Navigation API is served through the history", async () => {
  its.collector.grant();
  await its.page.addInitScript(() =>
    Object.defineProperty(window, "navigation", { value: undefined }),
  );
  await its.visit();
  await its.collector.until(({ story }) => story.length === 1);
  await its.page.evaluate(() => history.pushState({ mine: 1 }, "", "/tickets"));
  await its.collector.until(({ story }) => story.length === 2);
  expect(await its.page.evaluate(() => history.state)).toEqual({ mine: 1 });
  expect(its.collector.messages[1]?.context.page).toMatchObject({
    url: `${its.collector.origin}/tickets`,
    referrer: `${its.collector.origin}/`,
  });
});

test("data-auto=off leaves page views to the site, data-usher-props describes them", async () => {
  its.collector.grant();
  its.collector.pages.set("/", {
    html: html(TAG, `<main data-usher-props='{"topic":"academy"}'>`),
  });
  await its.visit();
  await its.collector.arrived("/_u/v1/");
  its.collector.pages.set("/off", { html: html(TAG.replace("async", 'async data-auto="off"')) });
  await its.visit("/off");
  await its.page.waitForFunction(() => window.usher);
  await its.page.evaluate(() => window.usher?.page("Own", { own: true }));
  expect(its.collector.messages.map(({ name, properties }) => ({ name, properties }))).toEqual([
    { name: undefined, properties: { topic: "academy" } },
    { name: "Own", properties: { own: true } },
  ]);
});

test("what is waiting for a retry leaves with the page as a beacon of plain text", async () => {
  its.collector.grant();
  await its.visitAndHold();
  its.collector.pages.set("/away", { html: html("") });
  await its.visit("/away");
  await its.collector.arrived("/_u/v1/", 2);
  expect(its.collector.messages[1]?.messageId).toBe(its.collector.messages[0]?.messageId);
  expect(its.collector.beyondConsent[1]?.contentType).toMatch(/^text\/plain/);
});

test("identify carries the site's token, and reset gives what follows another id", async () => {
  its.collector.grant();
  await its.visit();
  await its.page.evaluate(async () => {
    void window.usher?.identify("ann", {}, { token: "a.b.c" });
    void window.usher?.reset();
    await window.usher?.track("Somebody else");
  });
  const paths = its.collector.beyondConsent.map(({ path }) => path);
  expect(paths.slice(-3)).toEqual(["/_u/v1/batch", "/_u/reset", "/_u/v1/batch"]);
  const ann = its.collector.messages.find(({ userId }) => userId === "ann")!;
  expect(ann.context.identityToken).toBe("a.b.c");
  expect(its.collector.messages.at(-1)?.anonymousId).not.toBe(ann.anonymousId);
  expect(await its.page.evaluate(() => localStorage["usher_id"])).toBe(
    its.collector.messages.at(-1)?.anonymousId,
  );
});

test("a page from the back-forward cache counts as a visit, under the consent of that moment", async () => {
  its.collector.grant();
  await its.visit();
  await its.collector.until(({ story }) => story.length === 1);
  await its.page.evaluate(() =>
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })),
  );
  await its.collector.until(({ story }) => story.length === 2);
  its.collector.choices = {};
  await its.page.evaluate(() =>
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })),
  );
  expect(await its.page.evaluate(() => window.usher?.track("Now"))).toBe(false);
  expect(its.collector.story).toEqual(["page", "page"]);
});

test("a prerendered page asks and sends nothing until somebody looks at it", async () => {
  its.collector.grant();
  await its.page.addInitScript(() => {
    let isPrerendering = true;
    Object.defineProperty(Document.prototype, "prerendering", { get: () => isPrerendering });
    addEventListener("look", () => {
      isPrerendering = false;
      document.dispatchEvent(new Event("prerenderingchange"));
    });
  });
  await its.visit();
  await its.page.waitForFunction(() => window.usher && !("q" in window.usher));
  expect(its.collector.arrivals).toEqual([]);
  await its.page.evaluate(() => dispatchEvent(new Event("look")));
  await its.collector.until(({ story }) => story.length === 1);
});

test("without an answer about consent nothing is sent, and the calls are answered", async () => {
  await its.page.route("**/_u/consent", (route) => route.abort());
  await its.page.clock.install();
  await its.visit();
  await its.page.waitForFunction(() => window.usher && !("q" in window.usher));
  let taken: boolean | undefined;
  void its.page.evaluate(() => window.usher?.track("Lost")).then((answer) => (taken = answer));
  await its.hurryUntil(() => taken !== undefined);
  expect(taken).toBe(false);
  expect(its.collector.arrivals).toEqual([]);
});

test("a collector on another host is found by the script's own address and needs no preflight", async () => {
  const { origin } = its.collector;
  its.collector.pages.set("/", { html: html(TAG.replace('src="', `src="${origin}`)) });
  await its.page.goto(`${origin.replace("localhost", "127.0.0.1")}/`);
  await its.button("Accept all").click();
  await its.collector.arrived("/_u/v1/");
  expect(its.collector.arrivals.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "GET /_u/consent",
    "POST /_u/consent",
    "POST /_u/v1/batch",
  ]);
});
