import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TCF_PARTS, writeTcf } from "../conformance/strings.ts";
import { tab } from "./browser.ts";
import { codeOf } from "./recipe.ts";
import { stage, WRITE_KEY } from "./stage.ts";

const recipes = new Map<string, string>();

interface Told {
  decisions: Record<string, { granted: boolean }>;
}

/** What of the tool a page needs before the recipe, and what the tool does when the visitor has answered. */
interface Tool {
  before?: string;
  answered(agrees: boolean): string;
}

const cookie = (name: string, value: string): string =>
  `document.cookie = ${JSON.stringify(`${name}=${value}; Path=/; SameSite=Lax`)};`;

const tcString = (consents: readonly number[]): string => {
  const day = 86_400_000;
  const now = Math.floor(Date.now() / day) * day;
  return writeTcf({ ...TCF_PARTS, created: now, lastUpdated: now, consents, interests: [] });
};

const TOOLS: Readonly<Record<string, Tool>> = {
  tcf: {
    before: `window.__tcfapi = (command, version, callback) => { window.told = callback; };`,
    answered: (agrees) =>
      `told({ eventStatus: "useractioncomplete", tcString: "${tcString(agrees ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : [])}" }, true);`,
  },
  "consent-mode": {
    before: `window.gtag = function () { dataLayer.push(arguments); };`,
    answered: (agrees) => {
      const state = agrees ? "granted" : "denied";
      return `gtag("consent", "update", { analytics_storage: "${state}", personalization_storage: "${state}", ad_storage: "${state}", ad_user_data: "${state}" });`;
    },
  },
  onetrust: {
    before: `window.OneTrust = { IsAlertBoxClosed: () => document.cookie.includes("OptanonAlertBoxClosed") };`,
    answered: (agrees) => {
      const groups = encodeURIComponent(
        ["C0001:1", ...["C0002", "C0003", "C0004"].map((id) => `${id}:${agrees ? 1 : 0}`)].join(
          ",",
        ),
      );
      return `OptanonWrapper(); ${cookie("OptanonConsent", `isGpcEnabled=0&version=202609.1.0&groups=${groups}`)} ${cookie("OptanonAlertBoxClosed", "2026-11-22T10:00:00.000Z")} OptanonWrapper();`;
    },
  },
  cookiebot: {
    before: `window.Cookiebot = { hasResponse: false };`,
    answered: (agrees) => {
      const value = encodeURIComponent(
        `{stamp:'kx1Q==',necessary:true,preferences:${agrees},statistics:${agrees},marketing:${agrees},method:'explicit',ver:1,utc:1790000000000,region:'de'}`,
      );
      return `${cookie("CookieConsent", value)} Cookiebot.hasResponse = true; dispatchEvent(new Event("CookiebotOnConsentReady"));`;
    },
  },
  klaro: {
    before: `client.klaro.setup({ storageMethod: "cookie", services: ["analytics", "functional", "marketing"].map((name) => ({ name, purposes: [name] })) }); window.klaro = { getManager: () => client.klaro.getManager() };`,
    answered: (agrees) =>
      `klaro.getManager().changeAll(${agrees}); klaro.getManager().saveAndApplyConsents();`,
  },
  "vanilla-cookieconsent": {
    before: `client.CookieConsent.run({ autoShow: false, categories: { necessary: { enabled: true, readOnly: true }, analytics: {}, functionality: {}, ads: {} }, language: { default: "en", translations: { en: { consentModal: {}, preferencesModal: { sections: [] } } } } });`,
    answered: (agrees) => `client.CookieConsent.acceptCategory(${agrees ? '"all"' : "[]"});`,
  },
};

const site = stage();
const browser = tab(
  site,
  `import * as CookieConsent from "vanilla-cookieconsent";
   import * as klaro from "klaro/dist/klaro-no-css.js";
   window.client = { CookieConsent, klaro };`,
);

/** The snippet has asked, and this is what it was told. */
const settled = (): Promise<{ ask: boolean; granted: Record<string, boolean> }> =>
  browser.page.evaluate(async () => {
    const answer = await fetch("/_u/consent");
    const { ask, decisions } = (await answer.json()) as {
      ask: boolean;
      decisions: Record<string, { granted: boolean }>;
    };
    return {
      ask,
      granted: Object.fromEntries(
        Object.entries(decisions).map(([id, { granted }]) => [id, granted]),
      ),
    };
  });

const run = (code: string): Promise<void> =>
  browser.page.addScriptTag({ content: code }).then(() => undefined);

const asksForConsent = (): boolean =>
  site.arrivals.some(
    ({ method, path, status }) => method === "GET" && path === "/_u/consent" && status > 0,
  );

beforeAll(async () => {
  for (const name of ["README", "gpp", "consent-mode-out", ...Object.keys(TOOLS)])
    recipes.set(name, await codeOf(name));
});
afterAll(() => recipes.clear());

describe.each(Object.entries(TOOLS))("The recipe for %s", (name, tool) => {
  test.each([true, false])(
    "hands on the answer %s and the change of it, and nobody is asked twice",
    async (agrees) => {
      await browser.visit();
      await run(recipes.get("README") ?? "");
      await run(tool.before ?? "");
      await run(recipes.get(name) ?? "");
      expect(site.arrivals.filter(({ path }) => path.startsWith("/_u/"))).toEqual([]);
      await run(tool.answered(agrees));
      await site.until(asksForConsent);
      const { ask, granted } = await settled();
      expect(granted).toMatchObject({
        measurement: agrees,
        personalization: agrees,
        advertising: agrees,
        recognition: false,
      });
      expect(ask).toBe(false);
      expect(site.arrivals.some(({ path }) => path === "/_u/banner.js")).toBe(false);
      expect((await browser.visitor()) !== null).toBe(agrees);

      // The other way round, on the same page: the snippet is told at once.
      const noticed = browser.page.evaluate(
        (measured) =>
          new Promise<void>((done) =>
            document.addEventListener("usher:consent", (event) => {
              const { decisions } = (event as CustomEvent<Told>).detail;
              if (decisions["measurement"]?.granted === measured) done();
            }),
          ),
        !agrees,
      );
      await run(tool.answered(!agrees));
      await noticed;
    },
  );
});

/** What Google's tags were told, one after another. */
const toldGoogle = (): Promise<[string, string, Record<string, unknown>][]> =>
  browser.page.evaluate(() =>
    (window as unknown as { dataLayer: ArrayLike<unknown>[] }).dataLayer.map(
      (told) => Array.from(told) as [string, string, Record<string, unknown>],
    ),
  );

/** Resolves when so many words to Google were said. */
const updates = (count: number): Promise<unknown> =>
  browser.page.waitForFunction(
    (wanted) => (window as unknown as { dataLayer: unknown[] }).dataLayer.length >= wanted,
    count,
  );

const openWithGoogle = async (): Promise<void> => {
  site.pages.set(
    "/google",
    `<!doctype html><html lang="en"><head><title>Google</title><script>${recipes.get("consent-mode-out")}</script><script async src="/_u/usher.js" data-write-key="${WRITE_KEY}"></script></head><body></body></html>`,
  );
  await browser.page.goto(`${site.origin}/google`);
  await updates(2);
};

const inGoogle = (measurement: string, personalization: string, advertising: string) => ({
  analytics_storage: measurement,
  functionality_storage: personalization,
  personalization_storage: personalization,
  ad_storage: advertising,
  ad_user_data: advertising,
  ad_personalization: advertising,
  security_storage: "granted",
});

describe("The recipe for Google's tags that follow Usher", () => {
  test("denies until somebody agrees on the banner, and again when they change their mind", async () => {
    await openWithGoogle();
    const denied = inGoogle("denied", "denied", "denied");
    expect(await toldGoogle()).toEqual([
      ["consent", "default", { ...denied, wait_for_update: 500 }],
      ["consent", "update", denied],
    ]);
    await browser.page.getByRole("button", { name: "Accept all", exact: true }).click();
    await updates(3);
    expect((await toldGoogle())[2]).toEqual([
      "consent",
      "update",
      inGoogle("granted", "granted", "granted"),
    ]);
    await run("usher.consent({ advertising: false });");
    await updates(4);
    expect((await toldGoogle())[3]).toEqual([
      "consent",
      "update",
      inGoogle("granted", "granted", "denied"),
    ]);
  });

  test.each([
    ["granted", {}],
    ["denied", { "sec-gpc": "1" }],
  ])(
    "grants before a choice where the region does, advertising %s",
    async (advertising, headers) => {
      site.region = "US-CA";
      await browser.context.setExtraHTTPHeaders(headers);
      await openWithGoogle();
      const [, [, , update] = []] = await toldGoogle();
      expect(update).toMatchObject({
        analytics_storage: "granted",
        ad_storage: advertising,
        ad_user_data: advertising,
      });
    },
  );
});

test.each([
  ["didn't opt out", "DBABLA~BVQqAAAACg", true],
  ["opted out", "DBABLA~BVVVkkkkkpFY.YA", false],
])("The recipe for GPP hands on that a Californian %s", async (_, gpp, advertising) => {
  site.region = "US-CA";
  await browser.visit();
  await run(recipes.get("README") ?? "");
  await run(`window.__gpp = (command, callback) => { window.told = callback; };`);
  await run(recipes.get("gpp") ?? "");
  await run(`told({ pingData: { signalStatus: "ready", gppString: "${gpp}" } });`);
  await site.until(asksForConsent);
  const { granted } = await settled();
  expect(granted).toMatchObject({ measurement: true, advertising });
});
