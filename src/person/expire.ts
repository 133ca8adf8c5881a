/** Dropping what has been kept long enough. D1's rows go by cron; an object does its part when it is next written to. */
import type { Day } from "../domain/ids.ts";
import { isExpired, type Retention, shortest } from "../domain/retention.ts";
import type { Bucket } from "../domain/slice/bucket.ts";
import { filterSlice, type Slice } from "../domain/slice/slice.ts";
import type { VisitorDoc } from "./documents.ts";
import { keys } from "./store.ts";
import type { Transactor } from "./transactor.ts";

/** All visitors here, also those who haven't been seen for long. To be called once a day: it reads old days again. */
export function expire(tx: Transactor, today: Day, retention: Retention): void {
  const kept = (bucket: Bucket): boolean => !isExpired(retention, bucket, today);
  for (const doc of tx.visitors.values()) {
    // What has landed long ago may still lie here; it must not land again after its rows were removed.
    doc.pending = doc.pending.filter(
      (entry) => entry.kind !== "event" || !isExpired(retention, entry.event, today),
    );
    const slice = filterSlice(doc.slice, kept);
    const hot = Object.keys(slice).length !== Object.keys(doc.slice).length;
    const cold = expireCold(tx, doc, today - shortest(retention), kept);
    if (!hot && !cold) continue;
    doc.slice = slice;
    tx.changed(doc);
  }
}

/** Days after `before` can't have expired. */
function expireCold(
  tx: Transactor,
  doc: VisitorDoc,
  before: Day,
  kept: (bucket: Bucket) => boolean,
): boolean {
  let changed = false;
  for (const day of doc.cold.slices.filter((each) => each < before)) {
    const key = keys.cold(doc.id, "slice", day);
    const stored = (tx.readCold(key) ?? {}) as Slice;
    const left = filterSlice(stored, kept);
    if (Object.keys(left).length === Object.keys(stored).length) continue;
    changed = true;
    if (Object.keys(left).length > 0) tx.writeCold(key, left);
    else {
      tx.removeCold(key);
      doc.cold.slices = doc.cold.slices.filter((each) => each !== day);
    }
  }
  return changed;
}
