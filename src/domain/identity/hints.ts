/**
 * How far a record id on a mail link may be believed. A mail is read on a phone and again on a laptop; when many devices
 * follow the same link within days, or people who proved to be different ones do, it was passed on.
 */
import type { Millis, VisitorId } from "../ids.ts";
import type { PlaceTag } from "./claims.ts";

/** One visitor that came by the link, or a record of the site's own that says whose it is. */
export interface Follower {
  visitor: VisitorId;
  at: Millis;
  /** Who it proved to be, if it did: the person's id. */
  proven: VisitorId | null;
  /** Where it came from; null where that wasn't kept. */
  place: PlaceTag | null;
  /** It is told of, and followed nothing. */
  isRecord?: true;
}

export interface Belief {
  /** In (0, 1]: that this visitor is whom the mail was sent to. */
  confidence: number;
  forwarded: boolean;
  because: string;
}

/** One device alone: mail that nobody else was seen to open is seldom somebody else's. */
const ALONE = 0.9;
/** A second and third device of one's own over time are usual. */
const LATER = 0.9;
/** Within this time another device is more likely another reader. */
const AT_ONCE_MS = 48 * 3_600_000;
const AT_ONCE = 0.6;
/** So many devices at once are more than one human has. */
const CROWD = 4;
/** At home, at work and on the way are three networks of one human; they lie in a region or two. */
const NETWORKS = 4;
const REGIONS = 3;
/** Each further network at once makes another reader likelier. */
const ELSEWHERE = 0.85;

export function believe(visitor: VisitorId, followers: readonly Follower[]): Belief {
  const mine = followers.find((each) => each.visitor === visitor);
  const others = followers.filter((each) => each.visitor !== visitor && !each.isRecord);
  const proven = new Set(followers.flatMap((each) => (each.proven === null ? [] : [each.proven])));
  if (!mine) return { confidence: ALONE, forwarded: false, because: "it came by a link in a mail" };
  if (mine.proven !== null && proven.size === 1)
    return { confidence: 1, forwarded: false, because: "whoever followed the link signed in" };
  const atOnce = others.filter((each) => Math.abs(each.at - mine.at) <= AT_ONCE_MS);
  const near = atOnce.length;
  const [networks, regions] = placesOf([mine, ...atOnce]);
  const confidence =
    (ALONE *
      AT_ONCE ** near *
      ELSEWHERE ** Math.max(0, networks - 1) *
      LATER ** (others.length - near)) /
    Math.max(1, proven.size);
  const rounded = Math.max(0.01, Math.round(confidence * 100) / 100);
  if (proven.size > 1)
    return { confidence: rounded, forwarded: true, because: "several people signed in after it" };
  if (networks >= NETWORKS || regions >= REGIONS)
    return {
      confidence: rounded,
      forwarded: true,
      because: "it was followed in many places at once",
    };
  if (near + 1 >= CROWD)
    return { confidence: rounded, forwarded: true, because: "many devices followed it at once" };
  return {
    confidence: rounded,
    forwarded: false,
    because: others.length === 0 ? "nobody else followed it" : "other devices followed it, too",
  };
}

/** How many networks and how many regions these came from, as far as it is known. */
function placesOf(followers: readonly Follower[]): [networks: number, regions: number] {
  const tags = followers.flatMap(({ place }) => (place === null ? [] : [place.split(".")]));
  return [
    new Set(tags.map(([network]) => network)).size,
    new Set(tags.map(([, region]) => region)).size,
  ];
}
