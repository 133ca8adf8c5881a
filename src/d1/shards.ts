/**
 * D1 over several databases behind one: what is a visitor's or a person's lies in the shard that its id falls to; what is
 * asked by something else (the identifier index, the log of merges, policies, settings) lies in `DB`, which may be a shard
 * itself. With one database all of this is that one, and nothing is gone around.
 */
import type { VisitorId } from "../domain/ids.ts";

/** Databases by their bindings, and which of them are the shards. */
export interface Layout {
  /** Bindings of the shards, in their order, which never changes: what lies where depends on it. */
  readonly names: readonly string[];
  /** All that are bound, in use or not. */
  readonly bound: ReadonlyMap<string, D1Database>;
}

/** `DB`, which knows the others. */
export class ShardedDatabase implements D1Database {
  readonly shards: readonly D1Database[];
  readonly layout: Layout;
  readonly first: D1Database;

  constructor(layout: Layout) {
    this.layout = layout;
    this.first = named(layout, FIRST);
    this.shards = layout.names.map((name) => named(layout, name));
  }

  prepare(query: string): D1PreparedStatement {
    return this.first.prepare(query);
  }

  batch<T = unknown>(statements: D1PreparedStatement[]): Promise<D1Result<T>[]> {
    return this.first.batch<T>(statements);
  }

  exec(query: string): Promise<D1ExecResult> {
    return this.first.exec(query);
  }

  withSession(constraint?: D1SessionBookmark | D1SessionConstraint): D1DatabaseSession {
    return this.first.withSession(constraint);
  }

  dump(): Promise<ArrayBuffer> {
    return this.first.dump();
  }
}

/** Where what isn't a visitor's lies. */
export const FIRST = "DB";

/** @throws Error when nothing is bound by that name */
export function named({ bound }: Layout, name: string): D1Database {
  const db = bound.get(name);
  if (!db) throw new Error(`${name} isn't bound`);
  return db;
}

export const layoutOf = (db: D1Database): Layout =>
  db instanceof ShardedDatabase ? db.layout : { names: [FIRST], bound: new Map([[FIRST, db]]) };

export const shardsOf = (db: D1Database): readonly D1Database[] =>
  db instanceof ShardedDatabase ? db.shards : [db];

const firstOf = (db: D1Database): D1Database => (db instanceof ShardedDatabase ? db.first : db);

/** `DB` and the shards, each once. */
export const databasesOf = (db: D1Database): D1Database[] => [
  ...new Set([firstOf(db), ...shardsOf(db)]),
];

/** Where this visitor's rows lie, and those of the person that has its name. */
export function shardOf(db: D1Database, id: VisitorId): D1Database {
  const shards = shardsOf(db);
  return shards[shards.length === 1 ? 0 : placeOf(id, shards.length)] as D1Database;
}

/**
 * The database with the highest draw (rendezvous hashing): a further database takes its share from each of the others,
 * and nothing moves between those that were there. The draw of an id and a place is FNV-1a with a final mix.
 */
export function placeOf(id: string, count: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  let [best, highest] = [0, -1];
  for (let place = 0; place < count; place++) {
    const draw = mixed(hash ^ Math.imul(place + 1, 0x9e3779b9));
    if (draw > highest) [best, highest] = [place, draw];
  }
  return best;
}

function mixed(hash: number): number {
  let bits = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** Each database with what lies in it. */
export function byShard<T>(
  db: D1Database,
  items: readonly T[],
  idOf: (item: T) => VisitorId,
): Map<D1Database, T[]> {
  if (items.length === 0) return new Map();
  const shards = shardsOf(db);
  if (shards.length === 1) return new Map([[shardOf(db, "" as VisitorId), [...items]]]);
  return Map.groupBy(items, (item) => shardOf(db, idOf(item)));
}

/** Asks every database; the answers in their order. */
export const overShards = <T>(
  db: D1Database,
  ask: (shard: D1Database) => Promise<T>,
): Promise<T[]> => Promise.all(shardsOf(db).map(ask));

/** What some statements of a batch were answered, once it has run. */
export interface Answered {
  rows<T>(): T[];
  /** Rows that they inserted, changed or removed. */
  changes(): number;
}

/** Statements for several databases: one transaction in each, the first database's before the others'. */
export class Batches {
  private readonly first: D1Database;
  private readonly by = new Map<D1Database, D1PreparedStatement[]>();
  private answers = new Map<D1Database, D1Result[]>();

  constructor(db: D1Database) {
    this.first = firstOf(db);
  }

  add(db: D1Database, statements: readonly D1PreparedStatement[]): Answered {
    const at = firstOf(db);
    const known = this.by.get(at) ?? [];
    this.by.set(at, known);
    const from = known.length;
    known.push(...statements);
    const answers = (): D1Result[] =>
      (this.answers.get(at) ?? []).slice(from, from + statements.length);
    return {
      rows: <T>() => answers().flatMap(({ results }) => results as T[]),
      changes: () => answers().reduce((sum, { meta }) => sum + meta.changes, 0),
    };
  }

  async run(): Promise<void> {
    const run = async (db: D1Database, statements: D1PreparedStatement[]): Promise<void> => {
      if (statements.length > 0) this.answers.set(db, await db.batch(statements));
    };
    await run(this.first, this.by.get(this.first) ?? []);
    await Promise.all(
      [...this.by].map(([db, statements]) => (db === this.first ? null : run(db, statements))),
    );
  }
}

/** Asks one database for the rows of a statement. */
export const asking =
  <T>(sql: string, ...values: readonly (string | number)[]) =>
  async (shard: D1Database): Promise<T[]> =>
    (
      await shard
        .prepare(sql)
        .bind(...values)
        .all<T>()
    ).results;

/** Asks one database for the number that a statement gives as `rows`. */
export const counting =
  (sql: string, ...values: readonly (string | number)[]) =>
  async (shard: D1Database): Promise<number> =>
    (await shard
      .prepare(sql)
      .bind(...values)
      .first<number>("rows")) ?? 0;

/** Rows of all databases in one order, at most so many: each database gives its first ones in that order. */
export async function gather<T>(
  db: D1Database,
  ask: (shard: D1Database) => Promise<readonly T[]>,
  compare: (a: T, b: T) => number,
  limit = Infinity,
): Promise<T[]> {
  const [first = [], ...others] = await overShards(db, ask);
  return others.length === 0
    ? [...first]
    : [first, ...others].flat().toSorted(compare).slice(0, limit);
}

export const total = async (
  db: D1Database,
  count: (shard: D1Database) => Promise<number>,
): Promise<number> => (await overShards(db, count)).reduce((a, b) => a + b, 0);

/** Compares by the first of these parts that differ; texts as SQLite does, by their code units. */
export const byParts =
  <T>(...parts: ((row: T) => string | number)[]) =>
  (a: T, b: T): number => {
    for (const part of parts) {
      const [x, y] = [part(a), part(b)];
      if (x !== y) return x < y ? -1 : 1;
    }
    return 0;
  };
