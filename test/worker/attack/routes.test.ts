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

/** But for those of which a wrong one is refused before the others are read, like `limit`. */
const QUERIES = (
  "identifier q cursor visitor action from to slot url u t token data writeKey event stage kind path ago caller child context " +
  "cookies done erased gpc gpcBefore id label like next note origin override parted purpose region regime removed saved segment " +
  "state tcf gpp usp text title told unconfirmed whose why choice.measurement"
).split(" ");
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
  const type = response.headers.get("content-type") ?? "";
  // A program of ours that is handed out may name errors.
  if (!type.startsWith("text/javascript"))
    expect
      .soft(text, what)
      .not.toMatch(/\bat \S+ \(|\.tsx?:\d+|SQLITE|D1_ERROR|TypeError|RangeError/);
  expect.soft(text, what).not.toContain("<script>alert(1)");
  // Back to front, one address is shown as another.
  if (type.startsWith("text/html")) expect.soft(text, what).not.toContain("\u202E");
  const headers = [...response.headers].map((pair) => pair.join(": ")).join("\n");
  expect.soft(headers, what).not.toContain("forged");
  checkKept(response.headers, what);
  const location = response.headers.get("location");
  if (location !== null) expect.soft(new URL(location, ORIGIN).origin, what).toBe(ORIGIN);
  expect.soft(({} as Record<string, unknown>)["polluted"], what).toBeUndefined();
}

/** What is for one reader is in nobody's cache; pages run and are framed as we say; no other site reads along. */
function checkKept(headers: Headers, what: string): void {
  const kept = headers.get("cache-control") ?? "";
  const isPublic = kept.startsWith("public");
  if (headers.has("set-cookie")) expect.soft(kept, what).toBe("private, no-store");
  else if (!isPublic) expect.soft(kept, what).toContain("no-store");
  const policy = headers.get("content-security-policy") ?? "";
  if (headers.get("content-type")?.startsWith("text/html")) {
    expect.soft(policy, what).toMatch(/default-src 'none';.*frame-ancestors 'none'/);
    expect.soft(policy, what).not.toContain("unsafe-");
    expect.soft(headers.get("x-content-type-options"), what).toBe("nosniff");
  }
  const reader = headers.get("access-control-allow-origin");
  if (reader === "*") expect.soft(isPublic, what).toBe(true);
  else if (reader !== null)
    expect.soft([ORIGIN, "https://www.example.org"], what).toContain(reader);
}

/** All of one line at once: while one waits for the database, another is at work. */
const together = async <T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> =>
  void (await Promise.all(all.map(work)));

const statuses = new Map<number, number>();

afterEach(() => {
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
});

test.each(FACES)("hostile names in %s paths are answered, not stumbled over", async (_, face) => {
  for (const line of face.filter(([, path]) => path.includes(":")))
    await together(TEXTS, async (text) =>
      checkAnswer(
        await ask(line, text, "", {}),
        `${line.join(" ")} with ${JSON.stringify(text.slice(0, 40))}`,
      ),
    );
});

/** As they can't be written by whoever encodes what they send. */
const ILL_ENCODED = ["%", "%E0%A4%A", "%c0%ae%c0%ae", "%00", "..%2f..%2f"];

test.each(FACES)("names in %s paths that aren't well encoded name nothing", async (_, face) => {
  for (const [method, path] of face.filter(([, path]) => path.includes(":")))
    await together(ILL_ENCODED, async (part) => {
      const ill = path.replaceAll(/:\w+|\*/g, part);
      await checkAnswer(await ask([method, ill], "", "", {}), `${method} ${ill}`);
    });
});

const FOREIGN = ["https://evil.example", "null", `${ORIGIN}.evil.example`, "https://example.org"];

test("no other site reads what is answered, nor has a browser send it cookies", async () => {
  const unread = async ([method, path]: Line, origin: string): Promise<void> => {
    const headers = { origin, "sec-fetch-site": "cross-site" };
    const answer = (await ask([method, path], "x", "", headers)).headers;
    const what = `${method} ${path} from ${origin}`;
    const reader = answer.get("access-control-allow-origin");
    expect.soft([null, "*"], what).toContain(reader);
    expect.soft(answer.get("access-control-allow-credentials"), what).toBeNull();
    // Else a cache would give what one origin may read to another.
    if (reader === null && !/^\/_u\/(?:api\/(?!s\/)|console)/.test(path))
      expect.soft(answer.get("vary"), what).toContain("Origin");
  };
  const [forBrowsers = PUBLIC, ...others] = FACES.map(([, lines]) => lines);
  for (const origin of FOREIGN)
    await together(forBrowsers, async ([method, path]) => {
      await unread([method, path], origin);
      await unread(["OPTIONS", path], origin);
    });
  await together(others.flat(), (line) => unread(line, "https://evil.example"));
});

test("thousands of parameters, cookies and keys are read within bounds", async () => {
  const many = Array.from({ length: 2_500 }, (_, n) => `${n}`);
  const flood = Object.fromEntries(many.map((n) => [n, { [n]: n }]));
  const cookies = many.slice(0, 800).map((n) => `ph_${n}_posthog=%22${n}%22; klaro=%7B%7D`);
  for (const line of PUBLIC) {
    const what = line.join(" ");
    const query = `?${many.map((n) => `${n}=${n}&a=${n}&properties.${n}=1`).join("&")}`;
    await checkAnswer(await ask(line, "x", query, {}), `${what} with parameters`);
    await checkAnswer(
      await ask(line, "x", "", { cookie: cookies.join("; ") }),
      `${what} with cookies`,
    );
    if (line[0] === "GET") continue;
    const body = { ...flood, batch: [flood], choices: flood, traits: flood, properties: flood };
    const text = JSON.stringify({ ...body, context: { ...flood, consent: flood, traits: flood } });
    await checkAnswer(await ask(line, "x", "", {}, text), `${what} with keys`);
  }
});

test.each(FACES)("hostile %s queries are answered, not stumbled over", async (_, face) => {
  for (const line of face.filter(([method]) => method === "GET"))
    await together(TEXTS, async (text) => {
      const query = new URLSearchParams(
        QUERIES.map((name) => [name, text.toWellFormed().slice(0, 200)]),
      );
      await checkAnswer(
        await ask(line, "x", `?${query}&%E0%A4%A=1`, {}),
        `${line.join(" ")}?…=${JSON.stringify(text.slice(0, 40))}`,
      );
    });
});

test("hostile headers are answered, not stumbled over", async () => {
  for (const line of PUBLIC)
    await together(TEXTS, async (text) => {
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
    });
});

test.each(FACES)("hostile %s bodies are answered, not stumbled over", async (_, face) => {
  for (const line of face.filter(([method]) => method !== "GET" && method !== "HEAD"))
    for (const headers of credentials(line))
      await together(BODIES, async (body) =>
        checkAnswer(
          await ask(line, "x", "", headers, body),
          `${line.join(" ")} with ${body.slice(0, 60)}`,
        ),
      );
});

test("what was sent did reach the handlers", () => {
  for (const status of [200, 400, 404, 413, 422])
    expect(statuses.get(status) ?? 0).toBeGreaterThan(20);
});
