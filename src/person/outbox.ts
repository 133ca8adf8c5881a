/**
 * The outbox: what waits to land in D1. Its entries lie in the visitors' documents and travel with them; landing is
 * idempotent, so an entry is forgotten only after D1 has answered, and twice is as good as once.
 */
import { namesDevice } from "../domain/identity/claims.ts";
import { type Day, dayOf } from "../domain/ids.ts";
import { STAGES, type Stage } from "../domain/person/stage.ts";
import type { Landing, PersonRow } from "../domain/ports.ts";
import { summarise } from "../domain/slice/summary.ts";
import { pendingParts, wholeSlice } from "./cold.ts";
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
  gone: boolean;
  relist: boolean;
  unlisted: Day[];
  person: PersonRow | null;
}

export const hasPending = (reader: PersonReader): boolean =>
  [...reader.visitors.values()].some(
    (doc) => doc.pending.length > 0 || doc.cold.pending.length > 0,
  );

export function prepare(tx: Transactor, stage: Stage): { landing: Landing; handed: Handed } {
  const landing: Landing = {
    events: [],
    receipts: [],
    hints: [],
    merges: [],
    history: [],
    facts: [],
    person: null,
    gone: tx.work.gone ? { id: tx.self, days: tx.work.gone } : null,
    erased: tx.work.erasures,
  };
  const handed: Handed = {
    entries: [],
    erasures: tx.work.erasures.length,
    gone: tx.work.gone !== null,
    relist: tx.work.relist,
    unlisted: [],
    person: null,
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
  if (tx.visitors.size > 0) {
    const now = row(tx, stage);
    if (tx.work.relist || isNews(now, tx.listed)) {
      landing.person = now;
      handed.unlisted = now.unlist;
      handed.person = now;
    }
  }
  return { landing, handed };
}

/** Lists show the time of the last event to the minute: within one, an unchanged person isn't written again. */
const LIST_MS = 60_000;

const isNews = (now: PersonRow, before: PersonRow | null): boolean =>
  before === null ||
  now.unlist.length > 0 ||
  now.stage !== before.stage ||
  now.visitors !== before.visitors ||
  now.day !== before.day ||
  now.lastSeen - before.lastSeen >= LIST_MS;

function put(landing: Landing, doc: VisitorDoc, entry: Pending): void {
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
  }
}

/** Tells entries apart, so that what came meanwhile stays. */
function nameOf(entry: Pending): string {
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
  }
}

/**
 * Forgets what landed. A document is not written for this alone: its next write carries it, and until then a repeated
 * landing costs nothing, because D1 ignores what it has.
 */
export function landed(tx: Transactor, handed: Handed): void {
  tx.listed = handed.person ?? tx.listed;
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
  if (handed.erasures === 0 && !handed.gone && !handed.relist) return;
  tx.work.erasures = tx.work.erasures.slice(handed.erasures);
  if (handed.gone) tx.work.gone = null;
  if (handed.relist) tx.work.relist = false;
  tx.changedWork();
}

function row(reader: PersonReader, stage: Stage): PersonRow {
  const docs = [...reader.visitors.values()];
  const summary = summarise(
    Object.fromEntries(docs.map((doc) => [doc.id, wholeSlice(reader, doc)])),
  );
  const created = docs.reduce((least, doc) => Math.min(least, doc.created), Infinity);
  const day = docs.reduce((last, doc) => Math.max(last, doc.today.day), 0) || dayOf(created);
  const listed = docs.flatMap((doc) => [...doc.listed, doc.today.day]);
  return {
    id: reader.self,
    day,
    unlist: [...new Set(listed)].filter((other) => other !== day && other !== 0),
    stage,
    firstSeen: summary.firstSeen ?? created,
    lastSeen: summary.lastSeen ?? created,
    visitors: docs.length,
    events: summary.events,
    next: null,
  };
}

/** How well this person is known, by the surest claim of all its visitors. */
export function stageOf(reader: PersonReader): Stage {
  let best: Stage = "device";
  const raise = (stage: Stage): void => {
    if (STAGES.indexOf(stage) > STAGES.indexOf(best)) best = stage;
  };
  for (const doc of reader.visitors.values())
    for (const claim of Object.values(doc.claims)) {
      if (namesDevice(claim.kind) || claim.state === "refused") continue;
      if (claim.assurance === "verified") raise("person");
      else if (claim.assurance === "asserted") raise("identified");
    }
  if (best === "device") {
    const docs = [...reader.visitors.values()];
    const reads = docs.flatMap((doc) =>
      Object.values(wholeSlice(reader, doc)).flatMap((bucket) => Object.values(bucket.topics)),
    );
    if (reads.reduce((a, b) => a + b, 0) >= READS_FOR_ACTIVITY) raise("activity");
  }
  return best;
}

/** Enough reads to say a topic. */
export const READS_FOR_ACTIVITY = 3;
