/**
 * Imports that go on by themselves: the file and how far it has come lie in the bucket, so that whoever started one may leave
 * and look again. The file goes when it is through; what stays for a month is counts, and lines with their reasons.
 */
import { Problem } from "../../domain/problem.ts";
import { DAY_MS, type Millis } from "../../domain/ids.ts";
import type { Invalid } from "../../import/rows.ts";
import type { Context } from "../context.ts";
import { type Asked, importFile, TOLD_MAX } from "./run.ts";

export interface ImportJob extends Omit<Asked, "from"> {
  id: string;
  /** Of the file, as its sender called it. */
  name: string;
  bytes: number;
  state: "running" | "done" | "failed";
  started: Millis;
  /** When it last got on, by the machine's clock: it is about age, not about meaning. */
  at: Millis;
  by: string;
  /** Line at which it goes on. */
  from: number;
  accepted: number;
  invalid: Invalid[];
  dropped: Invalid[];
  /** Whether the file's consent counted. */
  approved: boolean;
  /** Why it failed, in words. */
  because: string | null;
}

/** Bytes of one file: a million addresses. */
export const FILE_MAX = 20 * 1024 * 1024;
const KEPT_DAYS = 30;
const FILE_KEPT_DAYS = 2;
/** Whoever works at a job says so by its time; after this it has died, and the next who looks goes on. */
const LEASE_MS = 40_000;
const SHOWN = 20;

const documentOf = (id: string): string => `imports/${id}/job.json`;
const fileOf = (id: string): string => `imports/${id}/file.csv`;
const ID = /^\d{13}-[0-9a-f]{8}$/;

const save = (bucket: R2Bucket, job: ImportJob): Promise<unknown> =>
  bucket.put(documentOf(job.id), JSON.stringify(job));

export async function startImport(
  context: Context,
  wanted: Omit<Asked, "from">,
  file: { name: string; bytes: Uint8Array<ArrayBuffer> },
  by: string,
): Promise<ImportJob> {
  const { now, bucket } = context;
  const job: ImportJob = {
    ...wanted,
    id: `${now}-${crypto.randomUUID().slice(0, 8)}`,
    name: file.name.slice(0, 200),
    bytes: file.bytes.length,
    state: "running",
    started: now,
    at: Date.now(),
    by,
    from: 2,
    accepted: 0,
    invalid: [],
    dropped: [],
    approved: false,
    because: null,
  };
  await bucket.put(fileOf(job.id), file.bytes);
  await save(bucket, job);
  context.waitUntil(work(context, job));
  return job;
}

/** As it stands now; one that has died goes on. @throws Problem `not_found` */
export async function lookAtImport(context: Context, id: string): Promise<ImportJob> {
  const job = ID.test(id) ? await read(context.bucket, documentOf(id)) : null;
  if (!job) throw new Problem("not_found", "there is no such import, or it was long ago");
  if (job.state !== "running" || Date.now() - job.at < LEASE_MS) return job;
  const held = { ...job, at: Date.now() };
  await save(context.bucket, held);
  context.waitUntil(work(context, held));
  return held;
}

async function read(bucket: R2Bucket, key: string): Promise<ImportJob | null> {
  const object = await bucket.get(key);
  return object ? await object.json<ImportJob>() : null;
}

/** Newest first. What is older than a month goes, and a file that nobody saw through after two days. */
export async function listImports({ bucket, now }: Context): Promise<ImportJob[]> {
  const { objects } = await bucket.list({ prefix: "imports/", limit: 1_000 });
  const old = objects.filter(({ key, uploaded }) => {
    const days = key.endsWith(".csv") ? FILE_KEPT_DAYS : KEPT_DAYS;
    return uploaded.getTime() < now - days * DAY_MS;
  });
  if (old.length > 0) await bucket.delete(old.map(({ key }) => key));
  const keys = objects
    .filter((object) => !old.includes(object) && object.key.endsWith("/job.json"))
    .map(({ key }) => key)
    .toSorted()
    .toReversed()
    .slice(0, SHOWN);
  const jobs = await Promise.all(keys.map((key) => read(bucket, key)));
  return jobs.filter((job) => job !== null);
}

/** A part of the file at a time, each remembered before the next begins. The same part again changes nothing. */
async function work(context: Context, started: ImportJob): Promise<void> {
  let job = started;
  const { bucket } = context;
  try {
    while (job.state === "running") {
      const file = await bucket.get(fileOf(job.id));
      if (!file) throw new Problem("not_found", "the file is gone");
      const { kind, origin, country, from } = job;
      const part = await importFile({ kind, origin, country, from }, file.body, context);
      job = {
        ...job,
        accepted: job.accepted + part.accepted,
        invalid: [...job.invalid, ...part.invalid].slice(0, TOLD_MAX),
        dropped: [...job.dropped, ...part.dropped].slice(0, TOLD_MAX),
        approved: part.approved,
        from: part.next ?? job.from,
        state: part.next === null ? "done" : "running",
        at: Date.now(),
      };
      await save(bucket, job);
    }
    await bucket.delete(fileOf(job.id));
  } catch (error) {
    // What may pass is tried again by whoever looks next; a file that isn't CSV stays one.
    if (!(error instanceof Problem) || error.code === "unavailable") return;
    await save(bucket, { ...job, state: "failed", because: error.message, at: Date.now() });
    await bucket.delete(fileOf(job.id));
  }
}
