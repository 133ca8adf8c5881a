/** One person on two devices, proven on both: what the document says when the other device said no. */
import { beforeEach, expect, test } from "vitest";
import { settle } from "../../support/objects.ts";
import { api, Browser, eventually, OFFICER_TOKEN } from "../../support/site.ts";
import { clear } from "../d1/books.ts";
import { identityToken } from "../identity/tokens.ts";

let person = 0;
let a: Browser;
let b: Browser;

const signIn = async (browser: Browser, userId: string): Promise<void> => {
  const context = { identityToken: await identityToken(userId) };
  const said = await browser.send("identify", { userId, context });
  expect(said.body).toMatchObject({ accepted: 1 });
};

type Decisions = Record<string, { granted: boolean; code: string; because: string }>;
const decisions = (said: { body: Record<string, unknown> }): Decisions =>
  said.body["decisions"] as Decisions;
const track = (browser: Browser) => browser.send("track", { event: "Ticket Viewed" });

beforeEach(async () => {
  await clear();
  const userId = `elsewhere-${person++}`;
  [a, b] = [new Browser({ "usher-region": "DE" }), new Browser({ "usher-region": "DE" })];
  for (const browser of [a, b]) {
    await browser.consent({ accept: "all" });
    await signIn(browser, userId);
  }
  const visitors = [a.visitor ?? "", b.visitor ?? ""];
  await settle(visitors);
  await eventually(async () => {
    const { body } = await api(`/people/${b.visitor}`);
    return (body["visitors"] as unknown[] | undefined)?.length === 2;
  });
});

test("a yes that another device's no outweighs isn't called a grant, and what to do is said", async () => {
  await a.consent({ choices: { measurement: false } });
  const { visitor } = b;
  const said = await b.consent({ choices: { measurement: true } });
  expect(said.status).toBe(200);
  expect(decisions(said)["measurement"]).toMatchObject({
    granted: false,
    code: "choice-elsewhere",
    because: expect.stringContaining("on another device"),
  });
  expect(decisions(said)["personalization"]).toMatchObject({ granted: true });
  expect(said.body).toMatchObject({ choice: { measurement: false, personalization: true } });
  expect(said.body["ask"]).toBe(false);
  // What is said is what is done, by the cookie and after it.
  expect(b.visitor).toBe(visitor);
  expect(decisions(await b.consent(undefined))["measurement"]).toMatchObject({ granted: false });
  expect((await track(b)).body).toMatchObject({ accepted: 0, dropped: [{ reason: "consent" }] });

  const found = await api(`/receipts?visitor=${visitor}`, OFFICER_TOKEN);
  const receipts = found.body["receipts"] as { body: { purposes: { purpose: string }[] } }[];
  expect(receipts).toHaveLength(2);
  expect(receipts[1]!.body.purposes).toContainEqual(
    expect.objectContaining({
      purpose: "measurement",
      granted: false,
      because: "choice-elsewhere",
    }),
  );
});

test("once the other device allows it again, it holds on both", async () => {
  await a.consent({ choices: { measurement: false } });
  await b.consent({ choices: { measurement: true } });
  const again = await a.consent({ choices: { measurement: true } });
  expect(decisions(again)["measurement"]).toMatchObject({ granted: true });
  expect((await track(a)).body).toMatchObject({ accepted: 1 });
  const here = await b.consent({ choices: { measurement: true } });
  expect(decisions(here)["measurement"]).toMatchObject({ granted: true });
  expect((await track(b)).body).toMatchObject({ accepted: 1 });
});

test("where nothing is left that an id is for, the id goes, too", async () => {
  await a.consent({ choices: { personalization: false } });
  const said = await b.consent({ choices: { measurement: false, personalization: true } });
  expect(decisions(said)["personalization"]).toMatchObject({ code: "choice-elsewhere" });
  expect(b.visitor).toBeNull();
});

test("who left entirely on the other device keeps nobody from a new yes here", async () => {
  await a.consent({ accept: "none" });
  const said = await b.consent({ choices: { measurement: true } });
  expect(decisions(said)["measurement"]).toMatchObject({ granted: true, code: "choice-granted" });
  expect((await track(b)).body).toMatchObject({ accepted: 1 });
});

test("the own-data page shows it, as well", async () => {
  await a.consent({ choices: { measurement: false } });
  const form = new URLSearchParams([
    ["purpose", "measurement"],
    ["purpose", "personalization"],
  ]).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  expect((await b.call("/_u/me/consent", form, headers)).status).toBe(303);
  expect((await track(b)).body).toMatchObject({ accepted: 0 });
  expect(decisions(await b.consent(undefined))["measurement"]).toMatchObject({
    granted: false,
    because: expect.stringContaining("another device"),
  });
});
