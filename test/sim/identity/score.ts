/**
 * Pairs of visitors on two different devices. A pair is rightly one person when some side of a human said who they are on
 * both; it ought to be one person when, besides, what that side meant to say (typing errors aside) leads from one to the
 * other, by itself or over what else that side and the site's server said. What is only typed on a tablet of several people
 * or at a kiosk ought to join nobody, so it can be joined wrongly and not be missed.
 */
import type { IdentifierKey, VisitorId } from "../../../src/domain/ids.ts";
import { type Claim, kindOf } from "../../../src/domain/identity/claims.ts";
import type { Known, Owners, Person } from "./persons.ts";
import type { DeviceKind } from "./people.ts";
import type { Played } from "./play.ts";

export interface Score {
  /** Pairs that are one person, and those of them rightly. */
  joined: number;
  right: number;
  /** Pairs that ought to be one person, and those of them that are. */
  ought: number;
  found: number;
  precision: number;
  recall: number;
  fused: Record<string, number>;
  missed: Record<string, number>;
}

const isOneOf = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  [...a].some((side) => b.has(side));

export function score(
  persons: readonly Person[],
  known: ReadonlyMap<VisitorId, Known>,
  played: Played,
  owners: Owners,
): Score {
  const homeOf = new Map<VisitorId, Person>();
  for (const person of persons)
    for (const { visitor } of person.visitors) homeOf.set(visitor, person);
  const totals = { joined: 0, right: 0, ought: 0, found: 0 };
  const fused: Record<string, number> = {};
  const missed: Record<string, number> = {};
  for (const person of persons)
    for (const [a, b] of devicePairs(person.visitors)) {
      totals.joined++;
      if (isOneOf(a.sides, b.sides)) totals.right++;
      else add(fused, causeOfFusion(person, owners));
    }
  for (const [a, b] of pairsThatOught(known, played)) {
    totals.ought++;
    if (homeOf.get(a.visitor) === homeOf.get(b.visitor)) totals.found++;
    else add(missed, causeOfMiss(a, b, homeOf));
  }
  return {
    ...totals,
    precision: totals.right / Math.max(1, totals.joined),
    recall: totals.found / Math.max(1, totals.ought),
    fused,
    missed,
  };
}

const add = (counts: Record<string, number>, cause: string): void => {
  counts[cause] = (counts[cause] ?? 0) + 1;
};

/** Of visitors on which somebody said who they are, on different devices. */
export function* devicePairs(visitors: readonly Known[]): Generator<[Known, Known]> {
  const devices = visitors.filter(({ device }) => device !== null);
  for (const [n, a] of devices.entries())
    for (const b of devices.slice(n + 1)) if (a.device !== b.device) yield [a, b];
}

/** Per side: its visitors, joined where they meant the same identifier. */
function* pairsThatOught(
  known: ReadonlyMap<VisitorId, Known>,
  played: Played,
): Generator<[Known, Known]> {
  const bySide = new Map<string, { visitor: VisitorId | null; says: readonly string[] }[]>();
  const note = (side: string, visitor: VisitorId | null, says: readonly string[]): void =>
    void bySide.set(side, [...(bySide.get(side) ?? []), { visitor, says }]);
  for (const { side, visitor, meant, how, device } of played.named)
    if (how === "token" || isOwn(device.kind)) note(side, visitor, meant);
  for (const { side, says } of played.told) note(side, null, says);
  const done = new Set<string>();
  for (const sayings of bySide.values())
    for (const group of connected(sayings)) {
      const visitors = [...new Set(group.flatMap(({ visitor }) => visitor ?? []))].sort();
      const members = visitors.flatMap((visitor) => known.get(visitor) ?? []);
      for (const [a, b] of devicePairs(members)) {
        const pair = `${a.visitor} ${b.visitor}`;
        if (done.has(pair)) continue;
        done.add(pair);
        yield [a, b];
      }
    }
}

const isOwn = (kind: DeviceKind): boolean => kind === "personal" || kind === "work";

interface Saying {
  visitor: VisitorId | null;
  says: readonly string[];
}

function connected(sayings: readonly Saying[]): Saying[][] {
  const groups: { nodes: Set<string>; sayings: Saying[] }[] = [];
  for (const saying of sayings) {
    const nodes = new Set([...saying.says, ...(saying.visitor ? [saying.visitor] : [])]);
    const near = groups.filter((group) => [...nodes].some((node) => group.nodes.has(node)));
    const joined = { nodes, sayings: [saying] };
    for (const group of near) {
      for (const node of group.nodes) joined.nodes.add(node);
      joined.sayings.push(...group.sayings);
      groups.splice(groups.indexOf(group), 1);
    }
    groups.push(joined);
  }
  return groups.map((group) => group.sayings);
}

/** The first merge of the person whose identifier isn't of a side that both visitors share. */
function causeOfFusion(person: Person, owners: Owners): string {
  const known = new Map(person.visitors.map((each) => [each.visitor, each]));
  for (const { a, b, evidence } of person.edges) {
    if (evidence.kind !== "claim") continue;
    const [one, other] = [known.get(a), known.get(b)];
    if (!one || !other || isOneOf(one.sides, other.sides)) continue;
    // What the server said without having been told of an account here names whoever the identifier belongs to.
    if ([one, other].some(({ kind, sides }) => kind === "server" && sides.size === 0)) {
      const whose = owners.get(evidence.identifier) ?? new Set();
      if ([one, other].some(({ sides }) => isOneOf(sides, whose))) continue;
    }
    return wrongBy(evidence.identifier, owners, one, other);
  }
  const mixed = person.visitors.find(({ sides }) => sides.size > 1);
  return mixed ? `several people said who they are on one ${mixed.kind} device` : "unexplained";
}

function wrongBy(key: IdentifierKey, owners: Owners, one: Known, other: Known): string {
  const kind = kindOf(key);
  const whose = owners.get(key);
  if (kind === "anonymous_id") return "an order in a browser that somebody else had used";
  if (kind === "phone") return "the telephone of a household";
  if (!whose) return "a made-up address that several people typed";
  if (whose.size > 1) return "a mailbox that a household shares";
  const isOwn = [one, other].some(({ sides }) => isOneOf(sides, whose));
  return isOwn ? "an address mistyped into somebody else's" : "an identifier of a third person";
}

/** In the order in which one is asked: the first that holds is the cause. */
const MISSES: readonly [cause: string, holds: (claim: Claim) => boolean][] = [
  ["kept apart as work and private life", ({ reason }) => reason === "separate"],
  ["two accounts would have become one", ({ reason }) => reason === "unique"],
  ["met on a device of somebody who hadn't agreed", ({ reason }) => reason === "consent"],
  ["more addresses than one person may have", ({ reason }) => reason === "limit"],
  ["a second address on a browser, so in doubt", ({ reason }) => reason === "assurance"],
];

function causeOfMiss(a: Known, b: Known, homeOf: ReadonlyMap<VisitorId, Person>): string {
  const isMistyped = [a, b].some(({ named }) =>
    named.some(({ meant, typed }) => meant.length > 0 && typed.join() !== meant.join()),
  );
  if (isMistyped) return "an address typed with an error";
  const claims = [a, b].flatMap(({ visitor }) => homeOf.get(visitor)?.claims.get(visitor) ?? []);
  const held = claims.filter(
    ({ state, kind }) =>
      (state === "refused" || state === "kept") &&
      kind !== "anonymous_id" &&
      !kind.startsWith("esp:"),
  );
  return (
    MISSES.find(([, holds]) => held.some(holds))?.[0] ?? "parted by policy, or by way of others"
  );
}
