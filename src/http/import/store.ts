/** Where imports lie that go on by themselves: in the bucket, the file and how far it has come, each under the import's id. */
import { DAY_MS, type Millis } from "../../domain/ids.ts";
import type { Invalid } from "../../import/rows.ts";
import type { Asked, RefusedCounts } from "./run.ts";

export interface ImportJob extends Omit<Asked, "from"> {
  id: string;
  /** Of the file, as its sender called it. */
  name: string;
  bytes: number;
  /** Of the file, its header among them; null where nobody counted. */
  lines: number | null;
  state: "running" | "done" | "failed";
  started: Millis;
  /** When it last got on, by the machine's clock: it is about age, not about meaning. */
  at: Millis;
  /** Nobody works at it: whoever comes next goes on. */
  idle: boolean;
  /** How often it was taken up since it last got on. */
  tries: number;
  by: string;
  /** Line at which it goes on. */
  from: number;
  accepted: number;
  /** The first of them; `counts` has how many there are. */
  invalid: Invalid[];
  dropped: Invalid[];
  counts: RefusedCounts;
  /** Whether the file's consent counted. */
  approved: boolean;
  /** Why it failed, in words. */
  because: string | null;
}

/** How one stands that nobody has got on with yet; the header is line 1. */
export const UNSTARTED = {
  state: "running",
  idle: false,
  tries: 1,
  from: 2,
  lines: null,
  accepted: 0,
  counts: { invalid: 0, dropped: 0 },
  approved: false,
  because: null,
} satisfies Partial<ImportJob>;

/** A job as it was read or written last: nobody else has changed it while the etag is the same. */
export interface Stored {
  job: ImportJob;
  etag: string;
}

const KEPT_DAYS = 30;
/** A file that nothing has got on with for so long goes: people's data lie in it. */
const FILE_KEPT_DAYS = 2;

const PREFIX = "imports/";
const documentOf = (id: string): string => `${PREFIX}${id}/job.json`;
const fileOf = (id: string): string => `${PREFIX}${id}/file.csv`;
const ID = /^\d{13}-[0-9a-f]{8}$/;

/** Ids begin with the moment, so the order of names is that of time. */
export const newId = (now: Millis): string => `${now}-${crypto.randomUUID().slice(0, 8)}`;

export async function loadJob(bucket: R2Bucket, id: string): Promise<Stored | null> {
  const object = ID.test(id) ? await bucket.get(documentOf(id)) : null;
  return object && { job: whole(await object.json<Kept>()), etag: object.etag };
}

/** As it lies there: those begun before refusals and lines were counted have neither count. */
type Kept = Omit<ImportJob, "counts" | "lines"> & Partial<Pick<ImportJob, "counts" | "lines">>;

const whole = (kept: Kept): ImportJob => ({
  ...kept,
  lines: kept.lines ?? null,
  counts: kept.counts ?? { invalid: kept.invalid.length, dropped: kept.dropped.length },
});

/** `etag` null for a new one. Null when somebody else changed it meanwhile. */
export async function saveJob(
  bucket: R2Bucket,
  job: ImportJob,
  etag: string | null,
): Promise<Stored | null> {
  const saved = await bucket.put(documentOf(job.id), JSON.stringify(job), {
    httpMetadata: { contentType: "application/json" },
    onlyIf: etag === null ? { etagDoesNotMatch: "*" } : { etagMatches: etag },
  });
  return saved && { job, etag: saved.etag };
}

export const saveFile = (
  bucket: R2Bucket,
  id: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<unknown> => bucket.put(fileOf(id), bytes);

export const loadFile = async (
  bucket: R2Bucket,
  id: string,
): Promise<ReadableStream<Uint8Array> | null> => (await bucket.get(fileOf(id)))?.body ?? null;

export const deleteFile = (bucket: R2Bucket, id: string): Promise<void> =>
  bucket.delete(fileOf(id));

/** What lies there of one import: when its document was written last, and whether it has one and still has a file. */
interface Lying {
  id: string;
  /** Of its newest part. */
  written: Millis;
  hasDocument: boolean;
  hasFile: boolean;
}

/** Oldest first. */
async function allLying(bucket: R2Bucket): Promise<Lying[]> {
  const found = new Map<string, Lying>();
  let cursor: string | undefined;
  do {
    const page: R2Objects = await bucket.list({
      prefix: PREFIX,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { key, uploaded } of page.objects) {
      const id = key.slice(PREFIX.length, key.lastIndexOf("/"));
      const known = found.get(id) ?? { id, written: 0, hasDocument: false, hasFile: false };
      known.written = Math.max(known.written, uploaded.getTime());
      known.hasDocument ||= key === documentOf(id);
      known.hasFile ||= key === fileOf(id);
      found.set(id, known);
    }
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return [...found.values()];
}

/** Newest first. */
export async function newestJobs(bucket: R2Bucket, limit: number): Promise<ImportJob[]> {
  const ids = (await allLying(bucket)).map(({ id }) => id).toReversed();
  const jobs = await Promise.all(ids.slice(0, limit).map((id) => loadJob(bucket, id)));
  return jobs.flatMap((stored) => (stored ? [stored.job] : []));
}

/** Those whose file still lies there; at most so many, whoever has waited longest first. */
export async function unfinishedJobs(bucket: R2Bucket, limit: number): Promise<Stored[]> {
  const lying = (await allLying(bucket))
    .filter(({ hasDocument, hasFile }) => hasDocument && hasFile)
    .toSorted((a, b) => a.written - b.written);
  const jobs = await Promise.all(lying.slice(0, limit).map(({ id }) => loadJob(bucket, id)));
  return jobs.filter((stored) => stored !== null);
}

/** What is older than a month goes, and a file that nothing gets on with. */
export async function sweepImports(bucket: R2Bucket, now: Millis): Promise<void> {
  for (const { id, written, hasFile } of await allLying(bucket)) {
    const days = (now - written) / DAY_MS;
    if (days > KEPT_DAYS) await bucket.delete([fileOf(id), documentOf(id)]);
    else if (hasFile && days > FILE_KEPT_DAYS) await deleteFile(bucket, id);
  }
}
