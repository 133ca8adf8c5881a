/** Seeds for fuzzing, a case a line (`\n` and `\t` stand for themselves), and ways to damage them. What once got through is added. */
import { readFileSync } from "node:fs";
import fc from "fast-check";

const folder = new URL("../../fixtures/corpus/", import.meta.url);

function lines(file: string): string[] {
  const text = readFileSync(new URL(file, folder), "utf8");
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => line.replaceAll("\\n", "\n").replaceAll("\\t", "\t"));
}

/** Cases of several columns, between which stands ` | `. */
export const columns = (file: string): string[][] =>
  lines(`${file}.txt`).map((line) => line.split(" | "));

export const corpus = (name: string): { valid: string[]; invalid: string[] } => ({
  valid: lines(`${name}.valid.txt`),
  invalid: lines(`${name}.invalid.txt`),
});

const DAMAGE = [
  "",
  "\u0000",
  "\uFFFF",
  "\uD800",
  "~",
  ".",
  ",",
  ";",
  "=",
  '"',
  "{",
  "[",
  "%",
  "-",
  "_",
  "A",
  "1e999",
  "__proto__",
  "\r\n",
  "9".repeat(40),
  "A".repeat(4_096),
];

/** Seeds cut, spliced, repeated and sprinkled with what the layers behind may trip over. */
export function damaged(seeds: readonly string[]): fc.Arbitrary<string> {
  const seed = fc.constantFrom(...seeds);
  const place = fc.double({ min: 0, max: 1, noNaN: true });
  const at = (text: string, where: number): number => Math.floor(where * (text.length + 1));
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(
          seed,
          fc.array(fc.tuple(place, fc.constantFrom(...DAMAGE), fc.integer({ min: 0, max: 8 })), {
            minLength: 1,
            maxLength: 4,
          }),
        )
        .map(([text, wounds]) =>
          wounds.reduce(
            (now, [where, put, cut]) =>
              now.slice(0, at(now, where)) + put + now.slice(at(now, where) + cut),
            text,
          ),
        ),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(seed, seed, place, place)
        .map(([a, b, x, y]) => a.slice(0, at(a, x)) + b.slice(at(b, y))),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(seed, fc.integer({ min: 2, max: 50 }))
        .map(([text, times]) => text.repeat(times).slice(0, 20_000)),
    },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 200 }) },
  );
}

/** A JSON value with parts replaced, removed, and others put in. */
export function damagedJson(seed: unknown): fc.Arbitrary<unknown> {
  const other = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      -1,
      0,
      1e300,
      "",
      "__proto__",
      [],
      {},
      [null],
      { $ne: null },
      true,
      "x".repeat(5_000),
      // What an object's own words for "as text" make of it, where somebody asks for its text.
      { toString: 1, valueOf: 1 },
      [{ toString: null, valueOf: {} }],
    ),
    fc.jsonValue({ maxDepth: 3 }),
  );
  const steps = fc.array(fc.tuple(fc.nat(), fc.constantFrom("replace", "remove", "add"), other), {
    minLength: 1,
    maxLength: 3,
  });
  return steps.map((all) =>
    all.reduce<unknown>(
      // A copy: what is put in twice would hold itself, which no JSON does.
      (value, [pick, how, put]) => wound(value, pick, how, structuredClone(put)),
      structuredClone(seed),
    ),
  );
}

function wound(value: unknown, pick: number, how: string, put: unknown): unknown {
  if (typeof value !== "object" || value === null) return put;
  const keys = Object.keys(value);
  const key = keys[pick % Math.max(1, keys.length)];
  const holder = value as Record<string, unknown>;
  // Half of the wounds go deeper, so that every level is reached.
  if (
    key !== undefined &&
    pick % 2 === 0 &&
    typeof holder[key] === "object" &&
    holder[key] !== null
  ) {
    holder[key] = wound(holder[key], Math.floor(pick / 2), how, put);
    return value;
  }
  if (how === "add") holder[`key${pick % 7}`] = put;
  else if (key !== undefined && how === "remove") remove(value, key);
  else if (key !== undefined) holder[key] = put;
  return value;
}

/** A list of JSON has no holes. */
function remove(value: object, key: string): void {
  if (Array.isArray(value)) value.splice(Number(key), 1);
  else delete (value as Record<string, unknown>)[key];
}
