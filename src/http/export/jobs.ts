/**
 * Exports that go on by themselves: what was found and how far it has come lie in the bucket (out/exports.ts), so that whoever
 * began one may leave and look again. Whoever looks goes on with it after the answer, and so does cron; killed anywhere, it goes
 * on from the last part that was put down. Each line is asked for at the moment it is written.
 */
import { erasuresOf } from "../../d1/erasures.ts";
import type { Millis, VisitorId } from "../../domain/ids.ts";
import { Problem } from "../../domain/problem.ts";
import {
  type ExportJob,
  isThere,
  listJobs,
  loadJob,
  partAt,
  removeParts,
  saveJob,
  type StoredJob,
} from "../../out/exports.ts";
import type { Context } from "../context.ts";
import { type ExportPorts, type Found, readerFor } from "./pages.ts";

export type Wanted = Pick<ExportJob, "kind" | "action" | "purpose" | "from" | "to">;

/** Whoever works at a job says so by its time; after this it has died, and the next who looks goes on. */
const LEASE_MS = 20_000;
const LOOK_MS = 20_000;
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
  const running = (await listJobs(bucket)).filter(({ job }) => job.state === "running");
  if (running.length >= RUNNING_MOST)
    throw new Problem("unavailable", "several exports are under way; begin when one is done", {
      retryAfter: 60,
    });
  const job: ExportJob = {
    ...wanted,
    id: `${now}-${crypto.randomUUID().slice(0, 8)}`,
    state: "running",
    started: now,
    by,
    at: Date.now(),
    doneAt: null,
    cursor: null,
    parts: 0,
    lines: 0,
    bytes: 0,
    looked: 0,
    share: null,
    because: null,
  };
  const etag = await saveJob(bucket, job, null);
  if (etag !== null) context.waitUntil(work(context, { job, etag }, LOOK_MS));
  return job;
}

/** As it stands now; one that has died goes on. @throws Problem `not_found` */
export async function lookAtExport(context: Context, id: string): Promise<ExportJob> {
  const stored = ID.test(id) ? await loadJob(context.bucket, id) : null;
  if (!stored) throw new Problem("not_found", "there is no such export, or it was long ago");
  if (stored.job.state !== "running" || Date.now() - stored.job.at < LEASE_MS) return stored.job;
  const held = { ...stored.job, at: Date.now() };
  const etag = await saveJob(context.bucket, held, stored.etag);
  if (etag !== null) context.waitUntil(work(context, { job: held, etag }, LOOK_MS));
  return held;
}

/** For cron: goes on with what somebody began and left. */
export async function continueExports(
  ports: ExportPorts,
  partSize: number = PART_SIZE,
): Promise<void> {
  for (const { job, etag } of await listJobs(ports.bucket)) {
    if (job.state !== "running" || Date.now() - job.at < LEASE_MS) continue;
    await work(ports, { job, etag }, 3 * LOOK_MS, partSize);
  }
}

/** What it made, part after part. @throws Problem `not_found` where the file is gone */
export function fileOf(bucket: R2Bucket, job: ExportJob, now: Millis): ReadableStream<Uint8Array> {
  if (!isThere(job, now))
    throw new Problem("not_found", "this file is gone; make the export again");
  let part = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const object = part < job.parts ? await bucket.get(partAt(job.id, part++)) : null;
      if (object) controller.enqueue(new Uint8Array(await object.arrayBuffer()));
      if (part >= job.parts) controller.close();
    },
  });
}

/** A part at a time, each put down before the next begins. The same part again is the same part. */
async function work(
  ports: ExportPorts,
  from: StoredJob,
  forMs: Millis,
  partSize: number = PART_SIZE,
): Promise<void> {
  const until = Date.now() + forMs;
  let { job, etag } = from;
  let calls = 0;
  try {
    const reader = await readerFor(ports, job);
    while (job.state === "running" && calls < MOST_CALLS && Date.now() < until) {
      const found = await partFrom(reader, job, partSize, until);
      calls += found.calls;
      job = await put(ports, job, found);
      const saved = await saveJob(ports.bucket, job, etag);
      // Somebody else is at it, or has stopped it: what was put is theirs, or goes.
      if (saved === null) return dropIfStopped(ports.bucket, job.id);
      etag = saved;
    }
    // Whoever looks next needn't wait for this one to be taken for dead.
    if (job.state === "running") await saveJob(ports.bucket, { ...job, at: 0 }, etag);
  } catch (error) {
    // What may pass is tried again by whoever looks next.
    if (!(error instanceof Problem) || error.code === "unavailable") return;
    await saveJob(ports.bucket, { ...job, state: "failed", because: error.message }, etag);
  }
}

type Reader = Awaited<ReturnType<typeof readerFor>>;

async function partFrom(
  reader: Reader,
  job: ExportJob,
  partSize: number,
  until: Millis,
): Promise<Found> {
  const part: Found = { text: "", lines: 0, looked: 0, calls: 0, next: job.cursor, share: null };
  do {
    const page = await reader(part.next, job.parts === 0 && part.text === "");
    part.text += page.text;
    part.next = page.next;
    part.share = page.share;
    for (const each of ["lines", "looked", "calls"] as const) part[each] += page[each];
  } while (
    part.next !== null &&
    part.text.length < partSize &&
    part.calls < MOST_CALLS / 10 &&
    Date.now() < until
  );
  return part;
}

async function put(ports: ExportPorts, job: ExportJob, found: Found): Promise<ExportJob> {
  const { bucket, db } = ports;
  const key = partAt(job.id, job.parts);
  const bytes = new TextEncoder().encode(found.text);
  if (bytes.length > 0) {
    await bucket.put(key, bytes);
    // Who was erased while this was under way left the database before the files were looked through.
    const named = new Set((found.text.match(/[a-z2-7]{26}/g) ?? []) as VisitorId[]);
    if ((await erasuresOf(db, [...named])).size > 0) {
      await bucket.delete(key);
      throw new Error("somebody was erased meanwhile: the part is made anew");
    }
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
  };
}

async function dropIfStopped(bucket: R2Bucket, id: string): Promise<void> {
  const stored = await loadJob(bucket, id);
  if (stored?.job.state === "stopped") await removeParts(bucket, id);
}
