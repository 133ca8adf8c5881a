import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const d1 = fileURLToPath(new URL("../../../src/d1/", import.meta.url));

/** Called for one database at a time by those that go over all of them. */
const WITHIN_ONE = ["inserts.ts", "moving-figures.ts", "older.ts", "stubs.ts"];

test("whoever reads or writes what is a visitor's goes over all databases", () => {
  const names = "(?:events|hints|receipts|people|rollups)";
  const touches = new RegExp(`(?:FROM|JOIN|INTO|UPDATE) ${names}\\b|from\\(${names}\\)`);
  const alone = readdirSync(d1).filter((file) => {
    const text = readFileSync(d1 + file, "utf8");
    return touches.test(text) && !text.includes('from "./shards.ts"');
  });
  expect(alone.toSorted()).toEqual(WITHIN_ONE);
});
