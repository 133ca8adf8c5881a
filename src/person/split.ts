/** Taking back: undo removes one edge of the forest and so cuts the person in exactly two; the younger side moves out. */
import { type Edge, components, severedKey, type UndoneEdge } from "../domain/identity/evidence.ts";
import type { IdentifierKey, Millis, VisitorId } from "../domain/ids.ts";
import type { LinkRequest, UndoAnswer, UndoRequest } from "../domain/person/calls.ts";
import { daysOf } from "../domain/slice/slice.ts";
import { wholeSlice } from "./cold.ts";
import type { VisitorDoc } from "./documents.ts";
import { begin } from "./move.ts";
import type { Names, Transactor } from "./transactor.ts";

/** A visitor remembers so many officer commands, so that a repeated one is done once. */
const COMMANDS = 64;

export function undo(
  tx: Transactor,
  doc: VisitorDoc,
  request: UndoRequest,
  names: Names,
): UndoAnswer {
  const edge = tx.edges.get(request.merge);
  if (!edge) return { done: false, why: "gone" };
  if (tx.moving || tx.isSplit) return { done: false, why: "busy" };
  const [near, far] = sidesWithout(tx, edge);
  tx.removeEdge(edge);
  sever(tx, near, far);
  const undone: UndoneEdge = { ...edge, undone: { at: request.now, by: request.by } };
  for (const id of [edge.a, edge.b]) {
    const end = tx.visitors.get(id);
    if (!end) continue;
    end.undone = [...end.undone, undone];
    tx.changed(end);
  }
  doc.pending.push({
    kind: "merge",
    merge: { op: "undo", edge: undone, at: request.now, by: request.by },
  });
  tx.changed(doc);
  settleSplit(tx, names);
  return { done: true, sides: [near, far] };
}

/** Both sides that would be without this edge: first that of `edge.a`. */
export function sidesWithout(tx: Transactor, edge: Edge): [VisitorId[], VisitorId[]] {
  const rest = [...tx.edges.values()].filter((other) => other.id !== edge.id);
  const person = tx.companions(edge.a).map((doc) => doc.id);
  const sides = components(person, rest, (a, b) => (a < b ? -1 : 1));
  const sideOf = (id: VisitorId): VisitorId[] => sides.find((side) => side.includes(id)) ?? [id];
  return [sideOf(edge.a), sideOf(edge.b)];
}

/** Claims that cross the cut don't join these visitors again until a human says so; other evidence may. */
function sever(tx: Transactor, near: VisitorId[], far: VisitorId[]): void {
  for (const a of near)
    for (const b of far) {
      const [x, y] = [tx.visitors.get(a), tx.visitors.get(b)];
      if (!x || !y) continue;
      const shared = Object.keys(x.claims).filter((key) => y.claims[key as IdentifierKey]);
      for (const key of shared) {
        x.severed[severedKey(key, b)] = true;
        y.severed[severedKey(key, a)] = true;
      }
      if (shared.length === 0) continue;
      tx.changed(x);
      tx.changed(y);
    }
}

/** When more than one person is in here, the one that isn't the oldest moves to the object named after its own oldest. */
export function settleSplit(tx: Transactor, names: Names): void {
  if (tx.moving) return;
  const [, leaving] = tx.components();
  const oldest = leaving?.[0];
  if (!leaving || !oldest) return;
  begin(tx, names, { kind: "split", visitors: leaving, target: oldest, edge: null });
}

/** An officer joins two visitors: kept with the visitor until it is done or can't be. */
export function link(tx: Transactor, doc: VisitorDoc, request: LinkRequest): { queued: boolean } {
  if (doc.commands.includes(request.command)) return { queued: false };
  doc.commands = [...doc.commands, request.command].slice(-COMMANDS);
  doc.links[request.command] = {
    with: request.with,
    by: request.by,
    force: request.force,
    at: request.now,
  };
  tx.changed(doc);
  return { queued: true };
}

/** Removes a visitor for good: what was tied to it is cut, nothing is severed, and what both sides said is asked again. */
export function erase(tx: Transactor, doc: VisitorDoc, now: Millis): { claims: IdentifierKey[] } {
  const { id } = doc;
  leaveMove(tx, id);
  const claims = Object.keys(doc.claims) as IdentifierKey[];
  const days = daysOf(wholeSlice(tx, doc));
  tx.bury(id, { at: now, created: doc.created });
  for (const edge of tx.edges.values())
    if (edge.a === id || edge.b === id) tx.removeEdge(edge);
  tx.work.erasures.push({
    visitor: id,
    at: now,
    identifiers: claims,
    days,
  });
  tx.changedWork();
  forget(tx, id, claims);
  askAcrossCut(tx);
  return { claims };
}

/** An outgoing move goes on without the erased visitor, or ends when there is no point in it any more. */
function leaveMove(tx: Transactor, visitor: VisitorId): void {
  const move = tx.work.outgoing;
  if (!move?.visitors.includes(visitor)) return;
  const rest = move.visitors.filter((id) => id !== visitor);
  const pointless =
    rest.length === 0 ||
    move.target === visitor ||
    move.edge?.a === visitor ||
    move.edge?.b === visitor;
  if (pointless) tx.work.outgoing = null;
  else tx.work.outgoing = { ...move, visitors: rest, revision: move.revision + 1 };
  tx.changedWork();
}

/** Companions who said the same ask the index again: the erased one may have been the owner. */
function forget(tx: Transactor, visitor: VisitorId, claims: IdentifierKey[]): void {
  for (const doc of tx.visitors.values()) {
    const severed = Object.keys(doc.severed).filter((key) => key.endsWith(`|${visitor}`));
    const shared = claims.filter((key) => doc.claims[key]);
    if (severed.length === 0 && shared.length === 0) continue;
    for (const key of severed) delete doc.severed[key];
    for (const key of shared) wait(doc, key);
    tx.changed(doc);
  }
}

function askAcrossCut(tx: Transactor): void {
  const persons = tx.components();
  if (persons.length < 2) return;
  const claimants = new Map<string, Set<number>>();
  persons.forEach((ids, index) => {
    for (const id of ids)
      for (const key of Object.keys(tx.visitors.get(id)?.claims ?? {}))
        claimants.set(key, (claimants.get(key) ?? new Set()).add(index));
  });
  for (const doc of tx.visitors.values()) {
    const crossing = (Object.keys(doc.claims) as IdentifierKey[]).filter(
      (key) => (claimants.get(key)?.size ?? 0) > 1,
    );
    for (const key of crossing) wait(doc, key);
    if (crossing.length > 0) tx.changed(doc);
  }
}

/** Puts a claim back to waiting, so that the index is asked again. */
export function wait(doc: VisitorDoc, key: IdentifierKey): void {
  const claim = doc.claims[key];
  if (!claim) return;
  const { reason: _, ...rest } = claim;
  doc.claims[key] = { ...rest, state: "waiting" };
}
