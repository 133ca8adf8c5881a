/** On the real Worker with a part of the demo's past, by keyboard alone: find somebody and say why it is one person. */
import { SignJWT } from "jose";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../scripts/build.ts";
import { seed } from "../../scripts/seed/seed.ts";
import { type Runtime, start } from "../bench/runtime.ts";
import { testBindings } from "../support/bindings.ts";
import { launchChromium } from "../support/chromium.ts";
import { until } from "../support/until.ts";
import { press, reach, signIn, type } from "./keyboard.ts";

/** She reads on a tablet, has the app's page on her phone, and buys on a laptop. */
const JANE = { id: "member-2017", name: "Jane Amberly", email: "jane.amberly@example.org" };
const AGENTS = [
  "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36",
];

let runtime: Runtime;
let chromium: Browser;
let site: string;

beforeAll(async () => {
  await build();
  runtime = await start([{ name: "usher", entry: "src/worker.ts", objects: ["Person", "Live"] }]);
  site = String(runtime.urls.get("usher")).replace(/\/$/, "");
  const vars = new Map(Object.entries({ ...testBindings, SITE_ORIGINS: site }));
  expect(await seed(site, vars, testBindings.OWNER_TOKEN, 6)).toBeGreaterThan(10);
  for (const [n, agent] of AGENTS.entries()) await janeOn(agent, n);
  await until(async () => {
    const headers = { authorization: `Bearer ${testBindings.OWNER_TOKEN}` };
    const asked = `${site}/_u/api/people?identifier=email:${JANE.email}`;
    const found = (await (await fetch(asked, { headers })).json()) as {
      people: { visitors: number }[];
    };
    return found.people.some(({ visitors }) => visitors >= 3);
  }, "Jane's three devices are one person");
  chromium = await launchChromium();
});
afterAll(async () => {
  await chromium?.close();
  await runtime?.dispose();
});

/** One of her devices: she agrees, reads, and signs in. */
async function janeOn(agent: string, n: number): Promise<void> {
  const headers = { origin: site, "user-agent": agent, "usher-region": "GB" };
  const post = async (path: string, body: unknown, cookie: string): Promise<string> => {
    const answer = await fetch(site + path, {
      method: "POST",
      headers: { ...headers, ...(cookie === "" ? {} : { cookie }) },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
    return answer.headers
      .getSetCookie()
      .map((line) => line.split(";")[0])
      .join("; ");
  };
  const [kid = "", secret = ""] = testBindings.TOKEN_KEYS.split(":");
  const identityToken = await new SignJWT({ email: JANE.email })
    .setProtectedHeader({ alg: "HS256", kid })
    .setSubject(JANE.id)
    .setAudience(testBindings.SITE_NAME)
    .setIssuedAt()
    .setExpirationTime("1h")
    .setJti(`jane-${n}`)
    .sign(Buffer.from(secret, "base64"));
  const cookie = await post("/_u/consent", { accept: "all" }, "");
  const page = { url: `${site}/news/derby`, path: "/news/derby", title: "A record crowd" };
  const batch = [
    { type: "page", messageId: `jane-${n}-page`, context: { page } },
    {
      type: "identify",
      messageId: `jane-${n}-in`,
      userId: JANE.id,
      traits: { name: JANE.name, email: JANE.email },
      context: { page, identityToken },
    },
  ];
  await post("/_u/v1/batch", { writeKey: testBindings.WRITE_KEY, batch }, cookie);
}

/** What the page's script or a violated policy has to say. */
async function officer(width: number): Promise<{ page: Page; errors: string[] }> {
  const context = await chromium.newContext({ viewport: { width, height: 900 } });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(error.message));
  await signIn(page, `${site}/_u/console/people`, testBindings.OFFICER_TOKEN);
  return { page, errors };
}

test.each([1440, 360])(
  "an officer finds Jane and can say why she is one person, at %i pixels",
  async (width) => {
    const { page, errors } = await officer(width);
    await page.getByRole("heading", { name: "People", exact: true }).waitFor();
    await type(page, "Identifier, or the start of an id", JANE.email);
    await Promise.all([page.waitForURL("**q=jane**"), page.keyboard.press("Enter")]);
    const found = page.getByRole("table").getByRole("link");
    await expect.poll(() => found.count()).toBe(1);
    await press(page, (await found.innerText()).trim());
    await page.getByRole("heading", { name: JANE.name }).waitFor();

    const why = page.getByRole("region", { name: "Why is this one person?" });
    const sentences = await why.getByRole("listitem").allInnerTexts();
    const said = sentences.filter((each) => /both said the same/.test(each));
    expect(said.length).toBeGreaterThanOrEqual(2);
    for (const sentence of said) expect(sentence).toMatch(/\(A\)|\(B\)|\(C\)/);
    const drawn = await why.getByRole("img").getAttribute("aria-label");
    expect(drawn).toContain("3 devices");
    expect(drawn).toContain(JANE.email);
    // Each event says under what consent it was recorded.
    const journey = page.getByRole("region", { name: "Journey" });
    expect(await journey.innerText()).toContain("Recorded under policy");

    await press(page, "Undo this merge…");
    await page.getByRole("heading", { name: "Undo this merge?" }).waitFor();
    await press(page, "Leave it as it is");
    await page.getByRole("heading", { name: JANE.name }).waitFor();
    expect(errors).toEqual([]);
    await page.context().close();
  },
);

test("the menu opens by keyboard on a phone without script, and leads on", async () => {
  const context = await chromium.newContext({
    viewport: { width: 360, height: 700 },
    javaScriptEnabled: false,
  });
  const page = await context.newPage();
  await signIn(page, `${site}/_u/console/people`, testBindings.OFFICER_TOKEN);
  await reach(page, "Menu · People");
  await page.keyboard.press("Enter");
  const requests = page.getByRole("link", { name: "Requests", exact: true });
  await requests.waitFor({ state: "visible" });
  for (let n = 0; n < 20; n++) {
    await page.keyboard.press("Tab");
    if (await requests.evaluate((each) => each === document.activeElement).catch(() => false))
      break;
  }
  await Promise.all([page.waitForURL("**/requests"), page.keyboard.press("Enter")]);
  await context.close();
});
