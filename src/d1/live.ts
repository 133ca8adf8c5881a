/** Until when somebody watches the live view: told to all isolates, so that nothing is sent while nobody does. */
import type { Millis } from "../domain/ids.ts";

const KEY = "live";

/** 0 when nobody ever did. */
export async function watchedUntil(db: D1Database): Promise<Millis> {
  const row = await db
    .prepare("SELECT at FROM settings WHERE key = ?1 AND version = 1")
    .bind(KEY)
    .first<{ at: number }>();
  return row?.at ?? 0;
}

export async function watchUntil(db: D1Database, until: Millis, by: string): Promise<void> {
  await db
    .prepare(
      `INSERT INTO settings (key, version, document, author, at) VALUES (?1, 1, 'null', ?2, ?3)
       ON CONFLICT (key, version) DO UPDATE SET at = max(at, excluded.at), author = excluded.author`,
    )
    .bind(KEY, by, until)
    .run();
}
