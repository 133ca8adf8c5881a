import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
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
      "SELECT count(*) AS n FROM counters WHERE kind IN ('page', 'clock')",
    ).first<{ n: number }>();
    return stored?.n === 4 && counted?.n === 2;
  });
});

test("what really came shows what is wrong: orders from two senders, names made of ids, a clock that is off, a page without consent", async () => {
  const found = await findings();
  expect(found.get("duplicates")).toMatchObject({
    level: "wrong",
    evidence: ["Order Completed: 1 orders came more than once, from server and web"],
  });
  expect(found.get("names")).toMatchObject({ level: "wrong", evidence: ["Product 81234 Viewed"] });
  expect(found.get("clocks")).toMatchObject({ evidence: ["0 ahead, 1 behind"] });
  expect(found.get("consent-pages")).toMatchObject({
    level: "look",
    evidence: ["/members/:id: about 64 dropped, 0 recorded"],
  });
  expect(found.get("anything")?.level).toBe("good");
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
  expect(await readSitemap("https://www.example.org/sitemap.xml", own, fetch)).toEqual([
    "/",
    "/news",
    "/player/:id",
    "/shop",
  ]);
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

test("the sitemap's call refuses addresses elsewhere with the place of what is wrong", async () => {
  const refused = await api("/reports/setup/sitemap", OWNER_TOKEN, {
    url: "https://evil.example/sitemap.xml",
  });
  expect(refused).toMatchObject({ status: 422, body: { error: { path: "url" } } });
});
