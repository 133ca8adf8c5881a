import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { saveDocument } from "../../../src/d1/learning.ts";
import { emptyModel } from "../../../src/domain/learning/model.ts";
import { learning } from "../../../src/http/documents.ts";
import { settle } from "../../support/objects.ts";
import { ALL, api, type Browser, eventually, MARKETER_TOKEN, server } from "../../support/site.ts";
import { consenting, offer } from "../action/stage.ts";
import { pageOf, signedIn } from "../console/session.ts";

interface List {
  people: { id: string; next: string | null }[];
  cursor: string | null;
  lookedAt: number | null;
}

const people = async (query: Record<string, string>): Promise<List> =>
  (await api(`/people?${new URLSearchParams(query).toString()}`, MARKETER_TOKEN)).body as never;
const page = async (query: Record<string, string>): Promise<string> =>
  pageOf(
    await (
      await signedIn(MARKETER_TOKEN)
    ).call(`/_u/console/people?${new URLSearchParams(query).toString()}`),
  );

const CROWD = 6;
let members: string[];
let fans: string[];

/** Those who signed up and those who bought came first, and everybody else was seen after them. */
beforeAll(async () => {
  await offer([{ id: "renew", label: "Renew", stage: "identified" }]);
  const come = async (minutes: number): Promise<Browser> => {
    const browser = await consenting();
    const sent = new Date(Date.now() - minutes * 60_000).toISOString();
    await browser.send("page", { messageId: crypto.randomUUID(), timestamp: sent });
    return browser;
  };
  const idsOf = (browsers: Browser[]): string[] => browsers.map(({ visitor }) => visitor ?? "");
  const [first, second] = [await come(60), await come(50)];
  for (const [at, browser] of [first, second].entries())
    await browser.send("identify", {
      messageId: crypto.randomUUID(),
      timestamp: new Date(Date.now() - (60 - at * 10) * 60_000).toISOString(),
      traits: { email: `member${at}@example.org` },
    });
  const fan = await come(40);
  await fan.send("track", {
    messageId: crypto.randomUUID(),
    timestamp: new Date(Date.now() - 40 * 60_000).toISOString(),
    event: "Scarf Bought",
  });
  const others: Browser[] = [];
  for (let n = 0; n < CROWD; n++) others.push(await come(30 - n));
  [members, fans] = [idsOf([second, first]), idsOf([fan])];
  await settle(idsOf([first, second, fan, ...others]));
  const segments = [{ name: "Whoever buys scarves", pull: { "did:Scarf Bought": 1 } }];
  const learned = { model: emptyModel(), topics: [], affinities: [], segments };
  await saveDocument(env.DB, "learned", learned, Date.now());
  learning.forget(env.DB);
});

test("a list says of each person what they would be shown now", async () => {
  const { people: all, lookedAt } = await people({});
  expect(all).toHaveLength(CROWD + 3);
  expect(lookedAt).toBeNull();
  for (const { id, next } of all) expect(next).toBe(members.includes(id) ? "Renew" : null);
});

test("a search for a next action looks past those whom it doesn't fit, and says how many it looked through", async () => {
  expect((await people({ next: "Renew" })).people.map(({ id }) => id)).toEqual(members);
  const first = await people({ next: "Renew", limit: "1" });
  expect(first.people.map(({ id }) => id)).toEqual(members.slice(0, 1));
  expect(first.lookedAt).toBe(CROWD + 2);
  const second = await people({ next: "Renew", limit: "1", cursor: first.cursor ?? "" });
  expect(second.people.map(({ id }) => id)).toEqual(members.slice(1));
  expect((await people({ next: "Something else" })).people).toEqual([]);
  const shown = await page({ next: "Renew" });
  for (const id of members) expect(shown).toContain(`/people/${id}`);
  expect(shown).toContain(`2 of ${CROWD + 3} people looked through, and there are no more`);
});

test("a segment is looked for beyond a page of people who aren't in it", async () => {
  const found = await people({ segment: "Whoever buys scarves", limit: "1" });
  expect(found.people.map(({ id }) => id)).toEqual(fans);
  expect(found.lookedAt).toBe(CROWD + 1);
  expect((await people({ segment: "Whoever buys scarves", next: "Renew" })).people).toEqual([]);
  expect((await people({ segment: "none" })).people).toEqual([]);
});

test("an account elsewhere is found by its kind and value, as the page of people says", async () => {
  const account = { id: "17", type: "google" };
  const said = await server("identify", {
    messageId: crypto.randomUUID(),
    userId: "member-17",
    context: { externalIds: [account], consent: { categoryPreferences: ALL } },
  });
  expect(said.body).toMatchObject({ accepted: 1 });
  const found = await eventually(async () => {
    const list = await people({ q: "social:google:17" });
    return list.people.length > 0 && list.people;
  });
  expect(found).toMatchObject([{ next: "Renew" }]);
  expect(await page({})).toContain("social:google:17");
});
