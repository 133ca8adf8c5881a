/** Requests of the people whose data it is: what is asked, and until when it must be answered. */
import type { Millis } from "./ids.ts";

export const REQUEST_KINDS = ["export", "erase"] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

/** `open` is kept for what waits for a human. A `failed` one is still tried again. */
export const REQUEST_STATES = ["open", "running", "done", "failed"] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/**
 * One month after it came (Art. 12(3) GDPR; CCPA gives 45 days): the same day of the next month, or its last where it
 * has no such day.
 */
export function dueOf(at: Millis): Millis {
  const due = new Date(at);
  const day = due.getUTCDate();
  due.setUTCMonth(due.getUTCMonth() + 1);
  // 31 January would be 3 March: back to the last of February.
  if (due.getUTCDate() !== day) due.setUTCDate(0);
  return due.getTime();
}
