/**
 * From some shards to others, more or fewer (docs/growing.md): what lies where depends on how many there are, so rows have to
 * move. They are copied into empty databases while nobody can write to the old ones: a lock in the database itself turns every
 * landing away, whichever isolate makes it, and persons' objects keep what can't be landed. So the copy is of something that
 * stands still, readers see the old shards whole until they see the new ones whole, and nothing is removed before the copy
 * was read again and adds up to the same.
 *
 * Steps: `lock` the old shards; `copy` the rows; `figures` of the days; `check` what arrived; `switch`: wait for a deployment
 * that names the new shards; `clean`: remove the old rows; `done`. Every step may be broken off anywhere and repeated. How far
 * it is stands in `DB`, as one document.
 */
import type { Millis } from "../domain/ids.ts";
import { Problem } from "../domain/problem.ts";
import { appliedIn } from "./applied.ts";
import { hasRows, tableNamed } from "./moving.ts";
import {
  isInPlace,
  isUnderWay,
  readLatest,
  readResharding,
  type Resharding,
  same,
  save,
  saveFirst,
} from "./resharding-state.ts";
import { advanced, readersOf, roundsOf, shardTables } from "./resharding-steps.ts";
import { FIRST, layoutOf, named, overShards } from "./shards.ts";

/** After a deployment some isolates and objects live on with the old shards for a moment. */
export const SETTLED_MS = 120_000;
/** Of one call: a caller doesn't wait for ever. */
const CALL_MS = 15_000;

/** @throws Problem `invalid`, `conflict` */
export async function beginResharding(
  db: D1Database,
  to: readonly string[],
  now: Millis,
): Promise<Resharding> {
  const layout = layoutOf(db);
  const last = await readResharding(db);
  if (isUnderWay(last)) {
    if (same(last.to, to)) return last;
    throw new Problem("conflict", `rows are being moved to ${last.to.join(", ")} already`);
  }
  const invalid = (why: string) => new Problem("invalid", why, { path: "to" });
  if (new Set(to).size !== to.length) throw invalid("a database is named twice");
  if (to.some((name) => !layout.bound.has(name))) throw invalid("one of them isn't bound");
  if (to.some((name) => layout.names.includes(name)))
    throw invalid("rows move into databases that aren't in use as shards yet");
  const applied = await appliedIn(named(layout, FIRST));
  for (const name of to) {
    const target = named(layout, name);
    const has = await appliedIn(target).catch((): string[] => []);
    if (!same(has, applied)) throw invalid(`${name} hasn't the migrations that DB has`);
    if (await hasRows(target, shardTables(name))) throw invalid(`${name} isn't empty`);
  }
  return saveFirst(db, stateOf("lock", layout.names, to, now), last);
}

/**
 * From the first event on, shards change only by what begins here: notes which they were then, so that health can tell when
 * somebody binds another database by hand.
 */
export async function noteShards(db: D1Database, now: Millis): Promise<void> {
  if ((await readResharding(db)) !== null) return;
  const { names } = layoutOf(db);
  const has = await overShards(db, (shard) => hasRows(shard, [tableNamed("events")]));
  if (has.includes(true)) await saveFirst(db, stateOf("done", names, names, now), null);
}

const stateOf = (
  step: "lock" | "done",
  from: readonly string[],
  to: readonly string[],
  began: Millis,
): Resharding => ({
  step,
  from,
  to,
  began,
  readers: {},
  expected: {},
  found: {},
  switched: null,
  wrong: null,
});

/**
 * Back to the old shards, as long as no Worker has written to the new ones.
 * @throws Problem `conflict`
 */
export async function undoResharding(db: D1Database, now: Millis): Promise<Resharding> {
  const state = await readResharding(db);
  if (!isUnderWay(state)) throw new Problem("conflict", "nothing is being moved");
  if (state.step === "undo" || state.step === "back") return state;
  const isSwitched = state.step === "clean" || state.switched !== null;
  if (isSwitched || !same(layoutOf(db).names, state.from))
    throw new Problem("conflict", "all of it has moved: go on, and then move it back");
  const readers = readersOf(state.to, shardTables);
  const step = state.step === "switch" ? "back" : "undo";
  return save(db, { ...state, step, readers, found: {} }, state, now);
}

/** How long databases stay locked for somebody who doesn't come back. */
export const LEFT_MS = 3_600_000;

/**
 * For cron, since whoever began may have gone away. What was switched to, or is being taken back, is brought to its end; what
 * nobody has gone on with for an hour is taken back, so that rows land again.
 */
export async function tidyResharding(db: D1Database, now: Millis): Promise<void> {
  const layout = layoutOf(db);
  const latest = await readLatest(db);
  // Where they aren't in place nothing can go on, as health says.
  if (!latest || !isUnderWay(latest.state) || !isInPlace(latest.state, layout)) return;
  const { step, from } = latest.state;
  try {
    if (same(layout.names, from) && step !== "back" && step !== "undo") {
      if (now - latest.at < LEFT_MS) return;
      await undoResharding(db, now);
    }
    await continueResharding(db, now);
  } catch (error) {
    // Somebody is at it after all.
    if (!(error instanceof Problem) || error.code !== "conflict") throw error;
  }
}

/**
 * Goes on with it for some seconds.
 * @param settle how long isolates and objects may live on with the old shards after a deployment
 * @param most rounds
 * @throws Problem `conflict`
 */
export async function continueResharding(
  db: D1Database,
  now: Millis,
  { settle = SETTLED_MS, most = Infinity } = {},
): Promise<Resharding> {
  let state = await readResharding(db);
  if (state === null) throw new Problem("conflict", "nothing is being moved");
  const began = Date.now();
  for (let rounds = Math.min(most, roundsOf(state)); rounds > 0; rounds--) {
    const next = await advanced(db, state, now, settle);
    if (next === state) return state;
    state = await save(db, next, state, now);
    if (Date.now() - began > CALL_MS) return state;
  }
  return state;
}
