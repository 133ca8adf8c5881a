/** A person as the trusted API and the own-data page see it. Personal values stay sealed. */
import { isRecognised, mayBeLinked } from "../domain/identity/ties.ts";
import { isLapsed } from "../domain/identity/turned-down.ts";
import type { PersonView, VisitorView } from "../domain/person/calls.ts";
import { pendingParts, wholeSlice } from "./cold.ts";
import type { VisitorDoc } from "./documents.ts";
import type { Transactor } from "./transactor.ts";

/** An answer between objects holds 32 MiB; while D1 can't be reached more than this may wait. */
const PENDING_SHOWN = 5_000;

export function view(tx: Transactor, doc: VisitorDoc): PersonView {
  const companions = tx.companions(doc.id);
  const here = new Set(companions.map((companion) => companion.id));
  const undone = new Map(
    companions.flatMap((companion) => companion.undone).map((edge) => [edge.id, edge]),
  );
  return {
    id: tx.self,
    visitors: companions.map((companion) => viewVisitor(tx, companion)),
    edges: [...tx.edges.values()].filter((edge) => here.has(edge.a) && here.has(edge.b)),
    undone: [...undone.values()],
    history: [
      ...new Map(
        companions
          .flatMap((companion) => companion.history ?? [])
          .map((entry) => [`${entry.op} ${entry.id} ${entry.at}`, entry]),
      ).values(),
    ],
    pending: companions
      .flatMap((companion) =>
        pendingParts(tx, companion).flatMap(({ entries }) =>
          entries.flatMap((entry) =>
            entry.kind === "event" ? [{ visitor: companion.id, event: entry.event }] : [],
          ),
        ),
      )
      .slice(0, PENDING_SHOWN),
  };
}

export function viewVisitor(tx: Transactor, doc: VisitorDoc): VisitorView {
  return {
    id: doc.id,
    created: doc.created,
    origin: doc.origin,
    claims: Object.values(doc.claims).filter((claim) => !isLapsed(claim)),
    slice: wholeSlice(tx, doc),
    decision: doc.decision,
    recognised: isRecognised(doc, tx.openings),
    linkable: mayBeLinked(doc, tx.companions(doc.id), tx.edges.values(), tx.openings),
    retired: doc.retired !== null,
    separate: doc.separate,
    severed: doc.severed,
    ...(doc.unasked ? { unasked: doc.unasked } : {}),
    device: doc.device,
    permissions: doc.permissions,
    traits: doc.traits,
    ...(doc.sightings ? { sightings: doc.sightings } : {}),
    waiting:
      Object.values(doc.claims).filter((claim) => claim.state === "waiting").length +
      Object.keys(doc.links).length,
  };
}
