/**
 * Exports that go on by themselves: what was found and how far it has come lie in the bucket (out/exports.ts), so that whoever
 * began one may leave and look again. Whoever looks goes on with it after the answer, and so does cron; killed anywhere, it goes
 * on from the last part that was put down. Each line is asked for at the moment it is written.
 */
import { erasuresOf } from "../../d1/erasures.ts";
import type { Millis } from "../../domain/ids.ts";
import { isOver } from "../../domain/lease.ts";
import { Problem } from "../../domain/problem.ts";
import {
  type ExportJob,
  isThere,
  JOBS_MOST,
  listJobs,
  loadJob,
  partAt,
  removeParts,
  saveJob,
  type StoredJob,
  UNSTARTED,
} from "../../out/exports.ts";
import { recordInFile } from "../audit.ts";
import { ROLES } from "../auth.ts";
import type { Context } from "../context.ts";
import { type ExportPorts, type Found, readerFor } from "./pages.ts";

export type Wanted = Pick<ExportJob, "kind" | "format" | "action" | "purpose" | "from" | "to">;

/** Whoever works at a job says so by its time; after this it has died, and the next who looks goes on. */
const LEASE_MS = 20_000;
const LOOK_MS = 20_000;
/** R2 takes one write a second of the same object, and a short export is through sooner. */
const WRITE_MS = 1_000;
/** Then it isn't the weather any more. By cron alone that is eight hours. */
const TRIES_MAX = 100;
/** Calls of one look or run, about: a Worker has ten thousand. */
const MOST_CALLS = 3_000;
/** Characters of one part, about: what is lost when somebody dies at it. */
const PART_SIZE = 256 * 1024;
const ID = /^\d{13}-[0-9a-f]{8}$/;
/** Exports under way at once. */
const RUNNING_MOST = 5;

/** @throws Problem `unavailable` when too many are under way */
export async function startExport(
  context: Context,
  wanted: Wanted,
  by: string,
): Promise<ExportJob> {
  const { bucket, now } = context;
  const running = (await listJobs(bucket, JOBS_MOST)).filter(({ job }) => job.state === "running");
  if (running.length >= RUNNING_MOST)
    throw new Problem("unavailable", "several exports are under way; begin when one is done", {
      retryAfter: 60,
    });
  const job: ExportJob = {
    ...wanted,
    ...UNSTARTED,
    id: `${now}-${crypto.randomUUID().slice(0, 8)}`,
    started: now,
    by,
    at: Date.now(),
    tries: 1,
  };
  const etag = await saveJob(bucket, job, null);
  if (etag !== null) context.waitUntil(work(context, { job, etag }, budgetFor(LOOK_MS)));
  return job;
}

/** What is left for one look or run of cron. */
interface Budget {
  calls: number;
  /** By the machine's clock. */
  until: Millis;
}

const budgetFor = (ms: Millis): Budget => ({ calls: MOST_CALLS, until: Date.now() + ms });

/** Null when somebody works at it, was faster, or it has ended. */
async function take(bucket: R2Bucket, { job, etag }: StoredJob): Promise<StoredJob | null> {
  if (job.state !== "running" || !isOver(job.at, LEASE_MS, Date.now())) return null;
  if (job.tries >= TRIES_MAX) {
    await saveJob(bucket, failed(job, `it didn't get on in ${TRIES_MAX} tries`), etag);
    return null;
  }
  const held = { ...job, at: Date.now(), tries: job.tries + 1 };
  // Written a moment ago, R2 may refuse: then the next who looks takes it.
  const saved = await saveJob(bucket, held, etag).catch(() => null);
  return saved === null ? null : { job: held, etag: saved };
}

const failed = (job: ExportJob, because: string): ExportJob => ({
  ...job,
  state: "failed",
  cursor: null,
  because,
});

/** As it stands now; one that has died goes on. @throws Problem `not_found` */
export async function lookAtExport(context: Context, id: string): Promise<ExportJob> {
  const stored = ID.test(id) ? await loadJob(context.bucket, id) : null;
  if (!stored) throw new Problem("not_found", "there is no such export, or it was long ago");
  const taken = await take(context.bucket, stored);
  if (taken) context.waitUntil(work(context, taken, budgetFor(LOOK_MS)));
  return taken?.job ?? stored.job;
}

/** For cron: goes on with what somebody began and left, the oldest first. */
export async function continueExports(
  ports: ExportPorts,
  partSize: number = PART_SIZE,
): Promise<void> {
  const budget = budgetFor(3 * LOOK_MS);
  for (const stored of (await listJobs(ports.bucket)).toReversed()) {
    if (isSpent(budget)) return;
    const taken = await take(ports.bucket, stored);
    if (taken) await work(ports, taken, budget, partSize);
  }
}

const isSpent = ({ calls, until }: Budget): boolean => calls <= 0 || Date.now() >= until;

/** What it made, part after part. @throws Problem `not_found` where the file is gone */
export function fileOf(bucket: R2Bucket, job: ExportJob, now: Millis): ReadableStream<Uint8Array> {
  if (!isThere(job, now))
    throw new Problem("not_found", "this file is gone; make the export again");
  let part = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (part < job.parts) {
        const object = await bucket.get(partAt(job.id, part++));
        // Whoever fetches it sees that it was broken off; that lines are missing nobody would see.
        if (!object) throw new Error("the file went while it was fetched");
        controller.enqueue(new Uint8Array(await object.arrayBuffer()));
      }
      if (part >= job.parts) controller.close();
    },
  });
}

/** A part at a time, each put down before the next begins. The same part again is the same part. */
async function work(
  ports: ExportPorts,
  from: StoredJob,
  budget: Budget,
  partSize: number = PART_SIZE,
): Promise<void> {
  const { bucket } = ports;
  let { job, etag } = from;
  try {
    const reader = await readerFor(ports, job);
    while (job.state === "running" && !isSpent(budget)) {
      // Left by who died at it. Whoever has taken the job over since writes another.
      const before = (await bucket.head(partAt(job.id, job.parts)))?.etag ?? null;
      const found = await partFrom(reader, job, partSize, budget.until);
      budget.calls -= found.calls;
      const next = await put(ports, job, found, before);
      const saved = next && (await saveSoon(bucket, next, etag));
      // Somebody else is at it, or has stopped it: what was put is theirs, or goes.
      if (!next || !saved) return await dropIfStopped(bucket, job.id);
      job = next;
      etag = saved;
    }
    // Whoever looks next needn't wait for this one to be taken for dead.
    if (job.state === "running") await saveSoon(bucket, { ...job, at: 0 }, etag);
  } catch (error) {
    // What may pass is tried again by whoever looks next.
    if (!(error instanceof Problem) || error.code === "unavailable") return;
    await saveSoon(bucket, failed(job, error.message), etag);
  }
}

const saveSoon = (bucket: R2Bucket, job: ExportJob, etag: string): Promise<string | null> =>
  saveJob(bucket, job, etag).catch(async () => {
    await scheduler.wait(WRITE_MS);
    return saveJob(bucket, job, etag);
  });

type Reader = Awaited<ReturnType<typeof readerFor>>;

async function partFrom(
  reader: Reader,
  job: ExportJob,
  partSize: number,
  until: Millis,
): Promise<Found> {
  const part: Found = {
    text: "",
    lines: 0,
    named: [],
    looked: 0,
    calls: 0,
    next: job.cursor,
    share: null,
  };
  do {
    const page = await reader(part.next, job.parts === 0 && part.text === "");
    part.text += page.text;
    part.next = page.next;
    part.share = page.share;
    part.named.push(...page.named);
    for (const each of ["lines", "looked", "calls"] as const) part[each] += page[each];
  } while (
    part.next !== null &&
    part.text.length < partSize &&
    part.calls < MOST_CALLS / 10 &&
    Date.now() < until
  );
  return part;
}

/** Null when somebody else has written this part meanwhile. */
async function put(
  ports: ExportPorts,
  job: ExportJob,
  found: Found,
  before: string | null,
): Promise<ExportJob | null> {
  const { bucket, db } = ports;
  const key = partAt(job.id, job.parts);
  const bytes = new TextEncoder().encode(found.text);
  if (bytes.length > 0) {
    const written = await bucket.put(key, bytes, {
      onlyIf: before === null ? { etagDoesNotMatch: "*" } : { etagMatches: before },
    });
    if (!written) return null;
    // Who was erased while this was under way left the database before the files were looked through.
    if ((await erasuresOf(db, [...new Set(found.named)])).size > 0) {
      await bucket.delete(key);
      throw new Error("somebody was erased meanwhile: the part is made anew");
    }
    await writeDown(ports, job, found.named);
  }
  const isDone = found.next === null;
  return {
    ...job,
    state: isDone ? "done" : "running",
    doneAt: isDone ? ports.now : null,
    cursor: found.next,
    parts: job.parts + (bytes.length > 0 ? 1 : 0),
    lines: job.lines + found.lines,
    bytes: job.bytes + bytes.length,
    looked: job.looked + found.looked,
    share: found.share,
    at: Date.now(),
    tries: 0,
  };
}

/** Before the part counts, so that no file names somebody of whom the log doesn't say so. */
async function writeDown(ports: ExportPorts, job: ExportJob, named: Found["named"]): Promise<void> {
  const by = ROLES.find((role) => role === job.by);
  if (!by) return;
  const list = job.kind === "hints" ? "exports/lists" : "data";
  await recordInFile(ports, { act: `FILE /_u/console/${list}/:id`, id: job.id, by }, named);
}

async function dropIfStopped(bucket: R2Bucket, id: string): Promise<void> {
  const stored = await loadJob(bucket, id);
  if (stored?.job.state === "stopped") await removeParts(bucket, id);
}
