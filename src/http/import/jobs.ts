/**
 * Imports that go on by themselves. Whoever started one may leave: cron takes up what nobody works at, and so does whoever
 * looks at it. A file is read a stretch at a time and how far it has come is remembered under way, so that a run may be
 * killed anywhere; the same stretch again changes nothing. The file goes when it is through; what stays for a month is
 * counts, and lines with their reasons.
 */
import { Problem } from "../../domain/problem.ts";
import type { Millis } from "../../domain/ids.ts";
import { isOver } from "../../domain/lease.ts";
import {
  type Asked,
  type Budget,
  importFile,
  type ImportAnswer,
  type ImportContext,
  TOLD_MAX,
} from "./run.ts";
import {
  deleteFile,
  type ImportJob,
  loadFile,
  loadJob,
  newestJobs,
  newId,
  saveFile,
  saveJob,
  type Stored,
  unfinishedJobs,
  UNSTARTED,
} from "./store.ts";

/** Bytes of one file: a million addresses. */
export const FILE_MAX = 20 * 1024 * 1024;
/** Whoever works at a job says so by its time; after this it has died, and the next goes on. */
const LEASE_MS = 40_000;
const REMEMBER_MS = 2_000;
/** R2 takes one write a second of the same object, and a short file is through sooner. */
const WRITE_MS = 1_000;
/** Then it isn't the weather any more. By cron alone that is eight hours. */
const TRIES_MAX = 100;
const SHOWN = 20;
/** Jobs that one run of cron looks at. */
const AT_ONCE = 20;

/** Rows of one run: each is a call to an object or two, and an invocation has ten thousand for all that it does. */
const ROWS = 3_000;
/** What a request leaves behind is cut off after half a minute, and cron has more to do. */
const RUN_MS = 20_000;

const aRun = (): Budget => ({ rows: ROWS, until: Date.now() + RUN_MS });

export async function startImport(
  context: ImportContext,
  wanted: Omit<Asked, "from">,
  file: { name: string; bytes: Uint8Array<ArrayBuffer> },
  by: string,
): Promise<ImportJob> {
  const { now, bucket } = context;
  const job: ImportJob = {
    ...wanted,
    id: newId(now),
    name: file.name.slice(0, 200),
    bytes: file.bytes.length,
    ...UNSTARTED,
    lines: linesIn(file.bytes),
    started: now,
    at: Date.now(),
    by,
    invalid: [],
    dropped: [],
  };
  await saveFile(bucket, job.id, file.bytes);
  const stored = await saveJob(bucket, job, null);
  if (!stored) throw new Error("two imports have one id");
  context.waitUntil(work(context, stored, Date.now(), aRun()));
  return job;
}

/** As it stands now; one that nobody works at goes on. @throws Problem `not_found` */
export async function lookAtImport(context: ImportContext, id: string): Promise<ImportJob> {
  const stored = await loadJob(context.bucket, id);
  if (!stored) throw new Problem("not_found", "there is no such import, or it was long ago");
  const taken = await take(context.bucket, stored, Date.now());
  if (taken) context.waitUntil(work(context, taken, Date.now(), aRun()));
  return (taken ?? stored).job;
}

export const listImports = ({ bucket }: ImportContext): Promise<ImportJob[]> =>
  newestJobs(bucket, SHOWN);

/** Goes on with what nobody works at, whoever has waited longest first, as far as one run goes. */
export async function resumeImports(context: ImportContext, budget = aRun()): Promise<void> {
  const { bucket, now } = context;
  for (const stored of await unfinishedJobs(bucket, AT_ONCE)) {
    if (budget.rows <= 0 || Date.now() > budget.until) return;
    if (stored.job.state !== "running") {
      await deleteFile(bucket, stored.job.id);
      continue;
    }
    // A run may be late, or have had others to see to.
    const taken = await take(bucket, stored, Math.max(now, Date.now()));
    if (taken) await work(context, taken, now, budget);
  }
}

/** Null when somebody works at it, was faster, or it has ended. */
async function take(bucket: R2Bucket, { job, etag }: Stored, now: Millis): Promise<Stored | null> {
  const isHeld = !job.idle && !isOver(job.at, LEASE_MS, now);
  if (job.state !== "running" || isHeld) return null;
  if (job.tries >= TRIES_MAX) {
    const because = `It didn't get on in ${TRIES_MAX} tries.`;
    await saveJob(bucket, { ...job, state: "failed", because, at: now }, etag);
    return null;
  }
  const held = { ...job, at: now, idle: false, tries: job.tries + 1 };
  // Written a moment ago, R2 may refuse: then whoever comes next takes it.
  return saveJob(bucket, held, etag).catch(() => null);
}

/** One run. Whoever finds that somebody else has taken the job over leaves it to them. */
async function work(
  context: ImportContext,
  taken: Stored,
  now: Millis,
  budget: Budget,
): Promise<void> {
  const { bucket } = context;
  const begun = taken.job;
  const clock = (): Millis => Math.max(now, Date.now());
  let { job, etag } = taken;
  const remember = async (changes: Partial<ImportJob>): Promise<void> => {
    const next = { ...job, ...changes, at: clock() };
    const saved = await saveJob(bucket, next, etag).catch(async () => {
      await scheduler.wait(WRITE_MS);
      return saveJob(bucket, next, etag);
    });
    if (!saved) throw new Error("somebody else has taken the import over");
    ({ job, etag } = saved);
  };
  let remembered = clock();
  try {
    const file = await loadFile(bucket, begun.id);
    if (!file) throw new Problem("not_found", "The file is gone.");
    const { kind, origin, country, from } = begun;
    const wanted = { kind, origin, country, from };
    const answer = await importFile(wanted, file, context, budget, async (soFar, next) => {
      if (clock() - remembered < REMEMBER_MS) return;
      remembered = clock();
      await remember({ ...toldBy(begun, soFar), from: next, tries: 0 });
    });
    const isDone = answer.next === null;
    await remember({
      ...toldBy(begun, answer),
      from: answer.next ?? job.from,
      tries: 0,
      idle: true,
      state: isDone ? "done" : "running",
    });
    if (isDone) await deleteFile(bucket, begun.id);
  } catch (error) {
    // What may pass is tried again by whoever comes next; a file that isn't CSV stays one.
    if (!(error instanceof Problem) || error.code === "unavailable") return;
    await remember({ state: "failed", because: error.message });
    await deleteFile(bucket, job.id);
  }
}

const toldBy = (begun: ImportJob, answer: ImportAnswer): Partial<ImportJob> => ({
  accepted: begun.accepted + answer.accepted,
  invalid: [...begun.invalid, ...answer.invalid].slice(0, TOLD_MAX),
  dropped: [...begun.dropped, ...answer.dropped].slice(0, TOLD_MAX),
  counts: {
    invalid: begun.counts.invalid + answer.counts.invalid,
    dropped: begun.counts.dropped + answer.counts.dropped,
  },
  approved: answer.approved,
});

/** A last line counts whether or not it is ended. */
function linesIn(bytes: Uint8Array): number {
  const end = "\n".charCodeAt(0);
  let lines = bytes.length > 0 && bytes.at(-1) !== end ? 1 : 0;
  for (let at = bytes.indexOf(end); at >= 0; at = bytes.indexOf(end, at + 1)) lines++;
  return lines;
}
