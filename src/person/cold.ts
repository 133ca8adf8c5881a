/**
 * Spilling what has grown cold out of a visitor's document, so that an event rewrites a few kilobytes however long the
 * visitor's past. Each spill costs a few rows and happens once in some hundred events.
 */
import { type Day, dayOf, type Millis } from "../domain/ids.ts";
import type { Bucket } from "../domain/slice/bucket.ts";
import { addBucket, mergeSlices, type Slice } from "../domain/slice/slice.ts";
import type { Pending, VisitorDoc } from "./documents.ts";
import { keys } from "./store.ts";
import type { PersonReader } from "./reader.ts";
import type { Transactor } from "./transactor.ts";

/** Message ids held in the document before they are packed away: 128 numbers are about two kilobytes. */
const SEEN_IN_DOCUMENT = 128;
/** Ids per packed document: 64 KB. */
const SEEN_PER_PART = 4096;
/** Buckets held in the document. */
const BUCKETS_IN_DOCUMENT = 6;
/** Pending entries held in the document; more only while D1 can't be reached. */
const PENDING_IN_DOCUMENT = 64;
const PENDING_BYTES = 64_000;
const WEIGHED_EVERY = 8;
/** Of one spilled part as JSON: a stored value may have two megabytes, and two bytes a character. */
const PART_BYTES = 500_000;

/** Ids packed as pairs of doubles would waste half; hashes are 53 bits, so a double each, beside the last day of all. */
interface SeenPart {
  until: Day;
  hashes: Float64Array;
}

/** 53 bits of two 32-bit FNV-1a runs: a false repetition among 70,000 ids has a chance below one in a million. */
export function hashId(id: string): number {
  let high = 0x811c9dc5;
  let low = 0x9e3779b9;
  for (let i = 0; i < id.length; i++) {
    const code = id.charCodeAt(i);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x85ebca6b);
    low ^= low >>> 13;
  }
  return (high >>> 0) * 0x200000 + ((low >>> 0) & 0x1fffff);
}

const packed = new WeakMap<VisitorDoc, Set<number>>();

/** Whether this visitor sent a message of this hash before. */
export function wasSeen(tx: Transactor, doc: VisitorDoc, hash: number): boolean {
  // A loop by hand: this is asked for every message, and of up to a hundred pairs.
  for (const pair of doc.seen) if (pair[0] === hash) return true;
  if (doc.cold.seen.length === 0) return false;
  let known = packed.get(doc);
  if (!known) {
    known = new Set();
    for (const part of doc.cold.seen) {
      const stored = tx.readCold(keys.cold(doc.id, "seen", part)) as SeenPart | undefined;
      for (const each of stored?.hashes ?? []) known.add(each);
    }
    packed.set(doc, known);
  }
  return known.has(hash);
}

/** To be called after a batch was recorded. */
export function spill(tx: Transactor, doc: VisitorDoc, now: Millis): void {
  if (doc.seen.length > SEEN_IN_DOCUMENT) spillSeen(tx, doc, dayOf(now));
  if (Object.keys(doc.slice).length > BUCKETS_IN_DOCUMENT) spillSlice(tx, doc, dayOf(now));
  const waiting = doc.pending.length;
  if (waiting > PENDING_IN_DOCUMENT) spillPending(tx, doc);
  // Weighing costs as much as writing, so it is done now and then.
  else if (waiting > 0 && waiting % WEIGHED_EVERY === 0 && weigh(doc) > PENDING_BYTES)
    spillPending(tx, doc);
}

const weigh = (doc: VisitorDoc): number => JSON.stringify(doc.pending).length;

function spillSeen(tx: Transactor, doc: VisitorDoc, today: Day): void {
  const standing = doc.seen.filter(([, until]) => until >= today);
  doc.cold.seen = doc.cold.seen.filter((part) => {
    const stored = tx.readCold(keys.cold(doc.id, "seen", part)) as SeenPart | undefined;
    if (stored && stored.until >= today) return true;
    tx.removeCold(keys.cold(doc.id, "seen", part));
    return false;
  });
  const last = doc.cold.seen.at(-1);
  const open =
    last === undefined
      ? undefined
      : (tx.readCold(keys.cold(doc.id, "seen", last)) as SeenPart | undefined);
  const fits = open !== undefined && open.hashes.length + standing.length <= SEEN_PER_PART;
  const part = fits ? (last as number) : (last ?? 0) + 1;
  const hashes = new Float64Array([
    ...(fits ? open.hashes : []),
    ...standing.map(([hash]) => hash),
  ]);
  const until = Math.max(fits ? open.until : 0, ...standing.map(([, day]) => day));
  tx.writeCold(keys.cold(doc.id, "seen", part), { until, hashes } satisfies SeenPart);
  if (!fits) doc.cold.seen = [...doc.cold.seen, part];
  doc.seen = [];
  packed.delete(doc);
}

/** Older days go; today's buckets stay where the next event finds them. */
function spillSlice(tx: Transactor, doc: VisitorDoc, today: Day): void {
  const staying: Record<string, Bucket> = {};
  const byDay = new Map<Day, Bucket[]>();
  for (const [key, bucket] of Object.entries(doc.slice)) {
    if (bucket.day === today) staying[key] = bucket;
    else byDay.set(bucket.day, [...(byDay.get(bucket.day) ?? []), bucket]);
  }
  for (const [day, buckets] of byDay) {
    const key = keys.cold(doc.id, "slice", day);
    const stored = (tx.readCold(key) ?? {}) as Slice;
    tx.writeCold(key, buckets.reduce(addBucket, stored));
    if (!doc.cold.slices.includes(day)) doc.cold.slices = [...doc.cold.slices, day];
  }
  doc.slice = staying;
}

function spillPending(tx: Transactor, doc: VisitorDoc): void {
  let part = doc.cold.pending.at(-1) ?? 0;
  let entries: Pending[] = [];
  let bytes = 0;
  const close = (): void => {
    part++;
    tx.writeCold(keys.cold(doc.id, "pending", part), entries);
    doc.cold.pending = [...doc.cold.pending, part];
    entries = [];
    bytes = 0;
  };
  for (const entry of doc.pending) {
    const size = JSON.stringify(entry).length;
    if (entries.length > 0 && bytes + size > PART_BYTES) close();
    entries.push(entry);
    bytes += size;
  }
  if (entries.length > 0) close();
  doc.pending = [];
}

/** The whole slice, hot and cold. */
export function wholeSlice(reader: PersonReader, doc: VisitorDoc): Slice {
  return doc.cold.slices.reduce(
    (slice, day) =>
      mergeSlices(slice, (reader.readCold(keys.cold(doc.id, "slice", day)) ?? {}) as Slice),
    doc.slice,
  );
}

/** What waits for D1, oldest part first. `part` is null for what is in the document itself. */
export function pendingParts(
  reader: PersonReader,
  doc: VisitorDoc,
): { part: number | null; entries: readonly Pending[] }[] {
  const parts = doc.cold.pending.map((part) => ({
    part,
    entries: (reader.readCold(keys.cold(doc.id, "pending", part)) ?? []) as Pending[],
  }));
  return [...parts, { part: null, entries: doc.pending }];
}
