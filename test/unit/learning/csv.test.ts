import { afterEach, describe, expect, test, vi } from "vitest";
import { numberIn, readCsv } from "../../bench/csv.ts";
import { say } from "../../bench/say.ts";

describe("reading benchmark files", () => {
  test("quotes may hold commas, quotes and line ends", () => {
    expect(readCsv('name,rate\r\n"a, ""b""\nc",0.5\r\n').rows).toEqual([
      { name: 'a, "b"\nc', rate: "0.5" },
    ]);
  });

  test("the last line needs no end, blank lines are skipped, a byte order mark too", () => {
    expect(readCsv("\uFEFFa,b\n\n1,\n,2").rows).toEqual([
      { a: "1", b: "" },
      { a: "", b: "2" },
    ]);
  });

  test("spaces around the names of columns and on blank lines count for nothing", () => {
    expect(readCsv("a, b \n1,2\n  \n3,4\n \n")).toEqual({
      columns: ["a", "b"],
      rows: [
        { a: "1", b: "2" },
        { a: "3", b: "4" },
      ],
    });
  });

  test("a record of another length is refused with its number", () => {
    expect(() => readCsv("a,b\n1,2\n3")).toThrow("record 3 has 1 fields");
  });

  test("an open quote is refused", () => {
    expect(() => readCsv('a\n"1')).toThrow("never closed");
  });

  test("what is not a number is refused with its column", () => {
    expect(() => numberIn({ rate: "" }, "rate", 7)).toThrow(
      '"" in column rate of record 7 is not a number',
    );
    expect(() => numberIn({ rates: "1" }, "rate", 7)).toThrow("needs a column `rate`");
  });
});

describe("what a benchmark says", () => {
  afterEach(() => {
    process.exitCode = undefined;
    vi.restoreAllMocks();
  });
  const spied = (stream: NodeJS.WriteStream) => {
    const written: string[] = [];
    vi.spyOn(stream, "write").mockImplementation((text) => written.push(String(text)) > 0);
    return written;
  };

  test("is one line of JSON, or one line of what is wrong with the file and a failure", async () => {
    const [out, err] = [spied(process.stdout), spied(process.stderr)];
    await say(async () => ({ regret: 1 }));
    expect([out, err, process.exitCode]).toEqual([['{"regret":1}\n'], [], undefined]);
    await say(async () => ({ rate: numberIn({ rate: "" }, "rate", 2) }));
    expect([out.length, err, process.exitCode]).toEqual([
      1,
      ['bench: "" in column rate of record 2 is not a number\n'],
      1,
    ]);
  });

  test("keeps the stack of a mistake of its own", async () => {
    const mistake = new TypeError("undefined is not a function");
    await expect(say(() => Promise.reject(mistake))).rejects.toBe(mistake);
  });
});
