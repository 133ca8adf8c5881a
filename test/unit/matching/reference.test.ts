import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
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

describe("a file that doesn't say who is who", () => {
  const file = join(mkdtempSync(join(tmpdir(), "usher-linkage-")), "people.csv");
  const people = ["Jane,jane@x.org", "Jane,jane@x.org", "Bob,bob@x.org"];
  afterAll(() => rmSync(dirname(file), { recursive: true }));

  it("is linked, and its scores are null rather than 0", async () => {
    writeFileSync(file, ["firstName, email", "", ...people].join("\n"));
    expect(await run([file])).toMatchObject({ found: 1, pairs: null, precision: null, f1: null });
    const known = people.map((row) => `${row},${row.slice(0, 3)}`);
    writeFileSync(file, ["firstName, email, truth", ...known].join("\n"));
    expect(await run([file])).toMatchObject({ found: 1, pairs: 1, precision: 1, f1: 1 });
  });

  it("is refused in words when it has no rows", async () => {
    writeFileSync(file, "firstName,email\n");
    await expect(run([file])).rejects.toThrow("the file has no rows");
  });
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
