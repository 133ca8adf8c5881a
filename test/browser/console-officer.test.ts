/** The officer's two tasks on the real Worker, by keyboard alone and without scripts where nothing needs them. */
import { mkdir } from "node:fs/promises";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { build } from "../../scripts/build.ts";
import { type Runtime, start } from "../bench/runtime.ts";
import { testBindings } from "../support/bindings.ts";
import { launchChromium } from "../support/chromium.ts";
import { signIn } from "./keyboard.ts";

const ARTIFACTS = new URL("../../test-artifacts/", import.meta.url);
const userAgent =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36";

let runtime: Runtime;
let chromium: Browser;
let site: string;

beforeAll(async () => {
  await mkdir(ARTIFACTS, { recursive: true });
  await build();
  runtime = await start([{ name: "usher", entry: "src/worker.ts", objects: ["Person"] }]);
  site = String(runtime.urls.get("usher")).replace(/\/$/, "");
  chromium = await launchChromium();
  for (const [n, region] of ["US-CA", "US-TX", "DE", "FR"].entries()) await visitor(n, region);
});

afterAll(async () => {
  await chromium?.close();
  await runtime?.dispose();
});

/** Somebody who says yes to everything and gives a user id and an address, as a browser would. */
async function visitor(n: number, region: string): Promise<void> {
  const headers = {
    origin: site,
    "user-agent": userAgent,
    "usher-region": region,
    "cf-connecting-ip": `203.0.113.${n + 1}`,
  };
  const send = (path: string, body: unknown, cookie = ""): Promise<Response> =>
    fetch(site + path, {
      method: "POST",
      headers: { ...headers, ...(cookie === "" ? {} : { cookie }) },
      body: JSON.stringify(body),
    });
  const { token } = (await (await fetch(`${site}/demo/token?user=${USERS[n]}`)).json()) as {
    token: string;
  };
  const agreed = await send("/_u/consent", { accept: "all" });
  const cookie = agreed.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const message = {
    writeKey: testBindings.WRITE_KEY,
    userId: USERS[n],
    messageId: `identify-${n}`,
    traits: { email: `visitor-${n}@example.org` },
    context: { identityToken: token },
  };
  expect((await send("/_u/v1/identify", message, cookie)).status).toBe(200);
}

const USERS = ["member-1042", "member-1177", "member-2310", "member-3055"];

let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeEach(async () => {
  context = await chromium.newContext({ userAgent, viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
  complaints = [];
  page.on("console", (message) => {
    // Chromium says so of every form that comes back with something to mend.
    if (message.type() === "error" && !message.text().includes("status of 422"))
      complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await signIn(page, `${site}/_u/console/sign-in`, testBindings.OFFICER_TOKEN);
});

const STOPS_MAX = 120;

/** Goes on with the Tab key until the thing of that name has the focus. */
async function tabTo(name: string | RegExp): Promise<void> {
  for (let n = 0; n < STOPS_MAX; n++) {
    const found = await page.evaluate(() => {
      const here = document.activeElement;
      if (!(here instanceof HTMLElement)) return "";
      const label = "labels" in here ? (here as HTMLInputElement).labels?.[0]?.textContent : null;
      return (label ?? here.textContent ?? "").trim();
    });
    if (typeof name === "string" ? found === name : name.test(found)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the Tab key never came to ${name}`);
}

async function press(name: string | RegExp, key = "Enter"): Promise<void> {
  await tabTo(name);
  await page.keyboard.press(key);
}

async function type(name: string, text: string): Promise<void> {
  await tabTo(name);
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(text);
}

/** Goes to another page. */
async function visit(name: string, headline: string | RegExp): Promise<void> {
  await press(name);
  await page.getByRole("heading", { level: 1, name: headline }).waitFor();
}

const picture = (name: string): Promise<Buffer> =>
  page.screenshot({ path: new URL(`${name}.png`, ARTIFACTS).pathname, fullPage: true });

test("a stricter policy is published after seeing what it costs", async () => {
  // Receipts land with the outbox; until then there is nobody to count.
  await expect
    .poll(async () => (await page.request.get(`${site}/_u/console/receipts`)).text())
    .toMatch(/(A yes<[^]*){4}/);
  await visit("Policy", "Consent policy, version 1");
  await visit("Change the policy", "Draft of the next policy");
  await visit("Regions", "Regions");
  await tabTo("Regions under “ask first”");
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.type(", us");
  await press("Save to the draft");
  // It stands under two rules now, which is told at the field.
  await page.getByText("One thing is to be mended").waitFor();
  await type("Regions under “until they say no”", "JP");
  await press("Save to the draft");
  await page.getByText("Regions: saved to the draft.").waitFor();
  expect(
    await page.getByText("The United States: “until they say no” → “ask first”.").count(),
  ).toBe(1);

  // Left and returned to.
  await visit("People", "People");
  await visit("Policy", "Consent policy, version 1");
  await visit("Go on with the draft", "Draft of the next policy");
  await press("See what it costs");
  await page.getByText(/2 visitors would lose Measurement/).waitFor();
  expect(await page.getByRole("row", { name: /California/ }).count()).toBe(1);
  expect(await page.getByRole("row", { name: /Germany/ }).count()).toBe(0);
  await picture("officer-cost");

  await type("What changes and why", "Americans are asked first, as Europeans are");
  await press("Publish version 2");
  await page.getByRole("heading", { level: 1, name: "Consent policy, version 2" }).waitFor();
  expect(await page.getByText("Americans are asked first, as Europeans are").count()).toBe(1);
  await visit("Versions", "Versions of the policy");
  expect(await page.getByRole("row", { name: /Version 2 in force/ }).count()).toBe(1);

  // And it holds.
  await visit("Simulator", "Simulator");
  await type("Region", "California");
  await press("Decide");
  await page.getByText("Nothing that can be refused may happen. The notice is shown.").waitFor();
  expect(page.url()).toContain("region=California");
  expect(complaints).toEqual([]);
});

test("an erasure request is answered, and its receipt goes on paper", async () => {
  await visit("Requests", "Requests");
  await tabTo("What is asked for");
  await page.keyboard.press("ArrowDown");
  await tabTo("Known by");
  await page.keyboard.type("User");
  await type("Of whom", "member-2310");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 2, name: "What would be removed" }).waitFor();
  expect(await page.getByText(/1 visitor is proved to be this person/).count()).toBe(1);
  await press("Erase for good");
  await page.getByRole("heading", { level: 2, name: "What was removed where" }).waitFor();
  expect(await page.getByRole("row", { name: /encryption keys Key store 1/ }).count()).toBe(1);
  expect(await page.getByText("member-2310").count()).toBe(0);
  await page.emulateMedia({ media: "print" });
  expect(await page.getByRole("navigation").first().isVisible()).toBe(false);
  const paper = await page.pdf({ format: "A4" });
  expect(paper.subarray(0, 5).toString()).toBe("%PDF-");
  await page.emulateMedia({ media: "screen" });
  await picture("officer-erased");
  await press("All requests");
  await page.getByRole("row", { name: /Erasure \(Art\. 17\).*done/ }).waitFor();

  // The receipts of those who stay are as they were, and what is left of the erased one's verifies.
  await visit("Receipts", "Receipts");
  await visit("Verification", "Are the receipts as they were made?");
  await press("Verify all");
  await page.getByText("Every receipt and every anchor is as it was made.").waitFor();
  await visit("Record", "Record of processing activities");
  await page.emulateMedia({ media: "print" });
  expect((await page.pdf({ format: "A4" })).subarray(0, 5).toString()).toBe("%PDF-");
  expect(complaints).toEqual([]);
});

test("a rule of identity is changed after seeing what that does, and a value is blocked and released", async () => {
  await visit("Identity rules", "Identity rules, version 1");
  await visit("Change the rules", "Change the identity rules");
  await type("Of every other kind, one person has at most", "0");
  await page.keyboard.press("Enter");
  await page.getByText("One thing is to be mended").waitFor();
  await press(/“Of every other kind, one person has at most” must be at least 1/);
  await type("Of every other kind, one person has at most", "9");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "What this would change" }).waitFor();
  expect(await page.getByText("Of any other kind, one person has at most 9.").count()).toBe(1);
  await press("Save as version 2");
  await page.getByRole("heading", { level: 1, name: "Identity rules, version 2" }).waitFor();

  await visit("Quarantine", "Quarantine");
  await type("Identifier", "email:desk@club.example");
  await type("Why", "the ticket desk's");
  await page.keyboard.press("Enter");
  await page.getByText("Blocked: it joins nobody from now on").waitFor();
  await press(/^Release…/);
  await press("Let it join people again");
  await page.getByText("Released: it may join people again").waitFor();
  await page.getByText("Nothing is held").waitFor();
  expect(complaints).toEqual([]);
});
