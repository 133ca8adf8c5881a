/** Taking an edge of the forest away: what stands on either side of it, and what doesn't join them again. */
import type { Claim } from "../domain/identity/claims.ts";
import { isRefuted, mayBeRefuted, provenIn, refutedIn } from "../domain/identity/doubts.ts";
import {
  components,
  type CutReason,
  type Edge,
  isInferred,
  type Undone,
  type UndoneEdge,
} from "../domain/identity/evidence.ts";
import { anew, isLapsed, isSaidApart } from "../domain/identity/turned-down.ts";
import type { IdentifierKey, Millis, VisitorId } from "../domain/ids.ts";
import type { VisitorDoc } from "./documents.ts";
import { reopen } from "./apart.ts";
import { noteShared } from "./evidence.ts";
import { facts } from "./reader.ts";
import { type IsSevered, sever } from "./sever.ts";
import type { Transactor } from "./transactor.ts";

/**
 * Parts two visitors of one person by policy: the first edge on the way that nobody proved goes, as if it had been undone.
 * Where every edge on the way is proved, they stay together.
 */
export function cutBetween(
  tx: Transactor,
  from: VisitorId,
  to: VisitorId,
  now: Millis,
  reason: CutReason,
): void {
  const edge = [...tx.edges.values()].find((each) => {
    if (isProved(tx, each)) return false;
    const [near, far] = sidesWithout(tx, each);
    return near.includes(from) ? far.includes(to) : near.includes(to) && far.includes(from);
  });
  if (edge) cut(tx, edge, now, reason);
}

/**
 * Parts by policy what this merge joined. What both sides have proved isn't severed: who parts from a stranger finds their
 * own devices behind them again. `whose`: whose word it was that turns out to be wrong, where that is known; then others whom
 * that word had joined aren't severed from each other. `only`: nothing else is severed.
 */
export function cut(
  tx: Transactor,
  edge: Edge,
  now: Millis,
  reason: CutReason,
  { whose, only }: { whose?: VisitorId | undefined; only?: IdentifierKey } = {},
): void {
  const proven = acrossBy(tx, ...sidesWithout(tx, edge), isProven);
  const theirs = whose && new Set(tx.trusted(whose).map(({ id }) => id));
  cutBy(
    tx,
    edge,
    { at: now, by: "policy", reason },
    (key, a, b) =>
      !proven.has(key) &&
      (only === undefined || key === only) &&
      (!theirs || theirs.has(a) || theirs.has(b)),
  );
}

/** Parts what this merge joined; what isn't severed is asked again. */
export function cutBy(tx: Transactor, edge: Edge, undone: Undone, isSevered: IsSevered): void {
  const [near, far] = sidesWithout(tx, edge);
  takeBack(tx, edge, [near, far], undone, isSevered);
  const crossing = acrossBy(tx, near, far, ({ state }) => state !== "refused");
  for (const [side, others] of [
    [near, far],
    [far, near],
  ] as const)
    for (const key of crossing)
      for (const id of side)
        if (isToAsk(tx, key, id, others, isSevered))
          askAgain(tx, tx.visitors.get(id), key, ({ state }) => state === "settled");
}

/**
 * Whether this visitor may find one of the others again by this. Where others are severed from it, whoever said it before those
 * who are left has nobody to find: they find it.
 */
function isToAsk(
  tx: Transactor,
  key: IdentifierKey,
  id: VisitorId,
  others: readonly VisitorId[],
  isSevered: IsSevered,
): boolean {
  const own = tx.visitors.get(id)?.claims[key];
  if (!own) return false;
  const saying = others.flatMap((other) => (tx.visitors.get(other)?.claims[key] ? [other] : []));
  const left = saying.filter((other) => !isSevered(key, id, other));
  if (left.length === saying.length) return left.length > 0;
  return left.some((other) => (tx.visitors.get(other)?.claims[key]?.at ?? own.at) <= own.at);
}

/** Whether this merge was made because this visitor says this. */
export const restsOn = (
  { a, b, evidence }: Edge,
  visitor: VisitorId,
  identifier: IdentifierKey,
): boolean =>
  evidence.kind === "claim" &&
  evidence.identifier === identifier &&
  (a === visitor || b === visitor);

/** What somebody on either side says, of this sort. */
function acrossBy(
  tx: Transactor,
  near: readonly VisitorId[],
  far: readonly VisitorId[],
  isSo: (claim: Claim) => boolean,
): Set<IdentifierKey> {
  const saidBy = (side: readonly VisitorId[]): IdentifierKey[] =>
    side.flatMap((id) =>
      Object.values(tx.visitors.get(id)?.claims ?? {}).flatMap((claim) =>
        isSo(claim) ? [claim.key] : [],
      ),
    );
  const theirs = new Set(saidBy(far));
  return new Set(saidBy(near).filter((key) => theirs.has(key)));
}

/** Parts whom a typed address joined that has turned out to be somebody else's. */
export function partRefuted(tx: Transactor, visitor: VisitorId, now: Millis): void {
  const person = new Map(tx.companions(visitor).map((doc) => [doc.id, facts(doc, tx.openings)]));
  const proven = provenIn([...person.values()]);
  if (proven.size === 0) return;
  for (const edge of tx.edges.values()) {
    const { a, b, evidence } = edge;
    const [one, other] = [person.get(a), person.get(b)];
    if (evidence.kind !== "claim" || !one || !other || isProved(tx, edge)) continue;
    const { identifier } = evidence;
    if (!mayBeRefuted(identifier, [one, other], proven)) continue;
    const [near, far] = sidesWithout(tx, edge);
    const among = (ids: readonly VisitorId[]) => ids.flatMap((id) => person.get(id) ?? []);
    const sides = [
      { at: one, visitors: among(near) },
      { at: other, visitors: among(far) },
    ] as const;
    if (!isRefuted(identifier, ...sides) || areProvenOne(tx, edge)) continue;
    cut(tx, edge, now, "refuted", { whose: refutedIn(identifier, ...sides) });
  }
}

/**
 * What was only said makes room for what is proven, in all of this person: whom it joined parts, and who stays is turned down
 * with the reason, and asked again when it is said again. What anybody here has proved meanwhile stays.
 */
export function pushOut(tx: Transactor, at: VisitorId, key: IdentifierKey, now: Millis): void {
  const person = tx.companions(at);
  if (person.some(({ claims }) => claims[key] && isProven(claims[key]))) return;
  partOn(tx, new Set(person.map(({ id }) => id)), key, now);
  for (const doc of tx.companions(at)) turnOut(tx, doc, key);
}

/** The same on one visitor alone. */
export function pushOutOn(tx: Transactor, doc: VisitorDoc, key: IdentifierKey, now: Millis): void {
  partOn(tx, new Set([doc.id]), key, now, doc.id);
  turnOut(tx, doc, key);
}

const isProven = (claim: Claim): boolean =>
  claim.assurance === "verified" && (claim.state !== "refused" || isLapsed(claim));

function partOn(
  tx: Transactor,
  among: ReadonlySet<VisitorId>,
  key: IdentifierKey,
  now: Millis,
  whose?: VisitorId,
): void {
  for (const edge of tx.edges.values()) {
    const { a, b, evidence } = edge;
    const restsOnIt = evidence.kind === "claim" && evidence.identifier === key;
    if (restsOnIt && (among.has(a) || among.has(b)) && !areProvenOne(tx, edge))
      cut(tx, edge, now, "room", { whose, only: key });
  }
}

function turnOut(tx: Transactor, doc: VisitorDoc, key: IdentifierKey): void {
  const claim = doc.claims[key];
  if (!claim || claim.state === "refused") return;
  const { turnedDown: _, ...rest } = claim;
  doc.claims[key] = { ...rest, state: "refused", reason: "limit" };
  tx.changed(doc);
}

/** Whether both whom this edge joins have proved something that they share: then they are one, whatever joined them. */
export const areProvenOne = (tx: Transactor, { a, b }: Edge): boolean =>
  acrossBy(tx, [a], [b], isProven).size > 0;

/** Where edges are gone: what had made room for somebody who isn't on the same side any more is asked again. */
export function bringBack(
  tx: Transactor,
  gone: readonly Edge[],
  sides: readonly (readonly VisitorId[])[],
): void {
  const outOf = (edges: readonly Edge[]) =>
    new Set(edges.flatMap(({ pushedOut = [] }) => pushedOut));
  const standing = [...tx.edges.values()];
  const out = outOf([...gone, ...standing]);
  if (out.size === 0) return;
  for (const side of sides) {
    const still = outOf(standing.filter(({ a }) => side.includes(a)));
    for (const id of side)
      for (const key of out) if (!still.has(key)) askAgain(tx, tx.visitors.get(id), key, madeRoom);
  }
}

const madeRoom = ({ state, reason }: Claim): boolean => state === "refused" && reason === "limit";

function askAgain(
  tx: Transactor,
  doc: VisitorDoc | undefined,
  key: IdentifierKey,
  isSo: (claim: Claim) => boolean,
): void {
  const claim = doc?.claims[key];
  if (!doc || !claim || !isSo(claim)) return;
  doc.claims[key] = anew(claim);
  tx.changed(doc);
}

/** A human decided it on more than a probability, or both sides verified what they share. */
const isProved = (tx: Transactor, { a, b, evidence }: Edge): boolean =>
  evidence.kind === "command"
    ? !isInferred(evidence)
    : [a, b].every(
        (end) => tx.visitors.get(end)?.claims[evidence.identifier]?.assurance === "verified",
      );

/** Removes one edge, severs what crosses the cut, and writes both into the history. */
export function takeBack(
  tx: Transactor,
  edge: Edge,
  [near, far]: [VisitorId[], VisitorId[]],
  undone: Undone,
  isSevered: IsSevered = () => true,
): void {
  tx.removeEdge(edge);
  sever(tx, near, far, isSevered, undone.by === "policy");
  shareOut(tx, [near, far]);
  bringBack(tx, [edge], [near, far]);
  reopen(tx, [edge], [near, far]);
  const { pushedOut: _, healed: __, ...rest } = edge;
  const past: UndoneEdge = { ...rest, undone };
  for (const id of [edge.a, edge.b]) {
    const end = tx.visitors.get(id);
    if (!end) continue;
    end.undone = [...end.undone, past];
    if (id === edge.a)
      end.pending.push({
        kind: "merge",
        merge: { op: "undo", edge: past, at: undone.at, by: undone.by },
      });
    tx.changed(end);
  }
}

/** Whoever couldn't be joined with the whole for want of consent says the same as either side. */
function shareOut(tx: Transactor, sides: readonly (readonly VisitorId[])[]): void {
  const saying = sides
    .flat()
    .flatMap((id) =>
      Object.values(tx.visitors.get(id)?.claims ?? {}).map((claim) => ({ id, claim })),
    );
  const apart = new Set(
    saying.filter(({ claim }) => isSaidApart(claim)).map(({ claim }) => claim.key),
  );
  for (const { id, claim } of saying)
    if (apart.has(claim.key) && !isSaidApart(claim)) noteShared(tx, id, claim.key);
}

/** Both sides that would be without this edge: first that of `edge.a`. */
export function sidesWithout(tx: Transactor, edge: Edge): [VisitorId[], VisitorId[]] {
  const rest = [...tx.edges.values()].filter((other) => other.id !== edge.id);
  const person = tx.companions(edge.a).map((doc) => doc.id);
  const sides = components(person, rest, (a, b) => (a < b ? -1 : 1));
  const sideOf = (id: VisitorId): VisitorId[] => sides.find((side) => side.includes(id)) ?? [id];
  return [sideOf(edge.a), sideOf(edge.b)];
}
