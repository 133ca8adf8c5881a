import { columnKind, prepareValue, type ColumnKind, type PreparedValue } from "./values.ts";

/** A record to be matched: its id and raw values by column name (Segment trait names, or any other). */
export interface SourceRecord {
  readonly id: string;
  readonly fields: Readonly<Record<string, string | undefined>>;
}

export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** Which columns are compared, and which pairs of columns people fill in the wrong way round. */
export interface Schema {
  readonly columns: readonly Column[];
  /** Column indices whose contents may be exchanged, such as first and last name. */
  readonly exchangeable: readonly (readonly [number, number])[];
}

/** A record whose values were read; `values` has one entry per column of the schema. */
export interface PreparedRecord {
  readonly id: string;
  readonly values: readonly (PreparedValue | undefined)[];
}

/** Columns that are never evidence: names of the record itself, and the answer where a file carries one. */
const NEVER_COMPARED: ReadonlySet<string> = new Set(["id", "truth"]);

const EXCHANGEABLE: readonly (readonly [string, string])[] = [
  ["firstName", "lastName"],
  ["street", "street2"],
];

/** At most this many records are looked at to tell a column's kind. */
const KIND_SAMPLE = 2_000;

/** The schema of a set of records: every column with at least two different values. */
export function inferSchema(records: readonly SourceRecord[]): Schema {
  const distinct = new Map<string, Set<string>>();
  for (const record of records) {
    for (const [name, value] of Object.entries(record.fields)) {
      if (NEVER_COMPARED.has(name) || value === undefined || value === "") continue;
      const values = distinct.get(name) ?? new Set<string>();
      if (values.size < 2) values.add(value);
      distinct.set(name, values);
    }
  }
  const names = [...distinct].filter(([, values]) => values.size >= 2).map(([name]) => name);
  const step = Math.max(1, Math.floor(records.length / KIND_SAMPLE));
  const sample = records.filter((_, index) => index % step === 0);
  const columns = names.map((name) => ({
    name,
    kind: columnKind(
      name,
      sample.map((record) => record.fields[name] ?? ""),
    ),
  }));
  const exchangeable = EXCHANGEABLE.map(([a, b]): [number, number] => [
    names.indexOf(a),
    names.indexOf(b),
  ]).filter(([a, b]) => a >= 0 && b >= 0);
  return { columns, exchangeable };
}

/** Reads many records by a schema; equal values share their memory. */
export function prepareRecords(schema: Schema, records: readonly SourceRecord[]): PreparedRecord[] {
  const cache: ValueCache = new Map();
  return records.map((record) => prepareRecord(schema, record, cache));
}

/** Reads a record by a schema. Pass one `cache` for many records, so that equal values share their memory. */
export function prepareRecord(
  schema: Schema,
  record: SourceRecord,
  cache?: ValueCache,
): PreparedRecord {
  const values = schema.columns.map(({ name, kind }) => {
    const raw = record.fields[name];
    if (cache === undefined || raw === undefined) return prepareValue(kind, raw);
    const key = `${kind}:${raw}`;
    if (!cache.has(key)) cache.set(key, prepareValue(kind, raw));
    return cache.get(key);
  });
  return { id: record.id, values };
}

type ValueCache = Map<string, PreparedValue | undefined>;
