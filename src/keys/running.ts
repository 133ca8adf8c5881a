/** How far a run of cron has come that hasn't come to its end. It lies in R2, since it tells also of runs without a database. */
import { isObject } from "../domain/json.ts";
import type { Millis } from "../domain/ids.ts";

export type Schedule = "often" | "nightly";

export interface Running {
  /** The job that it was about to run, or the first one where nobody watches each. */
  job: string;
  /** Whether it is that one. */
  sure: boolean;
  /** When that was, by the machine's clock. */
  at: Millis;
  /** How many runs in a row came no further. */
  times: number;
}

const place = (schedule: Schedule): string => `cron-run/${schedule}`;

/** Null where the last run came to its end. @throws when R2 can't say */
export async function runningAt(bucket: R2Bucket, schedule: Schedule): Promise<Running | null> {
  const stored: unknown = await (await bucket.get(place(schedule)))?.json();
  return isObject(stored) && typeof stored["job"] === "string"
    ? (stored as unknown as Running)
    : null;
}

export async function noteRunning(
  bucket: R2Bucket,
  schedule: Schedule,
  running: Running,
): Promise<void> {
  await bucket.put(place(schedule), JSON.stringify(running));
}

export const forgetRunning = (bucket: R2Bucket, schedule: Schedule): Promise<void> =>
  bucket.delete(place(schedule));
