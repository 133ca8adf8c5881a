/** What an officer sees of two records: what differs in full, what is the same masked, since that it is says enough. */
import { prepareRecord } from "../matching/index.ts";
import { FACT_NAMES, FACT_SCHEMA, type FactName, type Facts } from "./facts.ts";

export interface Difference {
  field: FactName;
  /** Null where that side says nothing. */
  a: string | null;
  b: string | null;
  same: boolean;
}

/** One line a fact that either side has. */
export function differencesOf(a: Facts, b: Facts): Difference[] {
  const [left, right] = [a, b].map(
    (fields) => prepareRecord(FACT_SCHEMA, { id: "", fields }).values,
  );
  return FACT_NAMES.flatMap((field, column): Difference[] => {
    const [x, y] = [a[field] ?? null, b[field] ?? null];
    if (x === null && y === null) return [];
    const text = left?.[column]?.text;
    const same = text !== undefined && text === right?.[column]?.text;
    const shown = (value: string | null): string | null =>
      value !== null && same ? masked(field, value) : value;
    return [{ field, a: shown(x), b: shown(y), same }];
  });
}

/** `jane@example.org` → `j…@example.org`, `1990-05-17` → `1990-…`, `Doe` → `D…`. Places are no secret of one person. */
export function masked(field: FactName, value: string): string {
  switch (field) {
    case "email":
      return `${value.slice(0, 1)}…${value.slice(Math.max(1, value.lastIndexOf("@")))}`;
    case "phone":
      return `…${value.slice(-2)}`;
    case "birthday":
      return /^\d{4}/.test(value) ? `${value.slice(0, 4)}-…` : "…";
    case "firstName":
    case "lastName":
    case "street":
      return `${value.slice(0, 1)}…`;
    case "gender":
    case "city":
    case "postalCode":
    case "state":
    case "country":
    case "company":
      return value;
  }
}
