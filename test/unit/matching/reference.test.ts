import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parseCsv, run } from "../../bench/linkage.ts";

const DATA = new URL("../../../../shared/data/linkage/", import.meta.url);
const present = existsSync(DATA);
if (!present)
  console.warn(
    "The reference linkage files are not there (../shared/data/linkage): their figures are not checked.",
  );

/** File, pairwise F1 and cluster F1 that the better of recordlinkage and Splink 4 reaches, unsupervised at 0.5. */
const REFERENCES: readonly (readonly [string, number, number])[] = [
  ["fake1000.csv", 0.932, 0.963],
  ["febrl1-noid.csv", 0.999, 0.999],
  ["febrl2-contact.csv", 0.979, 0.99],
  ["febrl3-noid.csv", 0.993, 0.998],
  ["febrl3-contact.csv", 0.971, 0.987],
];

describe.skipIf(!present)("the reference files, with one setting for all", () => {
  it.each(REFERENCES)(
    "%s: pairs reach F1 %d, clusters %d",
    { timeout: 240_000 },
    async (file, f1, clusterF1) => {
      const result = await run([fileURLToPath(new URL(file, DATA))]);
      expect(result).toMatchObject({ threshold: 0.5 });
      const { f1: reached, clusterF1: clusters } = result as { f1: number; clusterF1: number };
      expect(reached).toBeGreaterThanOrEqual(f1);
      expect(clusters).toBeGreaterThanOrEqual(clusterF1);
    },
  );
});

describe("the benchmark's CSV reader", () => {
  it("reads quotes, commas and line breaks in cells, and either line end", () => {
    expect(parseCsv('a,b\r\n"x, ""y""","two\nlines"\n\n,last')).toEqual([
      ["a", "b"],
      ['x, "y"', "two\nlines"],
      ["", "last"],
    ]);
  });
});
