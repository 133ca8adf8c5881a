/**
 * Where and when one device was seen, by the keyed names of networks: what its person's object keeps of it, and what of
 * that the matching is told. A network that a device was seen at once or twice says nothing of anybody and is never told.
 */
import type { DeviceType } from "../event.ts";
import { DAY_MS, type Day, dayOf, type IdentifierKey, type Millis } from "../ids.ts";
import { firstDayOpen, type Keeping } from "../retention.ts";

/** `4…` or `6…`, by the kind of address; the rest is keyed. */
export type NetworkKey = string;

/** A day, and the hours of it (UTC) as bits. */
export type SeenDay = readonly [day: Day, hours: number];

export type SeenNetworks = Readonly<Record<NetworkKey, readonly SeenDay[]>>;

export interface Sightings {
  readonly networks: SeenNetworks;
  /** What the matching was told last, and on which day. */
  readonly told?: { readonly day: Day; readonly networks: readonly NetworkKey[] };
}

/** Days at a network that are remembered; two networks a day for a month. */
const SIGHTINGS_KEPT = 64;
/** Habits change; and what is compared is what is remembered. */
export const SIGHTING_DAYS = 60;
/** Seen there on fewer days, a device may have passed by: a café, a trip at the weekend. */
export const REGULAR_DAYS = 3;
/** Of one device; nobody has more places. */
const NETWORKS_TOLD = 8;
/** Told again so often while nothing but the days change. */
const TELL_EVERY_DAYS = 7;

const HOUR_MS = DAY_MS / 24;

/** The same object when it was seen there within this hour already. */
export function withSighting(
  known: Sightings | undefined,
  network: NetworkKey,
  now: Millis,
): Sightings {
  const day = dayOf(now);
  const hour = 1 << Math.floor((now - day * DAY_MS) / HOUR_MS);
  const before = known?.networks ?? {};
  const days = before[network] ?? [];
  const hours = days.find((each) => each[0] === day)?.[1] ?? 0;
  if (known && (hours & hour) !== 0) return known;
  const rest = days.filter((each) => each[0] !== day);
  const networks = { ...before, [network]: [...rest, [day, hours | hour] as const] };
  return { ...known, networks: bounded(daysFrom(networks, day - SIGHTING_DAYS)) };
}

/** Without what is older than this day; the same object when nothing is. Undefined when nothing is left. */
export function withoutOld(sightings: Sightings, before: Day): Sightings | undefined {
  const networks = daysFrom(sightings.networks, before);
  if (Object.keys(networks).length === 0) return undefined;
  return count(networks) === count(sightings.networks) ? sightings : { ...sightings, networks };
}

/** From which day on a device's networks are remembered. */
export const seenSince = (keeping: Pick<Keeping, "retention" | "openings">, today: Day): Day =>
  Math.max(today - SIGHTING_DAYS, firstDayOpen(keeping, "claims", today));

/** Without the days before the first, and without networks of which none is left. */
export function daysFrom(networks: SeenNetworks, first: Day): SeenNetworks {
  return Object.fromEntries(
    Object.entries(networks)
      .map(([network, days]) => [network, days.filter(([day]) => day >= first)] as const)
      .filter(([, days]) => days.length > 0),
  );
}

/** Days at networks. */
const count = (networks: SeenNetworks): number =>
  Object.values(networks).reduce((sum, days) => sum + days.length, 0);

function bounded(networks: SeenNetworks): SeenNetworks {
  const over = count(networks) - SIGHTINGS_KEPT;
  if (over <= 0) return networks;
  const [last = 0] = Object.values(networks)
    .flatMap((days) => days.map(([day]) => day))
    .toSorted((a, b) => a - b)
    .slice(over - 1, over);
  return daysFrom(networks, last + 1);
}

/** The networks that a device is at home with, those of the most days first; at most as many as are ever told. */
export function regularOf(networks: SeenNetworks): SeenNetworks {
  const regular = Object.entries(networks)
    .filter(([, days]) => days.length >= REGULAR_DAYS)
    .toSorted(([x, a], [y, b]) => b.length - a.length || (x < y ? -1 : 1))
    .slice(0, NETWORKS_TOLD);
  return Object.fromEntries(regular);
}

/** Whether anything may come of comparing them: two networks of one kind, since a home may have one of each. */
export const isTelling = (regular: SeenNetworks): boolean => {
  const kinds = Object.keys(regular).map((network) => network.slice(0, 1));
  return kinds.some((kind, at) => kinds.indexOf(kind) !== at);
};

/**
 * Whether the matching is to be told before this day's first sighting is added: then the days before are whole, and it is
 * told at most once a day.
 */
export function isNews({ networks, told }: Sightings, today: Day): boolean {
  const isSeenToday = Object.values(networks).some((days) => days.some(([day]) => day >= today));
  if (isSeenToday || told?.day === today) return false;
  const regular = regularOf(networks);
  if (!isTelling(regular)) return told !== undefined && told.networks.length > 0;
  if (!told || today - told.day >= TELL_EVERY_DAYS) return true;
  return Object.keys(regular).toSorted().join() !== told.networks.join();
}

export const tellingOf = (sightings: Sightings, today: Day): Sightings => {
  const regular = regularOf(sightings.networks);
  const networks = isTelling(regular) ? Object.keys(regular).toSorted() : [];
  return { ...sightings, told: { day: today, networks } };
};

/** What is compared of one device. */
export interface SeenDevice {
  type: DeviceType;
  /** Its regular networks. */
  networks: SeenNetworks;
  /** Who proved on it to be whom, if anybody did. */
  user?: IdentifierKey;
}

/** How much is held, for the person it is about. */
export function heldOf({ networks }: Sightings): { networks: number; days: number; last: Day } {
  const days = new Set(Object.values(networks).flatMap((each) => each.map(([day]) => day)));
  return { networks: Object.keys(networks).length, days: days.size, last: Math.max(0, ...days) };
}
