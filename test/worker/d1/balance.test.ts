import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { reapplyErasures } from "../../../src/d1/erasures.ts";
import { createIdentifierIndex } from "../../../src/d1/identifiers.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { DAY_MS, dayOf, type MergeId } from "../../../src/domain/ids.ts";
import type { Landing } from "../../../src/domain/ports.ts";
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
  merge,
  NOON,
  person,
  receipt,
  stubs,
  visitor,
} from "./books.ts";

beforeEach(clear);

const jane = visitor("jane");
const john = visitor("john");
const ledger = createLedger(db, stubs);

/** What three visitors hand over, each part by itself. */
const parts: Partial<Landing>[] = [jane, john, visitor("kate")].flatMap((who, which) => [
  ...Array.from({ length: 5 }, (_, i) => ({
    events: [{ visitor: who, event: event(`m${i}`, { at: NOON + (i % 3) * DAY_MS }) }],
  })),
  { receipts: [receipt(who, 1)] },
  { receipts: [receipt(who, 2, { kind: "withdrawal" })] },
  { hints: [hint(who, "h")] },
  { hints: [hint(who, "h", { outcome: "taken" })] },
  { merges: [merge(who, visitor(`other${"abc"[which]}`))] },
]);

const together = (some: readonly Partial<Landing>[]): Landing =>
  landing({
    events: some.flatMap((part) => part.events ?? []),
    receipts: some.flatMap((part) => part.receipts ?? []),
    hints: some.flatMap((part) => part.hints ?? []),
    merges: some.flatMap((part) => part.merges ?? []),
  });

/** The parts in any order, cut into landings anywhere, with any of them handed over again at any time. */
const history = fc
  .tuple(
    fc.shuffledSubarray(parts, { minLength: parts.length }),
    fc.array(fc.nat(parts.length - 1), { maxLength: 10 }),
    fc.array(fc.nat(parts.length), { maxLength: 6 }),
  )
  .map(([order, again, cuts]) => {
    const queue = [...order, ...again.map((which) => parts[which] ?? {})];
    const at = [...new Set([0, ...cuts, queue.length])].sort((a, b) => a - b);
    return at.slice(1).map((to, i) => together(queue.slice(at[i], to)));
  });

describe("whatever the order, the batching and the repetitions", () => {
  test("the tables are the same", async () => {
    await ledger.land(together(parts));
    const expected = await books();
    await fc.assert(
      fc
        .asyncProperty(history, async (landings) => {
          for (const each of landings) await ledger.land(each);
          expect(await books()).toEqual(expected);
        })
        .beforeEach(clear),
      { numRuns: 40 },
    );
  });

  test("with an erasure anywhere in between nothing of that visitor stays but stubs, and all of the others", async () => {
    const merges: [number, MergeId][] = [[dayOf(NOON), merge(jane, john).edge.id]];
    const erasure = landing({
      erased: [{ visitor: jane, at: NOON, identifiers: [], days: [], merges }],
    });
    const others = parts.filter((part) => !JSON.stringify(part).includes(jane));
    await ledger.land(together(others));
    const { receipts, ...expected } = await books();
    await fc.assert(
      fc
        .asyncProperty(history, fc.nat(8), async (landings, place) => {
          for (const each of landings.toSpliced(place, 0, erasure)) await ledger.land(each);
          const after = await books();
          const isStub = (row: unknown) => (row as { seal: string | null }).seal !== null;
          expect({ ...after, receipts: [], tombstones: [] }).toEqual({ ...expected, receipts: [] });
          expect(after["receipts"]?.filter((row) => !isStub(row))).toEqual(receipts);
          expect(JSON.stringify(after["receipts"])).not.toContain(jane);
        })
        .beforeEach(clear),
      { numRuns: 40 },
    );
  });
});

describe("a database that fails", () => {
  const full: Landing = landing({
    ...together(parts),
    person: person(john, {
      lastSeen: NOON + DAY_MS,
      day: dayOf(NOON) + 1,
      unlist: [dayOf(NOON)],
      revision: 2,
    }),
    erased: [
      { visitor: jane, at: NOON, identifiers: [email("jane")], days: [dayOf(NOON)], merges: [] },
    ],
  });
  const earlier = person(john, { revision: 1 });
  const before = async () => {
    await clear();
    await ledger.land(landing({ person: earlier }));
    await ledger.land(landing({ events: [{ visitor: jane, event: event("earlier") }] }));
    await ledger.land(landing({ receipts: [receipt(jane, 1)] }));
    await createIdentifierIndex(db).claim(email("jane"), jane, NOON);
    await createIdentifierIndex(db).claim(email("jane"), john, NOON);
  };

  test.each(["before", "after"] as const)(
    "%s it took effect, at any call: repeating the landing until it passes gives the same books and the same questions",
    async (when) => {
      await before();
      const asked = await ledger.land(full);
      const expected = await books();
      const calls = counting();
      await before();
      await createLedger(calls.db, stubs).land(full);
      expect(calls.rows.calls).toBeGreaterThan(2);
      for (let nth = 1; nth <= calls.rows.calls; nth++) {
        await before();
        await expect(createLedger(failing(nth, when), stubs).land(full)).rejects.toThrow("D1");
        expect(await ledger.land(full)).toMatchObject({ ask: asked.ask });
        expect(await books()).toEqual(expected);
      }
    },
  );
});

describe("after a restore", () => {
  test("the erasures outside the database are applied again, the index included", async () => {
    const index = createIdentifierIndex(db);
    await ledger.land(landing({ events: [{ visitor: john, event: event("j") }] }));
    await index.claim(email("a"), john, NOON);
    const expected = await books();
    await ledger.land(landing({ events: [{ visitor: jane, event: event("m") }] }));
    await ledger.land(landing({ receipts: [receipt(jane, 1)], hints: [hint(jane, "h")] }));
    for (const name of ["a", "b", "c"]) await index.claim(email(name), jane, NOON);
    const erased = [{ visitor: jane, at: NOON }];
    expect(await reapplyErasures(db, erased, stubs)).toEqual({ claims: 3 });
    expect(await books()).toEqual({
      ...expected,
      tombstones: [{ visitor: jane, at: NOON }],
      receipts: [expect.objectContaining({ visitor: "erased:jane", body: null })],
    });
    expect(await reapplyErasures(db, erased, stubs)).toEqual({ claims: 0 });
    expect(await reapplyErasures(db, [], stubs)).toEqual({ claims: 0 });
  });
});
