/** Dropping what has been kept long enough. D1's rows go by cron; an object does its part when it is next written to. */
import { opens, type Openings } from "../domain/consent/openings.ts";
import type { Day } from "../domain/ids.ts";
import { isExpired, type Keeping, shortest, standingPurposes } from "../domain/retention.ts";
import type { Bucket } from "../domain/slice/bucket.ts";
import { addBucket, type Slice } from "../domain/slice/slice.ts";
import { hash32 } from "../domain/slice/tally.ts";
import { seenSince, withoutOld } from "../domain/suggestion/sightings.ts";
import type { GivenHint, VisitorDoc } from "./documents.ts";
import { lapse } from "./lapse.ts";
import { keys } from "./store.ts";
import type { Transactor } from "./transactor.ts";

/** Since waking. */
export class Tidying {
  /** The day on which what has ended was dropped last, and by which version of the policy. */
  private last: { on: Day; by: number } | null = null;

  /** Drops what has ended, before anything is made of it, once a day: of who was here today it was done then. */
  before(tx: Transactor, { today: { day } }: VisitorDoc, today: Day, keeping: Keeping): void {
    if (day !== today) this.tidy(tx, today, keeping);
  }

  tidy(tx: Transactor, today: Day, keeping: Keeping): void {
    const { version } = keeping;
    if (this.last?.on === today && this.last.by === version) return;
    expire(tx, today, keeping);
    this.last = { on: today, by: version };
  }
}

/**
 * All visitors here, also those who haven't been seen for long. A bucket loses each purpose as that ends, and goes with the
 * last; what was said under a purpose goes with it, and topics that have become sensitive go at once. To be called once a day:
 * it reads old days again.
 */
export function expire(tx: Transactor, today: Day, keeping: Keeping): void {
  const { retention, sensitive } = keeping;
  for (const doc of tx.visitors.values()) {
    // Neither of the two is skipped for the other.
    const isSaidLess = lapse(tx, doc, today, keeping);
    const isLeftOut = leaveOut(tx, doc, sensitive);
    if (isSaidLess || isLeftOut) tx.changed(doc);
    // What has landed long ago may still lie here; it must not land again after its rows were removed.
    const pending = doc.pending.filter(
      (entry) => entry.kind !== "event" || !isExpired(retention, entry.event, today),
    );
    const slice = standing(doc.slice, keeping, today);
    const cold = expireCold(tx, doc, today, keeping);
    const { sightings } = doc;
    const seen = sightings && withoutOld(sightings, seenSince(keeping, today));
    if (!slice && !cold && pending.length === doc.pending.length && seen === sightings) continue;
    doc.pending = pending;
    // The matching's own record of it ends by itself.
    if (seen) doc.sightings = seen;
    else delete doc.sightings;
    doc.slice = slice ?? doc.slice;
    tx.changed(doc);
  }
}

/** What of a slice may still be used, under the purposes that stand; null when that is all of it. */
function standing(slice: Slice, { retention, openings }: Keeping, today: Day): Slice | null {
  const before = today - shortest(retention);
  const buckets = Object.values(slice);
  let changed = false;
  const left = buckets.flatMap((bucket): Bucket[] => {
    if (bucket.day >= before) return [bucket];
    const gone = isExpired(retention, bucket, today);
    const purposes = standingPurposes(retention, bucket, today);
    if (!gone && purposes.length === bucket.purposes.length) return [bucket];
    changed = true;
    return gone ? [] : [under(bucket, purposes, openings)];
  });
  return changed ? left.reduce(addBucket, {} as Slice) : null;
}

/** Click ids are there for what opens them alone. */
function under(bucket: Bucket, purposes: readonly string[], openings: Openings): Bucket {
  if (opens(openings, purposes, "click-ids")) return { ...bucket, purposes };
  const touches = Object.entries(bucket.touches).map(([key, touch]) => {
    const { click, ...campaign } = touch.campaign;
    if (!click) return [key, touch] as const;
    const { id: _, ...vendor } = click;
    return [key, { ...touch, campaign: { ...campaign, click: vendor } }] as const;
  });
  return { ...bucket, purposes, touches: Object.fromEntries(touches) };
}

/** Days of which nothing can have ended aren't read. */
function expireCold(tx: Transactor, doc: VisitorDoc, today: Day, keeping: Keeping): boolean {
  const before = today - shortest(keeping.retention);
  let changed = false;
  for (const day of doc.cold.slices.filter((each) => each < before)) {
    const key = keys.cold(doc.id, "slice", day);
    const left = standing((tx.readCold(key) ?? {}) as Slice, keeping, today);
    if (!left) continue;
    changed = true;
    if (Object.keys(left).length > 0) tx.writeCold(key, left);
    else {
      tx.removeCold(key);
      doc.cold.slices = doc.cold.slices.filter((each) => each !== day);
    }
  }
  return changed;
}

/** Topics that the officer has come to call sensitive, out of what was folded before. Old days are read once for each list. */
function leaveOut(tx: Transactor, doc: VisitorDoc, sensitive: ReadonlySet<string>): boolean {
  if (sensitive.size === 0) return false;
  const hot = withoutTopics(doc.slice, sensitive);
  if (hot) doc.slice = hot;
  const isHinted = doc.hints.some(({ topic }) => topic !== undefined && sensitive.has(topic));
  if (isHinted) doc.hints = doc.hints.map((hint) => withoutTopic(hint, sensitive));
  const list = hash32([...sensitive].toSorted().join("\n"));
  const isRead = doc.leftOut === list || doc.cold.slices.length === 0;
  if (isRead) return hot !== null || isHinted;
  for (const day of doc.cold.slices) {
    const key = keys.cold(doc.id, "slice", day);
    const left = withoutTopics((tx.readCold(key) ?? {}) as Slice, sensitive);
    if (left) tx.writeCold(key, left);
  }
  doc.leftOut = list;
  return true;
}

/** Null where none of them is in it. */
function withoutTopics(slice: Slice, sensitive: ReadonlySet<string>): Slice | null {
  const isTold = ({ topics }: Bucket): boolean =>
    Object.keys(topics).some((topic) => sensitive.has(topic));
  if (!Object.values(slice).some(isTold)) return null;
  return Object.fromEntries(
    Object.entries(slice).map(([key, bucket]) => [
      key,
      {
        ...bucket,
        topics: Object.fromEntries(
          Object.entries(bucket.topics).filter(([topic]) => !sensitive.has(topic)),
        ),
      },
    ]),
  );
}

function withoutTopic(hint: GivenHint, sensitive: ReadonlySet<string>): GivenHint {
  const { topic, ...rest } = hint;
  return topic === undefined || sensitive.has(topic) ? rest : hint;
}
