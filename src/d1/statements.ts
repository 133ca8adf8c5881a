/** What the hand-written statements share: rows go in as JSON arrays in one bound value each, read by `json_each(?)`. */

/** Bytes of one bound value. D1 takes 2 MB; a statement of this size stays well within its time. */
export const CHUNK_BYTES = 900_000;

/** Of UTF-8; a UTF-16 unit is at most three bytes, so that short texts need not be encoded to be measured. */
const utf8 = new TextEncoder();

/**
 * Rows as JSON arrays of at most `limit` bytes each. A row that is larger by itself gets an array of its own.
 * No rows, no chunk: then there is nothing to run.
 */
export function chunks(rows: readonly unknown[], limit = CHUNK_BYTES): string[] {
  if (rows.length === 0) return [];
  const whole = JSON.stringify(rows);
  if (whole.length * 3 <= limit) return [whole];
  const out: string[] = [];
  let held: string[] = [];
  let bytes = 0;
  for (const row of rows) {
    const text = JSON.stringify(row);
    const size = utf8.encode(text).length + 1;
    if (held.length > 0 && bytes + size >= limit) {
      out.push(`[${held.join(",")}]`);
      held = [];
      bytes = 0;
    }
    held.push(text);
    bytes += size;
  }
  out.push(`[${held.join(",")}]`);
  return out;
}

/** A statement over `json_each(?1)` for these rows, once for each chunk of them. */
export const over = (
  db: D1Database,
  sql: string,
  rows: readonly unknown[],
): D1PreparedStatement[] => chunks(rows).map((chunk) => db.prepare(sql).bind(chunk));

/** `item.value ->> 0, item.value ->> 1, …` for the columns of an insert over `json_each(?1) AS item`. */
export const fields = (count: number): string =>
  Array.from({ length: count }, (_, index) => `item.value ->> ${index}`).join(", ");

/** True for a row whose visitor, the item's field `index`, was not erased. */
export const notErased = (index: number): string =>
  `NOT EXISTS (SELECT 1 FROM tombstones WHERE tombstones.visitor = item.value ->> ${index})`;

/**
 * A common table `days(day)` of the distinct days of a table whose key begins with that column. Each day costs two
 * seeks, so that what is keyed by day first can be found by the rest of its key without a scan.
 */
export const distinctDays = (table: "events" | "hints" | "people" | "rollups"): string => {
  const column = table === "people" ? "seen_day" : "day";
  return `WITH RECURSIVE days(day) AS (
    SELECT min(${column}) FROM ${table}
    UNION ALL
    SELECT (SELECT min(${column}) FROM ${table} WHERE ${column} > days.day) FROM days WHERE days.day IS NOT NULL
  )`;
};
