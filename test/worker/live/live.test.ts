import { env } from "cloudflare:workers";
import { exports } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { REFUSAL_WORDS } from "../../../src/domain/intake/refusal.ts";
import type { LiveLine } from "../../../src/domain/live/line.ts";
import { signedIn } from "../console/session.ts";
import { Browser, eventually, MARKETER_TOKEN, ORIGIN, server } from "../../support/site.ts";

let cookie = "";

beforeAll(async () => {
  const answer = await exports.default.fetch(`${ORIGIN}/_u/console/sign-in`, {
    method: "POST",
    redirect: "manual",
    headers: {
      "sec-fetch-site": "same-origin",
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams({ token: MARKETER_TOKEN }).toString(),
  });
  cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
});

const open = (headers: Record<string, string>): Promise<Response> =>
  exports.default.fetch(`${ORIGIN}/_u/console/live/socket`, {
    redirect: "manual",
    headers: { upgrade: "websocket", ...headers },
  });

const page = (): Promise<Response> =>
  exports.default.fetch(`${ORIGIN}/_u/console/live`, { headers: { cookie } });

interface Watch {
  lines: LiveLine[];
  close(): void;
}

async function watch(): Promise<Watch> {
  expect((await page()).status).toBe(200);
  return connect();
}

async function connect(): Promise<Watch> {
  const { status, webSocket } = await open({ cookie, "sec-fetch-site": "same-origin" });
  expect(status).toBe(101);
  if (!webSocket) throw new Error("there is no socket");
  const lines: LiveLine[] = [];
  webSocket.accept();
  webSocket.addEventListener("message", ({ data }) =>
    lines.push(...(JSON.parse(String(data)) as LiveLine[])),
  );
  return { lines, close: () => webSocket.close() };
}

test("who watches sees each message as it comes, with what was decided and why, and nobody's name", async () => {
  const { lines, close } = await watch();
  const undecided = new Browser({ "usher-region": "DE" });
  await undecided.send("page", {
    messageId: "l1",
    name: "Home",
    context: { page: { path: "/members/jane@example.org", title: "Jane" } },
  });
  await undecided.consent({ accept: "all" });
  await undecided.send("identify", {
    messageId: "l2",
    userId: "jane",
    traits: { email: "jane@example.org" },
  });
  await undecided.send("track", {
    messageId: "l2b",
    event: "Order Completed",
    properties: { email: "jane@example.org" },
  });
  await undecided.send("track", { messageId: "l2b", event: "Order Completed" });
  await server("track", {
    messageId: "l3",
    userId: "jane",
    event: "Renewed",
    context: { consent: { categoryPreferences: { measurement: true } } },
  });
  await undecided.call("/_u/v1/pixel/page?name=Mail&writeKey=test-write-key");
  await eventually(async () => lines.length >= 6);
  expect(
    lines.map(({ type, name, path, sender, decision }) => [type, name, path, sender, decision]),
  ).toEqual([
    ["page", "Home", "/members/:id", "browser", "consent"],
    ["identify", "", "", "browser", "accepted"],
    ["track", "Order Completed", "", "browser", "accepted"],
    ["track", "Order Completed", "", "browser", "duplicate"],
    ["track", "Renewed", "", "server", "accepted"],
    ["page", "Mail", "", "pixel", "accepted"],
  ]);
  expect(lines[0]?.because).not.toBe("");
  expect(JSON.stringify(lines)).not.toMatch(/jane/i);
  close();
});

test("each message of a call shows its own fate, also without an id, with a number for one, and with one that came twice", async () => {
  const { lines, close } = await watch();
  const consent = (measurement: boolean) => ({ consent: { categoryPreferences: { measurement } } });
  const track = (event: string, more: object = {}) => ({
    type: "track",
    event,
    context: consent(true),
    ...more,
  });
  const page = new Browser({ "usher-region": "US-TX" });
  const batch = [
    track("Nameless"),
    track("Nameless refused", { context: consent(false) }),
    track("Number", { messageId: 7 }),
    track("Number again", { messageId: 7 }),
    track("Twice", { messageId: "m-twice" }),
    track("Twice", { messageId: "m-twice" }),
    { type: "track" },
  ];
  const fates = [
    "accepted",
    "consent",
    "accepted",
    "duplicate",
    "accepted",
    "duplicate",
    "invalid",
  ];
  await page.send("batch", { batch });
  await server("batch", {
    batch: batch.map((message) => ({ ...message, userId: "m-user", anonymousId: "m-anonymous" })),
  });
  await eventually(async () => lines.length >= 14);
  const shown = (sender: string) =>
    lines.filter((line) => line.sender === sender).map(({ decision }) => decision);
  expect(shown("browser")).toEqual(fates);
  expect(shown("server")).toEqual(fates);
  close();
});

test("of a long batch the first messages show, and how many more there were", async () => {
  const { lines, close } = await watch();
  const browser = new Browser({ "usher-region": "US-TX" });
  const batch = Array.from({ length: 45 }, (_, n) => ({
    type: "track",
    event: `Event ${n}`,
    messageId: `long-${n === 44 ? 43 : n}`,
  }));
  await browser.send("batch", { batch });
  await eventually(async () => lines.length >= 21);
  expect(lines).toHaveLength(21);
  expect(lines.at(-1)).toMatchObject({
    name: "and 25 more",
    decision: "more",
    because: "24 of them accepted, 1 dropped",
  });
  close();
});

test("a call that is refused shows with its reason, and nothing that it brought", async () => {
  const { lines, close } = await watch();
  const stranger = new Browser({ origin: "https://shop.example.net" });
  await stranger.send("track", { messageId: "f1", event: "Jane" });
  await server("track", { messageId: "f2", event: "Jane" }, { authorization: "Bearer jane" });
  await eventually(async () => lines.length >= 2);
  expect(lines).toMatchObject([
    {
      type: "call",
      sender: "browser",
      decision: "refused",
      because: REFUSAL_WORDS.forbidden_origin,
    },
    { type: "call", sender: "server", decision: "refused", because: REFUSAL_WORDS.unauthorized },
  ]);
  expect(JSON.stringify(lines)).not.toMatch(/jane|shop/i);
  close();
});

test("while nobody watches nothing is sent, and nothing of it was ever stored", async () => {
  // Told to the isolates by one row, and gone as soon as nobody is connected.
  const { results } = await env.DB.prepare(
    "SELECT document FROM settings WHERE key = 'live'",
  ).all();
  expect(results).toEqual([{ document: "null" }]);
  const first = await watch();
  first.close();
  const browser = new Browser({ "usher-region": "DE" });
  await browser.send("track", { messageId: "n1", event: "Unseen" });
  await browser.send("track", { messageId: "n2", event: "Unseen" });
  const { lines, close } = await watch();
  await browser.send("track", { messageId: "n3", event: "Seen" });
  await eventually(async () => lines.length > 0);
  expect(lines.map(({ name }) => name)).toEqual(["Seen"]);
  close();
});

test("what happens between the page and its line doesn't keep the line silent", async () => {
  await page();
  const browser = new Browser({ "usher-region": "DE" });
  await browser.send("track", { messageId: "b1", event: "Too early" });
  const { lines, close } = await connect();
  await browser.send("track", { messageId: "b2", event: "Seen" });
  await eventually(async () => lines.some(({ name }) => name === "Seen"));
  close();
});

test("the line is refused to strangers, to pages of other sites, and to what isn't a WebSocket", async () => {
  expect((await open({})).status).toBe(303);
  expect(
    (
      await open({
        cookie:
          "usher-session=owner.9999999999.aaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      })
    ).status,
  ).toBe(303);
  expect((await open({ cookie, "sec-fetch-site": "cross-site" })).status).toBe(403);
  expect((await open({ cookie, origin: "https://evil.example" })).status).toBe(403);
  const plain = await exports.default.fetch(`${ORIGIN}/_u/console/live/socket`, {
    headers: { cookie, "sec-fetch-site": "same-origin" },
  });
  expect(plain.status).toBe(400);
});

test("that somebody is still there is taken from the console's own page alone", async () => {
  const post = (headers: Record<string, string>, form: string): Promise<Response> =>
    exports.default.fetch(`${ORIGIN}/_u/console/live/watch`, {
      method: "POST",
      redirect: "manual",
      headers: { cookie, "content-type": "application/x-www-form-urlencoded", ...headers },
      body: new URLSearchParams({ form }).toString(),
    });
  const [, token = ""] = /name="form" value="([^"]+)"/.exec(await (await page()).text()) ?? [];
  expect((await post({ "sec-fetch-site": "same-origin" }, token)).status).toBe(204);
  expect((await post({ "sec-fetch-site": "cross-site" }, token)).status).toBe(403);
  expect((await post({ "sec-fetch-site": "same-origin" }, "forged")).status).toBe(403);
});

test("signing out everywhere closes the lines that were open", async () => {
  await page();
  const { webSocket } = await open({ cookie, "sec-fetch-site": "same-origin" });
  if (!webSocket) throw new Error("there is no socket");
  webSocket.accept();
  const closed = new Promise<number>((tell) =>
    webSocket.addEventListener("close", ({ code }) => tell(code)),
  );
  const other = await signedIn(MARKETER_TOKEN);
  const form = await other.formToken();
  expect((await other.form("/_u/console/session/end", { form })).status).toBe(303);
  // Not the code after which the page gives up: who is still signed in has another line at once.
  expect(await closed).toBe(4_000);
  expect((await open({ cookie, "sec-fetch-site": "same-origin" })).status).toBe(303);
});
