/**
 * Moving a visitor's rows from one database to another (resharding.ts): a page of a table at a time, in the order of its key.
 * Meanwhile a table is locked in the database itself, so that whoever still knows the old shards can't write there.
 */
import { getTableConfig, type SQLiteTable } from "drizzle-orm/sqlite-core";
import { receipts } from "./schema-consent.ts";
import { events, hints, people, rollups, tables, tombstones } from "./schema.ts";
import { placeOf } from "./shards.ts";
import { chunks, fields } from "./statements.ts";

export interface MovedTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly key: readonly string[];
  /** Where in a row the id is by which it has its place. */
  readonly idAt: number;
}

function moved(table: SQLiteTable, by: string): MovedTable {
  const { name, columns, primaryKeys } = getTableConfig(table);
  const names = columns.map((column) => column.name);
  const whole = primaryKeys[0]?.columns ?? columns.filter(({ primary }) => primary);
  const key = whole.map((column) => column.name);
  return { name, columns: names, key, idAt: names.indexOf(by) };
}

/** Those that lie with the visitor, or the person of that name. */
export const MOVED: readonly MovedTable[] = [
  moved(events, "visitor"),
  moved(hints, "visitor"),
  moved(receipts, "visitor"),
  moved(people, "id"),
];

/** All of them lie in `DB`, and those of its own visitors in each shard as well. */
export const TOMBSTONES: MovedTable = moved(tombstones, "visitor");

/** Figures of a day, of whom nobody can say any more whose they are. */
export const FIGURES: MovedTable = moved(rollups, "value");

/** What a shard has rows of. */
export const IN_SHARDS: readonly MovedTable[] = [...MOVED, TOMBSTONES, FIGURES];

/** Those that lie in `DB` alone. */
export const IN_FIRST: readonly string[] = tables
  .map((table) => getTableConfig(table).name)
  .filter((name) => !IN_SHARDS.some((each) => each.name === name));

export const tableNamed = (name: string): MovedTable =>
  IN_SHARDS.find((each) => each.name === name) as MovedTable;

type Value = string | number | null;
export type Row = readonly Value[];

/** As many as are read at once. A row may have 32 KB. */
const PAGE = 500;
/** As many as are removed by one statement, as by a sweep. */
const REMOVED_AT_ONCE = 5_000;

/** The rows after this key, which is empty at the beginning. */
export async function pageOf(
  db: D1Database,
  { name, columns, key }: MovedTable,
  after: readonly (string | number)[],
): Promise<Row[]> {
  const places = key.map((_, n) => `?${n + 1}`).join(", ");
  const from = after.length === 0 ? "" : `WHERE (${key.join(", ")}) > (${places})`;
  const sql = `SELECT ${columns.join(", ")} FROM ${name} ${from} ORDER BY ${key.join(", ")} LIMIT ${PAGE}`;
  return db
    .prepare(sql)
    .bind(...after)
    .raw<Value[]>();
}

/** Null when no page can follow. */
export const keyAfter = (
  { columns, key }: MovedTable,
  page: readonly Row[],
): (string | number)[] | null =>
  page.length < PAGE
    ? null
    : key.map((column) => page.at(-1)?.[columns.indexOf(column)] as string | number);

const OPS = ["INSERT", "UPDATE", "DELETE"] as const;
type Op = (typeof OPS)[number];

const locking = (db: D1Database, { name }: MovedTable, op: Op): D1PreparedStatement =>
  db.prepare(`CREATE TRIGGER IF NOT EXISTS moving_${name}_${op} BEFORE ${op} ON ${name}
    BEGIN SELECT RAISE(ABORT, 'rows are being moved to other databases'); END`);

const unlocking = (db: D1Database, { name }: MovedTable, op: Op): D1PreparedStatement =>
  db.prepare(`DROP TRIGGER IF EXISTS moving_${name}_${op}`);

export async function lock(db: D1Database, of: readonly MovedTable[]): Promise<void> {
  await db.batch(of.flatMap((table) => OPS.map((op) => locking(db, table, op))));
}

export async function unlock(db: D1Database, of: readonly MovedTable[]): Promise<void> {
  await db.batch(of.flatMap((table) => OPS.map((op) => unlocking(db, table, op))));
}

/** Runs statements on a locked table in one transaction; it is locked for everybody else all the time. */
export async function throughLock(
  db: D1Database,
  table: MovedTable,
  ops: readonly Op[],
  statements: readonly D1PreparedStatement[],
): Promise<D1Result[]> {
  const open = ops.map((op) => unlocking(db, table, op));
  const close = ops.map((op) => locking(db, table, op));
  const answers = await db.batch([...open, ...statements, ...close]);
  return answers.slice(open.length, open.length + statements.length);
}

/** Puts rows where they belong now. Those that are there stay as they are. */
export async function putRows(
  db: D1Database,
  table: MovedTable,
  rows: readonly Row[],
): Promise<void> {
  const { name, columns } = table;
  const sql = `INSERT INTO ${name} (${columns.join(", ")})
    SELECT ${fields(columns.length)} FROM json_each(?1) AS item WHERE true ON CONFLICT DO NOTHING`;
  const statements = chunks(rows).map((chunk) => db.prepare(sql).bind(chunk));
  if (statements.length > 0) await throughLock(db, table, ["INSERT"], statements);
}

/** Removes some rows of a table, whichever. False when none is left. */
export async function removeSome(db: D1Database, table: MovedTable): Promise<boolean> {
  const key = table.key.join(", ");
  const sql = `DELETE FROM ${table.name} WHERE (${key}) IN (
    SELECT ${key} FROM ${table.name} LIMIT ${REMOVED_AT_ONCE})`;
  const [answer] = await throughLock(db, table, ["DELETE"], [db.prepare(sql)]);
  return (answer?.meta.changes ?? 0) >= REMOVED_AT_ONCE;
}

/** Whether one of these tables has a row. */
export async function hasRows(db: D1Database, of: readonly MovedTable[]): Promise<boolean> {
  const each = of.map(({ name }) => `EXISTS (SELECT 1 FROM ${name})`);
  return (await db.prepare(`SELECT ${each.join(" OR ")} AS has`).first("has")) === 1;
}

/** To which of so many shards each row belongs. */
export const byPlace = (
  { idAt }: MovedTable,
  rows: readonly Row[],
  shards: number,
): Map<number, Row[]> => Map.groupBy(rows, (row) => placeOf(String(row[idAt]), shards));
