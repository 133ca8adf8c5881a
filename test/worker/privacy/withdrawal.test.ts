import { beforeEach, expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { settle } from "../../support/objects.ts";
import { api, Browser, OFFICER_TOKEN } from "../../support/site.ts";
import { clear } from "../d1/books.ts";
import { everything, placesOf } from "./household.ts";

beforeEach(async () => {
  await clear();
  const erasing = { ...DEFAULT_POLICY, withdrawal: "erase" };
  expect((await api("/policy", OFFICER_TOKEN, erasing, "PUT")).status).toBe(200);
});

const isGuard = (place: string): boolean =>
  /^(d1 tombstones|r2 (visitor|erasure)\/|object \w+ hot:(tomb|pointer):)/.test(place);

test("where the policy erases, withdrawing everything leaves nothing but the proof under a keyed name", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  await browser.send("identify", { messageId: "said", traits: { email: "w@example.org" } });
  const visitor = browser.visitor ?? "";
  await browser.consent({ accept: "none" });
  expect(browser.visitor).toBeNull();
  await settle([visitor]);
  const all = await everything();
  expect(placesOf(all, [visitor]).filter((place) => !isGuard(place))).toEqual([]);
  const receipts = (await api(`/receipts?visitor=${visitor}`, OFFICER_TOKEN)).body["receipts"];
  expect(receipts).toMatchObject([
    { erased: true, kind: "grant" },
    { erased: true, kind: "withdrawal" },
  ]);
});

test("withdrawing one purpose erases what was recorded under it, and what is still granted begins anew", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  await browser.send("page", { messageId: "before" });
  const old = browser.visitor;
  await browser.consent({ choices: { advertising: false } });
  expect(browser.visitor).not.toBeNull();
  expect(browser.visitor).not.toBe(old);
  expect((await browser.send("page", { messageId: "after" })).body).toMatchObject({ accepted: 1 });
  expect((await api(`/people/${old}`)).status).toBe(404);
  const journey = await api(`/people/${browser.visitor}/journey`);
  expect((journey.body["events"] as { id: string }[]).map(({ id }) => id)).toEqual(["after"]);
});

test("a new yes, or a refusal of what was never granted, erases nothing", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ choices: { measurement: true } });
  const { visitor } = browser;
  await browser.consent({ choices: { advertising: false } });
  await browser.consent({ choices: { personalization: true } });
  expect(browser.visitor).toBe(visitor);
});
