/** What conditions, reasons and screens read of a profile. Derived, never stored. */
import type { Campaign, Device } from "../event.ts";
import type { Day, Millis } from "../ids.ts";
import { sumTallies, type Tally } from "./tally.ts";
import type { Bucket } from "./bucket.ts";
import { joinSessions, type Session } from "./sessions.ts";
import type { Profile } from "./slice.ts";

export interface SeenCampaign {
  campaign: Campaign;
  first: Millis;
  last: Millis;
  count: number;
}

export interface Summary {
  visitors: number;
  firstSeen: Millis | null;
  lastSeen: Millis | null;
  events: number;
  sessions: number;
  days: Day[];
  names: Tally;
  topics: Tally;
  channels: Tally;
  /** Newest first, without repeats. */
  devices: Device[];
  /** Oldest first. */
  campaigns: SeenCampaign[];
  orders: number;
  orderCents: number;
  lastOrderDay: Day | null;
}

/** Everything in the profile that passes `keep`: by purpose, by window, by visitor. */
export function summarise(
  profile: Profile,
  keep: (bucket: Bucket) => boolean = () => true,
): Summary {
  const slices = Object.values(profile);
  const buckets = slices.flatMap((slice) => Object.values(slice)).filter(keep);
  const campaigns = buckets
    .flatMap((bucket) => Object.values(bucket.touches))
    .sort((a, b) => a.first - b.first || compare(JSON.stringify(a), JSON.stringify(b)));
  const devices = buckets
    .flatMap((bucket) => Object.entries(bucket.devices))
    .sort(([keyA, a], [keyB, b]) => b.last - a.last || (keyA < keyB ? -1 : 1));
  const orderDays = buckets.filter((bucket) => bucket.orders > 0).map((bucket) => bucket.day);
  return {
    visitors: slices.length,
    firstSeen: least(buckets.map((bucket) => bucket.first)),
    lastSeen: greatest(buckets.map((bucket) => bucket.last)),
    events: sum(buckets.map((bucket) => bucket.events)),
    sessions: countSessions(slices.map((slice) => Object.values(slice).filter(keep))),
    days: [...new Set(buckets.map((bucket) => bucket.day))].sort((a, b) => a - b),
    names: sumTallies(buckets.map((bucket) => bucket.names)),
    topics: sumTallies(buckets.map((bucket) => bucket.topics)),
    channels: sumTallies(buckets.map((bucket) => bucket.channels)),
    devices: [...new Map(devices.map(([key, seen]) => [key, seen.device])).values()],
    campaigns,
    orders: sum(buckets.map((bucket) => bucket.orders)),
    orderCents: sum(buckets.map((bucket) => bucket.orderCents)),
    lastOrderDay: greatest(orderDays),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const least = (numbers: readonly number[]): number | null =>
  numbers.length > 0 ? numbers.reduce((a, b) => Math.min(a, b)) : null;
const greatest = (numbers: readonly number[]): number | null =>
  numbers.length > 0 ? numbers.reduce((a, b) => Math.max(a, b)) : null;

/** A visit that spans midnight is one session, two devices at once are two. */
const countSessions = (bucketsByVisitor: readonly Bucket[][]): number =>
  sum(
    bucketsByVisitor.map(
      (buckets) =>
        joinSessions(
          buckets.flatMap((bucket): readonly Session[] => bucket.sessions),
          [],
        ).length,
    ),
  );
