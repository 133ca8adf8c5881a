import { int, pack, TCF_PARTS, writeTcf, type Vendors } from "./strings.ts";

/** Strings made to be taken for consent, to break a reader, or to burn its time. The same seed makes the same ones. */

export interface Hostile {
  readonly kind: string;
  readonly text: string;
}

/** What a cookie holds. */
const COOKIE = 4_096;

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** A small seeded generator (mulberry32): numbers in [0, 1). */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A TC string that grants everything and is valid on 2026-11-22, as bait to cut and bend. */
export const GRANTS_ALL = writeTcf({
  ...TCF_PARTS,
  vendorConsents: { ranges: [[1, 900]], asRanges: false },
  publisher: { consents: TCF_PARTS.consents, custom: 0 },
});

const GPP_FINE = "DBACLMA~CEAgAAAAAABA.QA~BEgAABA";

/** Bombs: each as large as a cookie, or as costly as a small one can be made. */
export const BOMBS: readonly Hostile[] = [
  {
    kind: "bomb: overlapping ranges of all vendors",
    text: rangeBomb(Array.from({ length: 700 }, () => [1, 65_535] as const)),
  },
  {
    kind: "bomb: ranges that run backwards",
    text: rangeBomb(Array.from({ length: 700 }, (_, at) => [9_000 - at, 65_535] as const)),
  },
  { kind: "bomb: one range of all vendors", text: rangeBomb([[1, 65_535]]) },
  {
    kind: "bomb: a bit for every vendor there could be",
    text: writeTcf({ ...TCF_PARTS, vendorConsents: { ranges: [[1, 22_000]], asRanges: false } }),
  },
  {
    kind: "bomb: ascending ranges, and the last one is cut",
    text: `${rangeBomb(ascending(1_250)).slice(0, COOKIE - 40)}.IAAo`,
  },
  { kind: "bomb: restrictions without end", text: restrictionBomb() },
  { kind: "bomb: dots", text: `${GRANTS_ALL.split(".")[0]}${".".repeat(3_000)}` },
  { kind: "bomb: only dots", text: ".".repeat(COOKIE) },
  { kind: "bomb: tildes", text: `DBABLA${"~".repeat(COOKIE - 6)}` },
  {
    kind: "bomb: a header of Fibonacci ranges",
    text: `${pack(`000011000001${"1".repeat(12)}${"1000000011000000011".repeat(1_200)}`)}~BVQq`,
  },
  { kind: "bomb: a Fibonacci number without end", text: `DBAB${"A".repeat(4_000)}~BVQq` },
  { kind: "bomb: sections within sections", text: `DBABLA~${"BVQqAAAACg.".repeat(370)}` },
  { kind: "bomb: deep JSON", text: "[".repeat(COOKIE) },
  { kind: "bomb: deep JSON, encoded", text: "%5B".repeat(1_365) },
  {
    kind: "bomb: many services",
    text: encodeURIComponent(
      `{${Array.from({ length: 220 }, (_, at) => `"${at}":true`).join(",")}}`,
    ),
  },
  { kind: "bomb: percent signs", text: "%".repeat(COOKIE) },
  {
    kind: "bomb: a literal that never closes",
    text: encodeURIComponent(`{stamp:'${"{,statistics:".repeat(200)}`),
  },
  { kind: "bomb: groups without end", text: `groups=${"C0002%3A1%2C".repeat(330)}` },
  { kind: "bomb: commas", text: ",".repeat(8_192) },
  { kind: "bomb: a megabyte", text: "C".repeat(1_000_000) },
];

function ascending(count: number): Vendors["ranges"] {
  return Array.from({ length: count }, (_, at) => [at * 3 + 1, at * 3 + 2] as const);
}

function rangeBomb(ranges: Vendors["ranges"]): string {
  return writeTcf({ ...TCF_PARTS, vendorConsents: { ranges, asRanges: true } });
}

/** A core whose publisher restrictions claim 4,095 entries of 4,095 ranges each. */
function restrictionBomb(): string {
  const core = writeTcf({ ...TCF_PARTS, disclosed: null });
  const restriction = `${int(2, 6)}${int(1, 2)}${int(1, 12)}1${int(1, 16)}${int(8_000, 16)}`;
  // 247 bits of core before the count of restrictions, where both vendor lists are empty.
  const bits = [...core].map((letter) => int(BASE64.indexOf(letter), 6)).join("");
  return `${pack(`${bits.slice(0, 247)}${"1".repeat(12)}${restriction.repeat(440)}`)}.IAAo`;
}

/** So many hostile strings: random ones, cut and bent valid ones, and the bombs. */
export function hostile(count: number, seed: number): Hostile[] {
  const random = generator(seed);
  const upTo = (max: number): number => Math.floor(random() * max);
  const makers = [
    (): Hostile => ({
      kind: "random base64url",
      text: letters(1 + upTo(300), () => BASE64[upTo(64)] ?? "A"),
    }),
    (): Hostile => ({
      kind: "random characters",
      text: letters(1 + upTo(200), () => String.fromCharCode(upTo(0x250))),
    }),
    (): Hostile => ({
      kind: "random after a real beginning",
      text: GRANTS_ALL.slice(0, 10 + upTo(40)) + letters(upTo(200), () => BASE64[upTo(64)] ?? "A"),
    }),
    (): Hostile => ({ kind: "cut TC string", text: cut(upTo) }),
    (): Hostile => ({
      kind: "TC string with a foreign character",
      text: bend(GRANTS_ALL, upTo, () => "=+/ %\u0000~é"[upTo(8)] ?? "="),
    }),
    (): Hostile => ({
      kind: "cut GPP string",
      text: GPP_FINE.slice(0, 1 + upTo(GPP_FINE.length - 1)),
    }),
    (): Hostile => ({
      kind: "bent GPP string",
      text: bend(GPP_FINE, upTo, () => BASE64[upTo(64)] ?? "A"),
    }),
    (): Hostile => ({ kind: "yes in other words", text: WORDS[upTo(WORDS.length)] ?? "yes" }),
  ];
  const made = Array.from({ length: count - BOMBS.length }, (_, at) =>
    (makers[at % makers.length] ?? makers[0]!)(),
  );
  return [...BOMBS, ...made];
}

const WORDS = [
  "yes",
  "true",
  "1",
  "granted",
  "all",
  "accept",
  "YYYY",
  "1YNN ",
  "{}",
  "[]",
  "null",
  "undefined",
  "{measurement:true}",
  "['measurement']",
  '"measurement"',
  "measurement=true",
  "measurement",
  "1_measurement.yes",
  "__proto__",
  "constructor",
  '{"__proto__":{"measurement":true}}',
] as const;

function letters(length: number, letter: () => string): string {
  return Array.from({ length }, letter).join("");
}

/** Cut inside its core, where the cut always loses something that counts. */
function cut(upTo: (max: number) => number): string {
  const core = GRANTS_ALL.split(".")[0] ?? "";
  return core.slice(0, upTo(core.length - 3));
}

function bend(text: string, upTo: (max: number) => number, letter: () => string): string {
  const at = upTo(text.length);
  return text.slice(0, at) + letter() + text.slice(at + 1);
}
