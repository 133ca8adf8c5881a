import { expect, test } from "vitest";
import { count, money, percent, short, whole } from "../../../src/console/numbers.ts";

test("numbers agree with their words", () => {
  expect([count(1, "event"), count(1204, "event"), count(0, "device")]).toEqual([
    "1 event",
    "1,204 events",
    "0 devices",
  ]);
});

test("figures are grouped, axes are short, money has its cents", () => {
  expect([whole(1204567), short(1204567), money(120450)]).toEqual([
    "1,204,567",
    "1.2M",
    "1,204.50",
  ]);
});

test("a small share isn't nothing, and nearly all isn't all", () => {
  expect([0, 0.0004, 0.004, 0.824, 0.9951, 0.9999, 1].map(percent)).toEqual([
    "0 %",
    "under 0.1 %",
    "0.4 %",
    "82 %",
    "99.5 %",
    "99.9 %",
    "100 %",
  ]);
});
