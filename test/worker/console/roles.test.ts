/** Every route × every role: who may see what, on the running Worker. */
import { beforeAll, describe, expect, test } from "vitest";
import { consoleRoutes } from "../../../src/console/routes.ts";
import { PLACES } from "../../../src/console/places.ts";
import { DESCRIBED } from "../../../src/http/api/openapi.ts";
import {
  api,
  MARKETER_TOKEN,
  OFFICER_TOKEN,
  OWNER_TOKEN,
  WRITE_KEY,
  SERVER_KEY,
} from "../../support/site.ts";
import { Console, pageOf, signedIn } from "./session.ts";

type Who = "officer" | "marketer" | "either" | "owner" | "anyone";

/** By the first part of the path below `/_u/console/`. A new page is placed here on purpose. */
const PLACED: Readonly<Record<string, Who>> = {
  "style.css": "anyone",
  "icon.svg": "anyone",
  script: "anyone",
  "sign-in": "anyone",
  "sign-out": "either",
  session: "either",
  "": "either",
  consent: "officer",
  people: "either",
  merges: "officer",
  suggestions: "officer",
  requests: "officer",
  rules: "officer",
  quarantine: "officer",
  policy: "officer",
  simulator: "officer",
  receipts: "officer",
  retention: "officer",
  record: "officer",
  data: "officer",
  webhooks: "either",
  actions: "marketer",
  performance: "marketer",
  exports: "marketer",
  segments: "marketer",
  meter: "marketer",
  attribution: "marketer",
  setup: "either",
  live: "either",
  install: "either",
  import: "either",
  audit: "owner",
  "audit.csv": "owner",
};

/** Where one page or form of a place is for fewer. */
const CLOSER: Readonly<Record<string, Who>> = {
  "POST /_u/console/people/:id/separate": "officer",
  "POST /_u/console/people/:id/unseparate": "officer",
  "POST /_u/console/people/:id/identifiers": "officer",
  "POST /_u/console/people/:id/device": "officer",
  "POST /_u/console/people/:id/permission": "officer",
  "POST /_u/console/webhooks": "officer",
  "POST /_u/console/webhooks/:id": "officer",
  "POST /_u/console/webhooks/:id/again": "officer",
  "POST /_u/console/import": "marketer",
  "POST /_u/console/import/approve": "officer",
  "POST /_u/console/import/withdraw": "officer",
};

const TOKENS = { owner: OWNER_TOKEN, officer: OFFICER_TOKEN, marketer: MARKETER_TOKEN } as const;
type Role = keyof typeof TOKENS;
const ROLES = Object.keys(TOKENS) as Role[];

const may = (role: Role, who: Who): boolean => role === "owner" || who === "either" || who === role;

const filled = (path: string): string =>
  path
    .replace("merges/:id", `merges/${"a".repeat(26)}.${"a".repeat(12)}`)
    .replaceAll(/:\w+/g, "a".repeat(26));

const placeOf = (path: string): string => path.replace("/_u/console/", "").split("/")[0] ?? "";

const routes = consoleRoutes
  .map(([method, path]) => ({
    method,
    path,
    who: CLOSER[`${method} ${path}`] ?? PLACED[placeOf(path)],
  }))
  .filter(({ who }) => who !== "anyone");

const sessions = new Map<Role, Console>();
beforeAll(async () => {
  for (const role of ROLES) sessions.set(role, await signedIn(TOKENS[role]));
});

test("every page of the console has somebody it is for", () => {
  expect(routes.filter(({ who }) => who === undefined)).toEqual([]);
});

test("every place of the menu is there, for whom the menu shows it", () => {
  for (const { href, for: who } of PLACES) {
    const route = routes.find(({ method, path }) => method === "GET" && path === href);
    expect({ href, there: route !== undefined }).toEqual({ href, there: true });
    for (const role of ROLES)
      if (may(role, who)) expect(may(role, route?.who ?? "anyone")).toBe(true);
  }
});

describe.each(ROLES)("the %s", (role) => {
  test("sees the pages of this role and no others", async () => {
    for (const { path, who } of routes.filter(({ method }) => method === "GET")) {
      const said = await sessions.get(role)!.call(filled(path));
      const refused = said.status === 403;
      expect({ path, refused }).toEqual({ path, refused: !may(role, who!) });
      if (refused) expect(pageOf(said)).toContain("This page is for the");
    }
  });

  test("can send the forms of this role and no others, and none without the session's token", async () => {
    const browser = sessions.get(role)!;
    const form = await browser.formToken();
    for (const { path, who } of routes.filter(({ method }) => method === "POST")) {
      if (!may(role, who!))
        expect({ path, status: (await browser.form(filled(path), { form })).status }).toEqual({
          path,
          status: 403,
        });
      const forged = [
        await browser.form(filled(path), {}),
        await browser.form(filled(path), { form: "x".repeat(43) }),
        await browser.form(filled(path), { form }, { "sec-fetch-site": "cross-site" }),
        await browser.form(filled(path), { form }, { "sec-fetch-site": "same-site" }),
        await browser.form(filled(path), { form }, { "sec-fetch-site": "none" }),
      ];
      expect({ path, statuses: forged.map(({ status }) => status) }).toEqual({
        path,
        statuses: forged.map(() => 403),
      });
    }
  });
});

test("no session, an expired one, a forged one and another site's cookie open no page at all", async () => {
  const good = sessions.get("owner")!.session;
  const [role, until, nonce, signature] = good.split(".") as [string, string, string, string];
  const over = String(Math.floor(Date.now() / 1000) - 1);
  const flipped = (signature.startsWith("A") ? "B" : "A") + signature.slice(1);
  const marketers = sessions.get("marketer")!.session;
  const cookies = {
    none: "",
    empty: "usher-session=",
    expired: `usher-session=${role}.${over}.${nonce}.${signature}`,
    prolonged: `usher-session=${role}.${Number(until) + 60}.${nonce}.${signature}`,
    forged: `usher-session=${role}.${until}.${nonce}.${flipped}`,
    promoted: `usher-session=${marketers.replace("marketer", "owner")}`,
    unsigned: `usher-session=${role}.${until}.${nonce}.`,
    // What browsers keep for https is not taken over http, nor the other way round.
    renamed: `__Host-usher-session=${good}`,
    visitor: `usher=${good}`,
  };
  for (const [kind, cookie] of Object.entries(cookies))
    for (const { method, path } of routes) {
      const browser = new Console(cookie === "" ? {} : { cookie });
      const said = await browser.call(filled(path), method === "POST" ? "form=x" : undefined);
      expect({ kind, path, status: said.status }).toEqual({ kind, path, status: 303 });
      expect(said.headers.get("location")).toMatch(/^\/_u\/console\/sign-in\?to=/);
    }
});

test("a session is over after twelve hours, to the second", async () => {
  const browser = await signedIn(OFFICER_TOKEN);
  const at = (seconds: number) => ({
    "usher-now": new Date(Date.now() + seconds * 1000).toISOString(),
  });
  const limit = 12 * 3600;
  expect((await browser.call("/_u/console/people", undefined, at(limit - 60))).status).toBe(200);
  expect((await browser.call("/_u/console/people", undefined, at(limit + 1))).status).toBe(303);
});

test("the API takes the token of the right role, and neither the console's cookie nor any other key", async () => {
  const { session } = sessions.get("owner")!;
  for (const [call, { role: who }] of Object.entries(DESCRIBED)) {
    const [method = "", path = ""] = call.split(" ");
    const short = filled(path).replace("/_u/api", "");
    if ((who as string) === "anyone") continue;
    const withCookie = new Console({ cookie: `usher-session=${session}` });
    const said = await withCookie.call(filled(path), method === "GET" ? undefined : "{}");
    if (method !== "PUT" && method !== "DELETE")
      expect({ call, status: said.status }).toEqual({ call, status: 401 });
    for (const wrong of [WRITE_KEY, SERVER_KEY, `${OWNER_TOKEN}x`, ""])
      expect({ call, status: (await api(short, wrong, undefined, method)).status }).toEqual({
        call,
        status: 401,
      });
    for (const role of ["officer", "marketer"] as const)
      if (who === "officer" || who === "marketer") {
        if (role === who) continue;
        const { status } = await api(short, TOKENS[role], undefined, method);
        expect({ call, role, status }).toEqual({ call, role, status: 403 });
      }
  }
});

test("every page and every refusal has the strict policy, isn't framed and isn't kept", async () => {
  const stranger = new Console();
  const answers = [
    ...(await Promise.all(
      routes
        .filter(({ method }) => method === "GET")
        .map(({ path }) => sessions.get("owner")!.call(filled(path))),
    )),
    await stranger.call("/_u/console/sign-in"),
    await sessions.get("marketer")!.call("/_u/console/requests"),
  ];
  for (const { status, headers } of answers) {
    expect(headers.get("cache-control")).toBe("private, no-store");
    expect(headers.get("access-control-allow-origin")).toBeNull();
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    if (!headers.get("content-type")?.startsWith("text/html")) continue;
    expect({ status, csp: headers.get("content-security-policy") }).toEqual({
      status,
      csp: "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    });
    expect(headers.get("x-frame-options")).toBe("DENY");
  }
});
