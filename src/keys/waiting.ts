/**
 * Word of events that wait in persons' outboxes now. It lies in R2, since it is D1 that they wait for. Whose oldest has waited
 * longest speaks for all, and while nothing waits nobody reads or writes it but `/_u/health`.
 */
import type { Millis } from "../domain/ids.ts";

const KEY = "waiting";
/** An object whose landing fails tries again within five minutes. Who isn't heard of for longer has landed, or is gone. */
const HEARD_MS = 7 * 60_000;
/** In one isolate many objects fail at once; one word of them in so long is enough. */
const TOLD_MS = 60_000;

export interface Waiting {
  /** Something that was received then couldn't be landed now. */
  tell(since: Millis, now: Millis): Promise<void>;
  /** Something that was received then has landed. Costs nothing unless this isolate told, or was told, that it waits. */
  over(since: Millis): Promise<void>;
}

/** Of one isolate. */
export function createWaiting(bucket: R2Bucket): Waiting {
  let known: { since: Millis; at: Millis } | null = null;
  return {
    async tell(since, now) {
      if (known && known.since <= since && now - known.at < TOLD_MS) return;
      const standing = await waitingSince(bucket, now);
      known = { since: Math.min(since, standing ?? since), at: now };
      if (standing !== null && standing < since) return;
      await bucket.put(KEY, "", { customMetadata: { since: `${since}`, said: `${now}` } });
    },

    async over(since) {
      if (!known || since > known.since) return;
      const { at } = known;
      known = null;
      const standing = await waitingSince(bucket, at);
      if (standing !== null && standing >= since) await bucket.delete(KEY);
    },
  };
}

/** When the oldest was received that is known to wait; null when nothing is known to. @throws when R2 can't say */
export async function waitingSince(bucket: R2Bucket, now: Millis): Promise<Millis | null> {
  const said = (await bucket.head(KEY))?.customMetadata;
  const [since, at] = [Number(said?.["since"]), Number(said?.["said"])];
  return now - at < HEARD_MS ? since : null;
}

/** In whole seconds, for how long the oldest has waited; 0 when nothing is known to. */
export async function lagOf(bucket: R2Bucket, now: Millis): Promise<number> {
  const since = await waitingSince(bucket, now);
  return since === null ? 0 : Math.max(0, Math.floor((now - since) / 1000));
}
