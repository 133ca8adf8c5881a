import type { PreparedRecord, Schema } from "./records.ts";
import { phonetic } from "./strings.ts";
import type { ColumnKind, PreparedValue } from "./values.ts";

/**
 * Something two records may have in common. It reads a pool of columns, so that exchanged names or address
 * lines still meet, and gives any number of values. JSON-serialisable.
 */
export interface Feature {
  /** Column indices. */
  readonly columns: readonly number[];
  readonly part: FeaturePart;
  /** All columns of the pool are needed and give one value together, whichever is which. */
  readonly joined?: true;
}

export type FeaturePart =
  | "whole"
  | "sound"
  | "start"
  | "end"
  | "word"
  | "local"
  | "last7"
  | "year"
  | "monthDay"
  | "yearMonth"
  | "area";

const PARTS: Readonly<Record<ColumnKind, readonly FeaturePart[]>> = {
  name: ["whole", "sound", "start", "end"],
  line: ["whole", "start", "word"],
  text: ["whole", "start", "end"],
  email: ["whole", "local", "start"],
  phone: ["last7"],
  date: ["whole", "yearMonth", "monthDay", "year"],
  number: ["whole"],
  code: ["whole", "area"],
  category: ["whole"],
};

/** Parts of a first and a last name that are taken together. */
const JOINED_NAMES: readonly FeaturePart[] = ["sound", "start", "end"];

/** Every feature that the columns of a schema offer. */
export function featuresOf(schema: Schema): Feature[] {
  const pooled = new Set(schema.exchangeable.map(([, second]) => second));
  return schema.columns.flatMap(({ kind }, column) => {
    if (pooled.has(column)) return [];
    const partner = schema.exchangeable.find(([first]) => first === column)?.[1];
    const columns = partner === undefined ? [column] : [column, partner];
    const features: Feature[] = PARTS[kind].map((part) => ({ columns, part }));
    if (kind !== "name" || partner === undefined) return features;
    return [...features, ...JOINED_NAMES.map((part) => ({ columns, part, joined: true as const }))];
  });
}

/** The values a record has of a feature, without repeats. */
export function featureValues(feature: Feature, record: PreparedRecord): string[] {
  if (feature.joined === true) return joinedValue(feature, record);
  const values = feature.columns.flatMap((column) => {
    const value = record.values[column];
    return value === undefined ? [] : partsOf(feature.part, value);
  });
  return values.length < 2 ? values : [...new Set(values)];
}

function joinedValue({ columns, part }: Feature, record: PreparedRecord): string[] {
  const values = columns.map((column) => record.values[column]);
  const parts = values.flatMap((value) =>
    value === undefined ? [] : partsOf(part, value).slice(0, 1),
  );
  return parts.length < columns.length ? [] : [parts.toSorted().join(" ")];
}

function partsOf(part: FeaturePart, value: PreparedValue): string[] {
  const text = value.squashed;
  switch (part) {
    case "whole":
      return [text];
    case "sound":
      return [phonetic(text) || text];
    case "start":
      return [text.slice(0, 4)];
    case "end":
      return text.length < 4 ? [] : [text.slice(-4)];
    case "word":
      return value.words.filter((word) => word.length >= 4);
    case "local":
      return [text.slice(0, Math.max(0, text.lastIndexOf("@"))) || text];
    case "last7":
      return [text.slice(-7)];
    case "year":
      return [text.slice(0, 4)];
    case "yearMonth":
      return [text.slice(0, 6)];
    case "monthDay":
      return [text.slice(4)];
    case "area":
      return text.length < 4 ? [] : [text.slice(0, 3)];
  }
}
