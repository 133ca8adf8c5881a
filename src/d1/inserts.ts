/** How rows come in: one statement a table over `json_each(?1)`, every insert its own guard. */
import { EVENT_COLUMNS } from "./rows.ts";
import { fields, notErased } from "./statements.ts";

export const EVENTS = `INSERT INTO events (${EVENT_COLUMNS}, landed)
  SELECT ${fields(12)}, unixepoch() FROM json_each(?1) AS item WHERE ${notErased(1)}
  ON CONFLICT DO NOTHING`;

export const RECEIPTS = `INSERT INTO receipts (visitor, seq, at, kind, policy, hash, previous, body, landed)
  SELECT ${fields(7)}, item.value -> 7, unixepoch() / 86400 FROM json_each(?1) AS item WHERE ${notErased(0)}
  ON CONFLICT DO NOTHING`;

export const HINTS = `INSERT INTO hints (day, visitor, hint, outcome, action, at, propensity, stage, slot, until,
    device, topic, segment)
  SELECT ${fields(13)} FROM json_each(?1) AS item WHERE ${notErased(1)}
  ON CONFLICT DO NOTHING`;
