/** Taking back: undo removes one edge of the forest and so cuts the person in exactly two; the younger side moves out. */
import { anew, isDisowned, isLapsed } from "../domain/identity/turned-down.ts";
import type { IdentifierKey } from "../domain/ids.ts";
import type { LinkRequest, UndoAnswer, UndoRequest } from "../domain/person/calls.ts";
import type { VisitorDoc } from "./documents.ts";
import { begin } from "./move.ts";
import { sidesWithout, takeBack } from "./part.ts";
import { withCommand } from "./said.ts";
import type { Names, Transactor } from "./transactor.ts";

export function undo(tx: Transactor, request: UndoRequest, names: Names): UndoAnswer {
  const edge = tx.edges.get(request.merge);
  if (!edge) return { done: false, why: "gone" };
  if (tx.moving || tx.isSplit) return { done: false, why: "busy" };
  const [near, far] = sidesWithout(tx, edge);
  const { now, by, why } = request;
  takeBack(tx, edge, [near, far], { at: now, by, ...(why === undefined ? {} : { why }) });
  settleSplit(tx, names);
  return { done: true, sides: [near, far] };
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
  doc.commands = withCommand(doc.commands, request.command);
  doc.links[request.command] = {
    with: request.with,
    by: request.by,
    force: request.force,
    at: request.now,
    ...(request.inferred ? { inferred: request.inferred } : {}),
    ...(request.why === undefined ? {} : { why: request.why }),
  };
  tx.changed(doc);
  return { queued: true };
}

/** Puts a claim back to waiting, so that the index is asked again. */
export function wait(doc: VisitorDoc, key: IdentifierKey): void {
  const claim = doc.claims[key];
  if (claim && !isDisowned(claim) && !isLapsed(claim)) doc.claims[key] = anew(claim);
}
