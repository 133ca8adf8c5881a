import { beforeEach, expect, test } from "vitest";
import { campaignOf } from "../../../src/d1/campaign-figures.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { figuresOf, readRollups, rollUp } from "../../../src/d1/rollups.ts";
import { DAY_MS, dayOf } from "../../../src/domain/ids.ts";
import { books, clear, counting, db, event, landing, NOON, visitor, stubs } from "./books.ts";

const today = dayOf(NOON);
const jane = visitor("jane");
const john = visitor("john");

beforeEach(async () => {
  await clear();
  const page = {
    type: "page",
    name: "News",
    page: { url: "https://e.org/n", path: "/n" },
  } as const;
  await createLedger(db, stubs).land(
    landing({
      events: [
        {
          visitor: jane,
          event: event("a", { ...page, campaign: { source: "mail", name: "x|y" } }),
        },
        { visitor: jane, event: event("b", { ...page, device: { type: "phone" } }) },
        { visitor: john, event: event("c", { ...page, device: { type: "phone" } }) },
        { visitor: john, event: event("d", { name: "Order Completed", valueCents: 1_250 }) },
        { visitor: john, event: event("e", { name: null, type: "identify", channel: "app" }) },
        { visitor: john, event: event("f", { at: NOON + DAY_MS }) },
      ],
    }),
  );
});

const none = { orders: 0, orderCents: 0 };
const order = { orders: 1, orderCents: 1_250 };
const expected = [
  { dimension: "campaign", value: '["mail",null,"x|y"]', events: 1, visitors: 1, ...none },
  { dimension: "channel", value: "app", events: 1, visitors: 1, ...none },
  { dimension: "channel", value: "web", events: 4, visitors: 2, ...order },
  { dimension: "device", value: "phone", events: 2, visitors: 2, ...none },
  { dimension: "event", value: "identify", events: 1, visitors: 1, ...none },
  { dimension: "event", value: "page:News", events: 3, visitors: 2, ...none },
  { dimension: "event", value: "track:Order Completed", events: 1, visitors: 1, ...order },
  { dimension: "path", value: "/n", events: 3, visitors: 2, ...none },
  { dimension: "total", value: "", events: 5, visitors: 2, ...order },
].map((figure) => ({ day: today, ...figure }));

test("a day's figures are what its events say", async () => {
  await rollUp(db, today);
  expect(await readRollups(db, { from: today, to: today })).toEqual(expected);
  expect(await figuresOf(db, today)).toEqual(expect.arrayContaining(expected));
  expect(await readRollups(db, { from: today, to: today, dimensions: ["total"] })).toEqual(
    expected.slice(-1),
  );
});

test("a campaign is told by its id and by the kind of its click as well, however long its name is", async () => {
  const long = '"'.repeat(200);
  const click = { vendor: "google", param: "gclid", id: "secret" };
  const came = [{ source: "ads", medium: "cpc", name: long, id: "998877", click }, { click }];
  await clear();
  await createLedger(db, stubs).land(
    landing({
      events: came.map((campaign, n) => ({ visitor: jane, event: event(`c${n}`, { campaign }) })),
    }),
  );
  const figures = await figuresOf(db, today, ["campaign"]);
  expect(figures.map(({ value }) => campaignOf(value))).toEqual(
    expect.arrayContaining([
      { source: "ads", medium: "cpc", name: long.slice(0, 150), id: "998877", click: "gclid" },
      { source: null, medium: null, name: null, id: null, click: "gclid" },
    ]),
  );
  expect(JSON.stringify(figures)).not.toContain("secret");
  expect(campaignOf('["mail",null,"x')).toEqual({
    source: null,
    medium: null,
    name: null,
    id: null,
    click: null,
  });
});

test("rolling up again writes nothing when nothing changed, and only what did", async () => {
  await rollUp(db, today);
  const counted = counting();
  await rollUp(counted.db, today);
  expect(counted.rows.written).toBe(0);
  await createLedger(db, stubs).land(
    landing({ events: [{ visitor: jane, event: event("g", { type: "group", name: null }) }] }),
  );
  await rollUp(counted.db, today);
  expect(counted.rows.written).toBe(3);
});

test("figures of what was erased go at the next time", async () => {
  await rollUp(db, today);
  await createLedger(db, stubs).land(
    landing({
      erased: [jane, john].map((each) => ({
        visitor: each,
        at: NOON,
        identifiers: [],
        days: [],
        merges: [],
      })),
    }),
  );
  await rollUp(db, today);
  expect((await books())["rollups"]).toEqual([]);
});
