import { describe, expect, test } from "vitest";
import { readerOf } from "../../../src/import/rows.ts";
import { spendReader } from "../../../src/import/spend.ts";

const HEADER = ["date", "channel", "campaign", "cost", "currency", "impressions", "clicks"];
const NOBODY = { phone: () => null };
const reader = (header: string[] = HEADER) => {
  const read = readerOf(header, spendReader);
  return (...fields: string[]) => read({ line: 2, fields, flaw: null }, NOBODY);
};
const costOf = (cost: string) => reader(["date", "channel", "cost"])("2026-11-01", "Google", cost);

describe("a cost", () => {
  test.each([
    ["0", 0],
    ["1234", 123_400],
    ["12.50", 1250],
    ["12,5", 1250],
    [".5", 50],
    ["12.3456", 1235],
    ["12,3456", 1235],
    ["0.125", 13],
    ["0,125", 13],
    ["0.1249", 12],
    ["100.005", 10_001],
    ["0.999", 100],
    ["1.234", 123],
    ["1234,567", 123_457],
    ["1,234.50", 123_450],
    ["1.234,5", 123_450],
    ["1,234.567", 123_457],
    ["1.234,567", 123_457],
    ["1,234,567", 123_456_700],
    ["1.234.567", 123_456_700],
    ["12,34,567.89", 123_456_789],
    ["1 234", 123_400],
    ["1 234,567", 123_457],
    ["1\u202f234,50", 123_450],
    ["1'234.50", 123_450],
    ["1’234.50", 123_450],
  ])("of %s is %i cents", (cost, costCents) => {
    expect(costOf(cost)).toMatchObject({ value: { channel: "google", costCents } });
  });

  test.each(["1,234", "12,500", "999,999", "012,345"])(
    "of %s means two things and is refused rather than guessed",
    (cost) => {
      expect(costOf(cost)).toEqual({
        ok: false,
        line: 2,
        message: "cost has a comma that may part thousands or decimals: write it like 1234.50",
      });
    },
  );

  test.each([
    "much",
    "-1",
    "1,23.45",
    "1.23,45,6",
    "1,2,3",
    "1 23",
    "1..5",
    ",",
    "12.",
    "€1",
    "1e3",
  ])("of %s is none", (cost) => {
    expect(costOf(cost)).toMatchObject({ message: "cost isn't an amount like 1234.50" });
  });
});

test("money without a day that there is, a channel or a cost is invalid", () => {
  const read = reader(["date", "channel", "cost"]);
  for (const day of ["1.11.2026", "2026-09-31", "2026-02-29", "2026-13-01", "2026-11-00", ""])
    expect(read(day, "google", "1")).toMatchObject({ message: "has no date like 2026-11-22" });
  expect(read("2028-02-29", "google", "1")).toMatchObject({ ok: true });
  expect(read("2026-11-01", "", "1")).toMatchObject({ message: "has no channel" });
  expect(read("2026-11-01", "google", "")).toMatchObject({ message: "has no cost" });
});

test("rows of one day, channel and campaign add up, and others stand beside them", () => {
  const read = reader();
  const row = (campaign: string, cost: string) =>
    read("2026-11-01", "Google", campaign, cost, "", "100", "3");
  row("brand", "10");
  row("brand", "");
  expect(row("other", "1")).toMatchObject({
    value: { costCents: 100, impressions: 100, clicks: 3 },
  });
  expect(row("brand", "2.50")).toMatchObject({
    value: { campaign: "brand", costCents: 1250, impressions: 200, clicks: 6 },
  });
  expect(reader()("2026-11-01", "google", "brand", "1", "", "", "")).toMatchObject({
    value: { costCents: 100, impressions: 0, clicks: 0 },
  });
});

test("a file has one currency, and rows in another are refused", () => {
  const read = reader();
  const row = (date: string, currency: string) => read(date, "google", "", "1", currency, "", "");
  expect(row("never", "USD").ok).toBe(false);
  expect(row("2026-11-01", "").ok).toBe(true);
  expect(row("2026-11-01", "EUR").ok).toBe(true);
  expect(row("2026-11-01", "eur").ok).toBe(true);
  expect(row("2026-11-01", "USD")).toMatchObject({
    message: "is in another currency than the rows before it: a file has one",
  });
  expect(row("2026-11-01", "EUR")).toMatchObject({ value: { costCents: 400 } });
});
