/** Which jobs of cron failed when they ran last. It lies in R2, since most that fail do so because D1 is away. */
import { isObject } from "../domain/json.ts";
import type { Millis } from "../domain/ids.ts";

const KEY = "failing-jobs";

/** By the job's name, since when it has failed each time. */
export type Failing = Readonly<Record<string, Millis>>;

/** Nothing is written while what fails stays the same. @throws when R2 can't say */
export async function noteRun(
  bucket: R2Bucket,
  ran: readonly string[],
  failed: readonly string[],
  now: Millis,
): Promise<void> {
  const before = await failingJobs(bucket);
  const after = Object.fromEntries([
    ...Object.entries(before).filter(([job]) => !ran.includes(job)),
    ...failed.map((job): [string, Millis] => [job, before[job] ?? now]),
  ]);
  if (Object.keys(after).toSorted().join() === Object.keys(before).toSorted().join()) return;
  if (Object.keys(after).length === 0) await bucket.delete(KEY);
  else await bucket.put(KEY, JSON.stringify(after));
}

/** @throws when R2 can't say */
export async function failingJobs(bucket: R2Bucket): Promise<Failing> {
  const stored: unknown = (await (await bucket.get(KEY))?.json()) ?? {};
  return isObject(stored)
    ? Object.fromEntries(
        Object.entries(stored).filter(
          (each): each is [string, number] => typeof each[1] === "number",
        ),
      )
    : {};
}
