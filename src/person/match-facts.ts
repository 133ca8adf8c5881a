/** Telling the matching that this visitor is to be compared anew. It costs nothing where there are no facts. */
import type { Openings } from "../domain/consent/openings.ts";
import { isRecognised } from "../domain/identity/ties.ts";
import type { Millis } from "../domain/ids.ts";
import type { VisitorDoc } from "./documents.ts";

const mayBeCompared = (doc: VisitorDoc, openings: Openings): boolean =>
  doc.retired === null && isRecognised(doc, openings);

/** To be looked at again, whatever comes of it. */
export function tellFacts(doc: VisitorDoc, at: Millis): void {
  if (doc.facts !== undefined) doc.pending.push({ kind: "facts", at });
}

/** `digest` is of the facts just said; the same ones again change nothing. They wait while nobody may be compared by them. */
export function noteFacts(
  doc: VisitorDoc,
  digest: string | undefined,
  at: Millis,
  openings: Openings,
): void {
  if (digest === undefined || digest === doc.facts) return;
  doc.facts = digest;
  if (mayBeCompared(doc, openings)) tellFacts(doc, at);
}

/** Around a change of the decision: a yes lets it be compared, a no takes it out. */
export function aroundDecision(
  doc: VisitorDoc,
  at: Millis,
  openings: Openings,
  change: () => void,
): void {
  const before = mayBeCompared(doc, openings);
  change();
  if (before !== mayBeCompared(doc, openings)) tellFacts(doc, at);
}
