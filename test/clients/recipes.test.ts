import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TCF_PARTS, writeTcf } from "../conformance/strings.ts";
import { tab } from "./browser.ts";
import { codeOf } from "./recipe.ts";
import { stage } from "./stage.ts";

const recipes = new Map<string, string>();

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
  for (const name of ["README", "gpp", ...Object.keys(TOOLS)])
    recipes.set(name, await codeOf(name));
});
afterAll(() => recipes.clear());

describe.each(Object.entries(TOOLS))("The recipe for %s", (name, tool) => {
  test.each([true, false])("hands on the answer %s, and nobody is asked twice", async (agrees) => {
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
  });
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
