import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { identifierKeys as identifiers } from "../../support/identifier-keys.ts";
import { settle } from "../../support/objects.ts";
import {
  ALL,
  api,
  Browser,
  eventually,
  MARKETER_TOKEN,
  OFFICER_TOKEN,
  server,
} from "../../support/site.ts";
import { everything, type Household, moveIn, placesOf, tokenOf } from "./household.ts";

let home: Household;
let run = 0;
beforeEach(async () => {
  home = await moveIn(`house${++run}`);
});

const erase = (identifier: string, token = OFFICER_TOKEN, more: object = {}) =>
  api("/requests", token, { kind: "erase", identifier, ...more });

/** What may still name an erased visitor: what keeps it from coming back. */
const isGuard = (place: string): boolean =>
  /^(d1 tombstones|r2 (visitor|erasure)\/|object \w+ hot:(tomb|pointer):)/.test(place);

test("an erasure leaves nothing of the person anywhere but stubs and tombs, and says what went from where", async () => {
  const { jane, email, userId } = home;
  // Mike was one with her; which of them the person is named after is for the clock to say.
  const { id: together } = (await api(`/people/${jane.visitors[0]}`)).body as { id: string };
  const before = await everything();
  expect(placesOf(before, [await identifiers.key("user_id", userId)]).length).toBeGreaterThan(3);
  const erased = await erase(`email:${email}`);
  expect(erased.body).toMatchObject({
    state: "done",
    kind: "erase",
    about: "email",
    removed: {
      objects: { visitors: 3, identifiers: expect.any(Number) },
      database: { events: 5, hints: 1, receipts: 2, mergeLog: 3, claims: expect.any(Number) },
      keys: 3,
    },
  });
  const after = await everything();
  const keys = await Promise.all([
    identifiers.key("user_id", userId),
    identifiers.key("anonymous_id", `anon-house${run}-tablet`),
    identifiers.key("phone", `+49309018${String(run).padStart(3, "0")}`),
  ]);
  expect(placesOf(after, [...home.names, ...keys])).toEqual([]);
  expect(placesOf(after, jane.visitors).filter((place) => !isGuard(place))).toEqual([]);
  expect(placesOf(after, ["erased:"]).some((place) => place.startsWith("d1 receipts"))).toBe(true);
  // Mike said the address, so its key is his; his own and Kate's rows are as they were.
  const saying = placesOf(after, [await identifiers.key("email", email)]);
  expect(saying).not.toEqual([]);
  expect(saying.filter((place) => !place.includes(home.mike.visitor ?? ""))).toEqual([]);
  const others = [home.kate.visitor ?? "", home.mike.visitor ?? ""];
  const hers = new Set(placesOf(before, jane.visitors));
  for (const place of placesOf(before, [together]))
    if (place.startsWith("d1 people")) hers.add(place);
  for (const place of placesOf(before, others))
    if (!place.startsWith("object") && !hers.has(place))
      expect(after.get(place), place).toBe(before.get(place));
  expect((await api(`/people/${jane.visitors[0]}`)).status).toBe(404);
});

test("who only typed the address is named as maybe, and is erased when an officer says so", async () => {
  const erased = await erase(`email:${home.email}`);
  expect(erased.body["maybe"]).toEqual([
    { visitor: home.mike.visitor, because: "said the identifier, and nothing proves it" },
  ]);
  expect((await api(`/people/${home.mike.visitor}`)).status).toBe(200);
  const again = await erase(`email:${home.email}`, OFFICER_TOKEN, {
    visitors: [home.mike.visitor],
  });
  expect(again.body).toMatchObject({ state: "done", removed: { objects: { visitors: 1 } } });
  expect((await api(`/people/${home.mike.visitor}`)).status).toBe(404);
  // The first request named him too.
  const all = await everything();
  expect(placesOf(all, [home.mike.visitor ?? ""]).filter((place) => !isGuard(place))).toEqual([]);
});

test("old cookies, repeated batches and what waits bring nobody back, and the same human returns as somebody new", async () => {
  const { tablet } = home.jane;
  const old = tablet.visitor;
  await erase(`user_id:${home.userId}`);
  const late = await tablet.send("track", { messageId: "late", event: "Late" });
  expect(late.body).toMatchObject({ accepted: 0, dropped: [{ reason: "erased" }] });
  expect(tablet.visitor).toBeNull();
  await tablet.consent({ accept: "all" });
  const back = await tablet.send("page", { messageId: "back" });
  expect(back.body).toMatchObject({ accepted: 1 });
  expect(tablet.visitor).not.toBe(old);
  await settle(home.everybody);
  const all = await everything();
  expect(placesOf(all, home.names)).toEqual([]);
});

test("whom the site's server names returns as somebody new, and not with what was under way", async () => {
  const { userId } = home;
  const DAY = 86_400_000;
  const say = (messageId: string, said: number | null, now = Date.now()) =>
    server(
      "identify",
      {
        messageId,
        userId,
        ...(said === null ? {} : { timestamp: new Date(said).toISOString() }),
        context: { consent: { categoryPreferences: { measurement: true, recognition: true } } },
      },
      { "usher-now": new Date(now).toISOString() },
    );
  const before = Date.now();
  await erase(`user_id:${userId}`);
  const erased = { accepted: 0, dropped: [{ reason: "erased" }] };
  expect((await say("said-before", before)).body).toMatchObject(erased);
  expect((await say("says-not-when", null)).body).toMatchObject(erased);
  expect((await say("said-before-and-late", before, Date.now() + 2 * DAY)).body).toMatchObject(
    erased,
  );
  // A moment later is another millisecond than the erasure's own.
  expect((await say("returned", Date.now() + 1_000, Date.now() + 2_000)).body).toMatchObject({
    accepted: 1,
  });
  expect((await say("says-not-when-later", null, Date.now() + 2 * DAY)).body).toMatchObject({
    accepted: 1,
  });
  const { people } = (await eventually(async () => {
    const found = (await api(`/people?identifier=user_id:${userId}`)).body;
    return (found["people"] as unknown[]).length > 0 ? found : null;
  })) as { people: { id: string; visitors: number }[] };
  expect(people).toHaveLength(1);
  expect(home.jane.visitors).not.toContain(people[0]?.id);
});

test("what was taken apart before names the erased one no longer", async () => {
  const { tablet, phone } = home.jane;
  const person = await api(`/people/${tablet.visitor}`);
  const merges = person.body["merges"] as { id: string; visitors: string[] }[];
  const between = merges.find(({ visitors }) => visitors.includes(phone.visitor ?? ""));
  expect((await api(`/merges/${between?.id}/undo`, OFFICER_TOKEN, {})).status).toBe(200);
  await settle(home.everybody);
  const alone = (await api(`/people/${phone.visitor}`)).body["visitors"] as { id: string }[];
  const gone = alone.map(({ id }) => id);
  const erased = await erase(`email:nobody@example.org`, OFFICER_TOKEN, {
    visitors: [phone.visitor],
  });
  expect(erased.body["state"]).toBe("done");
  await settle(home.everybody);
  const all = await everything();
  expect(placesOf(all, gone).filter((place) => !isGuard(place))).toEqual([]);
});

test("requests are the officer's: a marketer and a browser are refused", async () => {
  expect((await erase(`email:${home.email}`, MARKETER_TOKEN)).status).toBe(403);
  expect((await erase(`email:${home.email}`, "nobody")).status).toBe(401);
  const { phone } = home.jane;
  const own = await phone.call("/_u/api/requests", {
    kind: "export",
    identifier: `email:${home.email}`,
  });
  expect(own.status).toBe(401);
  expect((await api("/requests/unknown", OFFICER_TOKEN)).status).toBe(404);
  expect((await erase("jane")).status).toBe(422);
});

test("who signed in a moment before the request is covered by it", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  await browser.send("identify", {
    messageId: "just-in",
    userId: "just-in",
    context: { identityToken: await tokenOf("just-in", "just.in@example.org") },
  });
  const { body } = await api("/requests", OFFICER_TOKEN, {
    kind: "erase",
    identifier: "user_id:just-in",
  });
  expect(body).toMatchObject({ state: "done", removed: { database: { events: 1 } } });
});

test("what an officer blocked of the erased can't be read any more, unless somebody else says it", async () => {
  const context = { consent: { categoryPreferences: ALL } };
  const named = async (userId: string, traits: object): Promise<void> => {
    expect((await server("identify", { userId, traits, context })).status).toBe(200);
    await settle([await identifiers.sourceVisitor("user_id", userId)]);
  };
  const own = `crm:only-${run}`;
  const shared = `social:chat:desk-${run}`;
  await named(`blocked-${run}`, { crm: `only-${run}`, "social:chat": `desk-${run}` });
  await named(`colleague-${run}`, { "social:chat": `desk-${run}` });
  for (const identifier of [own, shared])
    await api("/quarantine", OFFICER_TOKEN, { identifier, why: "the ticket desk" });
  const held = async () =>
    (await api("/quarantine", OFFICER_TOKEN)).body["quarantined"] as {
      id: string;
      kind: string;
      value: string | null;
    }[];
  const valueOf = async (kind: string) =>
    (await held()).filter((each) => each.kind === kind).map(({ value }) => value);
  expect(await valueOf("crm")).toEqual([`only-${run}`]);

  expect((await erase(`user_id:blocked-${run}`)).body).toMatchObject({ state: "done" });
  expect(await valueOf("crm")).toEqual([null]);
  expect(await valueOf("social:chat")).toEqual([`desk-${run}`]);
  const blocked = await identifiers.key("crm", `only-${run}`);
  expect(await env.KEYS.get(`blocked/${blocked}`)).toBeNull();
  expect((await erase(`user_id:colleague-${run}`)).body).toMatchObject({ state: "done" });
  expect(await valueOf("social:chat")).toEqual([null]);
});
