import { approximateDay, dateDigits, parseDate, type PartialDate } from "./dates.ts";
import {
  foldCode,
  foldEmail,
  foldLine,
  foldName,
  foldPhone,
  foldText,
  isBlank,
} from "./normalise.ts";
import { bigrams, letterBits, memberBits } from "./strings.ts";

/** How the values of a column are read and compared. */
export type ColumnKind =
  | "name"
  | "line"
  | "text"
  | "email"
  | "phone"
  | "date"
  | "number"
  | "code"
  | "category";

/** A value read once and compared often. */
export interface PreparedValue {
  /** Normalised; two values are the same exactly when these are equal. */
  readonly text: string;
  /** Without blanks: "pridham street" and "pridhamstreet" agree. */
  readonly squashed: string;
  readonly words: readonly string[];
  readonly bits: number;
  /** Different letter pairs, sorted, and bits that stand for them. */
  readonly grams: Uint32Array;
  readonly gramBits: number;
  readonly date?: PartialDate;
  /** The date as a day number, for distances. */
  readonly day?: number;
}

/** Reads a raw value as its column's kind. Undefined: nothing was entered, which counts neither for nor against. */
export function prepareValue(kind: ColumnKind, raw: string | undefined): PreparedValue | undefined {
  if (isBlank(raw)) return undefined;
  const date = kind === "date" ? parseDate(raw) : undefined;
  const text = date === undefined ? fold(kind, raw) : dateDigits(date);
  if (text === "") return undefined;
  const squashed = text.replace(/ /g, "");
  const grams = bigrams(squashed);
  const value = {
    text,
    squashed,
    words: text.split(" "),
    bits: letterBits(squashed),
    grams,
    gramBits: memberBits(grams),
  };
  return date === undefined ? value : { ...value, date, day: approximateDay(date) };
}

function fold(kind: ColumnKind, raw: string): string {
  switch (kind) {
    case "name":
      return foldName(raw);
    case "line":
      return foldLine(raw);
    case "email":
      return foldEmail(raw);
    case "phone":
      return foldPhone(raw);
    case "code":
    case "category":
      return foldCode(raw);
    case "date":
    case "number":
    case "text":
      return foldText(raw);
  }
}

/**
 * The kind of a column: by its Segment trait name, else by what most of its values look like.
 * `samples` are raw values, empty ones included.
 */
export function columnKind(name: string, samples: readonly string[]): ColumnKind {
  const known = TRAIT_KINDS.get(name.toLowerCase().replace(/[^a-z0-9]/g, ""));
  if (known !== undefined) return known;
  const values = samples.filter((sample) => !isBlank(sample));
  const most = (looksRight: (value: string) => boolean) =>
    values.length > 0 && values.filter(looksRight).length > values.length * 0.8;
  if (most((value) => value.includes("@"))) return "email";
  if (
    most(
      (value) => /\d{4}/.test(value) && /\D/.test(value.trim()) && parseDate(value) !== undefined,
    )
  )
    return "date";
  if (most((value) => /^[\d\s.,+-]+$/.test(value))) return "number";
  if (new Set(values).size <= Math.max(2, values.length * 0.02)) return "category";
  if (most((value) => /\d/.test(value) && value.trim().length <= 12)) return "code";
  return "text";
}

const TRAIT_KINDS: ReadonlyMap<string, ColumnKind> = new Map<string, ColumnKind>([
  ["firstname", "name"],
  ["lastname", "name"],
  ["middlename", "name"],
  ["name", "name"],
  ["fullname", "name"],
  ["username", "text"],
  ["email", "email"],
  ["phone", "phone"],
  ["mobile", "phone"],
  ["birthday", "date"],
  ["birthdate", "date"],
  ["dateofbirth", "date"],
  ["streetnumber", "number"],
  ["street", "line"],
  ["street2", "line"],
  ["address", "line"],
  ["city", "text"],
  ["suburb", "text"],
  ["postalcode", "code"],
  ["zip", "code"],
  ["postcode", "code"],
  ["state", "category"],
  ["region", "category"],
  ["country", "category"],
  ["gender", "category"],
  ["company", "line"],
  ["title", "text"],
  ["age", "number"],
  ["website", "text"],
]);
