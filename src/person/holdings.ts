/** All that is held of a visitor and of those it is proven to be one with: for exports, for the visitor's own page, and to hold D1 to it. */
import type { Head } from "../domain/consent/ledger.ts";
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

/** The newest receipt of each visitor here that D1 has for certain; none of those that still wait to land. */
export const heads = (tx: Transactor): Head[] =>
  [...tx.visitors.values()].flatMap((doc) => {
    const waiting = pendingParts(tx, doc)
      .flatMap(({ entries }) => entries)
      .flatMap((entry) => (entry.kind === "receipt" ? [entry.receipt] : []))
      .toSorted((a, b) => a.seq - b.seq)[0];
    const seq = waiting ? waiting.seq - 1 : doc.receipts.seq;
    return seq < 1 ? [] : [{ visitor: doc.id, seq, hash: waiting?.previous ?? doc.receipts.hash }];
  });
