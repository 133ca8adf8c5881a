import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import type { Policy } from "../../../src/domain/consent/policy.ts";
import { DE, EN } from "../../../src/http/me/texts.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";
import type { PersonExport } from "../../../src/privacy/export.ts";
import { eraseOwn } from "../../../src/privacy/withdrawal.ts";
import { servicesFor } from "../../../src/services.ts";
import { settle } from "../../support/objects.ts";
import { api, Browser, eventually, OFFICER_TOKEN, ORIGIN } from "../../support/site.ts";
import { everything, moveIn, placesOf, tokenOf } from "./household.ts";

const form = (fields: Record<string, string> | string[][]): string =>
  new URLSearchParams(fields).toString();
const FORM = { "content-type": "application/x-www-form-urlencoded" };

const pageOf = async (browser: Browser): Promise<string> => {
  const page = await browser.call("/_u/me");
  expect(page.status).toBe(200);
  return page.body["text"] as string;
};

test("the page tells a browser what is known under it, and another device only after both signed in", async () => {
  const { jane, mike, kate, email } = await moveIn("page");
  const own = await pageOf(jane.tablet);
  expect(own).toContain(email);
  expect(own).toContain("Jane Doe page");
  expect(own).toContain("Another of your devices");
  // In words that they know, not by the ids of kinds.
  expect(own).toContain(`E-mail address: <bdi>${email}</bdi>`);
  expect(own).toContain("A random id of your browser");
  expect(own).not.toMatch(/user_id|anonymous_id/);
  expect(own).toContain("1 other device may be yours");
  expect(own).toContain("under version 1 of our policy");
  for (const browser of [mike, kate]) {
    const page = await pageOf(browser);
    expect(page).not.toContain("Jane Doe");
    expect(page).not.toContain("Another of your devices");
  }
  expect(await pageOf(mike)).toContain("not confirmed");
  expect(await pageOf(new Browser({ "usher-region": "DE" }))).toContain("Nothing is recorded");
});

test("the page runs nothing, is framed by nobody and kept nowhere, and speaks the visitor's language", async () => {
  const browser = new Browser({ "usher-region": "DE", "accept-language": "de-DE,de;q=0.9" });
  const page = await browser.call("/_u/me");
  expect(page.body["text"]).toContain('<html lang="de">');
  expect(page.body["text"]).toContain("Sie wurden nicht gefragt oder haben nicht geantwortet");
  expect(page.body["text"]).not.toContain("asked or");
  expect(page.body["text"]).not.toMatch(/<script|style="|onclick/);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect(page.headers.get("cache-control")).toBe("private, no-store");
  expect(page.cookies.size).toBe(0);
});

test("days are written as the page's language writes them, in English so that none is taken for a month", async () => {
  const browser = new Browser({ "usher-region": "DE", "usher-now": "2026-11-03T12:00:00Z" });
  await browser.consent({ accept: "all" });
  const said = async (language: string): Promise<string> => {
    const page = await browser.call("/_u/me", undefined, { "accept-language": language });
    return String(page.body["text"]);
  };
  expect(await said("en-US,en")).toContain(">3 November 2026<");
  expect(await said("de")).toContain(">3. November 2026<");
});

test("it says whether Global Privacy Control was honoured", async () => {
  const california = { "usher-region": "US-CA", "sec-gpc": "1" };
  const browser = new Browser(california);
  expect(await pageOf(browser)).toContain("Opt-out request honored");
  await browser.call(
    "/_u/me/consent",
    form([
      ["purpose", "advertising"],
      ["override", "gpc"],
    ]),
    FORM,
  );
  expect(await pageOf(browser)).toContain("You agreed to advertising here all the same");
  expect(await pageOf(new Browser({ "usher-region": "US-CA" }))).toContain("doesn't send Global");
});

test("unticking the box that overrules Global Privacy Control has the signal honoured again", async () => {
  const browser = new Browser({ "usher-region": "US-CA", "sec-gpc": "1" });
  const ticked = [
    ["purpose", "measurement"],
    ["purpose", "advertising"],
    ["overrides", "shown"],
  ];
  await browser.call("/_u/me/consent", form([...ticked, ["override", "gpc"]]), FORM);
  expect(await pageOf(browser)).toContain("You agreed to advertising here all the same");
  await browser.call("/_u/me/consent", form(ticked), FORM);
  expect(await pageOf(browser)).toContain("Opt-out request honored");
  const { body } = await browser.call("/_u/consent");
  expect(body).toMatchObject({
    gpcHonoured: true,
    decisions: { advertising: { code: "gpc-opted-out" }, measurement: { granted: true } },
  });
});

test("what only the region's default allows isn't called a decision of the visitor's", async () => {
  const browser = new Browser({ "usher-region": "US-CA" });
  await browser.send("page", { messageId: "by-default" });
  const before = await pageOf(browser);
  expect(before).toContain("by the default of your region");
  expect(before).not.toContain("as you decided");
  await browser.consent({ choices: { measurement: true } });
  await browser.send("page", { messageId: "by-choice" });
  const after = await pageOf(browser);
  expect(after).toMatch(/Measurement[^<]*, as you decided on/i);
  expect(after).not.toContain("by the default of your region");
});

test("a choice is changed by the form as easily as it was given, and proved by a receipt", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  const { visitor } = browser;
  const saved = await browser.call("/_u/me/consent", form([["purpose", "measurement"]]), FORM);
  expect(saved.status).toBe(303);
  expect(saved.headers.get("location")).toBe("/_u/me?saved");
  expect(browser.visitor).toBe(visitor);
  const now = (await browser.call("/_u/consent")).body["decisions"] as Record<
    string,
    { granted: boolean }
  >;
  expect(now["measurement"]?.granted).toBe(true);
  expect(now["advertising"]?.granted).toBe(false);
  const { receipts } = (await eventually(async () => {
    const { body } = await api(`/receipts?visitor=${visitor}`);
    return (body["receipts"] as unknown[]).length === 2 ? body : null;
  })) as { receipts: { kind: string; body: { method: string } }[] };
  expect(receipts.map(({ kind, body }) => [kind, body.method])).toEqual([
    ["grant", "banner"],
    ["withdrawal", "own-data-page"],
  ]);
  await browser.call("/_u/me/consent", form({ accept: "none" }), FORM);
  expect(browser.visitor).toBeNull();
});

test("the download is a file of everything, of this browser and those proven to be the same person", async () => {
  const { jane, mike } = await moveIn("download");
  const file = await jane.phone.call("/_u/me/export");
  expect(file.headers.get("content-disposition")).toContain("attachment");
  const held = file.body as unknown as PersonExport;
  expect(held.visitors.map(({ id }) => id).sort()).toEqual([...jane.visitors].sort());
  const his = (await mike.call("/_u/me/export")).body as unknown as PersonExport;
  expect(his.visitors.map(({ id }) => id)).toEqual([mike.visitor]);
  expect((await new Browser().call("/_u/me/export")).status).toBe(404);
});

test("erasing wants a confirmation, takes everything, and nothing is recorded until a new yes", async () => {
  const { jane, mike, names } = await moveIn("own");
  const unsure = await jane.phone.call("/_u/me/erase", form({}), FORM);
  expect(unsure.headers.get("location")).toBe("/_u/me?unconfirmed");
  expect((await api(`/people/${jane.phone.visitor}`)).status).toBe(200);
  // Back at the box that is to be ticked, which says so.
  expect((await jane.phone.call("/_u/me?unconfirmed")).body["text"]).toMatch(
    /<input[^>]*id="confirm"[^>]*aria-invalid="true" aria-describedby="unconfirmed" autofocus/,
  );
  const erased = await jane.phone.call("/_u/me/erase", form({ confirm: "yes" }), FORM);
  expect(erased.body["text"]).toContain("Your data is erased");
  expect(jane.phone.visitor).toBeNull();
  expect(placesOf(await everything(), names)).toEqual([]);
  expect((await api(`/people/${mike.visitor}`)).status).toBe(200);
  expect(await pageOf(jane.phone)).toContain("Nothing is recorded");
  const after = await jane.phone.send("page", { messageId: "after" });
  expect(after.body).toMatchObject({ accepted: 0, dropped: [{ reason: "consent" }] });
  await jane.phone.consent({ accept: "all" });
  expect((await jane.phone.send("page", { messageId: "anew" })).body).toMatchObject({
    accepted: 1,
  });
});

test("who asks again for an erasure that got stuck has the device erased, too, that was joined to theirs meanwhile", async () => {
  const email = "late@example.org";
  const [tablet, phone] = [new Browser(), new Browser()];
  const names = ["late-0", "late-1"];
  for (const [n, browser] of [tablet, phone].entries()) {
    await browser.consent({ accept: "all" });
    await browser.send("page", { messageId: names[n], anonymousId: names[n] });
  }
  const services = servicesFor(new Request(ORIGIN), env);
  const people = { ...services.people, erase: () => Promise.reject(new Error("away")) };
  const stuck = await eraseOwn({ ...services, people }, tablet.visitor as VisitorId, services.now);
  expect(stuck).toMatchObject({ state: "running", visitors: [tablet.visitor] });
  for (const browser of [tablet, phone])
    await browser.send("identify", {
      userId: "user-late",
      traits: { email },
      context: { identityToken: await tokenOf("user-late", email) },
    });
  await settle([tablet.visitor ?? "", phone.visitor ?? ""]);
  await settle([tablet.visitor ?? "", phone.visitor ?? ""]);
  expect(await pageOf(tablet)).toContain("Another of your devices");
  const erased = await tablet.call("/_u/me/erase", form({ confirm: "yes" }), FORM);
  expect(erased.body["text"]).toContain("Your data is erased");
  expect(placesOf(await everything(), [email, "user-late", ...names])).toEqual([]);
});

test("other sites can neither read the page nor send its forms", async () => {
  const { phone } = (await moveIn("foreign")).jane;
  const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  for (const path of ["/_u/me/consent", "/_u/me/erase"]) {
    const sent = await phone.call(path, form({ confirm: "yes", accept: "none" }), {
      ...FORM,
      ...foreign,
    });
    expect(sent.status).toBe(403);
  }
  const mode = { "sec-fetch-mode": "cors" };
  for (const path of ["/_u/me", "/_u/me/export"])
    expect((await phone.call(path, undefined, { ...foreign, ...mode })).status).toBe(403);
  expect(await pageOf(phone)).toContain("Jane Doe foreign");
});

test("a program that has the visitor's cookie reads the page, though it says how it asks and not from which site", async () => {
  const { phone } = (await moveIn("program")).jane;
  const mode = { "sec-fetch-mode": "cors" };
  for (const path of ["/_u/me", "/_u/me/export"]) {
    expect((await phone.call(path, undefined, mode)).status).toBe(200);
    const foreign = { ...mode, origin: "https://evil.example" };
    expect((await phone.call(path, undefined, foreign)).status).toBe(403);
  }
});

test("a policy's own language is spoken, written its way, and what a withdrawal erases is said", async () => {
  const texts = Object.fromEntries(Object.entries(EN).map(([name, text]) => [name, `ع ${text}`]));
  const { notice } = DEFAULT_POLICY;
  const policy: Policy = {
    ...DEFAULT_POLICY,
    withdrawal: "erase",
    notice: {
      ...notice,
      texts: { ...notice.texts, ar: { ...notice.texts["en"]!, title: "خصوصيتك" } },
      pages: { ar: texts },
    },
  };
  expect((await api("/policy", OFFICER_TOKEN, policy, "PUT")).status).toBe(200);
  try {
    const browser = new Browser({ "usher-region": "DE", "accept-language": "ar-EG,en;q=0.1" });
    await browser.consent({ accept: "all" });
    await browser.send("page", { messageId: "arabic" });
    const page = await pageOf(browser);
    expect(page).toContain('<html lang="ar" dir="rtl">');
    for (const name of ["title", "choice", "withdrawalErases", "events", "eraseButton"] as const)
      expect(page).toContain(`ع ${EN[name]}`.replaceAll("'", "&#39;"));
    expect(page).toMatch(/<span lang="en" dir="auto">You agreed to this on this site/);
    const table = await browser.call("/_u/cookies");
    expect(table.body["text"]).toContain(`ع ${EN["table.title"]}`);
    expect((await browser.call("/_u/consent")).body["policy"]).toMatchObject({
      language: "ar",
      direction: "rtl",
    });
    const german = new Browser({ "usher-region": "DE", "accept-language": "de" });
    expect(await pageOf(german)).toContain(DE.withdrawalErases);
  } finally {
    await api("/policy", OFFICER_TOKEN, DEFAULT_POLICY, "PUT");
  }
});
