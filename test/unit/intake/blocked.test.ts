import { expect, test } from "vitest";
import { isBlocked } from "../../../src/domain/intake/blocked.ts";
import { lines } from "./cases.ts";

test.each(lines("ids_blocked"))("%j never identifies anybody", (value) => {
  expect(isBlocked(value)).toBe(true);
});

test.each(["", "   ", " null ", "\tundefined\n"])(
  "%j, blank around a placeholder, doesn't either",
  (value) => {
    expect(isBlocked(value)).toBe(true);
  },
);

test.each(lines("ids_good"))("%j may identify somebody", (value) => {
  expect(isBlocked(value)).toBe(false);
});
