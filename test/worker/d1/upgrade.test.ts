/** From every earlier state of the database to today's: what was stored is still there, and the product works on it. */
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { dayOf } from "../../../src/domain/ids.ts";
import { settle } from "../../support/objects.ts";
import { api, Browser, eventually } from "../../support/site.ts";

interface Column {
  name: string;
  type: string;
}

type Row = Record<string, string | number>;

const tablesNow = async (): Promise<string[]> => {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%' AND name <> 'd1_migrations' ORDER BY name",
  ).all<{ name: string }>();
  return results.map(({ name }) => name);
};

async function dropAll(): Promise<void> {
  for (const name of [...(await tablesNow()), "d1_migrations"])
    await env.DB.prepare(`DROP TABLE IF EXISTS "${name}"`).run();
}

/** A row as that table took it then: every column filled, and told apart by the table's name. */
async function fill(table: string): Promise<Row> {
  const { results } = await env.DB.prepare(`PRAGMA table_info("${table}")`).all<Column>();
  const row: Row = {};
  for (const { name, type } of results) row[name] = valueOf(table, name, type);
  const names = Object.keys(row);
  await env.DB.prepare(
    `INSERT INTO "${table}" (${names.map((name) => `"${name}"`).join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
  )
    .bind(...Object.values(row))
    .run();
  return row;
}

/** Long ago, so that today's reports don't read a made-up row. */
const LONG_AGO = Date.UTC(2020, 0, 1);

function valueOf(table: string, column: string, type: string): string | number {
  if (/day/.test(column)) return dayOf(LONG_AGO);
  if (type === "INTEGER" || type === "REAL") return /at|received|seen/.test(column) ? LONG_AGO : 1;
  return `kept-${table}-${column}`;
}

beforeEach(dropAll);

describe.each(
  env.TEST_MIGRATIONS.slice(0, -1).map(({ name }, index) => [name, index + 1] as const),
)("from %s on", (_, applied) => {
  test("nothing that was stored is lost or changed, and the product works", async () => {
    await applyD1Migrations(env.DB, env.TEST_MIGRATIONS.slice(0, applied));
    const before = new Map<string, Row>();
    for (const table of await tablesNow()) before.set(table, await fill(table));
    expect(before.size).toBeGreaterThan(0);

    await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
    for (const [table, row] of before) {
      const { results } = await env.DB.prepare(`SELECT * FROM "${table}"`).all<Row>();
      expect(results, table).toEqual([expect.objectContaining(row)]);
    }

    // Settings and policies are read as documents; a made-up one says nothing about upgrading.
    for (const table of ["policies", "settings"])
      await env.DB.prepare(`DELETE FROM "${table}"`).run();
    const browser = new Browser({ "usher-region": "DE" });
    await browser.consent({ accept: "all" });
    await browser.send("track", { messageId: `after-${applied}`, event: "Looked" });
    await settle([browser.visitor!]);
    const journey = await eventually(async () => {
      const { body } = await api(`/people/${browser.visitor}/journey`);
      return (body["events"] as unknown[] | undefined)?.length === 1 ? body : null;
    });
    expect(journey["events"]).toEqual([expect.objectContaining({ name: "Looked" })]);
    expect((await api("/reports/overview")).status).toBe(200);
  });
});

test("upgrading twice changes nothing", async () => {
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
  const schema = () => env.DB.prepare("SELECT name, sql FROM sqlite_master ORDER BY name").all();
  const { results: once } = await schema();
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
  expect((await schema()).results).toEqual(once);
});
