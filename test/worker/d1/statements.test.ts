import fc from "fast-check";
import { expect, test } from "vitest";
import { CHUNK_BYTES, chunks } from "../../../src/d1/statements.ts";

const bytes = (text: string): number => new TextEncoder().encode(text).length;

test("rows come in pieces that hold all of them in order, none larger than the limit but a lone row", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.string({ unit: "grapheme", maxLength: 40 }), { maxLength: 3 })),
      fc.integer({ min: 20, max: 400 }),
      (rows, limit) => {
        const pieces = chunks(rows, limit);
        expect(pieces.flatMap((piece) => JSON.parse(piece) as unknown[])).toEqual(rows);
        for (const piece of pieces)
          if ((JSON.parse(piece) as unknown[]).length > 1)
            expect(bytes(piece)).toBeLessThanOrEqual(limit);
      },
    ),
  );
});

test("a landing of any size is cut to what one bound value may hold, and nothing is no piece", () => {
  const rows = Array.from({ length: 300 }, () => ["ä".repeat(10_000)]);
  const pieces = chunks(rows);
  expect(pieces.length).toBeLessThan(10);
  for (const piece of pieces) expect(bytes(piece)).toBeLessThanOrEqual(900_000);
  expect(CHUNK_BYTES).toBeLessThan(2_000_000);
  expect(chunks([])).toEqual([]);
});
