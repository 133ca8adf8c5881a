import fc from "fast-check";
import { expect, test } from "vitest";
import { readCsv } from "../../../src/import/csv.ts";

const bytes = new TextEncoder();

/** The text in pieces of so many bytes each. */
const stream = (text: string | Uint8Array, piece = 7): ReadableStream<Uint8Array> => {
  const all = typeof text === "string" ? bytes.encode(text) : text;
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < all.length; at += piece) controller.enqueue(all.slice(at, at + piece));
      controller.close();
    },
  });
};

const rows = async (text: string | Uint8Array, piece?: number) => {
  const out: [number, ...string[]][] = [];
  for await (const { line, fields } of readCsv(stream(text, piece))) out.push([line, ...fields]);
  return out;
};

test("quotes hold separators, line ends and doubled quotes, and lines are counted through them", async () => {
  expect(await rows('a,b\r\n"x, y","say ""hi""\nthere"\r\nlast,""\r\n')).toEqual([
    [1, "a", "b"],
    [2, "x, y", 'say "hi"\nthere'],
    [4, "last", ""],
  ]);
});

test("what spreadsheets write is read: a mark at the start, semicolons, tabs, empty lines, no end of line", async () => {
  expect(await rows("\u{feff}a;b\n\n1,5;2")).toEqual([
    [1, "a", "b"],
    [3, "1,5", "2"],
  ]);
  expect(await rows("a\tb\n1\t2")).toEqual([
    [1, "a", "b"],
    [2, "1", "2"],
  ]);
  expect(await rows("alone")).toEqual([[1, "alone"]]);
  expect(await rows("")).toEqual([]);
});

test("whatever is written is read, wherever the stream is cut", async () => {
  const field = fc.string({ unit: fc.constantFrom("a", "ü", "😀", '"', ",", ";", "\n", " ") });
  const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), {
    minLength: 1,
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(table, fc.integer({ min: 1, max: 9 }), async (all, piece) => {
      const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
      const text = `h1,h2\n${all.map((row) => row.map(quoted).join(",")).join("\n")}`;
      const read = await rows(text, piece);
      expect(read.slice(1).map(([, ...fields]) => fields)).toEqual(all);
    }),
    { numRuns: 200 },
  );
});

test("bytes that aren't UTF-8 and fields without an end are refused, and no row is made up", async () => {
  await expect(rows(new Uint8Array([0x61, 0x0a, 0xff, 0xfe]))).rejects.toThrow("UTF-8");
  await expect(rows(`a,b\n"${"x".repeat(40_000)}`, 4_096)).rejects.toThrow("CSV");
});
