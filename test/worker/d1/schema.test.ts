import { getTableConfig } from "drizzle-orm/sqlite-core";
import { describe, expect, test } from "vitest";
import { tables } from "../../../src/d1/schema.ts";
import { db } from "./books.ts";

interface Column {
  name: string;
  type: string;
  notnull: number;
  pk: number;
}

describe("the schema", () => {
  test.each(tables.map((table) => [getTableConfig(table).name, table] as const))(
    "says of %s what the migrations made",
    async (name, table) => {
      const { results } = await db.prepare(`PRAGMA table_info(${name})`).all<Column>();
      const config = getTableConfig(table);
      const key = [
        ...config.columns.filter((column) => column.primary),
        ...config.primaryKeys.flatMap((primary) => primary.columns),
      ].map((column) => column.name);
      expect(
        config.columns.map((column) => ({
          name: column.name,
          type: column.getSQLType().toUpperCase(),
          notnull: column.notNull ? 1 : 0,
          pk: key.indexOf(column.name) + 1,
        })),
      ).toEqual(results.map(({ name, type, notnull, pk }) => ({ name, type, notnull, pk })));
    },
  );

  /** Few rows, of which the surest are asked for. */
  const INDEXED = new Set(["suggestions"]);

  test("knows every table there is, each without a rowid and all but one without a second index", async () => {
    const { results } = await db
      .prepare("PRAGMA table_list")
      .all<{ schema: string; name: string; type: string; wr: number; strict: number }>();
    const made = results.filter(
      ({ schema, name, type }) =>
        schema === "main" && type === "table" && !/^(sqlite_|_cf_|d1_)/.test(name),
    );
    expect(made.map(({ name }) => name).sort()).toEqual(
      tables.map((table) => getTableConfig(table).name).sort(),
    );
    for (const { name, wr, strict } of made) {
      expect({ name, wr, strict }).toEqual({ name, wr: 1, strict: 1 });
      const indexes = await db.prepare(`PRAGMA index_list(${name})`).all<{ origin: string }>();
      expect(indexes.results.map(({ origin }) => origin)).toEqual(
        INDEXED.has(name) ? ["c", "pk"] : ["pk"],
      );
    }
  });
});
