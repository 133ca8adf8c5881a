import { beforeEach, expect, test } from "vitest";
import { createLedger } from "../../../src/d1/ledger.ts";
import { apiRoutes } from "../../../src/http/api/routes.ts";
import { clear, db, event, landing, NOON, person, stubs, visitor } from "../d1/books.ts";
import { contextOf, joined, send, settle, Village } from "./stage.ts";

const [tablet, phone, laptop, kate] = ["tablet", "phone", "laptop", "kate"].map(visitor) as [
  ReturnType<typeof visitor>,
  ReturnType<typeof visitor>,
  ReturnType<typeof visitor>,
  ReturnType<typeof visitor>,
];
let village: Village;

beforeEach(async () => {
  await clear();
  village = new Village();
  await settle(village, tablet, {
    created: NOON,
    events: [event("t1", { device: { type: "tablet", os: "iPadOS" } })],
    says: [["email", "jane@example.org", "asserted"]],
    traits: { name: "Jane" },
  });
  await settle(village, phone, {
    created: NOON + 10,
    events: [event("p1", { at: NOON + 500, device: { type: "phone", os: "iOS" } })],
    says: [
      ["email", "jane@example.org", "verified"],
      ["user_id", "other", "asserted", "refused"],
    ],
  });
  await settle(village, kate, { created: NOON + 20 });
  village.edges = [joined(phone, tablet)];
  await createLedger(db, stubs).land(
    landing({ person: person(tablet, { stage: "person", visitors: 2 }) }),
  );
  await createLedger(db, stubs).land(landing({ person: person(kate, { lastSeen: NOON - 5 }) }));
});

const get = (path: string, token = "the-marketer") =>
  send(
    apiRoutes,
    contextOf(village),
    new Request(`https://www.example.org/_u/api/${path}`, {
      headers: token === "" ? {} : { authorization: `Bearer ${token}` },
    }),
  );
const read = async <T>(path: string): Promise<T> => (await get(path)).json();
type List = { people: { id: string }[]; cursor: string | null };
const ids = async (path: string) => (await read<List>(path)).people.map(({ id }) => id);

test("people are for the marketer and the owner, and for nobody without a token or with the officer's", async () => {
  expect((await get("people")).status).toBe(200);
  expect((await get("people", "the-owner")).status).toBe(200);
  expect((await get("people", "the-officer")).status).toBe(403);
  expect((await get("people", "somebody")).status).toBe(401);
  expect((await get("people", "")).status).toBe(401);
});

test("everybody is listed, newest first, with stage, visitors and next action", async () => {
  expect(await read("people")).toEqual({
    people: [
      {
        id: tablet,
        stage: "person",
        lastSeen: new Date(NOON).toISOString(),
        visitors: 2,
        next: "Get the app",
      },
      {
        id: kate,
        stage: "activity",
        lastSeen: new Date(NOON - 5).toISOString(),
        visitors: 1,
        next: "Get the app",
      },
    ],
    cursor: null,
    lookedAt: null,
  });
});

test("the list goes on where the page before it ended, and can be held to a stage", async () => {
  const first = await read<List>("people?limit=1");
  expect(first.people.map(({ id }) => id)).toEqual([tablet]);
  expect(await ids(`people?limit=1&cursor=${first.cursor}`)).toEqual([kate]);
  expect(await ids("people?stage=activity")).toEqual([kate]);
  expect((await get("people?stage=nobody")).status).toBe(422);
  expect((await get("people?cursor=nonsense")).status).toBe(400);
});

test("an identifier finds its person once, however it is spelled and however many devices said it", async () => {
  expect(await ids("people?identifier=email:%20JANE@example.org")).toEqual([tablet]);
  expect(await ids("people?identifier=email:nobody@example.org")).toEqual([]);
});

test("what isn't an identifier is refused with the place, and never with what was sent", async () => {
  const answer = await get("people?identifier=shoe:size-42");
  expect(answer.status).toBe(422);
  const text = await answer.text();
  expect(text).toContain('"path":"identifier"');
  expect(text).not.toContain("size-42");
});

test("a search takes an identifier with or without its kind, the start of an id, and a visitor's id", async () => {
  expect(await ids("people?q=jane@example.org")).toEqual([tablet]);
  expect(await ids("people?q=email:jane@example.org")).toEqual([tablet]);
  expect(await ids("people?q=kat")).toEqual([kate]);
  expect(await ids(`people?q=${phone}`)).toEqual([tablet]);
  expect(await ids(`people?q=${tablet}`)).toEqual([tablet]);
  expect(await ids("people?q=jane@example.org&stage=device")).toEqual([]);
});

test("a person is told by any of its visitors, with identifiers in the clear and the reasons it is one", async () => {
  const found = await read<Record<string, unknown>>(`people/${phone}`);
  expect(found).toMatchObject({
    id: tablet,
    stage: "person",
    traits: { name: "Jane" },
    visitors: [
      { id: tablet, device: { type: "tablet" }, firstSeen: new Date(NOON).toISOString() },
      { id: phone, device: { type: "phone" }, lastSeen: new Date(NOON + 500).toISOString() },
    ],
    identifiers: [
      { kind: "email", value: "jane@example.org", assurance: "verified", permissions: [] },
      { kind: "user_id", value: "other", state: "refused", reason: "unique" },
    ],
    merges: [
      { visitors: [phone, tablet], because: "both said the same e-mail address", undone: null },
    ],
    separate: [],
  });
});

test("an identifier that is somebody else's, or only names a browser, doesn't make anybody known", async () => {
  await settle(village, kate, {
    says: [
      ["user_id", "other", "verified", "refused"],
      ["anonymous_id", "browser-7", "verified"],
    ],
  });
  expect(await read(`people/${kate}`)).toMatchObject({ stage: "device" });
});

test("nobody of that id is not found, be it malformed, unknown or erased", async () => {
  village.erased.add(kate);
  for (const id of ["nobody", laptop, kate]) expect((await get(`people/${id}`)).status).toBe(404);
});

test("the journey goes over all devices and through what hasn't landed yet, oldest first and each event once", async () => {
  await createLedger(db, stubs).land(
    landing({ events: [{ visitor: tablet, event: event("t1", { name: "Seat Viewed" }) }] }),
  );
  const held = event("p1", { at: NOON + 500, valueCents: 1250, sealed: "secret" });
  village.pending = [
    { visitor: phone, event: held },
    { visitor: tablet, event: event("t1", { name: "Seat Viewed" }) },
  ];
  const all = await read<{ events: Record<string, unknown>[] }>(`people/${tablet}/journey`);
  expect(all.events.map(({ visitor: of, id }) => [of, id])).toEqual([
    [tablet, "t1"],
    [phone, "p1"],
  ]);
  expect(all.events[1]).toMatchObject({
    at: new Date(NOON + 500).toISOString(),
    policy: 1,
    purposes: ["measurement", "recognition"],
    value: 12.5,
  });
  expect(JSON.stringify(all)).not.toContain("secret");
});

test.each([
  ["all of it has landed", 5, 2],
  ["some of it hasn't landed", 3, 1],
  ["none of it has landed", 0, 2],
])(
  "a journey read page by page misses nothing and repeats nothing, when %s",
  async (_, landed, limit) => {
    const events = Array.from({ length: 5 }, (__, n) => event(`e${n}`, { at: NOON + n * 10 }));
    await settle(village, kate, { events });
    const steps = events.map((each) => ({ visitor: kate, event: each }));
    await createLedger(db, stubs).land(landing({ events: steps.slice(0, landed) }));
    // One of those that landed is still held, since its object didn't hear of it.
    village.pending = landed === 5 ? [] : steps.slice(Math.max(0, landed - 1)).toReversed();
    const seen: string[] = [];
    let cursor: string | null = "";
    for (let pages = 0; cursor !== null && pages < 9; pages++) {
      const page: { events: { id: string }[]; cursor: string | null } = await read(
        `people/${kate}/journey?limit=${limit}&cursor=${cursor}`,
      );
      seen.push(...page.events.map(({ id }) => id));
      cursor = page.cursor;
    }
    expect(cursor).toBeNull();
    expect(seen).toEqual(["e0", "e1", "e2", "e3", "e4"]);
  },
);

test("the next action is a look at the best known visitor, and nothing is given", async () => {
  expect(await read(`people/${tablet}/next`)).toMatchObject({
    action: { label: "Get the app" },
    hint: null,
    why: ["uses a phone with iOS"],
  });
  expect(village.asked).toMatchObject([{ visitor: phone, give: false, slot: "" }]);
});
