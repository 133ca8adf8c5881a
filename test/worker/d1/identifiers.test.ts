import { beforeEach, describe, expect, test } from "vitest";
import type { IdentifierKey, VisitorId } from "../../../src/domain/ids.ts";
import type { ClaimAnswer } from "../../../src/domain/ports.ts";
import { createIdentifierIndex } from "../../../src/d1/identifiers.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { books, clear, counting, db, email, landing, NOON, visitor, stubs } from "./books.ts";

beforeEach(clear);

const index = createIdentifierIndex(db);
const jane = visitor("jane");
const john = visitor("john");

const firstOf = (answer: ClaimAnswer, said: VisitorId): VisitorId | null =>
  "before" in answer ? (answer.before[0]?.visitor ?? said) : null;

describe("a claim", () => {
  test("is one row written, said again none", async () => {
    const counted = counting();
    const billed = createIdentifierIndex(counted.db);
    const first = { before: [], crowd: 1, proven: 1 };
    expect(await billed.claim(email("jane"), jane, NOON)).toEqual(first);
    expect(counted.rows.written).toBe(1);
    expect(await billed.claim(email("jane"), jane, NOON + 9)).toEqual(first);
    expect(counted.rows).toMatchObject({ written: 1, calls: 2 });
  });

  test("comes after those who said it before, whatever their names and clocks", async () => {
    await index.claim(email("jane"), john, NOON);
    expect(await index.claim(email("jane"), jane, NOON - 5_000)).toEqual({
      before: [{ visitor: john, proven: true }],
      crowd: 2,
      proven: 2,
    });
  });

  test("is told first of those who proved it, and what is proved later is one row more", async () => {
    const typed = { proven: false, visitors: 20, since: 0 };
    const [a, b, c] = ["a", "b", "c"].map(visitor) as [typeof jane, typeof jane, typeof jane];
    for (const who of [a, b, c]) await index.claim(email("jane"), who, NOON, typed);
    const counted = counting();
    const billed = createIdentifierIndex(counted.db);
    for (let said = 0; said < 2; said++) await billed.claim(email("jane"), b, NOON);
    expect(counted.rows.written).toBe(1);
    expect(await index.claim(email("jane"), jane, NOON, typed)).toEqual({
      before: [
        { visitor: b, proven: true },
        { visitor: a, proven: false },
        { visitor: c, proven: false },
      ],
      crowd: 4,
      proven: 1,
    });
    expect((await index.claimants([email("jane")])).get(email("jane"))).toEqual([b, a, c, jane]);
  });

  test("of an anonymous id is told first of the earliest, whoever says so", async () => {
    const key = "anonymous_id:a" as IdentifierKey;
    await index.claim(key, john, NOON, { proven: false, visitors: 20, since: 0 });
    await index.claim(key, jane, NOON);
    expect(await index.claim(key, visitor("third"), NOON)).toMatchObject({
      before: [{ visitor: john }, { visitor: jane }],
      proven: 0,
    });
  });

  test("made by two devices at once has one that is first, and both are told the same", async () => {
    for (const name of ["a", "b", "c", "d", "e"]) {
      const answers = await Promise.all(
        [jane, john, jane, john].map(async (who) =>
          firstOf(await index.claim(email(name), who, NOON), who),
        ),
      );
      expect(new Set(answers).size).toBe(1);
    }
  });

  test("of an erased visitor is refused without a row", async () => {
    await createLedger(db, stubs).land(
      landing({ erased: [{ visitor: jane, at: NOON, identifiers: [], days: [], merges: [] }] }),
    );
    const counted = counting();
    const answer = await createIdentifierIndex(counted.db).claim(email("jane"), jane, NOON);
    expect(answer).toEqual({ erased: true });
    expect(counted.rows.written).toBe(0);
  });

  test("after the owner was erased goes to the next in line, not to a newcomer", async () => {
    await index.claim(email("jane"), jane, NOON);
    await index.claim(email("jane"), john, NOON);
    await createLedger(db, stubs).land(
      landing({
        erased: [{ visitor: jane, at: NOON, identifiers: [email("jane")], days: [], merges: [] }],
      }),
    );
    const newcomer = visitor("abc");
    expect(await index.claim(email("jane"), newcomer, NOON)).toEqual({
      before: [{ visitor: john, proven: true }],
      crowd: 2,
      proven: 2,
    });
    expect((await books())["claims"]).toMatchObject([
      { visitor: newcomer, rank: 3 },
      { visitor: john, rank: 2 },
    ]);
  });
});

describe("claimants", () => {
  test("come earliest first; identifiers nobody claims are left out", async () => {
    await index.claim(email("b"), john, NOON);
    await index.claim(email("b"), jane, NOON);
    await index.claim(email("a"), jane, NOON);
    const found = await index.claimants([email("a"), email("b"), email("none"), email("b")]);
    expect([...found]).toEqual([
      [email("a"), [jane]],
      [email("b"), [john, jane]],
    ]);
  });
});
