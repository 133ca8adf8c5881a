/**
 * What keeps visitors apart. A human's decision to join heals it: other evidence may join them from then on. The edge keeps
 * what it healed, and whoever parts is kept apart again as before.
 */
import { type Edge, type Healed, severedVisitor } from "../domain/identity/evidence.ts";
import { anew, wasTurnedDownFor } from "../domain/identity/turned-down.ts";
import type { VisitorId } from "../domain/ids.ts";
import type { VisitorDoc } from "./documents.ts";
import type { Transactor } from "./transactor.ts";

/** No machine joins the two. */
export function keepApart(doc: VisitorDoc, other: VisitorId): void {
  if (!doc.separate.includes(other)) doc.separate = [...doc.separate, other];
}

/**
 * What was turned down because of it, of anybody of the person, is asked again; a machine may join them, or find them to be two
 * once more.
 */
export function askApart(tx: Transactor, { id }: VisitorDoc): void {
  for (const doc of tx.companions(id))
    for (const claim of Object.values(doc.claims)) {
      if (!wasTurnedDownFor(claim, "separate")) continue;
      doc.claims[claim.key] = anew(claim);
      tx.changed(doc);
    }
}

/** Takes back what either side keeps against the other; null where there was nothing. */
export function heal(
  tx: Transactor,
  residents: readonly VisitorId[],
  arrived: readonly VisitorId[],
): Healed | null {
  const healed: Healed = {
    separate: [...between(tx, residents, arrived), ...between(tx, arrived, residents)],
    severed: [...across(tx, residents, arrived), ...across(tx, arrived, residents)],
  };
  for (const [holder, other] of healed.separate) {
    const doc = tx.visitors.get(holder);
    if (doc) doc.separate = doc.separate.filter((each) => each !== other);
  }
  for (const [holder, key] of healed.severed) delete tx.visitors.get(holder)?.severed[key];
  for (const id of new Set([...healed.separate, ...healed.severed].map(([holder]) => holder))) {
    const doc = tx.visitors.get(id);
    if (doc) tx.changed(doc);
  }
  return healed.separate.length + healed.severed.length === 0 ? null : healed;
}

const between = (
  tx: Transactor,
  side: readonly VisitorId[],
  others: readonly VisitorId[],
): Healed["separate"] =>
  side.flatMap((id) =>
    (tx.visitors.get(id)?.separate ?? []).flatMap((other): Healed["separate"] =>
      others.includes(other) ? [[id, other]] : [],
    ),
  );

const across = (
  tx: Transactor,
  side: readonly VisitorId[],
  others: readonly VisitorId[],
): Healed["severed"] =>
  side.flatMap((id) =>
    Object.keys(tx.visitors.get(id)?.severed ?? {}).flatMap((key): Healed["severed"] =>
      others.includes(severedVisitor(key)) ? [[id, key]] : [],
    ),
  );

/**
 * Where edges are gone: of what was healed, what is between visitors on two of these sides stands again, whichever edge
 * healed it.
 */
export function reopen(
  tx: Transactor,
  gone: readonly Edge[],
  sides: readonly (readonly VisitorId[])[],
): void {
  const sideOf = (id: VisitorId): number => sides.findIndex((side) => side.includes(id));
  const areParted = (a: VisitorId, b: VisitorId): boolean =>
    sideOf(a) !== -1 && sideOf(b) !== -1 && sideOf(a) !== sideOf(b);
  for (const { healed } of [...gone, ...tx.edges.values()]) {
    for (const [holder, other] of healed?.separate ?? []) {
      const doc = areParted(holder, other) ? tx.visitors.get(holder) : undefined;
      if (!doc) continue;
      keepApart(doc, other);
      tx.changed(doc);
    }
    for (const [holder, key] of healed?.severed ?? []) {
      const doc = areParted(holder, severedVisitor(key)) ? tx.visitors.get(holder) : undefined;
      if (!doc) continue;
      doc.severed[key] = true;
      tx.changed(doc);
    }
  }
  forgetHealed(tx, areParted);
}

/** What is no longer between two of one person is no edge's to remember. */
export function forgetHealed(
  tx: Transactor,
  isOver: (holder: VisitorId, other: VisitorId) => boolean,
): void {
  for (const edge of tx.edges.values()) {
    const { healed, ...rest } = edge;
    if (!healed) continue;
    const separate = healed.separate.filter(([holder, other]) => !isOver(holder, other));
    const severed = healed.severed.filter(([holder, key]) => !isOver(holder, severedVisitor(key)));
    const left = separate.length + severed.length;
    if (left === healed.separate.length + healed.severed.length) continue;
    tx.addEdge(left === 0 ? rest : { ...rest, healed: { separate, severed } });
  }
}
