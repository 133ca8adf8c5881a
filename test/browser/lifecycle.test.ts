import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { build } from "../../scripts/build.ts";
import { openPlain } from "../support/plain-chromium.ts";
import { until as untilIt } from "../support/until.ts";
import { Collector, pathOf } from "./collector.ts";
import { html, TAG } from "./stage.ts";

let collector: Collector;
let close: (() => Promise<void>) | undefined;
/** What pages told of themselves. */
let told: string[] = [];
let waiting = new Map<string, () => void>();

beforeAll(async () => {
  collector = new Collector(await build());
  await collector.listen();
});
afterAll(() => collector.close());
beforeEach(() => {
  collector.forget();
  collector.grant();
  told = [];
  waiting = new Map();
  collector.site = async (request) => {
    const { pathname, search } = new URL(request.url);
    if (pathname === "/tell") {
      told.push(search.slice(1));
      return new Response("");
    }
    // Answers when the test says so: the page waits for its cue.
    if (pathname === "/cue") await new Promise<void>((cue) => waiting.set(search.slice(1), cue));
    return new Response("");
  };
});
afterEach(async () => {
  await close?.();
  close = undefined;
});

const until = (holds: () => boolean) => untilIt(holds, () => [told, collector.story]);
const cue = async (name: string): Promise<void> => {
  await until(() => waiting.has(name));
  waiting.get(name)?.();
  waiting.delete(name);
};
const views = () =>
  collector.messages
    .filter(({ type }) => type === "page")
    .map(({ context: { page } }) => pathOf(page));
const asked = () => collector.arrivals.filter(({ path }) => path === "/_u/consent").length;

/** A page that tells when it shows and when it left, and moves on to another on its cue. */
const page = (move: string, more = ""): string =>
  html(
    `${more}${TAG.replace("async", "")}<script>
      const tell = (what) => fetch("/tell?" + what, { keepalive: true });
      addEventListener("pageshow", (event) => tell("shown " + location.pathname + " " + event.persisted));
      const wait = () => fetch("/cue?" + location.pathname).then(() => { ${move} });
      addEventListener("pageshow", wait);
      tell("loaded " + location.pathname + " " + document.prerendering + " " + typeof window.usher.track);
    </script>`,
  );
const to = (path: string): string => `location.href = ${JSON.stringify(path)}`;
const rules = `<script type="speculationrules">{"prerender":[{"urls":["/next"],"eagerness":"immediate"}]}</script>`;

test("a page that Chromium prerenders asks and sends nothing until it is shown, and then is one visit", async () => {
  collector.pages.set("/", { html: page(to("/next"), rules) });
  collector.pages.set("/next", { html: page("") });
  close = openPlain(`${collector.origin}/`);
  await until(() => told.some((line) => decodeURI(line) === "loaded /next true function"));
  await until(() => views().length === 1);
  expect(views()).toEqual(["/"]);
  expect(asked()).toBe(1);
  await cue("/");
  await until(() => views().length === 2);
  expect(views()).toEqual(["/", "/next"]);
  expect(asked()).toBe(2);
  // Shown, not loaded anew.
  const loads = told.filter((line) => line.startsWith("loaded%20/next"));
  expect(loads.map((line) => decodeURI(line))).toEqual(["loaded /next true function"]);
});

test("a page that Chromium brings back from its back-forward cache is a visit, under the consent of that moment", async () => {
  collector.pages.set("/", { html: page(to("/other")) });
  collector.pages.set("/other", { html: page("history.back()") });
  close = openPlain(`${collector.origin}/`);
  await until(() => views().length === 1);
  await cue("/");
  await until(() => views().length === 2);
  await cue("/other");
  await until(() => told.some((line) => decodeURI(line) === "shown / true"));
  await until(() => views().length === 3);
  expect(views()).toEqual(["/", "/other", "/"]);
  // The choice is withdrawn elsewhere; the page comes back once more.
  collector.choices = {};
  const before = asked();
  await cue("/");
  await until(
    () => told.filter((line) => decodeURI(line) === "loaded /other false function").length === 2,
  );
  await cue("/other");
  await until(() => told.filter((line) => decodeURI(line) === "shown / true").length === 2);
  await until(() => asked() === before + 2);
  expect(views()).toHaveLength(3);
});
