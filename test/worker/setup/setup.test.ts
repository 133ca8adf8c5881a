import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { readRepeated, seek } from "../../../src/d1/arrivals.ts";
import { cutDimensions } from "../../../src/d1/rollups.ts";
import { saveSetting } from "../../../src/d1/settings.ts";
import { dayOf } from "../../../src/domain/ids.ts";
import { compareHosts } from "../../../src/http/addresses-of-hosts.ts";
import { readSitemap } from "../../../src/http/sitemap.ts";
import { settle } from "../../support/objects.ts";
import {
  api,
  Browser,
  eventually,
  MARKETER_TOKEN,
  OFFICER_TOKEN,
  OWNER_TOKEN,
  server,
} from "../../support/site.ts";
import { pageOf, signedIn } from "../console/session.ts";

interface Found {
  id: string;
  level: string;
  evidence: string[];
}

const findings = async (): Promise<Map<string, Found>> => {
  const { body } = await api("/reports/setup", MARKETER_TOKEN);
  return new Map((body["findings"] as Found[]).map((each) => [each.id, each]));
};

const ALL = { measurement: true, personalization: true, recognition: true, advertising: true };

beforeAll(async () => {
  // What a browser and the shop's server both send, and one clock a day behind.
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  await browser.send("track", {
    messageId: "b1",
    event: "Order Completed",
    properties: { order_id: "o-1", total: 20 },
  });
  await browser.send("track", { messageId: "b2", event: "Product 81234 Viewed", properties: {} });
  await browser.send("page", {
    messageId: "b3",
    sentAt: new Date(Date.now() - 86_400_000).toISOString(),
    context: { page: { path: "/news" } },
  });
  await server("track", {
    messageId: "s1",
    anonymousId: "till",
    event: "Order Completed",
    properties: { order_id: "o-1", total: "20" },
    context: { consent: { categoryPreferences: ALL } },
  });
  await browser.send("page", {
    messageId: "b4",
    context: { page: { path: "/news/top-10-goals/" } },
  });
  // Refused before anybody looks at a message: by key, by origin, and a body that can't be read.
  const stranger = new Browser({ origin: "https://shop.example.net" });
  await stranger.send("page", { messageId: "x1" });
  await stranger.call("/_u/v1/page", { writeKey: "jane@example.org", messageId: "x2" });
  await server("track", { messageId: "x3" }, { authorization: "Bearer wrong" });
  await browser.call("/_u/v1/page", "{");
  // An id that a program writes when it knows none.
  await server("identify", { messageId: "j1", userId: "undefined" });
  await server("identify", { messageId: "j2", userId: '"jane@example.org"' });
  // Nobody agreed here: one in sixteen is counted by its page.
  const refusing = new Browser({ "usher-region": "DE" });
  for (let n = 0; n < 70; n++)
    await refusing.send("page", {
      messageId: `r${n}`,
      context: { page: { path: "/members/jane@example.org" } },
    });
  const { results } = await env.DB.prepare("SELECT 1").all();
  expect(results).toHaveLength(1);
  await settle([browser.visitor!]);
  await eventually(async () => {
    const stored = await env.DB.prepare("SELECT count(*) AS n FROM events").first<{ n: number }>();
    const counted = await env.DB.prepare(
      "SELECT count(*) AS n FROM counters WHERE kind IN ('page', 'clock', 'refusal')",
    ).first<{ n: number }>();
    return stored?.n === 5 && counted?.n === 6;
  });
});

test("what really came shows what is wrong: orders from two senders, names made of ids, a clock that is off, a page without consent", async () => {
  const found = await findings();
  expect(found.get("duplicates")).toMatchObject({
    level: "wrong",
    evidence: ["Order Completed: 1 order came more than once, from server and web"],
  });
  expect(found.get("names")).toMatchObject({ level: "wrong", evidence: ["Product 81234 Viewed"] });
  expect(found.get("clocks")).toMatchObject({
    evidence: ["0 ahead, 1 behind", "None of them is known to be a server's"],
  });
  expect(found.get("consent-pages")).toMatchObject({
    level: "look",
    evidence: ["/members/:id: about 64 views dropped, 0 recorded (100 % dropped)"],
  });
  expect(found.get("anything")?.level).toBe("good");
});

test("calls that were refused are counted by reason and by which side sent them, and nothing of what they brought", async () => {
  const { evidence = [], level } = (await findings()).get("refused") ?? {};
  expect(level).toBe("look");
  expect(evidence.toSorted()).toEqual([
    "From a browser, 1 time: the body can't be read",
    "From a browser, 1 time: the page's origin isn't among SITE_ORIGINS",
    "From a browser, 1 time: the write key is missing or not this site's",
    "From a server, 1 time: the write key is missing or not this site's",
  ]);
});

test("ids that name nobody are shown with who sent them, and none that may name somebody", async () => {
  const { evidence = [] } = (await findings()).get("junk-ids") ?? {};
  expect(evidence).toEqual([
    "2 messages with an id that names nobody were dropped",
    "another value that is blocked from a server, 1 time",
    'userId "undefined" from a server, 1 time',
  ]);
});

test("a page of the sitemap is told from others like it, with numbers or a slash at its end", async () => {
  const paths = ["/news", "/news/top-10-goals", "/news/top-20-goals"];
  const document = { at: Date.now(), paths, cut: false, exact: true };
  await saveSetting(env.DB, "sitemap", { version: 1, document, author: "owner", at: Date.now() });
  expect((await findings()).get("silent-pages")).toMatchObject({
    title: "1 of 3 pages of the sitemap was never seen",
    evidence: ["/news/top-20-goals"],
  });
});

test("what a day's list had no room for is looked for among the newest events, and isn't called unseen", async () => {
  const today = dayOf(Date.now());
  const full = Array.from(
    { length: 200 },
    (_, n) => `(${today - 1}, 'path', '/p${n}', 9, 1, 0, 0)`,
  );
  await env.DB.prepare(
    `INSERT INTO rollups (day, dimension, value, events, visitors, orders, order_cents) VALUES ${full.join(",")}`,
  ).run();
  const cut = await cutDimensions(env.DB, { from: today - 1, to: today, dimensions: ["path"] });
  expect([...cut]).toEqual(["path"]);
  const range = { from: today - 1, to: today };
  const wanted = ["/news/top-10-goals", "/news/top-20-goals"];
  expect(await seek(env.DB, "pages", range, wanted)).toEqual({
    seen: new Set(["/news/top-10-goals"]),
    events: 5,
    whole: true,
  });
  await env.DB.prepare("DELETE FROM rollups").run();
});

test("views of one page within two seconds are found as sent twice, and those of others aren't", async () => {
  const at = Date.now() - 60_000;
  const view = (id: string, visitor: string, path: string, after: number) =>
    env.DB.prepare(
      `INSERT INTO events (day, visitor, id, at, received, type, name, channel, policy, purposes, data)
       VALUES (?1, ?2, ?3, ?4, ?4, 'page', NULL, 'web', 1, '[]', ?5)`,
    ).bind(dayOf(at), visitor, id, at + after, JSON.stringify({ page: { path } }));
  const before = await readRepeated(env.DB, dayOf(at), dayOf(at));
  await env.DB.batch([
    view("t1", "twice", "/tickets", 0),
    view("t2", "twice", "/tickets", 900),
    view("t3", "twice", "/tickets", 60_000),
    view("t4", "other", "/tickets", 500),
    view("t5", "twice", "/shop", 950),
  ]);
  const { pages, of } = await readRepeated(env.DB, dayOf(at), dayOf(at));
  expect(pages).toEqual([{ path: "/tickets", times: 1 }]);
  expect(of).toBe(before.of + 5);
  await env.DB.prepare("DELETE FROM events WHERE visitor IN ('twice', 'other')").run();
});

test("pages that refuse leave a count by page and nothing of who was there", async () => {
  const { results } = await env.DB.prepare("SELECT * FROM counters").all();
  expect(JSON.stringify(results)).not.toMatch(/jane|example\.org/);
});

test("a plan is begun with what arrives, by the link that says so", async () => {
  const marketer = await signedIn(MARKETER_TOKEN);
  const page = pageOf(await marketer.call("/_u/console/setup/plan"));
  const written = (html: string) => /<textarea[^>]*>([^<]*)</.exec(html)?.[1];
  expect(written(page)).toBe("");
  const [, link = ""] = /href="([^"]+)">\s*Begin with what arrives \(2 events\)/.exec(page) ?? [];
  const begun = await marketer.call(link);
  expect(begun.status).toBe(200);
  const lines = written(pageOf(begun))?.trim().split("\n") ?? [];
  expect(lines).toContainEqual(expect.stringMatching(/^Order Completed: order_id!?, total/));
  expect(lines).toContainEqual(expect.stringMatching(/^Product 81234 Viewed/));
});

test("an event plan is saved by the marketer, read by all roles, compared with what came, and not overwritten unseen", async () => {
  const plan = {
    events: [
      { name: "Order Completed", properties: [{ name: "total", type: "number", required: true }] },
      { name: "Renewed", properties: [] },
    ],
  };
  expect((await api("/event-plan", OFFICER_TOKEN, { ...plan, version: 0 }, "PUT")).status).toBe(
    403,
  );
  expect(
    (
      await api(
        "/event-plan",
        MARKETER_TOKEN,
        { events: [{ name: "x", properties: [{ name: "a b", type: "money", required: true }] }] },
        "PUT",
      )
    ).status,
  ).toBe(422);
  expect(
    (await api("/event-plan", MARKETER_TOKEN, { ...plan, version: 0 }, "PUT")).body,
  ).toMatchObject({ version: 1 });
  expect((await api("/event-plan", MARKETER_TOKEN, { ...plan, version: 0 }, "PUT")).status).toBe(
    409,
  );
  expect((await api("/event-plan", OFFICER_TOKEN)).body).toEqual({ ...plan, version: 1 });
  const { evidence = [] } = (await findings()).get("plan") ?? {};
  expect(evidence).toContain("Renewed never came");
  expect(evidence).toContain("Order Completed has total as text; planned is number");
});

test("pages and screens of a plan are compared with those that came by name", async () => {
  const page = (id: string, name: string, properties: object) =>
    server("page", {
      messageId: id,
      userId: "reader-of-plans",
      name,
      properties,
      context: { consent: { categoryPreferences: ALL } },
    });
  await page("plan-1", "Article", { topic: "transfers" });
  await page("plan-2", "Article", {});
  await page("plan-3", "Artcle", {});
  const plan = {
    events: [
      {
        name: "Article",
        type: "page",
        properties: [{ name: "topic", type: "text", required: true }],
      },
      { name: "Table", type: "page", properties: [] },
      { name: "Home", type: "screen", properties: [] },
    ],
  };
  expect((await api("/event-plan", MARKETER_TOKEN, plan, "PUT")).status).toBe(200);
  const evidence = await eventually(async () => {
    const found = (await findings()).get("plan")?.evidence ?? [];
    return found.some((each) => each.includes("Artcle")) && found;
  });
  expect(evidence).toEqual(
    expect.arrayContaining([
      "[page] Table never came",
      "[screen] Home never came",
      "[page] Artcle came 1 time and isn't planned",
      "[page] Article lacks topic in 1 of 2",
    ]),
  );
  const marketer = await signedIn(MARKETER_TOKEN);
  expect(pageOf(await marketer.call("/_u/console/setup/plan"))).toContain("[page] Article: topic!");
});

const xml = (...paths: string[]): string =>
  `<?xml version="1.0"?><urlset>${paths.map((path) => `<url><loc>https://www.example.org${path}</loc></url>`).join("\n")}</urlset>`;

test("a sitemap is read of the site's own hosts alone, its index followed, and no further than its bounds", async () => {
  const asked: string[] = [];
  const files: Record<string, string> = {
    "https://www.example.org/sitemap.xml": `<sitemapindex><sitemap><loc>https://www.example.org/a.xml</loc></sitemap><sitemap><loc>https://evil.example/b.xml</loc></sitemap></sitemapindex>`,
    "https://www.example.org/a.xml":
      xml("/", "/news?a=1&amp;b=2", "/news", "/player/12345", "/shop") +
      "<loc>https://evil.example/x</loc>",
  };
  const fetch = async (url: string, { redirect }: RequestInit): Promise<Response> => {
    asked.push(`${url} ${redirect}`);
    return files[url] === undefined ? new Response("", { status: 404 }) : new Response(files[url]);
  };
  const own = ["https://www.example.org"];
  expect(await readSitemap("https://www.example.org/sitemap.xml", own, fetch)).toEqual({
    paths: ["/", "/news", "/player/12345", "/shop"],
    cut: false,
  });
  expect(asked).toEqual([
    "https://www.example.org/sitemap.xml manual",
    "https://www.example.org/a.xml manual",
  ]);
  for (const elsewhere of [
    "https://evil.example/sitemap.xml",
    "http://169.254.169.254/",
    "nothing",
    "file:///etc/passwd",
  ])
    await expect(readSitemap(elsewhere, own, fetch)).rejects.toThrow("own host");
  await expect(readSitemap("https://www.example.org/none.xml", own, fetch)).rejects.toThrow(
    "couldn't be read",
  );
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(500_000).fill(32)),
  });
  await expect(
    readSitemap("https://www.example.org/x.xml", own, async () => new Response(endless)),
  ).rejects.toThrow("names no page");
});

test("hosts are compared by the first half of their addresses, and what DNS doesn't say isn't guessed", async () => {
  const addresses: Record<string, string[]> = {
    "www.example.org": ["192.0.2.1"],
    "c.example.org": ["192.0.9.9"],
    "shop.example.org": ["198.51.100.1"],
  };
  const fetch = async (url: string): Promise<Response> => {
    const host = new URL(url).searchParams.get("name") ?? "";
    if (!addresses[host]) throw new Error("no answer");
    return Response.json({
      Answer: [
        { type: 5, data: "alias.example.net." },
        ...addresses[host].map((data) => ({ type: 1, data })),
      ],
    });
  };
  expect(
    await compareHosts(
      "www.example.org",
      ["c.example.org", "shop.example.org", "gone.example.org"],
      fetch,
    ),
  ).toEqual([
    { host: "c.example.org", sameNetwork: true },
    { host: "shop.example.org", sameNetwork: false },
    { host: "gone.example.org", sameNetwork: null },
  ]);
});

test("a sitemap that is longer than what is kept of it says so", async () => {
  const long = xml(...Array.from({ length: 2_001 }, (_, n) => `/p/${n}`));
  const many = Array.from({ length: 6 }, (_, n) => `<loc>https://www.example.org/${n}.xml</loc>`);
  const read = async (text: string) => {
    const fetch = async (url: string): Promise<Response> =>
      new Response(url.endsWith("sitemap.xml") ? text : xml("/"));
    const own = ["https://www.example.org"];
    return readSitemap("https://www.example.org/sitemap.xml", own, fetch);
  };
  expect(await read(long)).toMatchObject({ cut: true, paths: { length: 2_000 } });
  expect(await read(`<sitemapindex>${many.join("")}</sitemapindex>`)).toEqual({
    cut: true,
    paths: ["/"],
  });
});

test("the sitemap's call refuses addresses elsewhere with the place of what is wrong, and the form keeps what was typed", async () => {
  const refused = await api("/reports/setup/sitemap", OWNER_TOKEN, {
    url: "https://evil.example/sitemap.xml",
  });
  expect(refused).toMatchObject({ status: 422, body: { error: { path: "url" } } });
  const owner = await signedIn(OWNER_TOKEN);
  const typed = await owner.form("/_u/console/setup/sitemap", {
    form: await owner.formToken(),
    url: "https://evil.example/typed.xml",
  });
  expect([typed.status, pageOf(typed)]).toEqual([
    422,
    expect.stringContaining('value="https://evil.example/typed.xml"'),
  ]);
});
