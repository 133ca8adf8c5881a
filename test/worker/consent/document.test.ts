/** The consent document of somebody known, and of somebody whose first answers were lost. */
import { expect, test } from "vitest";
import { api, Browser, eventually } from "../../support/site.ts";
import { identityToken } from "../identity/tokens.ts";

let n = 0;
const id = (): string => `document-${++n}`;

async function signedIn(user: string): Promise<Browser> {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  const context = { identityToken: await identityToken(user) };
  await browser.send("identify", { messageId: id(), userId: user, context });
  return browser;
}

test("the consent document says what the person withdrew on another device, and the cookies of this one learn of it", async () => {
  const [phone, laptop] = [await signedIn("both-1"), await signedIn("both-1")];
  await eventually(async () => {
    const { body } = await api(`/people/${laptop.visitor}`);
    return (body["visitors"] as unknown[]).length === 2;
  });
  await phone.consent({ choices: { advertising: false } });
  const said = await laptop.call("/_u/consent");
  expect(said.body).toMatchObject({
    choice: { advertising: false, measurement: true },
    decisions: {
      advertising: { granted: false, code: "choice-elsewhere" },
      measurement: { granted: true },
    },
  });
  expect(laptop.jar.get("usher-consent")).toContain("advertising.off");
  expect(laptop.visitor).not.toBeNull();
  await phone.consent({ accept: "none" });
  expect((await laptop.call("/_u/consent")).body).toMatchObject({
    decisions: { measurement: { granted: false } },
    ask: false,
  });
  expect(laptop.visitor).toBeNull();
});

test("an answer that was lost and is given again is the same visitor's, by the browser's own name for itself alone", async () => {
  const said = { accept: "all", anonymousId: "lost-answer" };
  const visitorOf = async (choice: unknown, agent?: string): Promise<string | null> => {
    const browser = new Browser({
      "usher-region": "DE",
      ...(agent ? { "user-agent": agent } : {}),
    });
    const { body } = await browser.consent(choice);
    expect(body).toMatchObject({ decisions: { measurement: { granted: true } } });
    return browser.visitor;
  };
  const first = await visitorOf(said);
  expect(first).not.toBeNull();
  expect(await visitorOf(said)).toBe(first);
  expect(await visitorOf(said, "Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0")).not.toBe(first);
  for (const nameless of [{ accept: "all" }, { accept: "all", anonymousId: "undefined" }])
    expect(await visitorOf(nameless)).not.toBe(await visitorOf(nameless));
  const { body } = await api(`/receipts?visitor=${first}`);
  expect((body["receipts"] as unknown[]).length).toBe(2);
  const event = new Browser({ "usher-region": "DE" });
  await event.send("track", {
    event: "Looked",
    messageId: id(),
    anonymousId: "lost-answer",
    context: { consent: { categoryPreferences: { measurement: true } } },
  });
  expect(event.visitor).toBe(first);
});

test("who was erased isn't called back by the name that they had", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  const said = { accept: "all", anonymousId: "erased-answer" };
  await browser.consent(said);
  const gone = browser.visitor;
  await browser.call("/_u/me/erase", "confirm=yes", {
    "content-type": "application/x-www-form-urlencoded",
    "sec-fetch-site": "same-origin",
  });
  const again = new Browser({ "usher-region": "DE" });
  await again.consent(said);
  expect(again.visitor).not.toBeNull();
  expect(again.visitor).not.toBe(gone);
});

test("where nobody is asked a visitor is told what is on, until the notice was closed; that answers nothing and leaves no receipt", async () => {
  const browser = new Browser({ "usher-region": "JP", "accept-language": "de" });
  const first = await browser.call("/_u/consent");
  expect(first.body).toMatchObject({
    regime: "notice",
    ask: true,
    choice: null,
    tell: { language: "de", close: "Schließen" },
    decisions: { measurement: { code: "default-granted" }, advertising: { granted: false } },
  });
  const { body } = (first.body as { tell: { body: string } }).tell;
  expect(body).toContain("Messung, Personalisierung");
  const { visitor } = browser;
  await browser.send("page", { messageId: id() });
  const closed = await browser.consent({ seen: true, policy: 1 });
  expect(closed.body).toMatchObject({
    ask: false,
    choice: null,
    decisions: { measurement: { code: "default-granted" }, advertising: { granted: false } },
  });
  expect(closed.body["tell"]).toBeUndefined();
  expect(browser.visitor).toBe(visitor);
  expect((await browser.call("/_u/consent")).body).toMatchObject({ ask: false });
  expect((await api(`/receipts?visitor=${visitor}`)).body["receipts"]).toEqual([]);
  const page = await browser.send("page", { messageId: id() });
  expect(page.body).toMatchObject({ accepted: 1 });
  expect((await browser.consent({ seen: true, policy: 99 })).status).toBe(422);
  expect((await browser.consent({ policy: 1 })).status).toBe(422);
});
