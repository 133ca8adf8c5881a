/**
 * Running jobs of cron one after the other, though the platform may cut a run off anywhere, for want of time or of memory, and
 * a store may never answer. A job that takes too long is given up for this time. Where a run was cut off, the next ones note
 * each job before they begin it, and go on behind the one at which the last came to no end: so it keeps no other from running.
 */
import type { Millis } from "./domain/ids.ts";
import { isOver } from "./domain/lease.ts";
import { inTime, platformTimer, type Timer } from "./http/patience.ts";
import { noteRun } from "./keys/failing.ts";
import {
  forgetRunning,
  noteRunning,
  type Running,
  runningAt,
  type Schedule,
} from "./keys/running.ts";

/** By the names under which failures are told (docs/runbook.md). */
export type Jobs = Readonly<Record<string, () => Promise<unknown>>>;

export interface Failed {
  job: string;
  error: unknown;
}

export interface RunPorts {
  /** The `KEYS` bucket. */
  bucket: R2Bucket;
  /** Counts those that failed, for the metrics. */
  count(jobs: readonly string[]): Promise<void>;
  log(message: string, fields: Record<string, string | number>): void;
}

export interface RunTime {
  now: () => Millis;
  timer: Timer;
}

const machine: RunTime = { now: () => Date.now(), timer: platformTimer };

/** Longer than any job works in one run, as they bound themselves. */
const JOB_MS = 5 * 60_000;
/** R2 takes one writing a second of the same object. */
const WRITE_MS = 1_000;
/** The platform ends every run of cron by then. */
const RUN_MS = 15 * 60_000;
/** So many runs in a row that were cut off at the same job are no chance: runs also meet where one takes long. */
const TOLD_FROM = 3;

/**
 * Never rejects.
 * @param at when the run was due
 * @returns those that failed
 */
export async function runJobs(
  ports: RunPorts,
  schedule: Schedule,
  jobs: Jobs,
  at: Millis,
  time = machine,
): Promise<Failed[]> {
  const before = await noted(() => runningAt(ports.bucket, schedule), time);
  const names = Object.keys(jobs);
  const from = schedule === "often" && before?.sure ? names.indexOf(before.job) + 1 : 0;
  const order = [...names.slice(from), ...names.slice(0, from)];
  if (before?.sure && before.times >= TOLD_FROM) await tell(ports, [], [before.job], at, time);
  return run(ports, { schedule, jobs, order, before, at }, time);
}

/**
 * Goes on with a run that was cut off and that none will follow for long, behind the job at which it was.
 * @param jobs as they would be run now
 */
export async function finishRun(
  ports: RunPorts,
  schedule: Schedule,
  jobs: () => Promise<Jobs> | Jobs,
  at: Millis,
  time = machine,
): Promise<Failed[]> {
  const before = await noted(() => runningAt(ports.bucket, schedule), time);
  if (!before || !isOver(before.at, RUN_MS, time.now())) return [];
  const rest = await jobs();
  // Not among those that may run now: later.
  if (!(before.job in rest)) return [];
  await tell(ports, [], [before.job], at, time);
  const names = Object.keys(rest);
  const order = names.slice(names.indexOf(before.job) + 1);
  return run(ports, { schedule, jobs: rest, order, before, at }, time);
}

interface Run {
  schedule: Schedule;
  jobs: Jobs;
  order: readonly string[];
  /** How the one before was cut off. */
  before: Running | null;
  at: Millis;
}

async function run(
  ports: RunPorts,
  { schedule, jobs, order, before, at }: Run,
  time: RunTime,
): Promise<Failed[]> {
  const { bucket, log } = ports;
  // A night's jobs are few, and a day passes before the next.
  const isWatched = before !== null || schedule === "nightly";
  const failed: Failed[] = [];
  for (const [n, job] of order.entries()) {
    const times = before?.job === job && before.sure ? before.times + 1 : 1;
    const running: Running = { job, sure: isWatched, at: time.now(), times };
    const note = (): Promise<void> => noteRunning(bucket, schedule, running);
    if (n === 0 || isWatched)
      await noted(() => note().catch(() => pause(WRITE_MS, time).then(note)), time);
    const error = await inTerm(jobs[job], time).then(
      () => null,
      (reason: unknown) => ({ reason }),
    );
    if (error) {
      failed.push({ job, error: error.reason });
      // What an error says may hold what was sent.
      log("a job of cron failed", { job, error: nameOf(error.reason) });
    }
    if (before) await tell(ports, [job], error ? [job] : [], at, time);
  }
  if (!before)
    await tell(
      ports,
      order,
      failed.map(({ job }) => job),
      at,
      time,
    );
  await noted(() => forgetRunning(bucket, schedule), time);
  return failed;
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "unknown");

async function tell(
  { bucket, count }: RunPorts,
  ran: readonly string[],
  failed: readonly string[],
  at: Millis,
  time: RunTime,
): Promise<void> {
  // Told by the log already, when neither can be written.
  await noted(() => noteRun(bucket, ran, failed, at), time);
  if (failed.length > 0) await noted(() => count(failed), time);
}

/** Null where the store is away: what only tells of jobs keeps none from running. */
const noted = <T>(work: () => Promise<T>, { timer }: RunTime): Promise<T | null> =>
  inTime("note", work(), timer).catch(() => null);

const pause = (ms: Millis, { timer }: RunTime): Promise<void> =>
  new Promise((go) => void timer(ms, go));

/** @throws DOMException `TimeoutError` */
async function inTerm(
  job: (() => Promise<unknown>) | undefined,
  { timer }: RunTime,
): Promise<void> {
  const late = Promise.withResolvers<never>();
  const callOff = timer(JOB_MS, () =>
    late.reject(new DOMException("it took too long", "TimeoutError")),
  );
  try {
    await Promise.race([job?.(), late.promise]);
  } finally {
    callOff();
  }
}
