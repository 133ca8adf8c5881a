/** How a resharding stands: one document, in `DB`. */
import type { Millis } from "../domain/ids.ts";
import { Problem } from "../domain/problem.ts";
import type { Layout } from "./shards.ts";
import type { Tally } from "./tally.ts";

export type Step =
  | "lock"
  | "copy"
  | "figures"
  | "check"
  | "switch"
  | "clean"
  | "done"
  /** What arrived isn't what was there; to be undone. */
  | "failed"
  /** All of it is there, and is to be taken back: if nobody has written there since. */
  | "back"
  | "undo"
  | "undone";

export interface Resharding {
  step: Step;
  /** Bindings. */
  from: readonly string[];
  to: readonly string[];
  began: Millis;
  /** Who has still to be read, as `binding/table`, and after which key. */
  readers: Readonly<Record<string, readonly (string | number)[]>>;
  /** By table: what was read, and what was found where it was put. */
  expected: Readonly<Record<string, Tally>>;
  found: Readonly<Record<string, Tally>>;
  /** When a Worker that has the new shards was seen first. */
  switched: Millis | null;
  /** The table that failed. */
  wrong: string | null;
}

const NAME = "resharding";
const READ = `SELECT document, at FROM learned WHERE name = '${NAME}'`;
const BEGIN = `INSERT INTO learned (name, document, at) VALUES ('${NAME}', ?1, ?2)
  ON CONFLICT (name) DO UPDATE SET document = excluded.document, at = excluded.at
  WHERE learned.document = ?3`;
const SAVE = `UPDATE learned SET document = ?1, at = ?2 WHERE name = '${NAME}' AND document = ?3`;

/** Null when there never was one. */
export const readResharding = async (db: D1Database): Promise<Resharding | null> =>
  (await readLatest(db))?.state ?? null;

/** With the time of whoever went on with it last. */
export async function readLatest(
  db: D1Database,
): Promise<{ state: Resharding; at: Millis } | null> {
  const row = await db.prepare(READ).first<{ document: string; at: Millis }>();
  return row && { state: JSON.parse(row.document) as Resharding, at: row.at };
}

/** Nothing lands, and nobody is erased, while it is so: what has to write there waits. */
export const isHeld = (state: Resharding | null): boolean =>
  state !== null && !["clean", "done", "undone"].includes(state.step);

export const isUnderWay = (state: Resharding | null): state is Resharding =>
  state !== null && state.step !== "done" && state.step !== "undone";

export const same = (a: readonly string[], b: readonly string[]): boolean => a.join() === b.join();

/** Whether the rows are where this Worker looks for them. */
export function isInPlace(state: Resharding | null, { names }: Pick<Layout, "names">): boolean {
  if (state === null) return true;
  if (/^(?:switch|back)$/.test(state.step) && same(names, state.to)) return true;
  return same(names, state.step === "clean" || state.step === "done" ? state.to : state.from);
}

/**
 * Begins one, where the last is over.
 * @throws Problem `conflict` when somebody else began one
 */
export async function saveFirst(
  db: D1Database,
  state: Resharding,
  last: Resharding | null,
): Promise<Resharding> {
  const begin = db.prepare(BEGIN).bind(JSON.stringify(state), state.began, JSON.stringify(last));
  if ((await begin.run()).meta.changes === 0) throw elsewhere();
  return state;
}

/** @throws Problem `conflict` when somebody else goes on with it */
export async function save(
  db: D1Database,
  state: Resharding,
  before: Resharding,
  now: Millis,
): Promise<Resharding> {
  const saving = db.prepare(SAVE).bind(JSON.stringify(state), now, JSON.stringify(before));
  if ((await saving.run()).meta.changes === 0) throw elsewhere();
  return state;
}

const elsewhere = () => new Problem("conflict", "somebody else is moving these rows right now");
