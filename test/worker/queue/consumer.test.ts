import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { createLedger } from "../../../src/d1/ledger.ts";
import { pack } from "../../../src/d1/parcels.ts";
import { DAY_MS, dayOf } from "../../../src/domain/ids.ts";
import type { Landing } from "../../../src/domain/ports.ts";
import { sendParcels } from "../../../src/queue.ts";
import {
  books,
  clear,
  counting,
  db,
  email,
  event,
  failing,
  hint,
  landing,
  NOON,
  person,
  receipt,
  stubs,
  visitor,
} from "../d1/books.ts";
import { deliver, SeenQueue } from "./stage.ts";

beforeEach(clear);

const jane = visitor("jane");
const john = visitor("john");
const ledger = createLedger(db, stubs);

const bodyOf = (who: typeof jane, parts: Partial<Landing>): string =>
  JSON.stringify([pack(who, "mark", landing(parts))]);

/** What two visitors' objects handed over, message by message. */
const messages: readonly string[] = [jane, john].flatMap((who, which) => [
  bodyOf(who, {
    events: [{ visitor: who, event: event("m0") }],
    person: person(who, { revision: 1 + which }),
    claims: [
      {
        visitor: who,
        identifier: email(`anon${"ab"[which]}`),
        at: NOON,
        guard: { proven: false, visitors: 100, since: 0 },
      },
    ],
  }),
  bodyOf(who, {
    events: [
      { visitor: who, event: event("m1", { props: { text: '“Ünï”, "quoted"' } }) },
      { visitor: who, event: event("m2", { at: NOON + DAY_MS }) },
    ],
    receipts: [receipt(who, 1)],
  }),
  bodyOf(who, { hints: [hint(who, "h")], receipts: [receipt(who, 2)] }),
  bodyOf(who, {
    events: [{ visitor: who, event: event("m3", { at: NOON + DAY_MS }) }],
    person: person(who, {
      day: dayOf(NOON) + 1,
      lastSeen: NOON + DAY_MS,
      unlist: [dayOf(NOON)],
      revision: 10 + which,
    }),
  }),
]);

/** Delivered in any order, in batches cut anywhere, with any message coming again at any time. */
const deliveries = fc
  .tuple(
    fc.shuffledSubarray([...messages], { minLength: messages.length }),
    fc.array(fc.nat(messages.length - 1), { maxLength: 8 }),
    fc.array(fc.nat(messages.length + 8), { maxLength: 5 }),
  )
  .map(([order, again, cuts]) => {
    const all = [...order, ...again.map((n) => messages[n] as string)];
    const at = [...new Set([0, ...cuts.filter((cut) => cut < all.length), all.length])].sort(
      (a, b) => a - b,
    );
    return at.slice(1).map((to, n) => all.slice(at[n], to));
  });

describe("messages of the queue", () => {
  test("repeated, late and in any order leave the same rows", async () => {
    await deliver(messages);
    const expected = await books();
    expect(expected["events"]).toHaveLength(8);
    expect(expected["people"]).toMatchObject([{ id: jane }, { id: john }]);
    await fc.assert(
      fc
        .asyncProperty(deliveries, async (batches) => {
          for (const batch of batches)
            expect((await deliver(batch)).acked).toHaveLength(batch.length);
          // The index's ranks say who came first, and there is one claimant of each.
          expect(await books()).toEqual(expected);
        })
        .beforeEach(clear),
      { numRuns: 25 },
    );
  });

  test("delivered again after an erasure leave nothing of who was erased, and all of the others", async () => {
    const erased = [
      { visitor: jane, at: NOON, identifiers: [email("anona")], days: [], merges: [] },
    ];
    const gone = { id: jane, days: [dayOf(NOON), dayOf(NOON) + 1], revision: 100 };
    await deliver(messages.filter((body) => !body.includes(jane)));
    const others = await books();
    await fc.assert(
      fc
        .asyncProperty(deliveries, fc.nat(6), async (batches, at) => {
          for (const [n, batch] of [...batches, [...messages]].entries()) {
            if (n === Math.min(at, batches.length)) await ledger.land(landing({ erased, gone }));
            await deliver(batch);
          }
          const { tombstones, receipts, ...rest } = await books();
          expect(tombstones).toHaveLength(1);
          expect(JSON.stringify([rest, receipts])).not.toContain(jane);
          const { tombstones: _, receipts: theirs, ...expected } = others;
          expect(rest).toEqual(expected);
          expect(receipts).toEqual(expect.arrayContaining(theirs as unknown[]));
        })
        .beforeEach(clear),
      { numRuns: 25 },
    );
  });

  test("cost one call to the database for a batch", async () => {
    const counted = counting();
    await deliver(messages, { database: counted.db });
    expect(counted.rows.calls).toBe(1);
  });

  test.each(["before", "after"] as const)(
    "with a database that fails %s the Nth call are acknowledged only when they landed, and nothing is lost or doubled",
    async (when) => {
      await deliver(messages);
      const expected = await books();
      for (let nth = 1; nth <= 6; nth++) {
        await clear();
        let left = [...messages];
        const database = failing(nth, when);
        for (let round = 0; round < 10 && left.length > 0; round++) {
          const { acked, retried } = await deliver(left, { database });
          expect(acked.length + retried.length).toBe(left.length);
          left = retried.map(({ id }) => left[Number(id)] as string);
        }
        expect(left).toEqual([]);
        expect(await books()).toEqual(expected);
      }
    },
  );

  test("while the database is away are all delivered again later, ever later, and asked of it a few times only", async () => {
    const counted = counting(db, () => Promise.reject(new Error("D1 is away")));
    const many = Array.from({ length: 40 }, () => messages[0]);
    const first = await deliver(many, { database: counted.db });
    expect(first.acked).toEqual([]);
    expect(first.retried).toHaveLength(40);
    expect(counted.rows.calls).toBeLessThan(6);
    const delay = async (attempts: number): Promise<number> =>
      (await deliver(many, { database: counted.db, attempts })).retried[0]?.delaySeconds ?? 0;
    expect(await delay(4)).toBeGreaterThan(await delay(1));
    expect(await delay(90)).toBeLessThanOrEqual(900);
  });

  test("that can't be read or landed are kept apart, and the others land", async () => {
    await deliver(messages);
    const expected = await books();
    await clear();
    const broken = JSON.stringify([{ ...JSON.parse(messages[0] ?? "")[0], events: "[1, 2" }]);
    const strange = ["no JSON", '{"not":"ours"}', '[{"visitor":"x"}]', { an: "object" }, broken];
    const { acked, retried } = await deliver([strange[0], ...messages, ...strange.slice(1)]);
    expect(acked.map(Number).sort((a, b) => a - b)).toEqual(messages.map((_, n) => n + 1));
    expect(retried.map(({ id }) => Number(id)).sort((a, b) => a - b)).toEqual([
      0,
      ...strange.slice(1).map((_, n) => messages.length + 1 + n),
    ]);
    expect(await books()).toEqual(expected);
  });
});

describe("what is sent", () => {
  const parcelOf = (n: number, length: number) =>
    pack(
      visitor(`v${n.toString(2)}`.replaceAll("0", "z").replaceAll("1", "y")),
      `mark.${n}`,
      landing({
        events: [{ visitor: jane, event: event(`m${n}`, { props: { text: "ü".repeat(length) } }) }],
      }),
    );

  test("stays within the limits of a message and of a call, and nothing is left out", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.nat(400), fc.nat(20_000), fc.constant(70_000)), { maxLength: 120 }),
        async (lengths) => {
          const queue = new SeenQueue();
          const parcels = lengths.map((length, n) => parcelOf(n, length));
          const left = await sendParcels(queue as unknown as Queue, parcels);
          const size = (text: string): number => new TextEncoder().encode(text).length;
          expect(Math.max(0, ...queue.bodies.map(size))).toBeLessThanOrEqual(127_000);
          let from = 0;
          for (const count of queue.calls) {
            const call = queue.bodies.slice(from, (from += count));
            expect(count).toBeLessThanOrEqual(100);
            expect(call.map(size).reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(256_000);
          }
          const sent = queue.bodies.flatMap((body) => JSON.parse(body) as { mark: string }[]);
          expect([...sent, ...left].map(({ mark }) => mark).sort()).toEqual(
            parcels.map(({ mark }) => mark).sort(),
          );
          expect(left.every((parcel) => size(JSON.stringify(parcel)) > 119_000)).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });
});
