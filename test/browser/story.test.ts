import type { BrowserContext, Page, Response } from "playwright-core";
import { expect, test } from "vitest";
import { testBindings } from "../support/bindings.ts";
import { until } from "../support/until.ts";
import { ARTIFACTS, LAPTOP, real } from "./real.ts";

const TABLET =
  "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1";
const PHONE =
  "Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Mobile Safari/537.36";

const its = real();

interface Person {
  id: string;
  stage: string;
  visitors: { id: string; device: { type: string } | null }[];
  merges: { id: string; visitors: string[]; undone: unknown }[];
}
interface JourneyEvent {
  id: string;
  at: string;
  type: string;
  name: string | null;
  visitor: string;
  page?: { path: string };
}

async function api<T>(path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${its.site}/_u/api${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${testBindings.OWNER_TOKEN}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await response.json()) as T;
}

/** A device of its own: another profile, another agent. */
async function device(
  userAgent: string,
  viewport: { width: number; height: number },
): Promise<{ page: Page; context: BrowserContext }> {
  const context = await its.device({
    userAgent,
    viewport,
    extraHTTPHeaders: { "usher-region": "GB" },
  });
  const page = await context.newPage();
  return { page, context };
}

/** Once the Worker has answered a choice. */
const chosen = (page: Page): Promise<Response> =>
  page.waitForResponse(
    (response) => response.url().endsWith("/_u/consent") && response.request().method() === "POST",
  );

const recorded = (page: Page): Promise<unknown> =>
  page.waitForResponse((response) => response.url().includes("/_u/v1/batch") && response.ok());

async function consent(page: Page): Promise<void> {
  const sent = recorded(page);
  await page.getByRole("button", { name: "Accept all", exact: true }).click();
  await sent;
}

async function signIn(page: Page): Promise<void> {
  await page.goto(`${its.site}/sign-in`);
  await page.getByLabel("Member").selectOption({ index: 0 });
  const sent = page.waitForResponse(
    (response) =>
      response.url().includes("/_u/v1/batch") &&
      (response.request().postData() ?? "").includes('"identify"'),
  );
  await page.getByRole("main").getByRole("button", { name: "Sign in", exact: true }).click();
  const answer = (await (await sent).json()) as { accepted: number };
  expect(answer.accepted).toBeGreaterThan(0);
}

test("John's story: tablet, phone and laptop become one person with one journey when he signs in, and an undo makes two again with nothing lost", async () => {
  const [tablet, phone, laptop] = [
    await device(TABLET, { width: 820, height: 1180 }),
    await device(PHONE, { width: 412, height: 915 }),
    await device(LAPTOP, { width: 1440, height: 900 }),
  ];

  await tablet.page.goto(`${its.site}/news/record-crowd-for-the-derby`);
  await tablet.page.getByRole("dialog").waitFor();
  expect(await tablet.context.cookies()).toEqual([]);
  await consent(tablet.page);
  const next = recorded(tablet.page);
  await tablet.page.goto(`${its.site}/news/astrup-called-up`);
  await next;

  await phone.page.goto(`${its.site}/app`);
  await consent(phone.page);
  await laptop.page.goto(
    `${its.site}/tickets?utm_source=google&utm_medium=cpc&utm_campaign=season&gclid=abc123`,
  );
  await consent(laptop.page);

  const devices = [tablet, phone, laptop];
  const ids = await Promise.all(devices.map(visitorOf));
  expect(new Set(ids).size).toBe(3);
  for (const each of devices) await signIn(each.page);

  const person = await until(async () => {
    const found = await api<Person>(`/people/${ids[0]}`);
    return found.visitors.length === 3 ? found : null;
  }, "one person with three visitors");
  expect(person.stage).toBe("person");
  expect(person.visitors.map(({ id }) => id).sort()).toEqual([...ids].sort());
  expect(person.visitors.map((each) => each.device?.type).sort()).toEqual([
    "desktop",
    "phone",
    "tablet",
  ]);

  const journey = async (id: string): Promise<JourneyEvent[]> =>
    (await api<{ events: JourneyEvent[] }>(`/people/${id}/journey`)).events;
  const events = await journey(person.id);
  const times = events.map(({ at }) => Date.parse(at));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const anonymous = [
    "/news/record-crowd-for-the-derby",
    "/news/astrup-called-up",
    "/app",
    "/tickets",
  ];
  const paths = events.filter(({ type }) => type === "page").map(({ page }) => page?.path);
  for (const path of anonymous) expect(paths).toContain(path);
  expect(events.filter(({ type }) => type === "identify")).toHaveLength(3);

  const merge = person.merges.find(({ undone }) => !undone)!;
  const undone = await api<{ people: string[] }>(`/merges/${merge.id}/undo`, {});
  expect(undone.people).toHaveLength(2);
  const sides = await Promise.all(undone.people.map(journey));
  const key = (event: JourneyEvent): string => `${event.visitor}/${event.id}`;
  expect(sides.flat().map(key).sort()).toEqual(events.map(key).sort());
  const people = await Promise.all(undone.people.map((id) => api<Person>(`/people/${id}`)));
  expect(people.flatMap(({ visitors }) => visitors.map(({ id }) => id)).sort()).toEqual(
    [...ids].sort(),
  );
  await Promise.all(devices.map(({ context }) => context.close()));
});

async function visitorOf({ context }: { context: BrowserContext }): Promise<string> {
  const cookie = (await context.cookies()).find(({ name }) => name === "usher");
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
  return cookie!.value.split(".")[1]!;
}

test("a visitor who refuses by keyboard alone is not asked again, keeps no id, and can change her mind on the privacy page", async () => {
  const { page, context } = await device(LAPTOP, { width: 1440, height: 900 });
  await page.goto(`${its.site}/`);
  const refuse = page.getByRole("button", { name: "Refuse all", exact: true });
  await refuse.waitFor();
  for (
    let presses = 0;
    presses < 20 && !(await refuse.evaluate((button) => button.matches(":focus")));
    presses++
  )
    await page.keyboard.press("Tab");
  const answered = chosen(page);
  await page.keyboard.press("Enter");
  await answered;
  expect((await context.cookies()).map(({ name }) => name)).toEqual(["usher-consent"]);
  const documentRead = page.waitForResponse((response) => response.url().endsWith("/_u/consent"));
  await page.goto(`${its.site}/privacy`);
  await documentRead;
  expect(await page.getByRole("dialog").count()).toBe(0);
  expect((await context.cookies()).map(({ name }) => name)).toEqual(["usher-consent"]);

  await page
    .getByRole("main")
    .getByRole("button", { name: /cookie settings/i })
    .click();
  const changed = chosen(page);
  await page.getByRole("button", { name: "Accept all", exact: true }).click();
  await changed;
  expect((await context.cookies()).map(({ name }) => name).sort()).toEqual([
    "usher",
    "usher-consent",
  ]);
  await context.close();
});

test("a phone is told of the app with the reason, and takes it", async () => {
  const { page, context } = await device(PHONE, { width: 412, height: 915 });
  await page.goto(`${its.site}/`);
  await consent(page);
  await page.goto(`${its.site}/news`);
  await page.goto(`${its.site}/`);
  const slot = page.locator("[data-usher-slot] a").first();
  await slot.waitFor();
  expect(await slot.getAttribute("href")).toBe("/app");
  await page.screenshot({ path: new URL("story-phone-hint.png", ARTIFACTS).pathname });
  const taken = page.waitForRequest((request) => /\/_u\/hints\/.*\/taken$/.test(request.url()));
  await slot.click();
  await taken;
  await context.close();
});

test("a withdrawal on the privacy page takes the id cookie in that same answer, and nothing is recorded any more", async () => {
  const { page, context } = await device(LAPTOP, { width: 1440, height: 900 });
  await page.goto(`${its.site}/`);
  await consent(page);
  const visitor = await visitorOf({ context });
  await page.goto(`${its.site}/privacy`);
  const before = (await api<{ events: JourneyEvent[] }>(`/people/${visitor}/journey`)).events;
  await page
    .getByRole("main")
    .getByRole("button", { name: /cookie settings/i })
    .click();
  const withdrawn = chosen(page);
  await page.getByRole("button", { name: "Refuse all", exact: true }).click();
  const answer = await withdrawn;
  const set = (await answer.headersArray()).filter(
    ({ name }) => name.toLowerCase() === "set-cookie",
  );
  expect(set.find(({ value }) => value.startsWith("usher="))?.value).toContain("Max-Age=0");
  expect((await context.cookies()).map(({ name }) => name)).toEqual(["usher-consent"]);

  await page.goto(`${its.site}/news`);
  await page.goto(`${its.site}/tickets`);
  expect((await context.cookies()).map(({ name }) => name)).toEqual(["usher-consent"]);
  const after = (await api<{ events: JourneyEvent[] }>(`/people/${visitor}/journey`)).events;
  const known = new Set(before.map(({ id }) => id));
  expect(after.filter(({ id, page: at }) => !known.has(id) && at?.path !== "/privacy")).toEqual([]);
  await context.close();
});
