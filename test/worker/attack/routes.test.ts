/** Every route under hostile paths, queries, headers and bodies: a clear answer, never a crash, a stack or an echo. */
import { exports } from "cloudflare:workers";
import { afterEach, expect, test } from "vitest";
import { consoleRoutes } from "../../../src/console/routes.ts";
import { apiRoutes } from "../../../src/http/api/routes.ts";
import { dialectRoutes } from "../../../src/http/dialects/index.ts";
import { ORIGIN, OWNER_TOKEN, SERVER_KEY, WRITE_KEY } from "../../support/site.ts";
import { BODIES, TEXTS } from "./hostile.ts";

type Line = readonly [method: string, path: string];

const PUBLIC: readonly Line[] = [
  ...["track", "page", "screen", "identify", "group", "alias", "batch", "t", "nothing"].map(
    (call): Line => ["POST", `/_u/v1/${call}`],
  ),
  ["GET", "/_u/v1/pixel/page"],
  ["GET", "/_u/v1/pixel/track"],
  ["GET", "/_u/px.gif"],
  ["GET", "/_u/go"],
  ["GET", "/_u/open.gif"],
  ["GET", "/_u/unsubscribe"],
  ["POST", "/_u/unsubscribe"],
  ["GET", "/_u/consent"],
  ["POST", "/_u/consent"],
  ["POST", "/_u/reset"],
  ["GET", "/_u/me"],
  ["GET", "/_u/me/export"],
  ["POST", "/_u/me/consent"],
  ["POST", "/_u/me/erase"],
  ["GET", "/_u/cookies"],
  ["GET", "/_u/next"],
  ["POST", "/_u/hints/:hint/:outcome"],
  ["GET", "/_u/usher.:version.js"],
  ["GET", "/_u/health"],
];

/** Each with what it serves. */
const FACES: readonly (readonly [face: string, lines: readonly Line[]])[] = [
  ["public", PUBLIC],
  ["dialect", dialectRoutes.map(([method, path]): Line => [method, path])],
  ["API", apiRoutes.map(([method, path]): Line => [method, path])],
  ["console", consoleRoutes.map(([method, path]): Line => [method, path])],
];

const QUERIES = [
  "identifier",
  "q",
  "cursor",
  "visitor",
  "action",
  "from",
  "to",
  "slot",
  "url",
  "u",
  "t",
  "token",
  "data",
  "writeKey",
  "event",
  "stage",
  "kind",
  "path",
];
const HEADERS = [
  "cookie",
  "sec-gpc",
  "x-forwarded-for",
  "accept-language",
  "user-agent",
  "referer",
  "if-none-match",
  "content-encoding",
];

/** A header can't carry everything; what the platform refuses to send never arrives. */
const sendable = (text: string): string => text.replaceAll(/[^\u0020-\u007E]/g, "?");

let cookie = "";

async function signIn(): Promise<string> {
  if (cookie !== "") return cookie;
  const answer = await exports.default.fetch(`${ORIGIN}/_u/console/sign-in`, {
    method: "POST",
    redirect: "manual",
    headers: {
      "sec-fetch-site": "same-origin",
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams({ token: OWNER_TOKEN }).toString(),
  });
  cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  expect(cookie).toContain("usher-session");
  return cookie;
}

async function ask(
  [method, pattern]: Line,
  part: string,
  query: string,
  headers: Record<string, string>,
  body?: string,
): Promise<Response> {
  const path = pattern.replaceAll(
    /:\w+|\*/g,
    encodeURIComponent(part.toWellFormed()).slice(0, 6_000) || "x",
  );
  const authorization = path.startsWith("/_u/api")
    ? `Bearer ${OWNER_TOKEN}`
    : body?.length
      ? `Bearer ${SERVER_KEY}`
      : "";
  return exports.default.fetch(`${ORIGIN}${path}${query}`, {
    method,
    redirect: "manual",
    headers: {
      origin: ORIGIN,
      "sec-fetch-site": "same-origin",
      ...(authorization === "" ? {} : { authorization }),
      ...(path.startsWith("/_u/console") ? { cookie: await signIn() } : {}),
      ...headers,
    },
    ...(method === "GET" || method === "HEAD" ? {} : { body: body ?? "{}" }),
  });
}

/** The API and the console have their own; elsewhere it matters whose key it is. */
const credentials = ([, path]: Line): Record<string, string>[] =>
  /^\/_u\/(?:api|console)/.test(path)
    ? [{}]
    : [WRITE_KEY, SERVER_KEY].map((key) => ({ authorization: `Bearer ${key}` }));

/** No crash, no stack, nothing an attacker wrote in a header, and nowhere but home to go. */
async function checkAnswer(response: Response, what: string): Promise<void> {
  const text = new TextDecoder().decode(await response.arrayBuffer());
  statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
  expect.soft(response.status, `${what}: ${text.slice(0, 200)}`).toBeLessThan(500);
  expect
    .soft(text, what)
    .not.toMatch(/\bat \S+ \(|\.tsx?:\d+|SQLITE|D1_ERROR|TypeError|RangeError/);
  expect.soft(text, what).not.toContain("<script>alert(1)");
  for (const [name, value] of response.headers)
    expect.soft(`${name}: ${value}`, what).not.toContain("forged");
  const location = response.headers.get("location");
  if (location !== null) expect.soft(new URL(location, ORIGIN).origin, what).toBe(ORIGIN);
  expect.soft(({} as Record<string, unknown>)["polluted"], what).toBeUndefined();
}

const statuses = new Map<number, number>();

afterEach(() => {
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
});

test.each(FACES)("hostile names in %s paths are answered, not stumbled over", async (_, face) => {
  for (const line of face.filter(([, path]) => path.includes(":")))
    for (const text of TEXTS)
      await checkAnswer(
        await ask(line, text, "", {}),
        `${line.join(" ")} with ${JSON.stringify(text.slice(0, 40))}`,
      );
});

test.each(FACES)("hostile %s queries are answered, not stumbled over", async (_, face) => {
  for (const line of face.filter(([method]) => method === "GET"))
    for (const text of TEXTS) {
      const query = new URLSearchParams(
        QUERIES.map((name) => [name, text.toWellFormed().slice(0, 500)]),
      );
      await checkAnswer(
        await ask(line, "x", `?${query}&%E0%A4%A=1`, {}),
        `${line.join(" ")}?…=${JSON.stringify(text.slice(0, 40))}`,
      );
    }
});

test("hostile headers are answered, not stumbled over", async () => {
  for (const line of PUBLIC)
    for (const text of TEXTS) {
      const value = sendable(text);
      const headers = Object.fromEntries(
        HEADERS.map((name) => [
          name,
          name === "cookie"
            ? `usher=${value}; usher-consent=${value}; euconsent-v2=${value}; __gpp=${value}; ajs_anonymous_id=${value}`
            : value,
        ]),
      );
      await checkAnswer(
        await ask(line, "x", "", headers),
        `${line.join(" ")} with headers ${JSON.stringify(text.slice(0, 40))}`,
      );
    }
});

test.each(FACES)("hostile %s bodies are answered, not stumbled over", async (_, face) => {
  for (const line of face.filter(([method]) => method !== "GET" && method !== "HEAD"))
    for (const body of BODIES)
      for (const headers of credentials(line)) {
        await checkAnswer(
          await ask(line, "x", "", headers, body),
          `${line.join(" ")} with ${body.slice(0, 60)}`,
        );
      }
});

test("what was sent did reach the handlers", () => {
  for (const status of [200, 400, 404, 413, 422])
    expect(statuses.get(status) ?? 0).toBeGreaterThan(20);
});
