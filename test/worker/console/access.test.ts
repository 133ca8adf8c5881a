/** Cloudflare Access in front of the console: its signed tokens are the session, and nothing else is. */
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { consoleRoutes } from "../../../src/console/routes.ts";
import { readConfig, type Env } from "../../../src/env.ts";
import { readAccessRules } from "../../../src/http/access.ts";
import { testBindings } from "../../support/bindings.ts";
import { config, contextOf, send, Village } from "../api/stage.ts";
import { clear, NOON } from "../d1/books.ts";

const TEAM = "https://team.cloudflareaccess.com";
const AUDIENCE = "32eafc7626e974616deaf0dc3ce63d7bcbed58a2";
const now = NOON + 60_000;
const seconds = (at: number): number => Math.floor(at / 1000);

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
let ours: Pair;
let theirs: Pair;
let asked = 0;
let answers: () => Promise<Response>;

beforeAll(async () => {
  ours = await generateKeyPair("RS256");
  theirs = await generateKeyPair("RS256");
});
beforeEach(async () => {
  await clear();
  const keys = [{ ...(await exportJWK(ours.publicKey)), kid: "k1", alg: "RS256", use: "sig" }];
  answers = async () => Response.json({ keys });
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    expect(String(input)).toMatch(/^https:\/\/\w+\.cloudflareaccess\.com\/cdn-cgi\/access\/certs$/);
    asked++;
    return answers();
  });
});
afterEach(() => vi.restoreAllMocks());

const rules = readAccessRules(
  "owner:Boss@example.org, officer:group=privacy, marketer:@example.org",
);
const access = { team: TEAM, audience: AUDIENCE, rules };

const person = (more: JWTPayload = {}): JWTPayload => ({
  iss: TEAM,
  aud: [AUDIENCE],
  sub: "7335d417-61da-459d-899c-0a01c76a2f94",
  email: "boss@example.org",
  type: "app",
  iat: seconds(now) - 60,
  nbf: seconds(now) - 60,
  exp: seconds(now) + 3600,
  ...more,
});

const sign = (payload: JWTPayload, key = ours.privateKey, kid = "k1"): Promise<string> =>
  new SignJWT(payload).setProtectedHeader({ alg: "RS256", kid }).sign(key);

function go(
  token: string | null,
  path = "/_u/console/people",
  more: RequestInit = {},
  team = TEAM,
) {
  const headers = new Headers(more.headers);
  if (token !== null) headers.set("cf-access-jwt-assertion", token);
  const request = new Request(`https://www.example.org${path}`, {
    ...more,
    headers,
    redirect: "manual",
  });
  const context = contextOf(new Village(), {
    now,
    config: { ...config, access: { ...access, team } },
  });
  return send(consoleRoutes, context, request);
}

const roleOn = async (answer: Response): Promise<string | undefined> =>
  /<span>(owner|officer|marketer)<\/span>/.exec(await answer.text())?.[1];

test("who comes through Access has the role that the variable gives the address, the group or the domain", async () => {
  const as = async (claims: JWTPayload) => {
    const answer = await go(await sign(person(claims)));
    expect(answer.status).toBe(200);
    return roleOn(answer);
  };
  expect(await as({})).toBe("owner");
  expect(await as({ email: "BOSS@EXAMPLE.ORG" })).toBe("owner");
  expect(await as({ email: "ann@else.org", custom: { groups: ["privacy", "x"] } })).toBe("officer");
  expect(await as({ email: "bob@example.org" })).toBe("marketer");
});

test("a token that is forged, over, early, of another application, team or kind opens nothing", async () => {
  const good = await sign(person());
  const [header = "", , signature = ""] = good.split(".");
  const body = btoa(JSON.stringify(person({ email: "boss@example.org" }))).replaceAll("=", "");
  const unsigned = `${btoa('{"alg":"none"}').replaceAll("=", "")}.${body}.`;
  const symmetric = await new SignJWT(person())
    .setProtectedHeader({ alg: "HS256", kid: "k1" })
    .sign(new TextEncoder().encode(JSON.stringify(await exportJWK(ours.publicKey))));
  const { exp: _, ...endless } = person();
  const bad: Record<string, string | null> = {
    none: null,
    empty: "",
    nonsense: "a.b.c",
    unsigned,
    symmetric,
    foreign: await sign(person(), theirs.privateKey),
    unknownKey: await sign(person(), theirs.privateKey, "k9"),
    swapped: `${header}.${body}.${signature.slice(1)}A`,
    over: await sign(person({ exp: seconds(now) - 1 })),
    early: await sign(person({ nbf: seconds(now) + 60 })),
    audience: await sign(person({ aud: ["another"] })),
    issuer: await sign(person({ iss: "https://evil.cloudflareaccess.com" })),
    organisation: await sign(person({ type: "org" })),
    service: await sign(person({ sub: "", common_name: "service" })),
    endless: await sign(endless),
    long: `${good}${"A".repeat(20_000)}`,
  };
  for (const [kind, token] of Object.entries(bad)) {
    const answer = await go(token);
    expect({ kind, status: answer.status }).toEqual({ kind, status: 303 });
  }
});

test("who has no role is told so, and no token of a role helps", async () => {
  const stranger = await sign(person({ email: "eve@example.org.evil.test" }));
  expect((await go(stranger)).status).toBe(303);
  const told = await go(stranger, "/_u/console/sign-in");
  expect([told.status, (await told.text()).includes("No role here")]).toEqual([403, true]);
  const tried = await go(stranger, "/_u/console/sign-in", {
    method: "POST",
    headers: { "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ token: "the-owner", to: "" }),
  });
  expect([tried.status, tried.headers.get("set-cookie")]).toEqual([403, null]);
});

test("our own cookie counts for nothing behind Access", async () => {
  const context = contextOf(new Village(), { now });
  const signed = await send(
    consoleRoutes,
    context,
    new Request("https://www.example.org/_u/console/sign-in", {
      method: "POST",
      headers: { "sec-fetch-site": "same-origin" },
      body: new URLSearchParams({ token: "the-owner", to: "" }),
    }),
  );
  const cookie = signed.headers.get("set-cookie")?.split(";")[0] ?? "";
  expect(cookie).toContain("owner");
  expect((await go(null, "/_u/console/people", { headers: { cookie } })).status).toBe(303);
});

test("forms behind Access need the token of that sign-in", async () => {
  const token = await sign(person());
  const page = await (await go(token)).text();
  const form = /name="form" value="([\w-]+)"/.exec(page)?.[1] ?? "";
  const post = (fields: Record<string, string>, site = "same-origin") =>
    go(token, "/_u/console/sign-out", {
      method: "POST",
      headers: { "sec-fetch-site": site },
      body: new URLSearchParams(fields),
    });
  const out = await post({ form });
  expect([out.status, (await out.text()).includes("/cdn-cgi/access/logout")]).toEqual([200, true]);
  expect((await post({})).status).toBe(403);
  expect((await post({ form }, "cross-site")).status).toBe(403);
  const another = await sign(person({ sub: "another", email: "bob@example.org" }));
  const theirPage = await (await go(another)).text();
  const theirForm = /name="form" value="([\w-]+)"/.exec(theirPage)?.[1] ?? "";
  expect((await post({ form: theirForm })).status).toBe(403);
});

test("the team's keys are fetched once, not for every request and not for every unknown key", async () => {
  const team = "https://fresh.cloudflareaccess.com";
  asked = 0;
  const token = await sign(person({ iss: team }));
  for (let n = 0; n < 3; n++) expect((await go(token, undefined, {}, team)).status).toBe(200);
  for (let n = 0; n < 3; n++)
    await go(await sign(person({ iss: team }), theirs.privateKey, `k${n}`), undefined, {}, team);
  expect(asked).toBe(1);
});

test("where the keys can't be read nobody comes in, and is told to wait", async () => {
  const team = "https://down.cloudflareaccess.com";
  answers = async () => new Response("no", { status: 500 });
  const answer = await go(await sign(person({ iss: team })), undefined, {}, team);
  expect(answer.status).toBe(503);
  expect(answer.headers.get("retry-after")).not.toBeNull();
});

test("half a setting is refused by name, and none is off", () => {
  const env = (more: Partial<Env>) =>
    ({ DB: {}, PERSON: {}, KEYS: {}, ...testBindings, ...more }) as unknown as Env;
  expect(readConfig(env({})).access).toBeUndefined();
  expect(readConfig(env({ ACCESS_TEAM: " " })).access).toBeUndefined();
  expect(() => readConfig(env({ ACCESS_TEAM: TEAM }))).toThrow("ACCESS_AUD");
  expect(() => readConfig(env({ ACCESS_TEAM: TEAM, ACCESS_AUD: "x" }))).toThrow("ACCESS_ROLES");
  const wrong = { ACCESS_TEAM: TEAM, ACCESS_AUD: "x", ACCESS_ROLES: "boss@example.org" };
  expect(() => readConfig(env(wrong))).toThrow("ACCESS_ROLES");
  expect(() => readConfig(env({ ...wrong, ACCESS_TEAM: "team" }))).toThrow("ACCESS_TEAM");
  const right = { ...wrong, ACCESS_TEAM: `${TEAM}/`, ACCESS_ROLES: "owner:boss@example.org" };
  expect(readConfig(env(right)).access).toEqual({
    team: TEAM,
    audience: "x",
    rules: [{ role: "owner", by: "email", value: "boss@example.org" }],
  });
});
