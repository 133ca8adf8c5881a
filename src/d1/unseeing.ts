/** Whoever isn't to be recognised any more: of where their devices were seen nothing stays in the database. */
import type { Millis, VisitorId } from "../domain/ids.ts";
import { forgettingDevices } from "./devices.ts";
import { chunks, fields, notErased } from "./statements.ts";
import { unsuggestingDevices } from "./unsuggesting.ts";

/** A job that is just at this visitor then finds it due anew, and writes nothing of what it read before (devices.ts). */
const DUE_ANEW = `INSERT INTO match_due (visitor, at) SELECT ${fields(2)} FROM json_each(?1) AS item
  WHERE ${notErased(0)}
  ON CONFLICT (visitor) DO UPDATE SET at = max(excluded.at, match_due.at + 1)`;

export const unseeing = (
  db: D1Database,
  unseen: readonly { visitor: VisitorId; at: Millis }[],
): D1PreparedStatement[] =>
  chunks(unseen.map(({ visitor, at }) => [visitor, at])).flatMap((rows) => [
    db.prepare(DUE_ANEW).bind(rows),
    ...clearing(db, rows),
  ]);

/** The same from within the job. */
export const clearDevices = async (
  db: D1Database,
  visitors: readonly VisitorId[],
): Promise<void> => {
  await db.batch(
    chunks(visitors.map((visitor) => [visitor])).flatMap((rows) => clearing(db, rows)),
  );
};

const clearing = (db: D1Database, rows: string): D1PreparedStatement[] => [
  ...unsuggestingDevices(db, rows),
  ...forgettingDevices(db, rows),
];
