/**
 * An ordinary event adds to what a visitor's document holds and changes nothing else, so that it needn't all be written
 * again: what was added is written by itself, into one of a few places, and the document once they are full or something
 * else changed. Whoever wakes reads the document and adds what was added since.
 */
import type { Day } from "../domain/ids.ts";
import type { ConsentDecision } from "../domain/person/consent.ts";
import { foldEvent } from "../domain/slice/slice.ts";
import { hashId } from "./cold.ts";
import type { Pending, VisitorDoc } from "./documents.ts";
import { entryOf, textOf } from "./stored.ts";

/** Places of one visitor. Each is a row to delete when the visitor moves away. */
export const JOURNAL_PLACES = 8;
/** Characters in one place; more is written with the document. */
const PLACE_MAX = 16_000;

export type EventEntry = Extract<Pending, { kind: "event" }>;

/** An accepted event; `until`: the day on which its id may be forgotten, null for one without an id of its own. */
export interface Added {
  entry: EventEntry;
  until: Day | null;
}

/** What one call added. */
export interface Addition {
  /** The day of receipt. */
  day: Day;
  decision: ConsentDecision | null;
  added: readonly Added[];
}

/** One place, as it is stored. */
export interface StoredAddition {
  /** The document's version with it. Only what is later than the stored document's counts. */
  version: number;
  day: Day;
  decision: string;
  entries: string[];
  /** −1: not remembered. */
  until: number[];
}

/** Dedupe memory, today's count, slice, outbox. */
export function add(doc: VisitorDoc, { entry, until }: Added, day: Day): void {
  const { event } = entry;
  if (until !== null) doc.seen.push([hashId(event.id), until]);
  if (doc.today.day !== day && doc.today.events > 0) doc.listed = [...doc.listed, doc.today.day];
  doc.today = { day, events: doc.today.day === day ? doc.today.events + 1 : 1 };
  doc.slice = foldEvent(doc.slice, event);
  doc.pending.push(entry);
}

/** Null when it is too large for a place. */
export function toStoredAddition(
  version: number,
  { day, decision, added }: Addition,
): StoredAddition | null {
  const entries = added.map(({ entry }) => textOf(entry));
  if (entries.reduce((sum, text) => sum + text.length, 0) > PLACE_MAX) return null;
  return {
    version,
    day,
    decision: JSON.stringify(decision),
    entries,
    until: added.map(({ until }) => until ?? -1),
  };
}

/** Brings a document up to what was added since it was written. Gives the number of places in use. */
export function replay(doc: VisitorDoc, places: readonly StoredAddition[]): number {
  const later = places
    .filter(({ version }) => version > doc.version)
    .sort((a, b) => a.version - b.version);
  for (const { version, day, decision, entries, until } of later) {
    doc.decision = JSON.parse(decision) as ConsentDecision | null;
    entries.forEach((text, at) => {
      const remembered = until[at] ?? -1;
      const entry = entryOf(text) as EventEntry;
      add(doc, { entry, until: remembered < 0 ? null : remembered }, day);
    });
    doc.version = version;
  }
  return later.length;
}

/** What an addition may change; a document's other parts stay as they were. */
const ADDED_TO: ReadonlySet<string> = new Set<keyof VisitorDoc>([
  "seen",
  "today",
  "listed",
  "slice",
  "pending",
  "decision",
  "version",
  "shown",
  // Copied, and compared by themselves.
  "claims",
]);

/** A document's parts before a call, to tell afterwards whether it only added. */
export interface Unadded {
  parts: VisitorDoc;
  claims: VisitorDoc["claims"];
  pending: number;
}

export const unadded = (doc: VisitorDoc): Unadded => ({
  parts: { ...doc },
  claims: { ...doc.claims },
  pending: doc.pending.length,
});

/** True when nothing changed but by so many additions. Whatever changes a document replaces its parts, or says so. */
export const isAddition = (doc: VisitorDoc, before: Unadded, added: number): boolean =>
  doc.pending.length === before.pending + added &&
  isWithin(doc, before.parts, ADDED_TO) &&
  isWithin(before.parts, doc, ADDED_TO) &&
  isWithin(doc.claims, before.claims) &&
  isWithin(before.claims, doc.claims);

/** Whether all parts of the one are the other's very own. */
function isWithin<T extends object>(one: T, other: T, but?: ReadonlySet<string>): boolean {
  for (const key in one) if (one[key] !== other[key] && !but?.has(key)) return false;
  return true;
}
