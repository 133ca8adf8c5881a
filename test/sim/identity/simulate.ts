/** One simulation: a town, two months in it, the persons the product made of them, and what undo makes of those. */
import { seeded } from "../random.ts";
import { acts } from "./acts.ts";
import { mend } from "./mend.ts";
import { devicesAlone, type DeviceScore } from "./networks.ts";
import { type DeviceKind, town } from "./people.ts";
import { knownVisitors, ownersOf, persons } from "./persons.ts";
import { play } from "./play.ts";
import { type Score, score } from "./score.ts";
import { Site } from "./site.ts";

export interface Options {
  seed: number;
  people: number;
  devices: number;
}

export interface Report extends Options {
  calls: number;
  households: number;
  kinds: Record<DeviceKind, number>;
  /** Visitors on which somebody said who they are. */
  visitors: number;
  before: Score;
  undone: number;
  after: Score;
  /** What an officer would be asked about where devices are seen, by itself: nothing of it is in the persons. */
  devicesAlone: DeviceScore;
  seconds: number;
}

export async function simulate({ seed, people, devices }: Options): Promise<Report> {
  const random = seeded(seed);
  const began = performance.now();
  const place = town(random, people, devices);
  const site = new Site(random);
  const played = await play(site, acts(random, place), random);
  const known = await knownVisitors(site, played);
  const owners = await ownersOf(site, played);
  const before = score(await persons(site, known), known, played, owners);
  const undone = await mend(site, known);
  const after = score(await persons(site, known), known, played, owners);
  const kinds = { personal: 0, work: 0, tablet: 0, kiosk: 0 };
  for (const { kind } of place.devices) kinds[kind]++;
  return {
    seed,
    people,
    devices,
    calls: played.calls,
    households: place.households.length,
    kinds,
    visitors: [...known.values()].filter(({ device }) => device !== null).length,
    before,
    undone,
    after,
    // By chances of its own, so that the rest is the same with and without it.
    devicesAlone: devicesAlone(seeded(seed + 1_000_003), place),
    seconds: Math.round((performance.now() - began) / 100) / 10,
  };
}
