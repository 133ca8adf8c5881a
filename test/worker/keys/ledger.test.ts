import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { VisitorId } from "../../../src/domain/ids.ts";
import { createIdentifierKeys } from "../../../src/keys/identifiers.ts";
import { createErasureLedger } from "../../../src/keys/ledger.ts";

const bucket: R2Bucket = env.KEYS;
const ledger = createErasureLedger(bucket, createIdentifierKeys(new Uint8Array(32)).tombstone);
const visitor = (name: string) => name.padEnd(26, "a") as VisitorId;

async function everything() {
  const pages = [await ledger.list(undefined, 10)];
  for (let last = pages[0]; last?.cursor; last = pages.at(-1))
    pages.push(await ledger.list(last.cursor, 10));
  return {
    erasures: pages.flatMap((page) => page.erasures),
    forged: pages.reduce((sum, page) => sum + page.forged, 0),
  };
}

test("erasures are listed page by page, the first record of each visitor, and forged entries are not", async () => {
  const many = [..."bcdefghijklmnopqrstuvwxyz"].map((letter, i) => ({
    visitor: visitor(letter),
    at: 1_000 + i,
  }));
  await Promise.all(many.map((each) => ledger.record(each)));
  await ledger.record({ visitor: visitor("b"), at: 99_999 });
  await bucket.put(`erasure/${visitor("victim")}`, "", {
    customMetadata: { at: "5", tombstone: "made-up" },
  });
  await bucket.put("erasure/nonsense", "");
  await bucket.put(`visitor/${visitor("other")}`, "key");
  expect(await everything()).toEqual({ erasures: many, forged: 2 });
});
