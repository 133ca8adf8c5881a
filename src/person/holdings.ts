/** All that is held of a visitor and of those it is proven to be one with: for exports, and for the visitor's own page. */
import type { HeldVisitor, Holdings } from "../domain/person/calls.ts";
import type { Edge } from "../domain/identity/evidence.ts";
import type { VisitorId } from "../domain/ids.ts";
import { pendingParts } from "./cold.ts";
import type { VisitorDoc } from "./documents.ts";
import type { Transactor } from "./transactor.ts";
import { viewVisitor } from "./view.ts";

export function holdings(tx: Transactor, doc: VisitorDoc): Holdings {
  const trusted = tx.trusted(doc.id);
  const proven = new Set(trusted.map(({ id }) => id));
  const edges = [...tx.edges.values()];
  return {
    id: tx.self,
    visitors: trusted.map((each) => held(tx, each, edges)),
    maybe: tx
      .companions(doc.id)
      .filter(({ id }) => !proven.has(id))
      .map(({ id }) => ({ visitor: id, because: tieOf(id, edges) })),
  };
}

function held(tx: Transactor, doc: VisitorDoc, edges: readonly Edge[]): HeldVisitor {
  const entries = pendingParts(tx, doc).flatMap((part) => part.entries);
  return {
    ...viewVisitor(tx, doc),
    hints: doc.hints,
    edges: edges.filter((edge) => edge.a === doc.id || edge.b === doc.id),
    undone: doc.undone,
    history: doc.history ?? [],
    pending: {
      events: entries.flatMap((entry) => (entry.kind === "event" ? [entry.event] : [])),
      receipts: entries.flatMap((entry) => (entry.kind === "receipt" ? [entry.receipt] : [])),
      outcomes: entries.flatMap((entry) => (entry.kind === "hint" ? [entry.hint] : [])),
    },
  };
}

const tieOf = (visitor: VisitorId, edges: readonly Edge[]): string =>
  edges.find(({ a, b }) => a === visitor || b === visitor)?.because ?? "joined by others";
