/** What a visitor answered themselves, however they did, outlasts what only holds where they are. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { policies } from "../../../src/http/documents.ts";
import { api, Browser, eventually, OFFICER_TOKEN, server } from "../../support/site.ts";
import { settle } from "../../support/objects.ts";
import { identityToken } from "../identity/tokens.ts";

let n = 0;
const id = (): string => `own-${++n}`;

/** Signed in, and known under that user id to the site's server. */
async function signIn(
  browser: Browser,
  user: string,
  context: Record<string, unknown> = {},
): Promise<void> {
  const token = await identityToken(user);
  const said = await browser.send("identify", {
    userId: user,
    messageId: id(),
    context: { ...context, identityToken: token },
  });
  expect(said.body).toMatchObject({ accepted: 1 });
  await settle([browser.visitor ?? ""]);
}

const purposesOf = (visitor: string | null, message: string): Promise<string[]> =>
  eventually(async () => {
    const { body } = await api(`/people/${visitor}/journey`);
    const events = body["events"] as { id: string; purposes: string[] }[];
    return events.find((each) => each.id === message)?.purposes ?? null;
  });

test("a refusal outlives the consent cookie that said it, where the region's default would grant", async () => {
  const browser = new Browser({ "usher-region": "US-CA" });
  await browser.send("page", { messageId: id(), anonymousId: "lost-cookie" });
  await browser.consent({
    choices: { measurement: true, personalization: true, recognition: true, advertising: false },
  });
  await signIn(browser, "lost-cookie");
  browser.jar.delete("usher-consent");
  const message = id();
  const said = await browser.send("track", { event: "Looked", messageId: message });
  expect(said.body).toMatchObject({ accepted: 1 });
  expect(await purposesOf(browser.visitor, message)).not.toContain("advertising");
  const bought = id();
  await server("track", { userId: "lost-cookie", event: "Bought", messageId: bought });
  expect(await purposesOf(browser.visitor, bought)).not.toContain("advertising");
});

test.each([
  ["cut inside its last answer", (cookie: string) => cookie.slice(0, cookie.indexOf("~") - 12)],
  ["cut behind an answer", (cookie: string) => cookie.slice(0, cookie.indexOf("_advertising"))],
  ["of nobody's format", () => "true"],
])("a consent cookie %s denies where the default would grant, and asks anew", async (_, spoil) => {
  const browser = new Browser({ "usher-region": "US-CA" });
  await browser.consent({ accept: "none" });
  browser.jar.set("usher-consent", spoil(browser.jar.get("usher-consent") ?? ""));
  const { body } = await browser.call("/_u/consent");
  expect(body["ask"]).toBe(true);
  const decisions = Object.values(body["decisions"] as Record<string, { granted: boolean }>);
  expect(decisions.filter(({ granted }) => granted)).toHaveLength(1);
  expect(browser.visitor).toBeNull();
  // GPC makes us write the cookie: what it says then isn't more than what was read.
  await browser.call("/_u/consent", undefined, { "sec-gpc": "1" });
  const said = await browser.send("page", { messageId: id() });
  expect(said.body).toMatchObject({ accepted: 0, dropped: [{ reason: "consent" }] });
  await browser.consent({ accept: "all" });
  expect((await browser.send("page", { messageId: id() })).body).toMatchObject({ accepted: 1 });
});

interface Shown {
  body: { notice: { hash: string }; evidence: { choice: { answers: Record<string, unknown> } } };
}

test("an answer counts as given under what was on the screen, though another version was published meanwhile", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  const { version } = (await browser.call("/_u/consent")).body["policy"] as { version: number };
  const hashes: string[] = [];
  const answer = async (body: Record<string, unknown>) => {
    const said = await browser.consent(body);
    expect(said.status).toBe(200);
    await settle([browser.visitor ?? ""]);
    const { body: kept } = await api(`/receipts?visitor=${browser.visitor}`, OFFICER_TOKEN);
    const last = (kept["receipts"] as Shown[]).at(-1)?.body;
    hashes.push(last?.notice.hash ?? "");
    return { said: said.body, answers: last?.evidence.choice.answers };
  };
  await answer({ accept: "all", policy: version });
  const renamed = structuredClone(DEFAULT_POLICY);
  for (const purpose of renamed.purposes)
    if (purpose.id === "advertising") purpose.description = { en: "Something else", de: "Anderes" };
  expect((await api("/policy", OFFICER_TOKEN, renamed, "PUT")).status).toBe(200);
  policies.forget(env.DB);
  const late = await answer({ accept: "all", policy: version });
  expect(hashes[1]).toBe(hashes[0]);
  expect(late.answers?.["measurement"]).toMatchObject({ policy: version });
  expect(late.said).toMatchObject({
    ask: true,
    decisions: { advertising: { code: "choice-policy-changed" }, measurement: { granted: true } },
  });
  const anew = await answer({ accept: "all" });
  expect(hashes[2]).not.toBe(hashes[0]);
  expect(anew.said).toMatchObject({ ask: false, decisions: { advertising: { granted: true } } });
  const never = await browser.consent({ accept: "all", policy: 999 });
  expect(never.status).toBe(422);
  expect((await browser.call("/_u/me")).body["text"]).toContain(
    `name="policy" value="${version + 1}"`,
  );
});

test("an empty consent cookie is none", async () => {
  const browser = new Browser({ "usher-region": "US-CA" });
  browser.jar.set("usher-consent", "");
  expect((await browser.send("page", { messageId: id() })).body).toMatchObject({ accepted: 1 });
});

test("the own page knows what was refused on another device of the person, and of no region's default", async () => {
  const [phone, laptop] = [
    new Browser({ "usher-region": "DE" }),
    new Browser({ "usher-region": "US-CA" }),
  ];
  await phone.consent({ accept: "all" });
  await signIn(phone, "two-devices");
  await signIn(laptop, "two-devices");
  await settle([phone.visitor ?? "", laptop.visitor ?? ""]);
  const ticked = async (): Promise<string[]> => {
    const page = (await laptop.call("/_u/me")).body["text"] as string;
    const boxes = page.match(/<input[^>]*name="purpose"[^>]*>/g) ?? [];
    return boxes.flatMap((box) =>
      / checked/.test(box) ? (/value="([^"]*)"/.exec(box)?.[1] ?? []) : [],
    );
  };
  expect(await ticked()).toContain("advertising");
  await phone.consent({ choices: { advertising: false } });
  expect(await ticked()).toEqual(["necessary", "measurement", "personalization", "recognition"]);
  expect((await laptop.call("/_u/me")).body["text"]).toContain(
    "on another device on which you signed in",
  );
});
