/**
 * Whether two devices are probably one human's, by the networks they are seen at. One network in common says who lives or
 * works together, so it is never enough; two different places in common are what one human's devices have, and seldom
 * anybody else's. What comes of it is a question to an officer and never a merge.
 *
 * Fellegi–Sunter with three kinds of pairs, as with facts: devices of one human, of two humans of one household, and of
 * strangers. The shares are set and not learned: from networks alone nobody can tell a couple with a device each from one
 * human with two, so an estimate without labels would learn households.
 */
import type { DeviceType } from "../event.ts";
import type { Day } from "../ids.ts";
import { type Explanation, probabilityOf, type WaterfallStep } from "../matching/index.ts";
import { mixed } from "../matching/mixture.ts";
import type { FactName } from "./facts.ts";
import { FACT_WORDS } from "./words.ts";
import type { NetworkKey, SeenDevice, SeenNetworks } from "./sightings.ts";

/** Regular visitors of a site that one has beside a device: others of one's own, and others of one's household. */
const OWN_OTHERS = 1;
const HOUSEHOLD_OTHERS = 3;
/** Devices imagined beside those that were seen, so that a small site's few aren't taken for all there are. */
const IMAGINED = 200;
/** That a place of one device is a regular place of another of the same human. */
const SAME_PLACE = 0.6;
/** That two of one household share a second place as one human does: a workplace, a school, the grandparents'. */
const HOUSEHOLD_PLACE = 0.08;
/** Two devices of one human are mostly a phone and something else; of others about every other pair. */
const DIFFERENT_TYPES = { own: 0.85, others: 0.55 };
/** Used in the same hour, at the same network: one human's nearly always, a household's often enough. */
const TOGETHER = { own: 0.92, others: 0.6 };
/** Hours of one evening tell the same thing again. */
const MOST_TOGETHER = 4;
/** A name or a birthday that differs. */
const CONTRADICTION = -10;

/** Somebody who goes to another place comes back and goes again. Less may be a journey, or a home that got another address. */
const TIMES_GONE = 3;
/** Of the hours at the less frequent network: more often in one hour, they are one place with two addresses. */
const HOURS_TOGETHER = 1 / 3;

export interface Surroundings {
  /** Devices that are compared at all. */
  devices: number;
  /** How many of them are regular at a network; null where there are too many to tell anybody apart. */
  regulars(network: NetworkKey): number | null;
  /** Others that share at least two networks with one of the two. */
  others: readonly SeenDevice[];
}

/** Null where it says nothing: fewer than two places in common, or others who go about between them, too. */
export function compareDevices(
  a: SeenDevice,
  b: SeenDevice,
  around: Surroundings,
): Explanation | null {
  const kinds = ["4", "6"].map((kind) => placesOfBoth(a, b, kind, around));
  const [first = [], second = []] = kinds;
  // A home has one network of each kind: they can't be told from two places.
  const places = second.length > first.length ? second : first;
  if (places.length < 2 || areSeveral(a, b, places, around.others)) return null;
  const population = around.devices + IMAGINED;
  const step = (field: string, odds: number, because: string): WaterfallStep => ({
    field,
    bits: Math.log2(odds),
    because,
  });
  const ratios = places.map(
    ({ regulars }) => (SAME_PLACE * population) / Math.max(1, regulars - 1),
  );
  const steps = [
    step(
      "start",
      OWN_OTHERS / population,
      "before anything is compared, few devices are one person's",
    ),
    ...places.map((place, at) => step(`place${at + 1}`, ratios[at] ?? 1, placeWords(place, at))),
    hoursStep(a, b, places[0]?.network.slice(0, 1) ?? "4"),
    ...(a.type === b.type
      ? []
      : [
          step(
            "devices",
            DIFFERENT_TYPES.own / DIFFERENT_TYPES.others,
            `one is a ${TYPE_WORDS[a.type]}, the other a ${TYPE_WORDS[b.type]}`,
          ),
        ]),
    step(
      "kinship",
      1 / (1 + household(ratios, population)),
      "two people of one household share a place, and sometimes a second one",
    ),
  ];
  return explained(steps);
}

/** With what the two people said of themselves that can't both be true. */
export const contradicted = (found: Explanation, facts: readonly FactName[]): Explanation =>
  explained([
    ...found.steps,
    ...facts.map((field) => ({
      field,
      bits: CONTRADICTION,
      because: `the ${FACT_WORDS[field]} they gave is different`,
    })),
  ]);

function explained(steps: readonly WaterfallStep[]): Explanation {
  const bits = steps.reduce((sum, step) => sum + step.bits, 0);
  return { bits, probability: probabilityOf(bits), steps };
}

/** How much likelier two of one household look like this than two strangers: one place they share anyway. */
const household = ([home = 1, ...others]: readonly number[], population: number): number =>
  others.reduce(
    (odds, ratio) => odds * mixed(HOUSEHOLD_PLACE, ratio),
    (HOUSEHOLD_OTHERS / population) * home,
  );

/** A regular place of both devices. */
interface Place {
  network: NetworkKey;
  regulars: number;
  days: [a: number, b: number];
}

/** The networks of this kind at which both are regular, the rarest first, each a place of its own. */
function placesOfBoth(
  a: SeenDevice,
  b: SeenDevice,
  kind: string,
  { regulars }: Surroundings,
): Place[] {
  const shared = Object.keys(a.networks).flatMap((network): Place[] => {
    const [mine, theirs] = [a.networks[network], b.networks[network]];
    const crowd = regulars(network);
    return mine && theirs && crowd !== null && network.startsWith(kind)
      ? [{ network, regulars: crowd, days: [mine.length, theirs.length] }]
      : [];
  });
  const places: Place[] = [];
  for (const place of shared.toSorted(
    (x, y) => x.regulars - y.regulars || (x.network < y.network ? -1 : 1),
  ))
    if (places.every((other) => areApart(a, b, place.network, other.network))) places.push(place);
  return places;
}

/**
 * Whether two networks are two places: somebody goes from one to the other again and again. A provider that gives a home
 * another address now and then changes once, and one that uses several at a time mixes them within the hours of a device.
 */
function areApart(a: SeenDevice, b: SeenDevice, x: NetworkKey, y: NetworkKey): boolean {
  if (timesGone(daysAt([a, b], x), daysAt([a, b], y)) < TIMES_GONE) return false;
  const least = Math.min(hoursAt(a, x) + hoursAt(b, x), hoursAt(a, y) + hoursAt(b, y));
  return hoursAtBoth(a, x, y) + hoursAtBoth(b, x, y) <= least * HOURS_TOGETHER;
}

const daysAt = (devices: readonly SeenDevice[], network: NetworkKey): Set<Day> =>
  new Set(devices.flatMap(({ networks }) => (networks[network] ?? []).map(([day]) => day)));

/** How often at least one changed from the one to the other, day by day. */
function timesGone(atX: ReadonlySet<Day>, atY: ReadonlySet<Day>): number {
  let times = 0;
  let last: "x" | "y" | null = null;
  for (const day of [...new Set([...atX, ...atY])].toSorted((m, n) => m - n)) {
    const now = atX.has(day) ? "x" : "y";
    const isBoth = atX.has(day) && atY.has(day);
    if (isBoth) {
      times++;
      last = last === "x" ? "y" : last === "y" ? "x" : null;
    } else {
      if (last !== null && last !== now) times++;
      last = now;
    }
  }
  return times;
}

const hoursAt = ({ networks }: SeenDevice, network: NetworkKey): number =>
  (networks[network] ?? []).reduce((sum, [, hours]) => sum + bitsIn(hours), 0);

function hoursAtBoth({ networks }: SeenDevice, x: NetworkKey, y: NetworkKey): number {
  const atY = new Map(networks[y]);
  return (networks[x] ?? []).reduce(
    (sum, [day, hours]) => sum + bitsIn(hours & (atY.get(day) ?? 0)),
    0,
  );
}

function bitsIn(bits: number): number {
  let left = bits;
  let found = 0;
  for (; left !== 0; left &= left - 1) found++;
  return found;
}

/**
 * Whether more than one human goes about between these places: two who proved to be different ones, or two devices of one
 * type that were both used on one day. Who changes their phone, or loses its cookie, has one after the other.
 */
function areSeveral(
  a: SeenDevice,
  b: SeenDevice,
  places: readonly Place[],
  others: readonly SeenDevice[],
): boolean {
  const going = others.filter(
    ({ networks }) => places.filter(({ network }) => networks[network]).length >= 2,
  );
  const all = [a, b, ...going];
  const users = new Set(all.flatMap(({ user }) => user ?? []));
  return (
    users.size > 1 ||
    all.some((one, n) => all.slice(n + 1).some((other) => areTwoPeoples(one, other)))
  );
}

/** Two browsers on one device are two visitors: who signed in on both has one device. */
const areTwoPeoples = (one: SeenDevice, other: SeenDevice): boolean =>
  one.type === other.type &&
  (one.user === undefined || one.user !== other.user) &&
  shareDay(one, other);

function shareDay(a: SeenDevice, b: SeenDevice): boolean {
  const days = new Set(Object.values(a.networks).flatMap((seen) => seen.map(([day]) => day)));
  return Object.values(b.networks).some((seen) => seen.some(([day]) => days.has(day)));
}

/** In how many hours both were used, and in how many of those at one network. */
function hoursOfBoth(a: SeenNetworks, b: SeenNetworks, kind: string): [both: number, one: number] {
  const [mine, theirs] = [a, b].map((networks) => byHour(networks, kind));
  let both = 0;
  let one = 0;
  for (const [hour, seen] of mine ?? []) {
    const others = theirs?.get(hour);
    if (!others) continue;
    both++;
    if (seen.some((network) => others.includes(network))) one++;
  }
  return [both, one];
}

function byHour(networks: SeenNetworks, kind: string): Map<number, NetworkKey[]> {
  const seen = new Map<number, NetworkKey[]>();
  for (const [network, days] of Object.entries(networks)) {
    if (!network.startsWith(kind)) continue;
    for (const [day, hours] of days)
      for (let hour = 0; hour < 24; hour++)
        if ((hours & (1 << hour)) !== 0)
          seen.set(day * 24 + hour, [...(seen.get(day * 24 + hour) ?? []), network]);
  }
  return seen;
}

function hoursStep(a: SeenDevice, b: SeenDevice, kind: string): WaterfallStep {
  const [both, one] = hoursOfBoth(a.networks, b.networks, kind);
  const apart = both - one;
  const bits =
    Math.min(one, MOST_TOGETHER) * Math.log2(TOGETHER.own / TOGETHER.others) +
    apart * Math.log2((1 - TOGETHER.own) / (1 - TOGETHER.others));
  return { field: "hours", bits, because: hoursWords(both, one) };
}

const times = (count: number): string => (count === 1 ? "once" : `${count} times`);

function hoursWords(both: number, one: number): string {
  if (both === 0) return "they are used at different hours of the day, which tells neither way";
  if (one === both) return `used in the same hour ${times(both)}, always at the same place`;
  return `used in the same hour ${times(both)}, and ${times(both - one)} of these at different places`;
}

const ORDINALS = ["one place", "a second place", "a third place"];

const placeWords = ({ days: [a, b], regulars }: Place, at: number): string => {
  const others = regulars - 2;
  const crowd = others <= 0 ? "no other device" : others === 1 ? "another one" : `${others} others`;
  return `both are often seen at ${ORDINALS[at] ?? "another place"}, on ${a} and ${b} days, like ${crowd}`;
};

export const TYPE_WORDS: Readonly<Record<DeviceType, string>> = {
  phone: "phone",
  tablet: "tablet",
  desktop: "computer",
  tv: "television",
  server: "server",
  other: "device of another kind",
};
