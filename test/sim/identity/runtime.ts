/**
 * The platform under the Worker's own code, in memory: a Durable Object's storage and alarm, and D1 on Node's SQLite with
 * the product's own migrations. Nothing of the product is rewritten here.
 */
import { readdirSync, readFileSync } from "node:fs";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

/** What `Host` and `Wakeup` use of `DurableObjectStorage`. */
export class MemoryStorage {
  private readonly map = new Map<string, unknown>();
  alarmAt: number | null = null;
  readonly kv = {
    get: (key: string): unknown => structuredClone(this.map.get(key)),
    put: (key: string, value: unknown): void => void this.map.set(key, structuredClone(value)),
    delete: (key: string): boolean => this.map.delete(key),
    list: ({ prefix }: { prefix: string }): [string, unknown][] =>
      [...this.map.keys()]
        .filter((key) => key.startsWith(prefix))
        .sort()
        .map((key) => [key, structuredClone(this.map.get(key))]),
  };
  transactionSync = (write: () => void): void => write();
  getAlarm = (): Promise<number | null> => Promise.resolve(this.alarmAt);
  setAlarm = (at: number): Promise<void> => {
    this.alarmAt = at;
    return Promise.resolve();
  };
}

type Row = Record<string, unknown>;

class Statement {
  readonly prepared: StatementSync;
  private readonly values: SQLInputValue[];

  constructor(prepared: StatementSync, values: SQLInputValue[] = []) {
    this.prepared = prepared;
    this.values = values;
  }

  bind(...values: SQLInputValue[]): Statement {
    return new Statement(this.prepared, values);
  }

  run(): { results: Row[] } {
    return { results: this.prepared.all(...this.values) };
  }

  all(): Promise<{ results: Row[] }> {
    return Promise.resolve(this.run());
  }

  raw(): Promise<unknown[][]> {
    return Promise.resolve(this.run().results.map((row) => Object.values(row)));
  }
}

const MIGRATIONS = new URL("../../../migrations/", import.meta.url);

/** As much of D1 as the index and the ledger use. */
export function memoryD1(): D1Database {
  const sqlite = new DatabaseSync(":memory:");
  for (const name of readdirSync(MIGRATIONS).sort())
    if (name.endsWith(".sql")) sqlite.exec(readFileSync(new URL(name, MIGRATIONS), "utf8"));
  const prepared = new Map<string, StatementSync>();
  const database = {
    prepare(sql: string): Statement {
      const known = prepared.get(sql) ?? sqlite.prepare(sql);
      prepared.set(sql, known);
      return new Statement(known);
    },
    batch(statements: readonly Statement[]): Promise<{ results: Row[] }[]> {
      sqlite.exec("BEGIN");
      try {
        const answers = statements.map((statement) => statement.run());
        sqlite.exec("COMMIT");
        return Promise.resolve(answers);
      } catch (error) {
        sqlite.exec("ROLLBACK");
        return Promise.reject(error as Error);
      }
    },
  };
  return database as unknown as D1Database;
}
