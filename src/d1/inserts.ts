/** How rows come in: one statement a table over the rows of `?1`, every insert its own guard. */
import { EVENT_COLUMNS } from "./rows.ts";
import { fields, notErased } from "./statements.ts";

/** `value` is put together anew wherever `json_each` is asked for it, so it is taken once and kept. */
const insert = (into: string, values: string, visitorAt: number): string =>
  `INSERT ${into}
  WITH item AS MATERIALIZED (SELECT value FROM json_each(?1))
  SELECT ${values} FROM item WHERE ${notErased(visitorAt)}
  ON CONFLICT DO NOTHING`;

export const EVENTS = insert(
  `INTO events (${EVENT_COLUMNS}, landed)`,
  `${fields(12)}, unixepoch()`,
  1,
);

export const RECEIPTS = insert(
  "INTO receipts (visitor, seq, at, kind, policy, hash, previous, body, landed)",
  `${fields(7)}, item.value -> 7, unixepoch() / 86400`,
  0,
);

export const HINTS = insert(
  `INTO hints (day, visitor, hint, outcome, action, at, propensity, stage, slot, until, device, topic, segment)`,
  fields(13),
  1,
);
