/** Taking back: undo removes one edge of the forest and so cuts the person in exactly two; the younger side moves out. */
import {
  type Edge,
  components,
  isInferred,
  severedKey,
  type UndoneEdge,
} from "../domain/identity/evidence.ts";
import type { IdentifierKey, VisitorId, Millis } from "../domain/ids.ts";
import type { LinkRequest, UndoAnswer, UndoRequest } from "../domain/person/calls.ts";
import type { VisitorDoc } from "./documents.ts";
import { begin } from "./move.ts";
import type { Names, Transactor } from "./transactor.ts";

/** A visitor remembers so many officer commands, so that a repeated one is done once. */
const COMMANDS = 64;

export function undo(tx: Transactor, request: UndoRequest, names: Names): UndoAnswer {
  const edge = tx.edges.get(request.merge);
  if (!edge) return { done: false, why: "gone" };
  if (tx.moving || tx.isSplit) return { done: false, why: "busy" };
  const [near, far] = sidesWithout(tx, edge);
  takeBack(tx, edge, [near, far], { at: request.now, by: request.by });
  settleSplit(tx, names);
  return { done: true, sides: [near, far] };
}

/**
 * Parts two visitors of one person by policy: the first edge on the way that nobody proved goes, as if it had been undone.
 * Where every edge on the way is proved, they stay together.
 */
export function cutBetween(tx: Transactor, from: VisitorId, to: VisitorId, now: Millis): void {
  const edge = [...tx.edges.values()].find((each) => {
    if (isProved(tx, each)) return false;
    const [near, far] = sidesWithout(tx, each);
    return near.includes(from) ? far.includes(to) : near.includes(to) && far.includes(from);
  });
  if (!edge) return;
  const [near, far] = sidesWithout(tx, edge);
  takeBack(tx, edge, [near, far], { at: now, by: "policy" });
}

/** A human decided it on more than a probability, or both sides verified what they share. */
const isProved = (tx: Transactor, { a, b, evidence }: Edge): boolean =>
  evidence.kind === "command"
    ? !isInferred(evidence)
    : [a, b].every(
        (end) => tx.visitors.get(end)?.claims[evidence.identifier]?.assurance === "verified",
      );

/** Removes one edge, severs what crosses the cut, and writes both into the history. */
function takeBack(
  tx: Transactor,
  edge: Edge,
  [near, far]: [VisitorId[], VisitorId[]],
  undone: UndoneEdge["undone"],
): void {
  tx.removeEdge(edge);
  sever(tx, near, far);
  const past: UndoneEdge = { ...edge, undone };
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

/**
 * When more than one person is in here, the one that isn't the oldest moves to the object named after its own oldest; and
 * so does whoever is left where the object's own visitor was erased, so that nobody bears the name of an erased one.
 */
export function settleSplit(tx: Transactor, names: Names): void {
  if (tx.moving) return;
  const [first, second] = tx.components();
  const leaving = second ?? (tx.isNameErased ? first : undefined);
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
    ...(request.inferred ? { inferred: request.inferred } : {}),
  };
  tx.changed(doc);
  return { queued: true };
}

/** Puts a claim back to waiting, so that the index is asked again. */
export function wait(doc: VisitorDoc, key: IdentifierKey): void {
  const claim = doc.claims[key];
  if (!claim) return;
  const { reason: _, ...rest } = claim;
  doc.claims[key] = { ...rest, state: "waiting" };
}
