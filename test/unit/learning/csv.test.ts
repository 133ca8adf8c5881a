import { describe, expect, test } from "vitest";
import { numberIn, readCsv } from "../../bench/csv.ts";

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

  test("a record of another length is refused with its number", () => {
    expect(() => readCsv("a,b\n1,2\n3")).toThrow("record 3 has 1 fields");
  });

  test("an open quote is refused", () => {
    expect(() => readCsv('a\n"1')).toThrow("never closed");
  });

  test("what is not a number is refused with its column", () => {
    expect(() => numberIn({ rate: "" }, "rate")).toThrow("column rate");
  });
});
