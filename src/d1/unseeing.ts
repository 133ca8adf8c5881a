/** Whoever isn't to be recognised any more: of where their devices were seen nothing stays in the database. */
import type { VisitorId } from "../domain/ids.ts";
import { forgettingDevices } from "./devices.ts";
import { chunks } from "./statements.ts";
import { unsuggestingDevices } from "./suggestions.ts";

/** To be run in one batch with what marks them due, so that a job that is just at them writes nothing afterwards. */
export const unseeing = (
  db: D1Database,
  unseen: readonly { visitor: VisitorId }[],
): D1PreparedStatement[] =>
  chunks(unseen.map(({ visitor }) => [visitor])).flatMap((rows) => [
    ...unsuggestingDevices(db, rows),
    ...forgettingDevices(db, rows),
  ]);
