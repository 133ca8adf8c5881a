/**
 * The outbox: what waits to land in D1. Its entries lie in the visitors' documents and travel with them; landing is
 * idempotent, so an entry is forgotten only after D1 has answered, and twice is as good as once.
 */
import type { Day, Millis } from "../domain/ids.ts";
import type { Landing, PersonRow, WaitingClaim } from "../domain/ports.ts";
import { pendingParts } from "./cold.ts";
import { news, revisionAfter, unsure } from "./directory.ts";
import type { Pending, VisitorDoc } from "./documents.ts";
import type { PersonReader } from "./reader.ts";
import { keys } from "./store.ts";
import type { Transactor } from "./transactor.ts";

/** Entries taken at once: a statement of a megabyte at most. */
const ENTRIES_PER_LANDING = 1000;

/** What was handed over, to be forgotten when D1 has answered. */
export interface Handed {
  entries: { visitor: VisitorDoc["id"]; part: number | null; names: string[] }[];
  erasures: number;
  /** The very days that stood in `work.gone`. */
  gone: readonly Day[] | null;
  /** Who lived here when a row was made because somebody had come or left; null where it wasn't made for that. */
  relist: string | null;
  unlisted: Day[];
  person: PersonRow | null;
}

export const emptyLanding = (): Landing => ({
  events: [],
  receipts: [],
  hints: [],
  merges: [],
  history: [],
  facts: [],
  unseen: [],
  unsaid: [],
  person: null,
  gone: null,
  erased: [],
  claims: [],
});

export const hasPending = (reader: PersonReader): boolean =>
  [...reader.visitors.values()].some(
    (doc) => doc.pending.length > 0 || doc.cold.pending.length > 0,
  );

/** All that waits, as far as one landing holds it, with the claims that go along. */
export function prepare(
  tx: Transactor,
  claims: WaitingClaim[],
  now: Millis,
): { landing: Landing; handed: Handed } {
  const { gone, erasures, relist } = tx.work;
  const person = news(tx, now, relist) ?? unsure(tx);
  const landing: Landing = {
    ...emptyLanding(),
    person,
    gone: gone && { id: tx.self, days: gone, revision: revisionAfter(tx, now) },
    erased: erasures,
    claims,
  };
  const handed: Handed = {
    entries: [],
    erasures: erasures.length,
    gone,
    relist: relist ? residents(tx) : null,
    unlisted: person?.unlist ?? [],
    person,
  };
  let room = ENTRIES_PER_LANDING;
  for (const doc of tx.visitors.values())
    for (const { part, entries } of pendingParts(tx, doc)) {
      // A part is landed whole, or a later one would overtake it.
      if (room <= 0 || entries.length === 0) continue;
      room -= entries.length;
      for (const entry of entries) put(landing, doc, entry);
      handed.entries.push({ visitor: doc.id, part, names: entries.map(nameOf) });
    }
  return { landing, handed };
}

export function put(landing: Landing, doc: VisitorDoc, entry: Pending): void {
  switch (entry.kind) {
    case "event":
      landing.events.push({ visitor: doc.id, event: entry.event });
      return;
    case "receipt":
      landing.receipts.push(entry.receipt);
      return;
    case "hint":
      landing.hints.push(entry.hint);
      return;
    case "merge":
      landing.merges.push(entry.merge);
      return;
    case "history":
      landing.history?.push({ visitor: doc.id, entry: entry.entry });
      return;
    case "facts":
      landing.facts?.push({ visitor: doc.id, at: entry.at });
      return;
    case "unseen":
      landing.unseen?.push({ visitor: doc.id, at: entry.at });
      return;
    case "unsaid":
      landing.unsaid?.push({ visitor: doc.id, identifier: entry.identifier });
      return;
  }
}

/** Tells entries apart, so that what came meanwhile stays. */
export function nameOf(entry: Pending): string {
  switch (entry.kind) {
    case "event":
      return `e${entry.event.day}/${entry.event.id}`;
    case "receipt":
      return `r${entry.receipt.seq}`;
    case "hint":
      return `h${entry.hint.hint}/${entry.hint.outcome}`;
    case "merge":
      return `m${entry.merge.op}/${entry.merge.edge.id}`;
    case "history":
      return `d${entry.entry.op}/${entry.entry.id}/${entry.entry.at}`;
    case "facts":
      return `f${entry.at}`;
    case "unseen":
      return `u${entry.at}`;
    case "unsaid":
      return `i${entry.identifier}`;
  }
}

/**
 * Forgets what landed. A document is not written for this alone: its next write carries it, and until then a repeated
 * landing costs nothing, because D1 ignores what it has.
 */
export function landed(tx: Transactor, handed: Handed): void {
  if (handed.person && handed.person.revision === tx.listed?.revision) tx.isListed = true;
  for (const { visitor, part, names } of handed.entries) {
    const doc = tx.visitors.get(visitor);
    if (!doc) continue;
    if (part === null) {
      const gone = new Set(names);
      doc.pending = doc.pending.filter((entry) => !gone.has(nameOf(entry)));
    } else {
      doc.cold.pending = doc.cold.pending.filter((other) => other !== part);
      tx.removeCold(keys.cold(visitor, "pending", part));
      tx.changed(doc);
    }
  }
  for (const doc of tx.visitors.values())
    if (doc.listed.length > 0)
      doc.listed = doc.listed.filter((day) => !handed.unlisted.includes(day));
  if (handed.erasures === 0 && !handed.gone && handed.relist === null) return;
  tx.work.erasures = tx.work.erasures.slice(handed.erasures);
  // Whoever came back and left again since has to be taken off the list once more.
  if (handed.gone === tx.work.gone) tx.work.gone = null;
  // The same where somebody came back since that row was made.
  if (handed.relist === residents(tx)) tx.work.relist = false;
  tx.changedWork();
}

/** Another text once anybody came or left, though they came back: each move raises the epoch. */
const residents = ({ visitors }: PersonReader): string =>
  [...visitors.values()].map(({ id, epoch }) => `${id}/${epoch}`).join();
