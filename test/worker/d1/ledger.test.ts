import { beforeEach, describe, expect, test } from "vitest";
import { createIdentifierIndex } from "../../../src/d1/identifiers.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { UNDER_WAY_DAYS } from "../../../src/d1/listing.ts";
import { listPeople } from "../../../src/d1/people.ts";
import { DAY_MS, dayOf } from "../../../src/domain/ids.ts";
import {
  books,
  clear,
  counting,
  db,
  email,
  event,
  hint,
  landing,
  merge,
  NOON,
  person,
  receipt,
  visitor,
  stubs,
} from "./books.ts";

beforeEach(clear);

const jane = visitor("jane");
const john = visitor("john");
const ledger = createLedger(db, stubs);

const everything = landing({
  events: [
    {
      visitor: jane,
      event: event("m1", {
        page: { url: "https://www.example.org/a", path: "/a", title: "“Ünï” \u{1F3DF}" },
        campaign: { source: "mail", click: { vendor: "esp", param: "x" } },
        device: { type: "phone", os: "iOS" },
        topics: ["tickets"],
        valueCents: 1250,
        props: { nested: { list: [1, 2.5, "x", null, true] } },
        sealed: "sealed-text",
      }),
    },
    { visitor: jane, event: event("m2", { name: null, purposes: [] }) },
  ],
  receipts: [receipt(jane, 1)],
  hints: [hint(jane, "h")],
  merges: [merge(jane, john)],
  person: person(jane),
});

const rowsOf = async (parts: Parameters<typeof landing>[0]): Promise<number> => {
  const counted = counting();
  await createLedger(counted.db, stubs).land(landing(parts));
  return counted.rows.written;
};

describe("what a landing costs", () => {
  test("one event is one row written", async () => {
    expect(await rowsOf({ events: [{ visitor: jane, event: event("m1") }] })).toBe(1);
  });

  test("ten events are ten rows written in one batch", async () => {
    const counted = counting();
    const events = Array.from({ length: 10 }, (_, i) => ({ visitor: jane, event: event(`m${i}`) }));
    await createLedger(counted.db, stubs).land(landing({ events }));
    expect(counted.rows.written).toBe(10);
    expect(counted.rows.calls).toBe(1);
  });

  test("the same landing again writes nothing", async () => {
    await ledger.land(everything);
    const before = await books();
    expect(await rowsOf(everything)).toBe(0);
    expect(await books()).toEqual(before);
  });

  test("a landing with nothing in it doesn't call the database", async () => {
    const counted = counting();
    await createLedger(counted.db, stubs).land(landing({}));
    expect(counted.rows.calls).toBe(0);
  });

  test("a person new in the directory is one row, changed on the same day one, unchanged none", async () => {
    expect(await rowsOf({ person: person(jane) })).toBe(1);
    const changed = person(jane, { events: 2 });
    expect(await rowsOf({ person: changed })).toBe(1);
    expect(await rowsOf({ person: changed })).toBe(0);
  });

  test("a person seen on another day is two rows: the former goes", async () => {
    await ledger.land(landing({ person: person(jane) }));
    const next = person(jane, { lastSeen: NOON + DAY_MS, unlist: [dayOf(NOON)] });
    expect(await rowsOf({ person: next })).toBe(2);
    expect((await books())["people"]).toMatchObject([{ seen_day: dayOf(NOON) + 1, id: jane }]);
  });
});

describe("what lands", () => {
  test("everything handed over is there, as it was", async () => {
    await ledger.land(everything);
    const { events, receipts, hints, merge_log, people } = await books();
    expect(events).toMatchObject([
      { id: "m1", purposes: "measurement,recognition", sealed: "sealed-text", at: NOON },
      { id: "m2", name: null, purposes: "", sealed: null, data: "{}" },
    ]);
    const [first] = events as { data: string }[];
    expect(JSON.parse(first?.data ?? "")).toEqual({
      page: { url: "https://www.example.org/a", path: "/a", title: "“Ünï” \u{1F3DF}" },
      campaign: { source: "mail", click: { vendor: "esp", param: "x" } },
      device: { type: "phone", os: "iOS" },
      topics: ["tickets"],
      valueCents: 1250,
      props: { nested: { list: [1, 2.5, "x", null, true] } },
    });
    expect(receipts).toMatchObject([{ seq: 1, body: '{"granted":{"measurement":true}}' }]);
    expect(hints).toMatchObject([{ outcome: "made", propensity: 0.25, day: dayOf(NOON) }]);
    expect(merge_log).toMatchObject([{ op: "merge", a: jane, b: john, evidence: "email" }]);
    expect(people).toMatchObject([{ id: jane, seen_day: dayOf(NOON), next: null }]);
  });

  test("a landing too large for one bound value lands whole", async () => {
    const events = Array.from({ length: 120 }, (_, i) => ({
      visitor: jane,
      event: event(`m${i}`, { props: { text: "ä".repeat(15_000) } }),
    }));
    const counted = counting();
    await createLedger(counted.db, stubs).land(landing({ events }));
    expect(counted.rows).toMatchObject({ written: 120, calls: 1 });
  });

  test("a person whose earlier answer was lost still stands once in the directory", async () => {
    await ledger.land(landing({ person: person(jane) }));
    await ledger.land(landing({ person: person(jane, { lastSeen: NOON + DAY_MS }) }));
    const unlist = [dayOf(NOON), dayOf(NOON) + 1, dayOf(NOON) + 2];
    await ledger.land(landing({ person: person(jane, { lastSeen: NOON + 3 * DAY_MS, unlist }) }));
    expect((await books())["people"]).toMatchObject([{ seen_day: dayOf(NOON) + 3 }]);
  });

  test("an empty person's row goes, others' rows stay", async () => {
    await ledger.land(landing({ person: person(jane) }));
    await ledger.land(landing({ person: person(john) }));
    const { revision } = person(jane);
    await ledger.land(
      landing({ gone: { id: jane, days: [dayOf(NOON) - 1, dayOf(NOON)], revision } }),
    );
    expect((await books())["people"]).toMatchObject([{ seen_day: 0, id: jane }, { id: john }]);
    expect((await listPeople(db, { limit: 9 })).people).toMatchObject([{ id: john }]);
  });
});

describe("an erasure", () => {
  const index = createIdentifierIndex(db);
  const erased = [
    { visitor: jane, at: NOON + 1, identifiers: [email("jane")], days: [], merges: [] },
  ];

  test("removes that visitor's events, claims and hints, leaves stubs of the receipts and spares everyone else", async () => {
    await ledger.land(landing({ events: [{ visitor: john, event: event("j1") }] }));
    await index.claim(email("john"), john, NOON);
    const without = await books();
    await ledger.land({ ...everything, merges: [], person: null });
    await ledger.land(
      landing({ events: [{ visitor: jane, event: event("old", { at: NOON - 400 * DAY_MS }) }] }),
    );
    await index.claim(email("jane"), jane, NOON);
    await ledger.land(landing({ erased }));
    const after = await books();
    expect(after).toEqual({
      ...without,
      tombstones: [{ visitor: jane, at: NOON + 1 }],
      receipts: [
        {
          visitor: "erased:jane",
          seq: 1,
          at: NOON,
          kind: "grant",
          policy: 1,
          body: null,
          hash: "hash-1",
          previous: "0",
          seal: 'sealed {"erased":true,"hash":"hash-1","previous":"0","seq":1,"visitor":"erased:jane"}',
          landed: expect.any(Number),
        },
      ],
    });
  });

  test("and a move in the directory seek their rows and scan no others", async () => {
    const crowd = Array.from({ length: 300 }, (_, i) =>
      visitor(`x${i.toString(2)}`.replaceAll("0", "z").replaceAll("1", "y")),
    );
    await ledger.land(
      landing({
        events: crowd.map((each) => ({ visitor: each, event: event("m") })),
        hints: crowd.map((each) => hint(each, "h")),
        receipts: crowd.map((each) => receipt(each, 1)),
      }),
    );
    for (const each of crowd.slice(0, 30)) {
      await index.claim(email(each.slice(0, 12)), each, NOON);
      await ledger.land(landing({ person: person(each) }));
    }
    await ledger.land({ ...everything, merges: [] });
    await index.claim(email("jane"), jane, NOON);
    const counted = counting();
    const moved = person(jane, { lastSeen: NOON + DAY_MS, unlist: [dayOf(NOON)] });
    await createLedger(counted.db, stubs).land(landing({ erased, person: moved }));
    // Any scan would read thirty rows more at least. A day near the person's own is one row of a list.
    expect(counted.rows.read).toBeLessThan(80 + 2 * UNDER_WAY_DAYS);
  });

  test("outlasts whatever of the visitor lands later", async () => {
    await ledger.land(landing({ erased }));
    const before = await books();
    await ledger.land({ ...everything, merges: [], person: null });
    expect(await index.claim(email("jane"), jane, NOON)).toEqual({ erased: true });
    expect(await books()).toEqual(before);
  });

  test("in the same landing as the visitor's events leaves none of them", async () => {
    await ledger.land({ ...everything, merges: [], person: null, erased });
    expect((await books())["events"]).toEqual([]);
  });

  test("racing a landing leaves nothing, whoever comes first", async () => {
    await Promise.all([
      ledger.land({ ...everything, merges: [], person: null }),
      ledger.land(landing({ erased })),
      ledger.land({ ...everything, merges: [], person: null }),
    ]);
    expect(await books()).toMatchObject({ events: [], claims: [], hints: [] });
  });

  test("removes more events than one statement takes", async () => {
    const batch = (of: number) =>
      ledger.land(
        landing({
          events: Array.from({ length: 3_000 }, (_, i) => ({
            visitor: jane,
            event: event(`m${of}-${i}`, { at: NOON + of * DAY_MS }),
          })),
        }),
      );
    for (const of of [0, 1, 2, 3]) await batch(of);
    await ledger.land(landing({ erased }));
    expect((await books())["events"]).toEqual([]);
  });

  test("asks those who said the same later, again when its answer was lost", async () => {
    await index.claim(email("jane"), jane, NOON);
    await index.claim(email("jane"), john, NOON);
    await index.claim(email("jane"), visitor("third"), NOON);
    const asked = {
      ask: [
        { visitor: john, identifier: email("jane") },
        { visitor: visitor("third"), identifier: email("jane") },
      ],
      claims: [],
      added: 0,
    };
    expect(await ledger.land(landing({ erased }))).toEqual(asked);
    expect(await ledger.land(landing({ erased }))).toEqual(asked);
    expect(await index.claim(email("jane"), visitor("third"), NOON)).toMatchObject({
      before: [{ visitor: john }],
      crowd: 2,
    });
  });

  test("asks nobody who said the same before", async () => {
    await index.claim(email("jane"), john, NOON);
    await index.claim(email("jane"), jane, NOON);
    expect(await ledger.land(landing({ erased }))).toEqual({ ask: [], claims: [], added: 0 });
  });
});
