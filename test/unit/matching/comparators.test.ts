import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agreementLevel, comparatorOf } from "../../../src/domain/matching/comparators.ts";
import { parseDate } from "../../../src/domain/matching/dates.ts";
import {
  bigrams,
  bitCount,
  dice,
  differingBits,
  editDistance,
  jaroWinkler,
  letterBits,
  phonetic,
} from "../../../src/domain/matching/strings.ts";
import { columnKind, prepareValue, type ColumnKind } from "../../../src/domain/matching/values.ts";

const KINDS: readonly ColumnKind[] = [
  "name",
  "line",
  "text",
  "email",
  "phone",
  "date",
  "number",
  "code",
  "category",
];
const letters = fc.string({ unit: fc.constantFrom(..."abcd12 "), maxLength: 9 });

function level(kind: ColumnKind, a: string, b: string): string {
  const [left, right] = [prepareValue(kind, a), prepareValue(kind, b)];
  if (left === undefined || right === undefined) throw new Error("a value is blank");
  return comparatorOf(kind).levels[agreementLevel(kind, left, right)] ?? "no such level";
}

/** The textbook recurrence, without shortcuts. */
function plainEditDistance(a: string, b: string): number {
  const d = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (__, j) => (i === 0 ? j : i)),
  );
  const at = (i: number, j: number) => d[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      let cost = Math.min(
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, at(i - 2, j - 2) + 1);
      (d[i] ?? [])[j] = cost;
    }
  }
  return at(a.length, b.length);
}

describe("string measures", () => {
  it("Jaro–Winkler gives Winkler's published values", () => {
    expect(jaroWinkler("martha", "marhta")).toBeCloseTo(0.9611, 4);
    expect(jaroWinkler("dwayne", "duane")).toBeCloseTo(0.84, 4);
    expect(jaroWinkler("dixon", "dicksonx")).toBeCloseTo(0.8133, 4);
    expect(jaroWinkler("abc", "xyz")).toBe(0);
  });

  it("Jaro–Winkler is symmetric, between 0 and 1, and 1 for the same", () => {
    fc.assert(
      fc.property(letters, letters, (a, b) => {
        const similarity = jaroWinkler(a, b);
        expect(similarity).toBeCloseTo(jaroWinkler(b, a), 12);
        expect(similarity).toBeGreaterThanOrEqual(0);
        expect(similarity).toBeLessThanOrEqual(1 + 1e-12);
        expect(jaroWinkler(a, a)).toBe(1);
      }),
    );
  });

  it("edit distance equals the textbook recurrence up to its limit", () => {
    fc.assert(
      fc.property(letters, letters, fc.integer({ min: 1, max: 4 }), (a, b, limit) => {
        expect(editDistance(a, b, limit)).toBe(Math.min(plainEditDistance(a, b), limit + 1));
      }),
      { numRuns: 500 },
    );
  });

  it("one edit never changes more than two letter bits, so the quick refusal refuses no near pair", () => {
    fc.assert(
      fc.property(letters, letters, (a, b) => {
        expect(differingBits(letterBits(a), letterBits(b))).toBeLessThanOrEqual(
          2 * plainEditDistance(a, b),
        );
      }),
    );
  });

  it("counts bits", () => {
    fc.assert(
      fc.property(fc.integer(), (bits) => {
        expect(bitCount(bits)).toBe((bits >>> 0).toString(2).replaceAll("0", "").length);
      }),
    );
  });

  it("the overlap of letter pairs is symmetric and between 0 and 1", () => {
    expect(dice(bigrams("night"), bigrams("nacht"))).toBeCloseTo(0.25, 10);
    fc.assert(
      fc.property(letters, letters, (a, b) => {
        const overlap = dice(bigrams(a), bigrams(b));
        expect(overlap).toBe(dice(bigrams(b), bigrams(a)));
        expect(overlap).toBeGreaterThanOrEqual(0);
        expect(overlap).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("names that sound alike share a code", () => {
    expect(phonetic("catherine")).toBe(phonetic("katharine"));
    expect(phonetic("stephen")).toBe(phonetic("stefan"));
    expect(phonetic("smith")).not.toBe(phonetic("jones"));
  });
});

describe("agreement levels", () => {
  it("are symmetric and within range for every kind", () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), letters, letters, (kind, a, b) => {
        const [left, right] = [prepareValue(kind, a), prepareValue(kind, b)];
        fc.pre(left !== undefined && right !== undefined);
        const forth = agreementLevel(kind, left, right);
        expect(forth).toBe(agreementLevel(kind, right, left));
        expect(comparatorOf(kind).levels[forth]).toBeDefined();
        expect(agreementLevel(kind, left, left)).toBe(0);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each<[ColumnKind, string, string, string]>([
    ["name", "Müller", "MULLER", "the same"],
    ["name", "Dr. O'Brien", "OBrien", "the same"],
    ["name", "smith", "smyth", "one slip apart"],
    ["name", "William", "Bill", "a short form or a part of the other"],
    ["name", "Mary Ann", "Mary", "a short form or a part of the other"],
    ["name", "j", "julia", "a short form or a part of the other"],
    ["name", "smith", "garcia", "different"],
    ["line", "Main St.", "main street", "the same"],
    ["line", "pridham street", "pridhamstreet", "one slip apart"],
    ["email", "A@Example.org ", "a@example.org", "the same"],
    ["email", "jane.doe@work.example", "jane.doe@home.test", "the same before the @"],
    ["phone", "+49 (0)30 1234567", "0049 30 1234567", "the same"],
    ["phone", "+49 30 1234567", "030 1234567", "the same but for its prefix"],
    ["date", "1990-07-31", "31.07.1990", "the same"],
    ["date", "1990-07-31", "1990-07-13", "one slip apart"],
    ["date", "1990-05-07", "1990-07-05", "one slip apart"],
    ["date", "1990-05-07", "1990", "one slip apart"],
    ["date", "1990-05-07", "1954-11-23", "different"],
    ["number", "112", "121", "one slip apart"],
    ["code", "2600", "2604", "one slip apart"],
    ["code", "SW1A 1AA", "sw1a1aa", "the same"],
    ["category", "nsw", "vic", "different"],
  ])("as a %s, %s and %s are %s", (kind, a, b, words) => {
    expect(level(kind, a, b)).toBe(words);
  });

  it("blanks and their usual stand-ins say nothing", () => {
    for (const blank of ["", "  ", "N/A", "null", "-", undefined])
      expect(prepareValue("name", blank)).toBeUndefined();
  });
});

describe("reading", () => {
  it("reads dates as people write them", () => {
    expect(parseDate("19900731")).toEqual({ year: 1990, month: 7, day: 31 });
    expect(parseDate("07/31/1990")).toEqual({ year: 1990, month: 7, day: 31 });
    expect(parseDate("1990-07-31T00:00:00Z")).toEqual({ year: 1990, month: 7, day: 31 });
    expect(parseDate("1990")).toEqual({ year: 1990, month: 0, day: 0 });
    expect(parseDate("soon")).toBeUndefined();
  });

  it("tells the kind of an unknown column by its values", () => {
    expect(columnKind("contact", ["a@b.example", "c@d.example", ""])).toBe("email");
    expect(columnKind("joined", ["2001-02-03", "2004-05-06"])).toBe("date");
    expect(columnKind("shoe", ["42", "43.5", "44"])).toBe("number");
    expect(columnKind("lastName", ["42"])).toBe("name");
  });
});
