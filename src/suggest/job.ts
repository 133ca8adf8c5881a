/**
 * Who is probably one person: a job in small steps. What changed is brought into the index and compared with what it
 * shares a key with; when there is enough to learn from, or much more than there was, the model is learned and everybody is
 * compared once. Each step may be repeated, and the next one to do stands in D1: killed anywhere, it goes on there.
 *
 * In whatever number of runs it is done, it comes to the same: the order is that of the ids, and it is learned only when
 * nothing else waits. A record is compared with at most so many others a key, so the work grows with the records.
 */
import { type DueVisitor, dueVisitors, recordsAfter, settleDue } from "../d1/matching.ts";
import type { MergeRules } from "../domain/identity/rules.ts";
import type { Millis } from "../domain/ids.ts";
import { matcherOf } from "../domain/matching/index.ts";
import { readFacts } from "../domain/suggestion/facts.ts";
import { compare, type Comparing } from "./compare.ts";
import { comparingDevices, type DeviceComparing, takeDevice } from "./devices.ts";
import { learn, lessonDue, type MatchingState, readModel, readState, saveState } from "./model.ts";
import type { SuggestPorts } from "./ports.ts";
import { refresh } from "./records.ts";
import { viewOf } from "./standing.ts";

/** Calls that one record takes beside those for what it is compared with. */
const CALLS_A_RECORD = 8;
/** Calls of one run, about: a Worker has ten thousand. */
const MOST_CALLS = 5_000;
const PAGE = 25;

export interface Progress {
  /** Records brought up to date. */
  refreshed: number;
  /** Pairs compared. */
  compared: number;
  learned: boolean;
  /** Nothing is left for the next run. */
  done: boolean;
}

interface Run {
  ports: SuggestPorts;
  rules: MergeRules;
  now: Millis;
  comparing: Comparing | null;
  /** Null where the merge rules want no devices compared. */
  devices: DeviceComparing | null;
  calls: number;
  progress: Progress;
}

/** @throws AggregateError when some of those due couldn't be taken; the others were, and nothing is learned then. */
export async function suggest(
  ports: SuggestPorts,
  now: Millis,
  most = MOST_CALLS,
): Promise<Progress> {
  const progress: Progress = { refreshed: 0, compared: 0, learned: false, done: false };
  const [rules, model, known] = await Promise.all([
    ports.mergeRules(),
    readModel(ports),
    readState(ports.db),
  ]);
  let state = known;
  if (state && !model) {
    // Whoever is due is to be compared, so what was thrown away is learned again first.
    const lesson = await lessonDue(ports.db, null, state);
    if (lesson && (await learn(ports, state, lesson, now))) return { ...progress, learned: true };
    state = { ...state, records: 0 };
    await saveState(ports.db, state, now);
  }
  const matcher = model && state && matcherOf(model);
  const run: Run = {
    ports,
    rules,
    now,
    comparing: matcher && state && { ports, matcher, version: state.version, rules, now },
    devices: await comparingDevices(ports, rules, now),
    calls: most,
    progress,
  };
  if (!(await takeDue(run))) return progress;
  const lesson = await lessonDue(ports.db, matcher ? model : null, state);
  if (lesson) {
    // Learning takes a run of its own.
    progress.learned = (await learn(ports, state, lesson, now)) !== null;
    return progress;
  }
  if (run.comparing && state && state.walk !== null) state = await walk(run, run.comparing, state);
  progress.done = state === null || state.walk === null;
  return progress;
}

/** True when nothing is due any more. One that fails doesn't keep the others waiting. */
async function takeDue(run: Run): Promise<boolean> {
  const { ports, progress } = run;
  const errors: unknown[] = [];
  for (let after = ""; ;) {
    const page = await dueVisitors(ports.db, after, PAGE);
    for (const due of page) {
      if (run.calls <= 0) return false;
      run.calls -= CALLS_A_RECORD;
      await takeOne(run, due).catch((error: unknown) => errors.push(error));
      progress.refreshed++;
      after = due.visitor;
    }
    if (page.length === 0) break;
  }
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} records failed`);
  return true;
}

async function takeOne(run: Run, due: DueVisitor): Promise<void> {
  const view = await viewOf(run.ports, due.visitor);
  const record = await refresh(run.ports, due, view, run.rules);
  if (record && run.comparing) {
    const compared = await compare(run.comparing, record, record.view, false);
    run.calls -= compared;
    run.progress.compared += compared;
  }
  if (run.devices) {
    const compared = await takeDevice(run.devices, due, view);
    run.calls -= compared;
    run.progress.compared += compared;
  }
  await settleDue(run.ports.db, due);
}

/** Compares everybody with those after them. */
async function walk(run: Run, comparing: Comparing, from: MatchingState): Promise<MatchingState> {
  const { ports, now, progress } = run;
  let state = from;
  while (run.calls > 0 && state.walk !== null) {
    const page = await recordsAfter(ports.db, state.walk, PAGE);
    let last: string | null = state.walk;
    let taken = 0;
    for (const record of page) {
      if (run.calls <= 0) break;
      const [text] = await ports.sealer.unseal(record.visitor, [record.sealed]);
      const compared = text
        ? await compare(comparing, { ...record, facts: readFacts(text) }, null, true)
        : 0;
      run.calls -= CALLS_A_RECORD + compared;
      progress.compared += compared;
      last = record.visitor;
      taken++;
    }
    if (taken === page.length && page.length < PAGE) last = null;
    state = { ...state, walk: last };
    await saveState(ports.db, state, now);
  }
  return state;
}
