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

interface Ran {
  results: Row[];
  meta: { changes: number };
}

class Statement {
  readonly prepared: StatementSync;
  private readonly written: () => number;
  private readonly values: SQLInputValue[];

  /** `written` counts all rows that were ever written. */
  constructor(prepared: StatementSync, written: () => number, values: SQLInputValue[] = []) {
    this.prepared = prepared;
    this.written = written;
    this.values = values;
  }

  bind(...values: SQLInputValue[]): Statement {
    return new Statement(this.prepared, this.written, values);
  }

  run(): Ran {
    const before = this.written();
    const results = this.prepared.all(...this.values);
    return { results, meta: { changes: this.written() - before } };
  }

  all(): Promise<Ran> {
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
  const total = sqlite.prepare("SELECT total_changes() AS n");
  const database = {
    prepare(sql: string): Statement {
      const known = prepared.get(sql) ?? sqlite.prepare(sql);
      prepared.set(sql, known);
      return new Statement(known, () => Number(total.get()?.["n"] ?? 0));
    },
    batch(statements: readonly Statement[]): Promise<Ran[]> {
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
