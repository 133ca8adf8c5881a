import fc from "fast-check";
import { expect, test } from "vitest";
import { diffLines } from "../../../src/console/diff.tsx";

test("what was removed and added, in its place", () => {
  expect(diffLines("a\nb\nc", "a\nx\nc\nd")).toEqual([
    ["same", "a"],
    ["removed", "b"],
    ["added", "x"],
    ["same", "c"],
    ["added", "d"],
  ]);
});

test("both texts can be read back from the difference, whatever they are", () => {
  const text = fc
    .array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 })
    .map((l) => l.join("\n"));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after);
      const without = (kind: string) =>
        lines.flatMap(([each, line]) => (each === kind ? [] : [line])).join("\n");
      expect([without("added"), without("removed")]).toEqual([before, after]);
    }),
  );
});
