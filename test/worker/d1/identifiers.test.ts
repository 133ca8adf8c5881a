import { beforeEach, describe, expect, test } from "vitest";
import { createIdentifierIndex } from "../../../src/d1/identifiers.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { books, clear, counting, db, email, landing, NOON, visitor, stubs } from "./books.ts";

beforeEach(clear);

const index = createIdentifierIndex(db);
const jane = visitor("jane");
const john = visitor("john");

describe("a claim", () => {
  test("is one row written, said again none", async () => {
    const counted = counting();
    const billed = createIdentifierIndex(counted.db);
    expect(await billed.claim(email("jane"), jane, NOON)).toEqual({ owner: jane, crowd: 1 });
    expect(counted.rows.written).toBe(1);
    expect(await billed.claim(email("jane"), jane, NOON + 9)).toEqual({ owner: jane, crowd: 1 });
    expect(counted.rows).toMatchObject({ written: 1, calls: 2 });
  });

  test("belongs to the first who said it, whatever their names and clocks", async () => {
    await index.claim(email("jane"), john, NOON);
    expect(await index.claim(email("jane"), jane, NOON - 5_000)).toEqual({ owner: john, crowd: 2 });
  });

  test("made by two devices at once has one owner, and both are told the same", async () => {
    for (const name of ["a", "b", "c", "d", "e"]) {
      const answers = await Promise.all(
        [jane, john, jane, john].map((who) => index.claim(email(name), who, NOON)),
      );
      const owners = new Set(answers.map((answer) => "owner" in answer && answer.owner));
      expect(owners.size).toBe(1);
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
    expect(await index.claim(email("jane"), newcomer, NOON)).toEqual({ owner: john, crowd: 2 });
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
