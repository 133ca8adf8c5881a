import type { PartialDate } from "./dates.ts";
import { areNicknames } from "./nicknames.ts";
import { bitCount, dice, differingBits, editDistance, jaroWinkler } from "./strings.ts";
import type { ColumnKind, PreparedValue } from "./values.ts";

/**
 * How two values of a kind agree. A level is an index into `levels`, 0 the same, the last one different;
 * the words finish the sentence "the e-mail is …".
 */
export interface Comparator {
  readonly levels: readonly string[];
  /** From this level on the values count as different: chance alone brings pairs there. */
  readonly differentFrom: number;
  /** Symmetric; called only for values whose texts differ. */
  readonly compare: (a: PreparedValue, b: PreparedValue) => number;
}

const name: Comparator = {
  levels: [
    "the same",
    "one slip apart",
    "a short form or a part of the other",
    "nearly the same",
    "similar",
    "different",
  ],
  differentFrom: 5,
  compare(a, b) {
    if (withinEdits(a, b, 1)) return 1;
    if (areNicknames(a.text, b.text) || isShortForm(a, b) || isShortForm(b, a) || shareAWord(a, b))
      return 2;
    const similarity = similarityOf(a, b, 0.8);
    if (similarity >= 0.9 || (shorter(a, b) >= 5 && withinEdits(a, b, 2))) return 3;
    return similarity >= 0.8 ? 4 : 5;
  },
};

const text: Comparator = {
  levels: [
    "the same",
    "one slip apart",
    "nearly the same",
    "partly the same",
    "similar",
    "different",
  ],
  differentFrom: 4,
  compare(a, b) {
    if (withinEdits(a, b, 1)) return 1;
    const length = shorter(a, b);
    if (length >= 5 && withinEdits(a, b, length >= 10 ? 3 : 2)) return 2;
    const overlap = overlapOf(a, b);
    if (overlap >= 0.8) return 2;
    if (overlap >= 0.6 || (overlap >= 0.3 && shareAWord(a, b))) return 3;
    return overlap >= 0.4 || similarityOf(a, b, 0.82) >= 0.82 ? 4 : 5;
  },
};

const email: Comparator = {
  levels: [
    "the same",
    "one slip apart",
    "nearly the same",
    "the same before the @",
    "similar",
    "different",
  ],
  differentFrom: 5,
  compare(a, b) {
    if (withinEdits(a, b, 1)) return 1;
    const overlap = overlapOf(a, b);
    if (withinEdits(a, b, 3) || overlap >= 0.75) return 2;
    const [localOfA, localOfB] = [localPart(a.text), localPart(b.text)];
    if (localOfA.length >= 4 && localOfA === localOfB) return 3;
    return overlap >= 0.55 || jaroWinkler(localOfA, localOfB) >= 0.9 ? 4 : 5;
  },
};

const phone: Comparator = {
  levels: [
    "the same",
    "the same but for its prefix",
    "one slip apart",
    "nearly the same",
    "different",
  ],
  differentFrom: 4,
  compare(a, b) {
    if (shorter(a, b) >= 7 && a.text.slice(-7) === b.text.slice(-7)) return 1;
    if (withinEdits(a, b, 1)) return 2;
    return shorter(a, b) >= 7 && withinEdits(a, b, 2) ? 3 : 4;
  },
};

const date: Comparator = {
  levels: [
    "the same",
    "one slip apart",
    "the same but for one part",
    "in the same year",
    "within a year",
    "within ten years",
    "different",
  ],
  differentFrom: 5,
  compare(a, b) {
    if (a.date === undefined || b.date === undefined)
      return withinEdits(a, b, 1) ? 1 : withinEdits(a, b, 2) ? 2 : 6;
    if (isDateSlip(a.date, b.date) || withinEdits(a, b, 1)) return 1;
    const sameYear = a.date.year === b.date.year;
    const sameParts =
      Number(sameYear) + Number(a.date.month === b.date.month) + Number(a.date.day === b.date.day);
    if (sameParts === 2 || withinEdits(a, b, 2)) return 2;
    if (sameYear) return 3;
    const days = Math.abs((a.day ?? 0) - (b.day ?? 0));
    return days <= 366 ? 4 : days <= 3653 ? 5 : 6;
  },
};

const number: Comparator = {
  levels: ["the same", "one slip apart", "partly the same", "different"],
  differentFrom: 3,
  compare(a, b) {
    if (shorter(a, b) >= 2 && withinEdits(a, b, 1)) return 1;
    return shareAWord(a, b) || withinEdits(a, b, 1) || sameLetters(a, b) ? 2 : 3;
  },
};

const code: Comparator = {
  levels: ["the same", "one slip apart", "in the same area", "partly the same", "different"],
  differentFrom: 3,
  compare(a, b) {
    if (withinEdits(a, b, 1)) return 1;
    if (shorter(a, b) >= 4 && a.squashed.slice(0, 3) === b.squashed.slice(0, 3)) return 2;
    return withinEdits(a, b, 2) || a.squashed.slice(0, 2) === b.squashed.slice(0, 2) ? 3 : 4;
  },
};

const category: Comparator = {
  levels: ["the same", "one slip apart", "different"],
  differentFrom: 2,
  compare: (a, b) => (shorter(a, b) >= 2 && withinEdits(a, b, 1) ? 1 : 2),
};

const COMPARATORS: Readonly<Record<ColumnKind, Comparator>> = {
  name,
  line: text,
  text,
  email,
  phone,
  date,
  number,
  code,
  category,
};

/** The comparator of a kind. */
export function comparatorOf(kind: ColumnKind): Comparator {
  return COMPARATORS[kind];
}

/** The level at which two values agree. */
export function agreementLevel(kind: ColumnKind, a: PreparedValue, b: PreparedValue): number {
  return a.text === b.text ? 0 : COMPARATORS[kind].compare(a, b);
}

function shorter(a: PreparedValue, b: PreparedValue): number {
  return Math.min(a.squashed.length, b.squashed.length);
}

function withinEdits(a: PreparedValue, b: PreparedValue, limit: number): boolean {
  if (differingBits(a.bits, b.bits) > 2 * limit) return false;
  return editDistance(a.squashed, b.squashed, limit) <= limit;
}

/** Jaro–Winkler, or 0 where the letters that occur already rule out `least`. */
function similarityOf(a: PreparedValue, b: PreparedValue, least: number): number {
  const [lengthOfA, lengthOfB] = [a.squashed.length, b.squashed.length];
  const matchable = Math.min(
    lengthOfA - bitCount(a.bits & ~b.bits),
    lengthOfB - bitCount(b.bits & ~a.bits),
  );
  const jaro = (matchable / lengthOfA + matchable / lengthOfB + 1) / 3;
  const most = a.squashed[0] === b.squashed[0] ? jaro + 0.4 * (1 - jaro) : jaro;
  return most < least ? 0 : jaroWinkler(a.squashed, b.squashed);
}

/** Dice overlap of letter pairs, or 0 where it is certainly below 0.3. */
function overlapOf(a: PreparedValue, b: PreparedValue): number {
  const shareable = Math.min(
    a.grams.length - bitCount(a.gramBits & ~b.gramBits),
    b.grams.length - bitCount(b.gramBits & ~a.gramBits),
  );
  return 2 * shareable < 0.3 * (a.grams.length + b.grams.length) ? 0 : dice(a.grams, b.grams);
}

/** An initial, or the first three letters or more, of the other's first word. */
function isShortForm(short: PreparedValue, long: PreparedValue): boolean {
  const length = short.squashed.length;
  return (
    length < long.squashed.length &&
    (length === 1 || length >= 3) &&
    long.squashed.startsWith(short.squashed)
  );
}

function shareAWord(a: PreparedValue, b: PreparedValue): boolean {
  if (a.words.length === 1 && b.words.length === 1) return false;
  return a.words.some((word) => (word.length >= 3 || /^\d+$/.test(word)) && b.words.includes(word));
}

function sameLetters(a: PreparedValue, b: PreparedValue): boolean {
  return (
    a.squashed.length === b.squashed.length &&
    a.bits === b.bits &&
    [...a.squashed].sort().join("") === [...b.squashed].sort().join("")
  );
}

function localPart(address: string): string {
  const end = address.lastIndexOf("@");
  return end < 0 ? address : address.slice(0, end);
}

/** Day and month exchanged, or a date of which only the year (or year and month) is known. */
function isDateSlip(a: PartialDate, b: PartialDate): boolean {
  if (a.year !== b.year) return false;
  return (
    (a.month === b.day && a.day === b.month) ||
    (a.month === b.month && (a.day === 0 || b.day === 0)) ||
    a.month === 0 ||
    b.month === 0
  );
}
