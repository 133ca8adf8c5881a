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

/** How somebody's program writes a table. */
const dialect = fc.record({
  delimiter: fc.constantFrom(",", ";", "\t"),
  lineEnd: fc.constantFrom("\n", "\r\n"),
  quotesAll: fc.boolean(),
  hasMark: fc.boolean(),
  endsLine: fc.boolean(),
});

/** Tables of 2 to 4 columns under a header, and the line that each row begins at. */
const written = fc
  .tuple(
    dialect,
    fc.integer({ min: 2, max: 4 }).chain((columns) => {
      const unit = fc.constantFrom("a", "ü", "😀", '"', ",", ";", "\t", "\n", "\r\n", " ");
      const field = fc.oneof(
        fc.string({ unit, maxLength: 6 }),
        // Longer than what a stream gives at once.
        fc.constantFrom("x".repeat(7_000), "é".repeat(5_000)),
      );
      return fc.array(fc.array(field, { minLength: columns, maxLength: columns }), {
        minLength: 1,
        maxLength: 12,
      });
    }),
  )
  .map(([{ delimiter, lineEnd, quotesAll, hasMark, endsLine }, table]) => {
    const quoted = (field: string) =>
      quotesAll || /["\r\n,;\t]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
    const all = [(table[0] ?? []).map((_, at) => `h${at}`), ...table];
    let line = 1;
    const expected = all.map((fields) => {
      const row: [number, ...string[]] = [line, ...fields];
      line += 1 + (fields.join("").match(/\n/g) ?? []).length;
      return row;
    });
    const lines = all.map((fields) => fields.map(quoted).join(delimiter));
    const text = (hasMark ? "\u{feff}" : "") + lines.join(lineEnd) + (endsLine ? lineEnd : "");
    return { text, expected };
  });

test("lines that end as old Macintoshes end them are lines, wherever the stream is cut", async () => {
  const long = `${"x".repeat(300)},"a\rb"\r`.repeat(400);
  for (const piece of [1, 7, 100_000]) {
    expect(await rows('a;b\r"1\r2";2\r\rlast;3\r', piece)).toEqual([
      [1, "a", "b"],
      [2, "1\r2", "2"],
      [5, "last", "3"],
    ]);
    const read = await rows(`a,b\r${long}`, piece);
    expect(read.length).toBe(401);
    expect(read.at(-1)).toEqual([800, "x".repeat(300), "a\rb"]);
  }
  expect(await rows('a,b\r1,"open\r2,3\r')).toEqual([[1, "a", "b"], [2], [3, "2", "3"]]);
});

test("whatever any program writes is read, with its lines, wherever the stream is cut", async () => {
  await fc.assert(
    fc.asyncProperty(written, fc.integer({ min: 1, max: 40_000 }), async (table, piece) => {
      const few = table.text.length < 200 ? Math.min(piece, 9) : piece + 500;
      expect(await rows(table.text, few)).toEqual(table.expected);
    }),
    { numRuns: 500 },
  );
});

test("what is no table is told alike wherever the stream is cut", async () => {
  const unit = fc.constantFrom("a", "b", '"', '""', ",", "\n", "\r\n", " ", '","', '"\n');
  const text = fc.string({ unit, maxLength: 60 }).map((rest) => `h1,h2\n${rest}`);
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (garbage, piece) => {
      expect(await rows(garbage, piece)).toEqual(await rows(garbage, 10_000));
    }),
    { numRuns: 1_000 },
  );
});

const flaws = async (text: string, piece?: number) => {
  const out: [number, string][] = [];
  for await (const { line, flaw } of readCsv(stream(text, piece)))
    if (flaw !== null) out.push([line, flaw]);
  return out;
};

test("a quote that is wrong costs its own line, and the next are read", async () => {
  const text = 'a,b\n"Ann "Annie" Smith",1\nBob,2\n"open,3\nCem,4\nDee,"5"\n"never closed,6';
  expect(await rows(text)).toEqual([
    [1, "a", "b"],
    [2],
    [3, "Bob", "2"],
    [4],
    [5, "Cem", "4"],
    [6, "Dee", "5"],
    [7],
  ]);
  expect((await flaws(text)).map(([line]) => line)).toEqual([2, 4, 7]);
  expect((await flaws(text))[0]?.[1]).toContain("a quote that isn't closed");
});

test("a quote that is open to the end of a large file costs its line, whatever the stream's pieces are", async () => {
  const text = `a,b\n"open,1\n${"x,2\n".repeat(30_000)}`;
  for (const piece of [1_000, 32_768, 1_000_000]) {
    const read = await rows(text, piece);
    expect(read).toHaveLength(30_002);
    expect(read.at(-1)).toEqual([30_002, "x", "2"]);
    expect(await flaws(text, piece)).toEqual([[2, expect.stringContaining("32768 characters")]]);
  }
});

test("what only looks like CSV is refused early, and not kept in memory", async () => {
  let sent = 0;
  const endless = (first: string, piece: string) => {
    sent = 0;
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(bytes.encode(sent++ === 0 ? first : piece));
      },
    });
  };
  const readAll = async (source: ReadableStream<Uint8Array>) => {
    for await (const row of readCsv(source)) expect(row.fields.length).toBeLessThan(3);
  };
  await expect(readAll(endless('a,b\n"', "x".repeat(4_096)))).rejects.toThrow("no end");
  expect(sent).toBeLessThan(40);
  await expect(readAll(endless("a,b\n", `"${'x" "'.repeat(500)} ,\n`))).rejects.toThrow("too many");
  expect(sent).toBeLessThan(2_000);
});

test("a header wider than any table is told, and bytes that aren't UTF-8 are refused", async () => {
  expect((await flaws(`${"a,".repeat(300)}a\n1`))[0]).toEqual([1, "has more than 256 fields"]);
  await expect(rows(new Uint8Array([0x61, 0x0a, 0xff, 0xfe]))).rejects.toThrow("UTF-8");
  await expect(rows(`a,b\n"${"x".repeat(40_000)}`, 4_096)).rejects.toThrow("CSV");
});
