import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_POLICY } from "../../../../src/domain/consent/default-policy.ts";
import {
  combineCmp,
  readConsentMode,
  readContextConsent,
  writeConsentMode,
} from "../../../../src/domain/consent/signals/cmp.ts";
import { readCmpCookies } from "../../../../src/domain/consent/signals/cmp-cookies.ts";
import { NONE, UNREADABLE, type CmpReading } from "../../../../src/domain/consent/signals/types.ts";

const read = (categories: Record<string, boolean>, exhaustive = false) => ({
  state: "read",
  categories,
  exhaustive,
});
const cookies = (values: Record<string, string | string[]>) =>
  ({ ...readCmpCookies((name) => [values[name]].flat()) }) as CmpReading;

describe("consent in an event's context", () => {
  it.each([
    ["nothing", undefined, NONE],
    ["a context without consent", { page: {} }, NONE],
    [
      "Segment's categories",
      { consent: { categoryPreferences: { Advertising: true, measurement: false } } },
      read({ advertising: true, measurement: false }),
    ],
    ["no categories at all", { consent: { categoryPreferences: {} } }, NONE],
    [
      "categories that aren't yes or no",
      { consent: { categoryPreferences: { advertising: "yes" } } },
      UNREADABLE,
    ],
    [
      "categories that are a list",
      { consent: { categoryPreferences: ["advertising"] } },
      UNREADABLE,
    ],
    ["consent that is a word", { consent: "all" }, UNREADABLE],
    [
      "Consent Mode's words",
      { consent: { ad_storage: "denied", analytics_storage: "granted" } },
      read({ ad_storage: false, analytics_storage: true }),
    ],
    ["Consent Mode with another word", { consent: { ad_storage: "maybe" } }, UNREADABLE],
    [
      "RudderStack's lists",
      {
        consentManagement: {
          provider: "custom",
          allowedConsentIds: ["analytics"],
          deniedConsentIds: ["ads"],
        },
      },
      read({ analytics: true, ads: false }),
    ],
    [
      "RudderStack's list of what is allowed",
      { consentManagement: { allowedConsentIds: ["analytics"] } },
      read({ analytics: true }, true),
    ],
    [
      "RudderStack's lists that aren't lists",
      { consentManagement: { allowedConsentIds: { analytics: true } } },
      UNREADABLE,
    ],
  ])("%s", (_what, context, reading) => expect(readContextConsent(context)).toEqual(reading));

  it("that says yes and no to one category says no", () => {
    const context = {
      consentManagement: { allowedConsentIds: ["Ads"], deniedConsentIds: ["ads"] },
    };
    expect(readContextConsent(context)).toEqual(read({ ads: false }));
    expect(
      readContextConsent({ consent: { categoryPreferences: { Ads: true, ads: false } } }),
    ).toEqual(read({ ads: false }));
  });

  it("with more categories than any tool has is unreadable", () => {
    const many = Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`c${at}`, true]));
    expect(readContextConsent({ consent: { categoryPreferences: many } })).toEqual(UNREADABLE);
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.anything(), (context) =>
        ["none", "read", "unreadable"].includes(readContextConsent(context).state),
      ),
    );
  });
});

describe("cookies of other consent tools", () => {
  const oneTrust =
    "isGpcEnabled=0&datestamp=Sun+Nov+22+2026&landingPath=https%3A%2F%2Fa.example%2F%3Fq%3D1%26groups%3DC0004%3A1&groups=C0001%3A1%2CC0002%3A1%2CC0004%3A0";

  it("OneTrust's groups count as a yes once the notice was answered, and a no always", () => {
    expect(
      cookies({ OptanonConsent: oneTrust, OptanonAlertBoxClosed: "2026-11-22T10:00:00.000Z" }),
    ).toEqual(read({ c0001: true, c0002: true, c0004: false }));
    expect(cookies({ OptanonConsent: oneTrust })).toEqual(read({ c0004: false }));
  });

  it("OneTrust's groups can't be smuggled in by a page's address", () => {
    expect(cookies({ OptanonConsent: `${oneTrust}&groups=C0004%3A1` })).toEqual(UNREADABLE);
    expect(cookies({ OptanonConsent: "landingPath=x" })).toEqual(NONE);
    expect(cookies({ OptanonConsent: "groups=C0002%3Ayes" })).toEqual(UNREADABLE);
  });

  it("Cookiebot's literal is read, and an implied consent is no yes", () => {
    const value = (method: string) =>
      encodeURIComponent(
        `{stamp:'x==',necessary:true,preferences:false,statistics:true,marketing:false,method:'${method}',ver:1,utc:1,region:'de'}`,
      );
    expect(cookies({ CookieConsent: value("explicit") })).toEqual(
      read({ preferences: false, statistics: true, marketing: false }),
    );
    expect(cookies({ CookieConsent: value("implied") })).toEqual(
      read({ preferences: false, marketing: false }),
    );
  });

  it.each([
    ["-1", NONE],
    ["0", read({ preferences: false, statistics: false, marketing: false })],
    ["true", UNREADABLE],
    ["%7B%7D", UNREADABLE],
    ["%E0%A4%A", UNREADABLE],
    ["x".repeat(5_000), UNREADABLE],
  ])("Cookiebot's %s", (value, reading) =>
    expect(cookies({ CookieConsent: value })).toEqual(reading),
  );

  it("Klaro's services are read by their names", () => {
    expect(cookies({ klaro: encodeURIComponent('{"matomo":true,"ads":false}') })).toEqual(
      read({ matomo: true, ads: false }),
    );
    expect(cookies({ klaro: "no json" })).toEqual(UNREADABLE);
  });

  it("vanilla-cookieconsent's list refuses what it doesn't name", () => {
    const value = encodeURIComponent(
      JSON.stringify({ categories: ["necessary", "analytics"], revision: 0 }),
    );
    expect(cookies({ cc_cookie: value })).toEqual(read({ necessary: true, analytics: true }, true));
    expect(cookies({ cc_cookie: encodeURIComponent('{"level":[]}') })).toEqual(read({}, true));
    expect(cookies({ cc_cookie: encodeURIComponent('{"categories":{}}') })).toEqual(UNREADABLE);
  });

  it.each([
    ["OptanonConsent", "groups=C0002%3A1", "groups=C0002%3A0", { c0002: false }],
    ["klaro", '{"matomo":true,"chat":true}', '{"matomo":false}', { matomo: false, chat: true }],
    [
      "CookieConsent",
      "{statistics:true,method:'explicit'}",
      "{statistics:false,method:'explicit'}",
      { statistics: false },
    ],
    [
      "cc_cookie",
      '{"categories":["analytics","ads"]}',
      '{"categories":["analytics"]}',
      { analytics: true, ads: false },
    ],
  ])("of several %s cookies a no beats a yes, in whichever order", (name, yes, no, expected) => {
    const closed = { OptanonAlertBoxClosed: ["", "2026-11-22T10:00:00.000Z"] };
    for (const values of [
      [yes, no],
      [no, yes],
    ])
      expect(cookies({ ...closed, [name]: values })).toMatchObject({ categories: expected });
    expect(cookies({ ...closed, [name]: [yes, yes] })).toEqual(cookies({ ...closed, [name]: yes }));
    expect(cookies({ ...closed, [name]: [yes, "%"] })).toEqual(
      name === "OptanonConsent" ? cookies({ ...closed, [name]: yes }) : UNREADABLE,
    );
    expect(cookies({ ...closed, [name]: Array<string>(5).fill(yes) })).toEqual(UNREADABLE);
  });

  it("of two tools: a no of one beats a yes of the other, and an unreadable one spoils both", () => {
    const yes = read({ analytics: true }) as CmpReading;
    const no = read({ analytics: false, ads: true }) as CmpReading;
    expect(combineCmp([yes, NONE, no])).toEqual(read({ analytics: false, ads: true }));
    expect(combineCmp([yes, UNREADABLE])).toEqual(UNREADABLE);
  });
});

describe("Google Consent Mode v2", () => {
  const table = DEFAULT_POLICY.signals.cmp.categories;

  it("is written from what is granted", () => {
    expect(writeConsentMode(table, ["necessary", "measurement"])).toEqual({
      ad_storage: "denied",
      ad_user_data: "denied",
      ad_personalization: "denied",
      analytics_storage: "granted",
      functionality_storage: "denied",
      personalization_storage: "denied",
      security_storage: "granted",
    });
  });

  it("is read back as it was written", () => {
    fc.assert(
      fc.property(fc.subarray(["measurement", "personalization", "advertising"]), (granted) => {
        const words = writeConsentMode(table, granted);
        const expected = Object.fromEntries(
          Object.entries(words).map(([type, word]) => [type, word === "granted"]),
        );
        expect(readConsentMode(words)).toEqual(read(expected));
      }),
    );
  });
});
