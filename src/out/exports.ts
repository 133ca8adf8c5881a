/**
 * Exports that somebody makes in the console, as they lie in the bucket: `exports/<id>/job.json` says how far one is,
 * `exports/<id>/part-<n>` is what it found so far. They hold what people said of themselves, so they don't stay: a list of
 * addresses for an hour, since permissions end, all else for a day. An erasure takes its lines out at once.
 */
import type { Day, Millis, VisitorId } from "../domain/ids.ts";
import { deleteAll } from "./manifest.ts";

export const EXPORT_KINDS = ["hints", "events", "people"] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

export interface ExportJob {
  id: string;
  kind: ExportKind;
  /** Of people: as a table; else lines of JSON. Lists of hints are always a table. */
  format?: "csv";
  /** Of a list of hints: one action, or null for all. */
  action: string | null;
  /** Of events and people: what for, and of which days. */
  purpose: string | null;
  from: Day;
  to: Day;
  /** `stopped`: somebody was erased whom it may name, and it has to be made anew. */
  state: "running" | "done" | "failed" | "stopped";
  started: Millis;
  by: string;
  /** When it last got on, by the machine's clock: it is about age, not about meaning. */
  at: Millis;
  /** How often it was taken up since it last got on. */
  tries: number;
  doneAt: Millis | null;
  /** Where it goes on; null at the start and at the end. */
  cursor: string | null;
  parts: number;
  lines: number;
  bytes: number;
  /** People or events looked at, for whom no line may have come. */
  looked: number;
  /** How much of the days or people, from 0 to 1; null where nobody knows how much it is. */
  share: number | null;
  /** Why it failed, in words. */
  because: string | null;
}

/** How one stands that nobody has got on with yet. */
export const UNSTARTED = {
  state: "running",
  doneAt: null,
  cursor: null,
  parts: 0,
  lines: 0,
  bytes: 0,
  looked: 0,
  share: null,
  because: null,
} satisfies Partial<ExportJob>;

const FOLDER = "exports/";
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const KEPT_MS: Readonly<Record<ExportKind, Millis>> = {
  hints: HOUR_MS,
  events: DAY_MS,
  people: DAY_MS,
};
/** What is told of one whose file is gone. */
const TOLD_MS = 7 * DAY_MS;
/** Jobs that pages look at: a few are made a day. */
export const JOBS_MOST = 200;

export const jobAt = (id: string): string => `${FOLDER}${id}/job.json`;
export const partAt = (id: string, n: number): string =>
  `${FOLDER}${id}/part-${String(n).padStart(5, "0")}`;

export interface StoredJob {
  job: ExportJob;
  etag: string;
}

export async function loadJob(bucket: R2Bucket, id: string): Promise<StoredJob | null> {
  const object = await bucket.get(jobAt(id));
  return object && { job: await object.json<ExportJob>(), etag: object.etag };
}

/** Its new etag; null when somebody else changed it meanwhile, who is right then. */
export async function saveJob(
  bucket: R2Bucket,
  job: ExportJob,
  etag: string | null,
): Promise<string | null> {
  const saved = await bucket.put(jobAt(job.id), JSON.stringify(job), {
    onlyIf: etag === null ? { etagDoesNotMatch: "*" } : { etagMatches: etag },
  });
  return saved?.etag ?? null;
}

async function allIds(bucket: R2Bucket): Promise<string[]> {
  const folders: string[] = [];
  let cursor: string | undefined;
  do {
    const page: R2Objects = await bucket.list({
      prefix: FOLDER,
      delimiter: "/",
      ...(cursor === undefined ? {} : { cursor }),
    });
    folders.push(...page.delimitedPrefixes);
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return folders.map((folder) => folder.slice(FOLDER.length, -1)).toSorted();
}

/** Newest first: all there are, or so many. */
export async function listJobs(
  bucket: R2Bucket,
  most: number = Number.POSITIVE_INFINITY,
): Promise<StoredJob[]> {
  const ids = (await allIds(bucket)).toReversed().slice(0, most);
  const found = await Promise.all(ids.map((id) => loadJob(bucket, id)));
  return found.filter((each) => each !== null);
}

/** What its file's name ends with. */
export const endingOf = ({ kind, format }: Pick<ExportJob, "kind" | "format">): "csv" | "ndjson" =>
  kind === "hints" ? "csv" : (format ?? "ndjson");

/** Whether its file is still there to be fetched. */
export const isThere = ({ state, doneAt, kind }: ExportJob, now: Millis): boolean =>
  state === "done" && doneAt !== null && now < doneAt + KEPT_MS[kind];

/** Until when. */
export const goneAt = ({ doneAt, kind }: ExportJob): Millis | null =>
  doneAt === null ? null : doneAt + KEPT_MS[kind];

async function partsOf(bucket: R2Bucket, id: string): Promise<string[]> {
  const keys: string[] = [];
  let cursor: string | undefined;
  do {
    const page: R2Objects = await bucket.list({
      prefix: `${FOLDER}${id}/part-`,
      ...(cursor === undefined ? {} : { cursor }),
    });
    keys.push(...page.objects.map(({ key }) => key));
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return keys;
}

export const removeParts = async (bucket: R2Bucket, id: string): Promise<void> =>
  deleteAll(bucket, await partsOf(bucket, id));

/** Removes the files whose time is over, and what is told of them a week later. */
export async function sweepExports(bucket: R2Bucket, now: Millis): Promise<void> {
  for (const { job } of await listJobs(bucket)) {
    if (job.state === "running" || isThere(job, now)) continue;
    await removeParts(bucket, job.id);
    if (now - job.started > TOLD_MS) await bucket.delete(jobAt(job.id));
  }
}

/**
 * Takes out whatever names one of these visitors. A list of hints names persons by one visitor alone, so it is stopped as a
 * whole. Whoever writes a part at the same moment looks at the tombstones afterwards, so these have to stand in D1 before.
 */
export async function removeFromExports(
  bucket: R2Bucket,
  visitors: readonly VisitorId[],
): Promise<void> {
  if (visitors.length === 0) return;
  for (const { job } of await listJobs(bucket)) {
    if (job.kind === "hints") await stop(bucket, job.id);
    else for (const key of await partsOf(bucket, job.id)) await removeLines(bucket, key, visitors);
  }
}

async function stop(bucket: R2Bucket, id: string): Promise<void> {
  await removeParts(bucket, id);
  const stored = await loadJob(bucket, id);
  if (!stored || stored.job.state === "stopped") return;
  const stopped: ExportJob = { ...stored.job, state: "stopped", cursor: null };
  if ((await saveJob(bucket, stopped, stored.etag)) === null)
    throw new Error("the export was changed meanwhile");
  // Whatever was put between.
  await removeParts(bucket, id);
}

async function removeLines(
  bucket: R2Bucket,
  key: string,
  visitors: readonly VisitorId[],
): Promise<void> {
  const object = await bucket.get(key);
  if (!object) return;
  const lines = (await object.text()).split("\n");
  const kept = lines.filter((line) => !visitors.some((visitor) => line.includes(visitor)));
  if (kept.length === lines.length) return;
  const put = await bucket.put(key, kept.join("\n"), {
    onlyIf: { etagMatches: object.etag },
  });
  if (!put) throw new Error("the export was written anew meanwhile");
}
