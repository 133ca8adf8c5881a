import { beforeEach, expect, test } from "vitest";
import { dayOf } from "../../../src/domain/ids.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { keepReports, shownAttribution } from "../../../src/http/kept.ts";
import { contextOf, Village } from "../api/stage.ts";
import { clear, db, event, landing, NOON, stubs, visitor } from "../d1/books.ts";

beforeEach(clear);

const HOUR = 3_600_000;
const context = (now = NOON) => contextOf(new Village(), { now });
const range = { from: dayOf(NOON) - 6, to: dayOf(NOON) };
const purposes = ["advertising", "measurement"];

const order = (id: string) =>
  createLedger(db, stubs).land(
    landing({
      events: [
        {
          visitor: visitor("jane"),
          event: event(`t-${id}`, { purposes, campaign: { source: "letter" } }),
        },
        {
          visitor: visitor("jane"),
          event: event(`o-${id}`, { purposes, at: NOON + 5, valueCents: 100 }),
        },
      ],
    }),
  );

/** A site of so many events, as its daily figures say. */
const busy = (events: number) =>
  db
    .prepare(
      "INSERT INTO rollups (day, dimension, value, events, visitors, orders, order_cents) VALUES (?1, 'total', '', ?2, 1, 0, 0)",
    )
    .bind(dayOf(NOON), events)
    .run();

const outcomes = async (now = NOON) => {
  const { report, at } = await shownAttribution(context(now), range, "channel");
  return { all: report.outcomes.all, at };
};

test("a small site's reports are counted when they are looked at", async () => {
  await busy(1_000);
  await order("one");
  await keepReports(context(), NOON);
  await order("two");
  expect(await outcomes()).toEqual({ all: 2, at: null });
});

test("a busy site's are counted once an hour, and say when; an hour late, they are counted after all", async () => {
  await busy(30_000);
  await order("one");
  expect(await outcomes()).toEqual({ all: 1, at: null });
  await keepReports(context(), NOON);
  await order("two");
  await keepReports(context(), NOON + HOUR / 2);
  expect(await outcomes(NOON + HOUR / 2)).toEqual({ all: 1, at: NOON });
  await keepReports(context(), NOON + HOUR);
  expect(await outcomes(NOON + HOUR)).toEqual({ all: 2, at: NOON + HOUR });
  await order("three");
  expect(await outcomes(NOON + 3 * HOUR)).toEqual({ all: 3, at: null });
});

test("another range than the usual ones is counted when it is looked at", async () => {
  await busy(30_000);
  await keepReports(context(), NOON);
  await order("one");
  const odd = { ...range, from: range.from - 1 };
  expect(await shownAttribution(context(), odd, "channel")).toMatchObject({
    at: null,
    report: { outcomes: { all: 1 } },
  });
});
