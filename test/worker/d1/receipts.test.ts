import { beforeEach, expect, test } from "vitest";
import { type ReceiptStub, stubText, verifyChain } from "../../../src/domain/consent/ledger.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { receiptsAfter, receiptsOf } from "../../../src/d1/receipts.ts";
import { clear, db, landing, NOON, receipt, visitor, stubs } from "./books.ts";

const jane = visitor("jane");
const john = visitor("john");

beforeEach(async () => {
  await clear();
  await createLedger(db, stubs).land(
    landing({
      receipts: [
        receipt(jane, 1),
        receipt(jane, 2, { at: NOON + 20, kind: "withdrawal" }),
        receipt(john, 1, { at: NOON + 10 }),
        receipt(visitor("kate"), 1),
      ],
    }),
  );
});

test("the receipts of one person's visitors come oldest first, page by page, as they were written", async () => {
  const query = { visitors: [jane, john], limit: 2 };
  const first = await receiptsOf(db, query);
  expect(first.receipts).toEqual([receipt(jane, 1), receipt(john, 1, { at: NOON + 10 })]);
  const second = await receiptsOf(db, { ...query, cursor: first.cursor ?? "" });
  expect(second).toEqual({
    receipts: [receipt(jane, 2, { at: NOON + 20, kind: "withdrawal" })],
    cursor: null,
  });
});

test("an erased visitor's receipts are found under the keyed name alone, and the chain still verifies", async () => {
  const erased = [{ visitor: jane, at: NOON, identifiers: [], days: [], merges: [] }];
  await createLedger(db, stubs).land(landing({ erased }));
  expect((await receiptsOf(db, { visitors: [jane], limit: 9 })).receipts).toEqual([]);
  const { receipts } = await receiptsOf(db, { visitors: [await stubs.name(jane)], limit: 9 });
  expect(receipts.map(({ seq, kind }) => [seq, kind])).toEqual([
    [1, "grant"],
    [2, "withdrawal"],
  ]);
  const check = {
    sha256: async () => "no hash needed of stubs",
    isSealed: async ({ seal, ...stub }: ReceiptStub) => seal === (await stubs.seal(stubText(stub))),
  };
  expect(await verifyChain(receipts, null, check)).toEqual([]);
  const forged = receipts.map((row) => ({ ...row, hash: "other" }));
  expect(await verifyChain(forged, null, check)).not.toEqual([]);
});

test("all receipts can be walked chain by chain", async () => {
  const places: string[] = [];
  let last: Awaited<ReturnType<typeof receiptsAfter>>[number] | null = null;
  do {
    const page = await receiptsAfter(db, last, 3);
    places.push(...page.map((each) => `${each.visitor.slice(0, 4)} ${each.seq}`));
    last = page.at(-1) ?? null;
  } while (last);
  expect(places).toEqual(["jane 1", "jane 2", "john 1", "kate 1"]);
});
