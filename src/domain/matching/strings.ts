/** String measures used by the comparators. All are symmetric and work on already normalised text. */

/**
 * Jaro–Winkler similarity, 0 (nothing in common) to 1 (equal).
 * Source: Winkler, "String Comparator Metrics and Enhanced Decision Rules" (1990); prefix scale 0.1, at most 4 letters.
 */
export function jaroWinkler(a: string, b: string): number {
  if (a === b) return 1;
  const jaro = jaroSimilarity(a, b);
  let prefix = 0;
  while (prefix < 4 && prefix < a.length && prefix < b.length && a[prefix] === b[prefix]) prefix++;
  return jaro + prefix * 0.1 * (1 - jaro);
}

function jaroSimilarity(a: string, b: string): number {
  if (a.length === 0 || b.length === 0) return 0;
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const takenInB = new Uint8Array(b.length);
  const matchedOfA: number[] = [];
  for (let i = 0; i < a.length; i++) {
    const letter = a.charCodeAt(i);
    const last = Math.min(b.length - 1, i + reach);
    for (let j = Math.max(0, i - reach); j <= last; j++) {
      if (takenInB[j] === 1 || b.charCodeAt(j) !== letter) continue;
      takenInB[j] = 1;
      matchedOfA.push(letter);
      break;
    }
  }
  const matches = matchedOfA.length;
  if (matches === 0) return 0;
  let outOfOrder = 0;
  for (let j = 0, k = 0; j < b.length; j++) {
    if (takenInB[j] !== 1) continue;
    if (b.charCodeAt(j) !== matchedOfA[k]) outOfOrder++;
    k++;
  }
  return (matches / a.length + matches / b.length + (matches - outOfOrder / 2) / matches) / 3;
}

/**
 * Edit distance with transpositions of neighbours (optimal string alignment), or `limit + 1` as soon as it is
 * known to exceed `limit`.
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (a === b) return 0;
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let start = 0;
  while (start < a.length && start < b.length && a.charCodeAt(start) === b.charCodeAt(start))
    start++;
  let [endOfA, endOfB] = [a.length, b.length];
  while (
    endOfA > start &&
    endOfB > start &&
    a.charCodeAt(endOfA - 1) === b.charCodeAt(endOfB - 1)
  ) {
    endOfA--;
    endOfB--;
  }
  const [left, right] = [endOfA - start, endOfB - start];
  if (left === 0 || right === 0) return Math.min(left + right, limit + 1);
  if (left > right + limit || right > left + limit) return limit + 1;
  if (limit === 1) return isOneEdit(a, b, start, left, right) ? 1 : 2;
  return Math.min(
    alignedDistance(a.slice(start, endOfA), b.slice(start, endOfB), limit),
    limit + 1,
  );
}

/** Whether what differs, `left` letters of a and `right` of b from `start`, is one letter or two exchanged neighbours. */
function isOneEdit(a: string, b: string, start: number, left: number, right: number): boolean {
  if (left === 1 && right === 1) return true;
  return (
    left === 2 &&
    right === 2 &&
    a.charCodeAt(start) === b.charCodeAt(start + 1) &&
    a.charCodeAt(start + 1) === b.charCodeAt(start)
  );
}

function alignedDistance(a: string, b: string, limit: number): number {
  const width = b.length + 1;
  let beforeLast = new Uint8Array(width);
  let last = Uint8Array.from({ length: width }, (_, j) => j);
  let row = new Uint8Array(width);
  for (let i = 1; i <= a.length; i++) {
    row[0] = i;
    let least = i;
    for (let j = 1; j < width; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let cost = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (
        i > 1 &&
        j > 1 &&
        a.charCodeAt(i - 1) === b.charCodeAt(j - 2) &&
        a.charCodeAt(i - 2) === b.charCodeAt(j - 1)
      ) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row[j] = Math.min(cost, 255);
      if (cost < least) least = cost;
    }
    if (least > limit) return limit + 1;
    [beforeLast, last, row] = [last, row, beforeLast];
  }
  return last[b.length] ?? 0;
}

/** The different letter pairs of a text as sorted numbers; the input of `dice`. */
export function bigrams(text: string): Uint32Array {
  const grams = new Set<number>();
  for (let i = 1; i < text.length; i++)
    grams.add(text.charCodeAt(i - 1) * 65_536 + text.charCodeAt(i));
  return Uint32Array.from(grams).sort();
}

/** Sørensen–Dice overlap of two sorted sets, 0 to 1; two empty sets have nothing in common. */
export function dice(a: Uint32Array, b: Uint32Array): number {
  if (a.length + b.length === 0) return 0;
  let shared = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [x, y] = [a[i] as number, b[j] as number];
    if (x === y) shared++;
    if (x <= y) i++;
    if (y <= x) j++;
  }
  return (2 * shared) / (a.length + b.length);
}

/** 32 bits that stand for a set of numbers: sets whose bits differ in k places differ in at least k members. */
export function memberBits(members: Uint32Array): number {
  let bits = 0;
  for (const member of members)
    bits |= 1 << (Math.imul(member ^ (member >>> 15), 0x9e37_79b1) >>> 27);
  return bits;
}

/**
 * Which letters occur, as 32 bits. One edit changes at most two of them, so two texts whose bits differ in more
 * than 2k places are more than k edits apart: a cheap refusal before the real measure.
 */
export function letterBits(text: string): number {
  let bits = 0;
  for (let i = 0; i < text.length; i++) bits |= 1 << (text.charCodeAt(i) & 31);
  return bits;
}

/** How many bits differ. */
export function differingBits(a: number, b: number): number {
  return bitCount(a ^ b);
}

/** How many bits are set. */
export function bitCount(bits: number): number {
  let x = bits;
  x -= (x >>> 1) & 0x5555_5555;
  x = (x & 0x3333_3333) + ((x >>> 2) & 0x3333_3333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/**
 * A rough sound of a name: first letter, then consonant classes without vowels and repeats (Soundex classes,
 * not cut to four places), with digraphs that spell one sound folded first.
 */
export function phonetic(text: string): string {
  const folded = text
    .replace(/[^a-z]/g, "")
    .replace(/ph/g, "f")
    .replace(/^(kn|gn)/, "n")
    .replace(/^wr/, "r")
    .replace(/^c(?=[aou])/, "k");
  let code = folded.slice(0, 1);
  let previous = soundClass(code);
  for (const letter of folded.slice(1)) {
    const current = soundClass(letter);
    if (current !== "" && current !== previous) code += current;
    if (letter !== "h" && letter !== "w") previous = current;
  }
  return code;
}

function soundClass(letter: string): string {
  return SOUND_CLASSES[letter] ?? "";
}

const SOUND_CLASSES: Readonly<Record<string, string>> = {
  b: "1",
  f: "1",
  p: "1",
  v: "1",
  c: "2",
  g: "2",
  j: "2",
  k: "2",
  q: "2",
  s: "2",
  x: "2",
  z: "2",
  d: "3",
  t: "3",
  l: "4",
  m: "5",
  n: "5",
  r: "6",
};
