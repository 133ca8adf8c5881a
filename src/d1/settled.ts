/**
 * The state of the job that learns: a row of its own for each action, since a row has at most two megabytes and there may be
 * hundreds of actions. What was saved as one row, before there were several, is read as it is and saved anew in parts.
 */
import type { Day, Millis } from "../domain/ids.ts";
import type { ActionModel, Model } from "../domain/learning/model.ts";
import { over } from "./statements.ts";

export interface Settled {
  model: Model;
  /** All that closed up to the end of this day is in the model. */
  day: Day;
  topics: Record<string, number>;
}

/** `ids`: the actions in the order in which they were met, since sums of them are rounded in it. */
type Head = Settled & { ids?: readonly string[] };

const HEAD = "settled";
const PART = `${HEAD}:`;
/** A part has at most half a megabyte. */
const PARTS_AT_ONCE = 16;

const PARTS = `SELECT name, document FROM learned WHERE name > ?1 AND name < '${PART}~'
  ORDER BY name LIMIT ${PARTS_AT_ONCE}`;

/** Nothing is written where nothing changed. */
const SAVE = `INSERT INTO learned (name, document, at)
  SELECT item.value ->> 0, item.value ->> 1, item.value ->> 2 FROM json_each(?1) AS item WHERE true
  ON CONFLICT (name) DO UPDATE SET document = excluded.document, at = excluded.at
  WHERE learned.document IS NOT excluded.document`;

/** Null before the job has settled anything. */
export async function readSettled(db: D1Database): Promise<Settled | null> {
  const head = await db
    .prepare("SELECT document FROM learned WHERE name = ?1")
    .bind(HEAD)
    .first<string>("document");
  if (head === null) return null;
  const { ids = [], ...settled } = JSON.parse(head) as Head;
  const parts = new Map<string, ActionModel>();
  for (let after = PART; ;) {
    const { results } = await db
      .prepare(PARTS)
      .bind(after)
      .all<{ name: string; document: string }>();
    for (const { name, document } of results) {
      parts.set(name.slice(PART.length), JSON.parse(document) as ActionModel);
      after = name;
    }
    if (results.length < PARTS_AT_ONCE) break;
  }
  const known = ids.flatMap((id) => {
    const part = parts.get(id);
    return part ? [[id, part] as const] : [];
  });
  const actions = { ...settled.model.actions, ...Object.fromEntries(known) };
  return { ...settled, model: { ...settled.model, actions } };
}

/** All of it or nothing. */
export async function saveSettled(db: D1Database, settled: Settled, at: Millis): Promise<void> {
  const { actions } = settled.model;
  const head: Head = {
    ...settled,
    model: { ...settled.model, actions: {} },
    ids: Object.keys(actions),
  };
  const parts = Object.entries(actions).map(([id, action]) => [
    PART + id,
    JSON.stringify(action),
    at,
  ]);
  await db.batch(over(db, SAVE, [[HEAD, JSON.stringify(head), at], ...parts]));
}
