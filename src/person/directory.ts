/**
 * How the directory lists this person. A row is made when something changed that a list shows, and carries the moment at
 * which it was true, since rows go different ways to D1 and the older may come later.
 */
import { namesDevice } from "../domain/identity/claims.ts";
import { type Day, dayOf, type Millis } from "../domain/ids.ts";
import { STAGES, type Stage } from "../domain/person/stage.ts";
import type { PersonRow } from "../domain/ports.ts";
import { summarise } from "../domain/slice/summary.ts";
import { wholeSlice } from "./cold.ts";
import type { PersonReader } from "./reader.ts";
import type { Transactor } from "./transactor.ts";

/** Lists show the time of the last event to the minute: within one, an unchanged person isn't written again. */
const LIST_MS = 60_000;

/** The newest row that this object made, as the visitors' documents remember it; null before there was one. */
function listed(tx: Transactor): PersonRow | null {
  if (tx.listed) return tx.listed;
  for (const { shown } of tx.visitors.values())
    if (shown?.id === tx.self && shown.revision > (tx.listed?.revision ?? 0)) tx.listed = shown;
  return tx.listed;
}

/** The row to write now; null when a list would show nothing new. `relist`: whatever it shows. */
export function news(tx: Transactor, now: Millis, relist = false): PersonRow | null {
  if (tx.visitors.size === 0) return null;
  const before = listed(tx);
  if (before && !relist && !isNews(tx, before)) return null;
  const row = rowOf(tx, Math.max(now, (before?.revision ?? 0) + 1));
  tx.listed = row;
  tx.isListed = false;
  // Written with the documents' next write, and until then made anew at worst.
  for (const doc of tx.visitors.values()) doc.shown = row;
  return row;
}

/** The row that may not have reached D1 yet; null when it has. */
export const unsure = (tx: Transactor): PersonRow | null => (tx.isListed ? null : listed(tx));

/** A number that is later than all this object has said of its person. */
export const revisionAfter = (tx: Transactor, now: Millis): Millis =>
  Math.max(now, (tx.listed?.revision ?? 0) + 1);

/** Looked at with nearly every event, so what is cheap comes first and old days are read only when it matters. */
function isNews(tx: Transactor, before: PersonRow): boolean {
  if (tx.visitors.size !== before.visitors) return true;
  let lastSeen = 0;
  for (const { today, listed: days, slice } of tx.visitors.values()) {
    if (today.day > before.day || days.some((day) => isNewDay(before, day))) return true;
    for (const bucket of Object.values(slice)) lastSeen = Math.max(lastSeen, bucket.last);
  }
  return lastSeen - before.lastSeen >= LIST_MS || stageOf(tx, before.stage) !== before.stage;
}

const isNewDay = (before: PersonRow, day: Day): boolean =>
  day !== 0 && day !== before.day && !before.unlist.includes(day);

function rowOf(reader: PersonReader, revision: Millis): PersonRow {
  const docs = [...reader.visitors.values()];
  const summary = summarise(
    Object.fromEntries(docs.map((doc) => [doc.id, wholeSlice(reader, doc)])),
  );
  const created = docs.reduce((least, doc) => Math.min(least, doc.created), Infinity);
  const day = docs.reduce((last, doc) => Math.max(last, doc.today.day), 0) || dayOf(created);
  const days = docs.flatMap((doc): Day[] => [...doc.listed, doc.today.day]);
  return {
    id: reader.self,
    day,
    unlist: [...new Set(days)].filter((other) => other !== day && other !== 0),
    stage: stageOf(reader),
    firstSeen: summary.firstSeen ?? created,
    lastSeen: summary.lastSeen ?? created,
    visitors: docs.length,
    events: summary.events,
    // Changes with time and with the catalogue alone: whoever lists people asks them.
    next: null,
    revision,
  };
}

/**
 * How well this person is known, by the surest claim of all its visitors. What was read is counted only when it could
 * raise the stage from what it was.
 */
export function stageOf(reader: PersonReader, before: Stage = "device"): Stage {
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
  if (best !== "device" || before === "activity") return best === "device" ? before : best;
  const docs = [...reader.visitors.values()];
  const reads = docs.flatMap((doc) =>
    Object.values(wholeSlice(reader, doc)).flatMap((bucket) => Object.values(bucket.topics)),
  );
  return reads.reduce((a, b) => a + b, 0) >= READS_FOR_ACTIVITY ? "activity" : "device";
}

/** Enough reads to say a topic. */
export const READS_FOR_ACTIVITY = 3;
