/**
 * A bucket: what is folded from one visitor's events of one day that were recorded under the same purposes.
 *
 * Buckets with the same key form a commutative monoid under `mergeBuckets`; an event is a bucket of one. So the fold
 * over a set of events is the same whatever the order and the batching. Duplicates are out before the fold.
 */
import type { Campaign, Device, UsherEvent } from "../event.ts";
import type { Day, Millis } from "../ids.ts";
import { joinSessions, type Session } from "./sessions.ts";
import { addTallies, boundKeys, tallyOf, type Tally } from "./tally.ts";

/** `<day>|<purposes, comma-separated>` */
export type BucketKey = string;

export interface Touch {
  campaign: Campaign;
  first: Millis;
  last: Millis;
  count: number;
}

export interface Bucket {
  day: Day;
  purposes: readonly string[];
  first: Millis;
  last: Millis;
  events: number;
  /** Calls by type and name, as `track:Name`; what somebody did before what they looked at. */
  names: Tally;
  /** Page and article views by topic. */
  topics: Tally;
  channels: Tally;
  sessions: readonly Session[];
  /** By `source|medium|name|id|click`. */
  touches: Record<string, Touch>;
  /** By `type|os|browser|app`; the newest is the profile's. */
  devices: Record<string, { device: Device; last: Millis }>;
  orders: number;
  orderCents: number;
}

const TOUCHES = 32;
const DEVICES = 8;

export const bucketKey = (day: Day, purposes: readonly string[]): BucketKey =>
  `${day}|${purposes.join(",")}`;

export const keyOf = (bucket: Bucket): BucketKey => bucketKey(bucket.day, bucket.purposes);

const touchKey = (c: Campaign): string =>
  [c.source, c.medium, c.name, c.id, c.click?.vendor].map((part) => part ?? "").join("|");

const deviceKey = (d: Device): string =>
  [d.type, d.os ?? "", d.browser ?? "", d.app ? "app" : ""].join("|");

/** Pages are many and conditions ask for few of them: their names make room for what somebody did. */
const isView = (key: string): boolean => key.startsWith("page:") || key.startsWith("screen:");

/** Reads are views: a topic counts when something about it was looked at, not when a button on it was pressed. */
const isRead = (event: UsherEvent): boolean => event.type === "page" || event.type === "screen";

const isOrder = (event: UsherEvent): boolean =>
  event.type === "track" && event.valueCents !== undefined;

export function bucketOf(event: UsherEvent): Bucket {
  const { at, campaign, device } = event;
  return {
    day: event.day,
    purposes: event.purposes,
    first: at,
    last: at,
    events: 1,
    names: tallyOf([event.name === null ? event.type : `${event.type}:${event.name}`]),
    topics: tallyOf(isRead(event) ? (event.topics ?? []) : []),
    channels: tallyOf([event.channel]),
    sessions: [[at, at]],
    touches: campaign ? { [touchKey(campaign)]: { campaign, first: at, last: at, count: 1 } } : {},
    devices: device ? { [deviceKey(device)]: { device, last: at } } : {},
    orders: isOrder(event) ? 1 : 0,
    orderCents: isOrder(event) ? (event.valueCents ?? 0) : 0,
  };
}

/** Two buckets over disjoint events of one day and one set of purposes. */
export function mergeBuckets(a: Bucket, b: Bucket): Bucket {
  return {
    day: a.day,
    purposes: a.purposes,
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
    events: a.events + b.events,
    names: addTallies(a.names, b.names, isView),
    topics: addTallies(a.topics, b.topics),
    channels: addTallies(a.channels, b.channels),
    sessions: joinSessions(a.sessions, b.sessions),
    touches: mergeTouches(a.touches, b.touches),
    devices: mergeDevices(a.devices, b.devices),
    orders: a.orders + b.orders,
    orderCents: a.orderCents + b.orderCents,
  };
}

function mergeTouches(a: Bucket["touches"], b: Bucket["touches"]): Bucket["touches"] {
  const merged = { ...a };
  for (const [key, touch] of Object.entries(b)) {
    const known = merged[key];
    merged[key] = known
      ? {
          campaign: (isEarlier(known, touch) ? known : touch).campaign,
          first: Math.min(known.first, touch.first),
          last: Math.max(known.last, touch.last),
          count: known.count + touch.count,
        }
      : touch;
  }
  return boundKeys(merged, TOUCHES);
}

/** Ties are broken by content, so that the choice doesn't depend on who came first. */
const isEarlier = (a: Touch, b: Touch): boolean =>
  a.first !== b.first
    ? a.first < b.first
    : JSON.stringify(a.campaign) <= JSON.stringify(b.campaign);

function mergeDevices(a: Bucket["devices"], b: Bucket["devices"]): Bucket["devices"] {
  const merged = { ...a };
  for (const [key, seen] of Object.entries(b)) {
    const known = merged[key];
    if (!known || seen.last > known.last) merged[key] = seen;
  }
  return boundKeys(merged, DEVICES);
}
