/**
 * Taking a visitor out for good. One transaction removes it with all that other visitors of this object say of it; those
 * who live elsewhere and D1 are told by work that stays until it is done (work.ts).
 */
import { type Edge, severedVisitor } from "../domain/identity/evidence.ts";
import { type Day, dayOf, type IdentifierKey, type Millis, type VisitorId } from "../domain/ids.ts";
import type { Erasure } from "../domain/ports.ts";
import { daysOf } from "../domain/slice/slice.ts";
import { pendingParts, wholeSlice } from "./cold.ts";
import type { VisitorDoc } from "./documents.ts";
import { forgetHealed, reopen } from "./apart.ts";
import { forget, isOf } from "./forget.ts";
import { bringBack } from "./part.ts";
import type { PersonReader } from "./reader.ts";
import { wait } from "./split.ts";
import type { Transactor } from "./transactor.ts";

const unsaidOf = (tx: Transactor, doc: VisitorDoc): IdentifierKey[] =>
  pendingParts(tx, doc).flatMap(({ entries }) =>
    entries.flatMap((entry) => (entry.kind === "unsaid" ? [entry.identifier] : [])),
  );

/** What was tied to it is cut, nothing is severed, and what both sides said is asked again. */
export function erase(tx: Transactor, doc: VisitorDoc, now: Millis): { claims: IdentifierKey[] } {
  const { id } = doc;
  leaveMove(tx, id);
  const edges = [...tx.edges.values()].filter((edge) => isOf(edge, id));
  const erasure: Erasure = {
    visitor: id,
    at: now,
    // What has lapsed may not have left the index yet.
    identifiers: [
      ...new Set([...(Object.keys(doc.claims) as IdentifierKey[]), ...unsaidOf(tx, doc)]),
    ],
    days: daysOf(wholeSlice(tx, doc)),
    merges: loggedMerges(doc, edges),
    receipts: pendingParts(tx, doc).flatMap(({ entries }) =>
      entries.flatMap((entry) => (entry.kind === "receipt" ? [entry.receipt] : [])),
    ),
  };
  const elsewhere = mentioning(doc).filter((other) => !tx.visitors.has(other));
  tx.bury(id, { at: now, created: doc.created });
  for (const edge of edges) tx.removeEdge(edge);
  bringBack(tx, edges, tx.components());
  forgetPushedOut(tx);
  forgetHealed(tx, (holder, other) => holder === id || other === id);
  reopen(tx, edges, tx.components());
  tx.work.erasures.push(erasure);
  tx.work.forgets.push(...elsewhere.map((visitor) => ({ visitor, erased: id })));
  unlist(tx, doc);
  tx.changedWork();
  for (const other of tx.visitors.values()) {
    for (const key of erasure.identifiers) wait(other, key);
    forget(tx, other, id);
  }
  askAcrossCut(tx);
  return { claims: erasure.identifiers };
}

/**
 * With whoever of these lives here, in the same moment: that a human is leaving is known by who withdrew, and once that one is
 * gone nobody could tell those who call for the others.
 */
export function eraseWith(
  tx: Transactor,
  doc: VisitorDoc,
  along: readonly VisitorId[],
  now: Millis,
): { claims: IdentifierKey[] } {
  const erased = erase(tx, doc, now);
  for (const id of along) {
    const other = tx.visitors.get(id);
    if (other) erase(tx, other, now);
  }
  return erased;
}

/** What made room for somebody is remembered as long as anybody here says it. */
function forgetPushedOut(tx: Transactor): void {
  const said = (key: IdentifierKey): boolean =>
    [...tx.visitors.values()].some(({ claims }) => claims[key]);
  for (const edge of tx.edges.values())
    if (edge.pushedOut && !edge.pushedOut.every(said))
      tx.addEdge({ ...edge, pushedOut: edge.pushedOut.filter(said) });
}

/** Whether D1 and everybody who was named have been told; and nobody lives under its name any more. */
export function isGone(reader: PersonReader, visitor: VisitorId): boolean {
  const { erasures, forgets, asks, silences, gone, relist } = reader.work;
  return (
    !erasures.some((erasure) => erasure.visitor === visitor) &&
    !forgets.some(({ erased }) => erased === visitor) &&
    asks.length === 0 &&
    silences.length === 0 &&
    gone === null &&
    !relist &&
    !reader.moving &&
    !reader.isSplit &&
    !reader.isNameErased
  );
}

/** The rows of the log of merges that name the visitor: those that stand, and those that were taken back. */
function loggedMerges(doc: VisitorDoc, edges: readonly Edge[]): Erasure["merges"] {
  const rows = [...edges, ...doc.undone].map((edge): Erasure["merges"][number] => [
    dayOf(edge.at),
    edge.id,
  ]);
  const undone = doc.undone.map((edge): Erasure["merges"][number] => [
    dayOf(edge.undone.at),
    edge.id,
  ]);
  return [...rows, ...undone];
}

/** Others whose documents name this visitor: they were one with it, or are kept apart from it. */
const mentioning = (doc: VisitorDoc): VisitorId[] =>
  [
    ...new Set([
      ...doc.undone.flatMap((edge) => [edge.a, edge.b]),
      ...Object.keys(doc.severed).map(severedVisitor),
      ...doc.separate,
      ...(Object.keys(doc.untold ?? {}) as VisitorId[]),
      ...(doc.history ?? []).flatMap(({ other }) => (other === null ? [] : [other])),
    ]),
  ].filter((other) => other !== doc.id);

/** The directory may list this object under the erased visitor's days: whoever stays takes them off, or the object goes. */
function unlist(tx: Transactor, doc: VisitorDoc): void {
  const days: Day[] = [...doc.listed, doc.today.day];
  if (tx.visitors.size === 0) {
    tx.work.gone = [...new Set([...(tx.work.gone ?? []), ...days])];
    return;
  }
  tx.work.relist = true;
  for (const other of tx.visitors.values())
    other.listed = [...new Set([...other.listed, ...days])].filter((day) => day > 0);
}

/** An outgoing move goes on without the erased visitor, or ends when there is no point in it any more. */
function leaveMove(tx: Transactor, visitor: VisitorId): void {
  const move = tx.work.outgoing;
  if (!move?.visitors.includes(visitor)) return;
  const rest = move.visitors.filter((id) => id !== visitor);
  const pointless =
    rest.length === 0 ||
    move.target === visitor ||
    (move.edge !== null && isOf(move.edge, visitor));
  if (pointless) tx.work.outgoing = null;
  else tx.work.outgoing = { ...move, visitors: rest, revision: move.revision + 1 };
  tx.changedWork();
}

/** Identifiers that two of the persons in here say are asked again: the erased one may have been what joined them. */
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
