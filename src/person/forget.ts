/** Taking what is said of an erased visitor out of another's document. */
import { type Edge, severedVisitor } from "../domain/identity/evidence.ts";
import type { VisitorId } from "../domain/ids.ts";
import type { Pending, VisitorDoc } from "./documents.ts";
import { keys } from "./store.ts";
import type { Transactor } from "./transactor.ts";

/** Nothing is left to be told about that one. */
export function untell(doc: VisitorDoc, about: VisitorId): void {
  const { [about]: _, ...rest } = doc.untold ?? {};
  if (Object.keys(rest).length > 0) doc.untold = rest;
  else delete doc.untold;
}

export const isOf = ({ a, b }: Pick<Edge, "a" | "b">, visitor: VisitorId): boolean =>
  a === visitor || b === visitor;

/**
 * Takes every mention of an erased visitor out of another's document, which is written whatever was found: what landed in
 * D1 long ago may still stand in the stored one.
 */
export function forget(tx: Transactor, doc: VisitorDoc, erased: VisitorId): void {
  for (const key of Object.keys(doc.severed))
    if (severedVisitor(key) === erased) delete doc.severed[key];
  if (doc.severedByRule)
    doc.severedByRule = Object.fromEntries(
      Object.entries(doc.severedByRule).filter(([key]) => severedVisitor(key) !== erased),
    );
  doc.separate = doc.separate.filter((other) => other !== erased);
  untell(doc, erased);
  if (doc.shown?.id === erased) delete doc.shown;
  doc.undone = doc.undone.filter((edge) => !isOf(edge, erased));
  if (doc.history) doc.history = doc.history.filter(({ other }) => other !== erased);
  for (const [command, link] of Object.entries(doc.links))
    if (link.with === erased) delete doc.links[command];
  const stays = (entry: Pending): boolean =>
    entry.kind === "merge"
      ? !isOf(entry.merge.edge, erased)
      : entry.kind !== "history" || entry.entry.other !== erased;
  doc.pending = doc.pending.filter(stays);
  for (const part of doc.cold.pending) {
    const key = keys.cold(doc.id, "pending", part);
    const entries = (tx.readCold(key) ?? []) as Pending[];
    if (!entries.every(stays)) tx.writeCold(key, entries.filter(stays));
  }
  tx.changed(doc);
}
