/** Which migrations were applied, as wrangler notes it. */
import { databasesOf } from "./shards.ts";

export async function appliedIn(db: D1Database): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT name FROM d1_migrations ORDER BY name")
    .all<{ name: string }>();
  return results.map(({ name }) => name);
}

/** Those that every database in use has. */
export async function appliedMigrations(db: D1Database): Promise<string[]> {
  const [first = [], ...others] = await Promise.all(databasesOf(db).map(appliedIn));
  return first.filter((name) => others.every((applied) => applied.includes(name)));
}
