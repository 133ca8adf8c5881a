/**
 * A slice: all that is folded from the set of one visitor's events. A person's profile is the union of its visitors'
 * slices, so that merging and undoing are moves of whole slices (DESIGN.md 1).
 */
import type { UsherEvent } from "../event.ts";
import type { Day, Millis, VisitorId } from "../ids.ts";
import { type Bucket, type BucketKey, bucketOf, keyOf, mergeBuckets } from "./bucket.ts";

export type Slice = Readonly<Record<BucketKey, Bucket>>;
export type Profile = Readonly<Record<VisitorId, Slice>>;

export const EMPTY_SLICE: Slice = {};

export function addBucket(slice: Slice, bucket: Bucket): Slice {
  const key = keyOf(bucket);
  const known = slice[key];
  return { ...slice, [key]: known ? mergeBuckets(known, bucket) : bucket };
}

export const foldEvent = (slice: Slice, event: UsherEvent): Slice =>
  addBucket(slice, bucketOf(event));

/** The fold over a batch; duplicates must be out. */
export const foldEvents = (slice: Slice, events: readonly UsherEvent[]): Slice =>
  events.reduce(foldEvent, slice);

/** Two slices of the same visitor over disjoint events. */
export const mergeSlices = (a: Slice, b: Slice): Slice => Object.values(b).reduce(addBucket, a);

/**
 * The profile of both sets of visitors: associative, commutative and idempotent. A visitor lives in one person only,
 * so the same visitor on both sides is the same slice.
 */
export const combine = (a: Profile, b: Profile): Profile => ({ ...a, ...b });

/** Keeps only what was recorded under any of these purposes: each bucket stands for what it was recorded under. */
export const usableFor = (slice: Slice, purposes: ReadonlySet<string>): Slice =>
  filterSlice(slice, (bucket) => bucket.purposes.some((id) => purposes.has(id)));

export const filterSlice = (slice: Slice, keep: (bucket: Bucket) => boolean): Slice =>
  Object.fromEntries(Object.entries(slice).filter(([, bucket]) => keep(bucket)));

/** The days on which a visitor has events, ascending: where a journey has to look in D1. */
export const daysOf = (slice: Slice): Day[] =>
  [...new Set(Object.values(slice).map((bucket) => bucket.day))].sort((a, b) => a - b);

/** When a day's events happened, by corrected time, and how many there are. */
export function spansOf(slice: Slice): Map<Day, { first: Millis; last: Millis; events: number }> {
  const spans = new Map<Day, { first: Millis; last: Millis; events: number }>();
  for (const { day, first, last, events } of Object.values(slice)) {
    const known = spans.get(day);
    spans.set(day, {
      first: Math.min(first, known?.first ?? first),
      last: Math.max(last, known?.last ?? last),
      events: events + (known?.events ?? 0),
    });
  }
  return spans;
}
