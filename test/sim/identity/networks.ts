/**
 * Where the town's devices are seen for sixty days, and what is made of that alone: homes with an address of their own, a new
 * one every week, two at a time or one of each kind; workplaces, a campus, grandparents, cafés and mobile carriers. Rates
 * are guesses on the harder side; docs/identity/suggestions.md lists them.
 */
import type { DeviceType } from "../../../src/domain/event.ts";
import { DAY_MS } from "../../../src/domain/ids.ts";
import { compareDevices } from "../../../src/domain/suggestion/devices.ts";
import { LARGEST_BLOCK } from "../../../src/domain/suggestion/index-keys.ts";
import {
  isTelling,
  type NetworkKey,
  regularOf,
  type SeenDevice,
  type Sightings,
  withSighting,
} from "../../../src/domain/suggestion/sightings.ts";
import { below, pick, type Random } from "../random.ts";
import type { Device, Human, Town } from "./people.ts";

export interface DeviceScore {
  /** Devices that are seen at two regular networks, so that they are compared. */
  told: number;
  /** Pairs compared. */
  compared: number;
  suggested: number;
  right: number;
  /** Pairs of one human's told devices of which no sign-in says it already. */
  ought: number;
  precision: number;
  recall: number;
  /** What the wrong ones are. */
  wrong: Record<string, number>;
}

const DAYS = 60;
const FIRST_DAY = 20_000;
const SUGGEST_FROM = 0.8;

/** Shares of households, humans, devices and visits. */
const RATES = {
  newAddressEveryWeek: 0.15,
  twoAddresses: 0.05,
  bothKinds: 0.25,
  grandparents: 0.2,
  works: 0.5,
  studies: 0.12,
  sameWorkplace: 0.1,
  laptopAlong: 0.3,
  furtherPhone: 0.2,
  furtherTablet: 0.2,
  signedIn: 0.35,
  carrier: 0.3,
  cafe: 0.1,
} as const;
const PEOPLE_PER_COMPANY = 12;
const CARRIER_NETWORKS = 12;
const CAFES = 40;

interface Life {
  home: (day: number) => NetworkKey;
  /** Where the weekday goes. */
  place: NetworkKey | null;
  grandparents: NetworkKey | null;
}

export function devicesAlone(random: Random, { humans, households, devices }: Town): DeviceScore {
  const lives = livesOf(random, humans, households);
  const types = typesOf(random, devices);
  const seen = devices
    .filter(({ kind, users }) => kind !== "kiosk" && users.length > 0)
    .filter(({ users }) => users.every(({ recognised }) => recognised))
    .map((device) => ({
      device,
      seen: seenDevice(random, device, types.get(device) ?? "other", lives),
    }))
    .filter((each): each is Told => isTelling(each.seen.networks));
  return scoreOf(seen);
}

function livesOf(
  random: Random,
  humans: readonly Human[],
  households: readonly Human[][],
): Map<Human, Life> {
  const companies = Math.ceil(humans.length / PEOPLE_PER_COMPANY);
  const lives = new Map<Human, Life>();
  for (const [n, members] of households.entries()) {
    const home = homeOf(random, n, households.length);
    const grandparents = random() < RATES.grandparents ? `4gran${n}` : null;
    const together = random() < RATES.sameWorkplace ? `4work${below(random, companies)}` : null;
    for (const human of members) {
      const own = `4work${below(random, companies)}`;
      const goes = random();
      const place =
        goes < RATES.works
          ? (together ?? own)
          : goes < RATES.works + RATES.studies
            ? "4campus"
            : null;
      lives.set(human, { home, place, grandparents });
    }
  }
  return lives;
}

/** A /24 holds neighbours, too. */
function homeOf(random: Random, household: number, households: number): Life["home"] {
  const neighbourhoods = Math.ceil(households * 0.8);
  const own = `4home${below(random, neighbourhoods)}`;
  const kind = random();
  if (kind < RATES.newAddressEveryWeek) {
    const leases = Array.from({ length: 10 }, () => `4home${below(random, neighbourhoods)}`);
    return (day) => leases[Math.floor(day / 7)] ?? own;
  }
  if (kind < RATES.newAddressEveryWeek + RATES.twoAddresses) {
    const other = `4home${below(random, neighbourhoods)}`;
    return () => (random() < 0.5 ? own : other);
  }
  if (kind < RATES.newAddressEveryWeek + RATES.twoAddresses + RATES.bothKinds)
    return () => (random() < 0.5 ? own : `6home${household}`);
  return () => own;
}

/** A phone first; beside it mostly something else. */
function typesOf(random: Random, devices: readonly Device[]): Map<Device, DeviceType> {
  const types = new Map<Device, DeviceType>();
  const withPhone = new Set<Human>();
  for (const device of devices) {
    const [user] = device.users;
    const isFirst = device.kind === "personal" && user && !withPhone.has(user);
    if (isFirst) withPhone.add(user);
    const further = random();
    types.set(
      device,
      device.kind === "tablet"
        ? "tablet"
        : isFirst || further < RATES.furtherPhone
          ? "phone"
          : device.kind === "personal" && further > 1 - RATES.furtherTablet
            ? "tablet"
            : "desktop",
    );
  }
  return types;
}

function seenDevice(
  random: Random,
  device: Device,
  type: DeviceType,
  lives: ReadonlyMap<Human, Life>,
): SeenDevice {
  const isOwn = device.kind !== "tablet";
  const goesAlong =
    isOwn && (type === "phone" || device.kind === "work" || random() < RATES.laptopAlong);
  // From one visit in three weeks to two a day.
  const perDay = 0.05 * 40 ** random();
  let sightings: Sightings | undefined;
  for (let day = 0; day < DAYS; day++)
    for (let visits = perDay; visits > 0; visits--) {
      if (random() > visits) continue;
      const life = lives.get(pick(random, device.users)) as Life;
      const [network, hour] = whereabouts(random, life, { day, type, goesAlong });
      sightings = withSighting(sightings, network, (FIRST_DAY + day) * DAY_MS + hour * 3_600_000);
    }
  const [user] = device.users;
  const signedIn = device.users.length === 1 && user?.private.userId && random() < RATES.signedIn;
  return {
    type,
    networks: regularOf(sightings?.networks ?? {}),
    ...(signedIn ? { user: `user_id:${user.number}` as never } : {}),
  };
}

function whereabouts(
  random: Random,
  { home, place, grandparents }: Life,
  at: { day: number; type: DeviceType; goesAlong: boolean },
): [NetworkKey, hour: number] {
  const weekday = at.day % 7;
  const evening = 17 + below(random, 6);
  if (at.goesAlong && weekday < 5 && place && random() < 0.5) return [place, 8 + below(random, 9)];
  if (at.goesAlong && weekday === 6 && grandparents && random() < 0.7)
    return [grandparents, 12 + below(random, 5)];
  if (at.type === "phone" && random() < RATES.carrier)
    return [`4carrier${below(random, CARRIER_NETWORKS)}`, 7 + below(random, 16)];
  if (at.goesAlong && random() < RATES.cafe) return [`4cafe${below(random, CAFES)}`, evening];
  return [home(at.day), random() < 0.2 ? 6 + below(random, 2) : evening];
}

interface Told {
  device: Device;
  seen: SeenDevice;
}

function scoreOf(told: readonly Told[]): DeviceScore {
  const regulars = new Map<NetworkKey, Told[]>();
  for (const each of told)
    for (const network of Object.keys(each.seen.networks))
      regulars.set(network, [...(regulars.get(network) ?? []), each]);
  const crowd = (network: NetworkKey): number | null => {
    const { length } = regulars.get(network) ?? [];
    return length > LARGEST_BLOCK ? null : length;
  };
  const score = { told: told.length, compared: 0, suggested: 0, right: 0 };
  const wrong: Record<string, number> = {};
  for (const a of told) {
    const shared = new Map<Told, number>();
    for (const network of Object.keys(a.seen.networks))
      if (crowd(network) !== null)
        for (const b of regulars.get(network) ?? []) shared.set(b, (shared.get(b) ?? 0) + 1);
    shared.delete(a);
    const near = [...shared].flatMap(([b, count]) => (count >= 2 ? [b] : []));
    for (const b of near) {
      if (b.device.number < a.device.number || isSettled(a, b)) continue;
      score.compared++;
      const found = compareDevices(a.seen, b.seen, {
        devices: told.length,
        regulars: crowd,
        others: near.flatMap((each) => (each === b ? [] : [each.seen])),
      });
      if (!found || found.probability < SUGGEST_FROM) continue;
      score.suggested++;
      if (isOneHumans(a, b)) score.right++;
      else wrong[causeOf(a, b)] = (wrong[causeOf(a, b)] ?? 0) + 1;
    }
  }
  const ought = told.reduce(
    (sum, a, n) =>
      sum + told.slice(n + 1).filter((b) => isOneHumans(a, b) && !isSettled(a, b)).length,
    0,
  );
  return {
    ...score,
    ought,
    precision: score.right / Math.max(1, score.suggested),
    recall: score.right / Math.max(1, ought),
    wrong,
  };
}

/** Signed in on both: it is known already that they are one, or two. */
const isSettled = (a: Told, b: Told): boolean =>
  a.seen.user !== undefined && b.seen.user !== undefined;

const isOneHumans = (a: Told, b: Told): boolean =>
  a.device.users.length === 1 &&
  b.device.users.length === 1 &&
  a.device.users[0] === b.device.users[0];

function causeOf(a: Told, b: Told): string {
  if ([a, b].some(({ device }) => device.users.length > 1)) return "a device of a household";
  const [x, y] = [a.device.users[0], b.device.users[0]];
  return x?.household === y?.household ? "two people of one household" : "strangers";
}
