import { beforeEach, expect, test } from "vitest";
import { ATTRIBUTION_MODELS } from "../../../src/domain/attribution/attribute.ts";
import { dayOf, type VisitorId } from "../../../src/domain/ids.ts";
import { saveDocument } from "../../../src/d1/learning.ts";
import { saveSpend } from "../../../src/d1/imports.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { keepReports, shownActions, shownAttribution } from "../../../src/http/kept.ts";
import { contextOf, Village } from "../api/stage.ts";
import { clear, db, event, landing, merge, NOON, stubs, visitor } from "../d1/books.ts";

beforeEach(clear);

const HOUR = 3_600_000;
const range = { from: dayOf(NOON) - 6, to: dayOf(NOON) };
/** Nothing was counted ahead for it. */
const odd = { ...range, from: range.from - 1 };
const purposes = ["advertising", "measurement"];

/** With what it left to be done after the answer. */
function context(now = NOON, of = db) {
  const after: Promise<unknown>[] = [];
  const waitUntil = (work: Promise<unknown>): void => void after.push(work);
  return { ...contextOf(new Village(), { now, db: of, waitUntil }), after };
}

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

/** Whoever was at a count is taken for dead. */
const abandoned = () =>
  db
    .prepare(
      "UPDATE learned SET document = json_set(document, '$.at', 0) WHERE name >= 'counting:' AND name < 'counting:~'",
    )
    .run();

const underWay = async (): Promise<number | null> =>
  db
    .prepare("SELECT count(*) AS n FROM learned WHERE name >= 'counting:' AND name < 'counting:~'")
    .first<number>("n");

const outcomes = async (now = NOON) => {
  const { report, at, counting } = await shownAttribution(context(now), range, "channel");
  return { all: report?.outcomes.all, at, counting };
};

test("a small site's reports are counted when they are looked at", async () => {
  await busy(1_000);
  await order("one");
  await keepReports(context(), NOON);
  await order("two");
  expect(await outcomes()).toEqual({ all: 2, at: null, counting: null });
});

test("a busy site's are counted once an hour, and say when", async () => {
  await busy(30_000);
  await order("one");
  await keepReports(context(), NOON);
  await order("two");
  await keepReports(context(), NOON + HOUR / 2);
  expect(await outcomes(NOON + HOUR / 2)).toEqual({ all: 1, at: NOON, counting: null });
  await keepReports(context(), NOON + HOUR);
  expect(await outcomes(NOON + HOUR)).toEqual({ all: 2, at: NOON + HOUR, counting: null });
});

test("what another version of the site kept is counted anew", async () => {
  await busy(30_000);
  await order("one");
  await saveDocument(db, "report:actions:7", { at: NOON, report: {} }, NOON);
  expect((await shownActions(context(), range)).report).toBeNull();
  await keepReports(context(), NOON);
  expect((await shownActions(context(), range)).report?.actions).toBeDefined();
});

test("when cron is late by hours, what is old shows, says so, and is counted anew", async () => {
  await busy(30_000);
  await order("one");
  await keepReports(context(), NOON);
  await order("two");
  const late = context(NOON + 3 * HOUR);
  expect(await shownAttribution(late, range, "channel")).toMatchObject({
    at: NOON,
    counting: 0,
    report: { outcomes: { all: 1 } },
  });
  await Promise.all(late.after);
  expect(await outcomes(NOON + 3 * HOUR)).toEqual({ all: 2, at: NOON + 3 * HOUR, counting: null });
});

const LETTERS = "q7b2xk5mzde3vwc";
/** Ids whose first letters differ, as random ones do. */
const WHO = Array.from({ length: 40 }, (_, n) =>
  visitor(`${LETTERS[n % 15] ?? ""}${"pgs"[n % 3] ?? ""}${n}`),
);
const SOURCES = ["letter", "search", "video", "club"];

/** People of one to three devices with touches and orders, some of them without consent to advertising. */
async function town(): Promise<void> {
  const events = WHO.flatMap((who, n) =>
    Array.from({ length: 1 + (n % 5) }, (_, k) => ({
      visitor: who,
      event: event(`e${n}-${k}`, {
        at: NOON - ((n * 7 + k * 11) % 6) * 24 * HOUR + k,
        purposes: n % 7 === 3 ? ["measurement"] : purposes,
        ...((n + k) % 3 === 2
          ? { valueCents: 100 * (n + 1) }
          : {
              campaign: {
                source: SOURCES[(n + k) % SOURCES.length] ?? "",
                name: `week-${k % 2}`,
              },
            }),
      }),
    })),
  );
  const merges = [0, 10, 20, 21].map((n) => merge(WHO[n] as VisitorId, WHO[n + 1] as VisitorId));
  await createLedger(db, stubs).land(landing({ events, merges }));
}

type Shown = Awaited<ReturnType<typeof shownAttribution>>;

/** Rounded: sums in another order differ in their last digits. */
const figures = ({ report }: Shown) =>
  report && {
    ...report,
    models: Object.fromEntries(
      ATTRIBUTION_MODELS.map((model) => [
        model,
        report.models[model]?.map((line) => ({
          ...line,
          conversions: Number(line.conversions.toFixed(9)),
          value: Number(line.value.toFixed(6)),
          costPerConversion: null,
          returnOnSpend: null,
        })),
      ]),
    ),
  };

test("counted part by part and left in between it comes to what it is counted at once, under every model", async () => {
  await town();
  const live = {
    channel: await shownAttribution(context(), odd, "channel"),
    campaign: await shownAttribution(context(), odd, "campaign"),
  };
  expect(live.channel.report?.outcomes.touched).toBeGreaterThan(5);
  await busy(300_000);
  const asked = context();
  expect(await shownAttribution(asked, odd, "channel")).toEqual({
    report: null,
    at: null,
    counting: 0,
  });
  // Who looks a moment later doesn't begin a second one.
  const another = context();
  await shownAttribution(another, odd, "campaign");
  expect([another.after.length, await underWay()]).toEqual([0, 1]);
  await Promise.all(asked.after);
  for (const by of ["channel", "campaign"] as const) {
    const kept = await shownAttribution(context(NOON + 1), odd, by);
    expect(kept).toMatchObject({ at: NOON, counting: null });
    expect(figures(kept)).toEqual(figures(live[by]));
  }
  expect(await underWay()).toBe(0);
});

/** Fails from its n-th statement on, as if the isolate had gone. */
function dying(after: number): D1Database {
  let left = after;
  const gone = async (): Promise<never> => {
    throw new Error("gone");
  };
  const statement = (real: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(real, {
      get(target, name) {
        if (name === "bind") return (...values: unknown[]) => statement(target.bind(...values));
        if ((name === "run" || name === "all" || name === "first" || name === "raw") && left-- <= 0)
          return gone;
        const member = Reflect.get(target, name) as unknown;
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
  return new Proxy(db, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => statement(target.prepare(sql));
      const member = Reflect.get(target, name) as unknown;
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

test("killed anywhere it goes on, for whoever looks next, and counts nothing twice", async () => {
  await town();
  const live = figures(await shownAttribution(context(), odd, "channel"));
  await busy(300_000);
  const shares: number[] = [];
  for (let calls = 4; calls < 400; calls += 7) {
    await abandoned();
    const killed = context(NOON, dying(calls));
    const seen = await shownAttribution(killed, odd, "channel").catch(() => null);
    await Promise.allSettled(killed.after);
    if (seen?.report) break;
    if (seen) shares.push(seen.counting ?? Number.NaN);
  }
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(new Set(shares).size).toBeGreaterThan(2);
  expect(figures(await shownAttribution(context(), odd, "channel"))).toEqual(live);
});

test("cron goes on with what somebody asked for and left, and forgets it after a week", async () => {
  await town();
  await busy(300_000);
  const asked = context(NOON, dying(6));
  await shownAttribution(asked, odd, "channel").catch(() => undefined);
  await Promise.allSettled(asked.after);
  expect(await underWay()).toBe(1);
  await abandoned();
  await keepReports(context(), NOON + 1);
  expect(await underWay()).toBe(0);
  expect((await shownAttribution(context(NOON + 2), odd, "channel")).report).not.toBeNull();
  const keys = async () =>
    db
      .prepare("SELECT count(*) AS n FROM learned WHERE name = ?1")
      .bind(`report:attribution:2026-11-13.2026-11-20`)
      .first("n");
  expect(await keys()).toBe(1);
  await keepReports(context(), NOON + 8 * 24 * HOUR);
  expect(await keys()).toBe(0);
});

test("what was spent stands beside what it brought, however long the campaign's name is", async () => {
  const name = "autumn ".repeat(25).trim();
  const touch = { campaign: { source: "letter", name }, purposes };
  const bought = { at: NOON + 5, valueCents: 100, purposes };
  const events = [event("t", touch), event("o", bought)];
  await createLedger(db, stubs).land(
    landing({ events: events.map((each) => ({ visitor: visitor("jane"), event: each })) }),
  );
  const spent = { channel: "letter", campaign: name, impressions: 0, clicks: 0 };
  await saveSpend(db, [{ ...spent, day: range.to, costCents: 500 }]);
  const { report } = await shownAttribution(context(), range, "campaign");
  expect(report?.models["last"]).toMatchObject([{ conversions: 1, cost: 5 }]);
});

test("where one part holds all visitors, none is asked for by name", async () => {
  await town();
  const asked: string[] = [];
  const told = new Proxy(db, {
    get(target, member) {
      if (member === "prepare") return (sql: string) => (asked.push(sql), target.prepare(sql));
      const found = Reflect.get(target, member) as unknown;
      return typeof found === "function" ? (found.bind(target) as unknown) : found;
    },
  });
  await shownAttribution(context(NOON, told), odd, "channel");
  expect(asked.filter((sql) => sql.includes("AS other"))).toEqual([]);
});

test("how the actions did over an unusual range is counted after the answer, too", async () => {
  await busy(300_000);
  const asked = context();
  expect((await shownActions(asked, odd)).report).toBeNull();
  await Promise.all(asked.after);
  expect(await shownActions(context(), odd)).toMatchObject({ at: NOON, counting: null });
});

test("who looks at the same moment counts nothing twice", async () => {
  await busy(300_000);
  const both = [context(), context()];
  await Promise.all(both.map((each) => shownAttribution(each, odd, "channel")));
  expect(both.map(({ after }) => after.length).toSorted()).toEqual([0, 1]);
  await Promise.all(both.flatMap(({ after }) => after));
});

test("who was taken for dead and comes back leaves the count to whoever went on with it", async () => {
  await town();
  await busy(300_000);
  const held = Promise.withResolvers<void>();
  let left = 12;
  const writings: string[] = [];
  const slow = new Proxy(db, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (name !== "prepare") return typeof member === "function" ? member.bind(target) : member;
      return (sql: string) => {
        const real = target.prepare(sql);
        if (left-- > 0) return real;
        if (/^(?:INSERT|UPDATE|DELETE)/.test(sql)) writings.push(sql);
        const late = (bound: D1PreparedStatement): D1PreparedStatement =>
          new Proxy(bound, {
            get(statement, call) {
              if (call === "bind") return (...values: unknown[]) => late(statement.bind(...values));
              return async (...args: unknown[]) => {
                await held.promise;
                const made = Reflect.get(statement, call) as (...with_: unknown[]) => unknown;
                return made.apply(statement, args);
              };
            },
          });
        return late(real);
      };
    },
  });
  const first = context(NOON, slow);
  await shownAttribution(first, odd, "channel");
  await abandoned();
  const second = context();
  await shownAttribution(second, odd, "channel");
  await Promise.all(second.after);
  expect(await underWay()).toBe(0);
  held.resolve();
  await Promise.all(first.after);
  // It finds that out when it puts down how far it is.
  expect([await underWay(), writings.length]).toEqual([0, 1]);
});

test("a report that can't be counted keeps no other waiting, and is given up after a day", async () => {
  await town();
  await busy(300_000);
  const broken = { range, begun: NOON, parts: 9, done: 1, data: { no: "count" }, at: 0 };
  await saveDocument(db, "counting:attribution:2000-01-01.2000-01-02", broken, NOON);
  const asked = context(NOON, dying(6));
  await shownAttribution(asked, odd, "channel").catch(() => undefined);
  await Promise.allSettled(asked.after);
  await abandoned();
  await expect(keepReports(context(), NOON + 1)).rejects.toThrow("2000-01-01");
  expect(await underWay()).toBe(1);
  await keepReports(context(), NOON + 25 * HOUR);
  expect(await underWay()).toBe(0);
});
