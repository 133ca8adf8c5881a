/** What may be used of a person when one of its visitors is advised. */
import { nameNow, opens } from "../domain/consent/openings.ts";
import { readMeter, type Situation } from "../domain/action/situation.ts";
import type { Meter } from "../domain/action/catalogue.ts";
import { type Assurance, type Claim, namesDevice, surer } from "../domain/identity/claims.ts";
import { dayOf, type Millis } from "../domain/ids.ts";
import { reaches, type Stage } from "../domain/person/stage.ts";
import { summarise, type Summary } from "../domain/slice/summary.ts";
import { wholeSlice } from "./cold.ts";
import { standingDecision } from "./standing.ts";
import type { VisitorDoc } from "./documents.ts";
import { READS_FOR_ACTIVITY } from "./directory.ts";
import type { PersonReader } from "./reader.ts";
import type { Transactor } from "./transactor.ts";

/** What is granted now; null where nobody ever decided, and the buckets' own purposes say what may be used. */
export function grantsOf(tx: Transactor, doc: VisitorDoc): Record<string, boolean> | null {
  const decision = doc.decision ?? standingDecision(tx, doc);
  return decision && tx.grantedTo(doc.id, decision);
}

/** The visitor's own past, and that of visitors it is verified to be one with (DESIGN.md 3). */
export function situationOf(
  tx: Transactor,
  doc: VisitorDoc,
  now: Millis,
  meter: Meter | undefined,
): Situation {
  const trusted = tx.trusted(doc.id);
  const profile = Object.fromEntries(trusted.map((each) => [each.id, wholeSlice(tx, each)]));
  const today = dayOf(now);
  const windows = new Map<number, Summary>();
  const within = (days: number): Summary => {
    const known = windows.get(days);
    if (known) return known;
    const made = summarise(
      profile,
      ({ day, purposes }) => opens(tx.openings, purposes, "hints") && day > today - days,
    );
    windows.set(days, made);
    return made;
  };
  const known = new Map<string, Assurance>();
  for (const each of trusted)
    for (const { kind, assurance } of naming(each)) {
      const best = known.get(kind);
      known.set(kind, best ? surer(best, assurance) : assurance);
    }
  const summary = within(Infinity);
  const grants = grantsOf(tx, doc);
  return {
    summary,
    within,
    stage: ownStage(doc, summary.topics),
    known,
    assurance: naming(doc)
      .map(({ assurance }) => assurance)
      .reduce<Assurance | null>((a, b) => (a === null ? b : surer(a, b)), null),
    // An action may be older than the name.
    granted: (purpose) => grants?.[nameNow(tx.openings, purpose)] === true,
    visitors: tx.companions(doc.id).map(({ id }) => id),
    meter: readMeter(meter, within),
    today,
  };
}

/** Claims that name somebody and stand. */
const naming = (doc: VisitorDoc): Claim[] =>
  Object.values(doc.claims).filter(
    (claim) => !namesDevice(claim.kind) && claim.state !== "refused",
  );

/** By the visitor's own claims alone: an address typed here opens nothing that was verified elsewhere. */
function ownStage(doc: VisitorDoc, topics: Readonly<Record<string, number>>): Stage {
  const own = naming(doc);
  if (own.some((claim) => claim.assurance === "verified")) return "person";
  if (own.some((claim) => claim.assurance === "asserted")) return "identified";
  const reads = Object.values(topics).reduce((a, b) => a + b, 0);
  return reads >= READS_FOR_ACTIVITY ? "activity" : "device";
}

/** Of a person's visitors the one known best, of several the one seen last. */
export function bestKnown(tx: PersonReader, doc: VisitorDoc): VisitorDoc {
  const rank = (each: VisitorDoc): Stage =>
    ownStage(each, summarise({ [each.id]: wholeSlice(tx, each) }).topics);
  return tx.companions(doc.id).reduce((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    if (x !== y) return reaches(x, y) ? a : b;
    return b.today.day > a.today.day ? b : a;
  }, doc);
}
