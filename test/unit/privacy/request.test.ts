import { expect, test } from "vitest";
import { dueOf } from "../../../src/domain/request.ts";

test.each([
  ["2026-11-22T13:00:00.000Z", "2026-12-22T13:00:00.000Z"],
  ["2026-01-31T08:30:00.000Z", "2026-02-28T08:30:00.000Z"],
  ["2028-01-30T00:00:00.000Z", "2028-02-29T00:00:00.000Z"],
  ["2026-12-31T23:59:00.000Z", "2027-01-31T23:59:00.000Z"],
  ["2026-08-31T00:00:00.000Z", "2026-09-30T00:00:00.000Z"],
])("what is asked on %s has to be answered by %s", (at, due) => {
  expect(new Date(dueOf(Date.parse(at))).toISOString()).toBe(due);
});
