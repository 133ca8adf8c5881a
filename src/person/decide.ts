/** Consent decisions of a known visitor: remembered, and proved by a receipt in the visitor's own chain. */
import { isOpen, type Openings } from "../domain/consent/openings.ts";
import { seal, type Sha256 } from "../domain/consent/ledger.ts";
import type { Origin } from "../domain/identity/policy.ts";
import { isRecognised, mayBeLinked } from "../domain/identity/ties.ts";
import { anew, isLapsed, wasTurnedDownFor } from "../domain/identity/turned-down.ts";
import type { Millis } from "../domain/ids.ts";
import type {
  DecideAnswer,
  DecideRequest,
  RecordRequest,
  UnchainedReceipt,
} from "../domain/person/calls.ts";
import {
  answeredAt,
  type ConsentDecision,
  isDefault,
  isOwn,
  isOwnNo,
  type Receipt,
} from "../domain/person/consent.ts";
import type { VisitorDoc } from "./documents.ts";
import { aroundDecision } from "./match-facts.ts";
import type { Routed } from "./route.ts";
import { forgetUnallowed } from "./sightings.ts";
import type { Transactor } from "./transactor.ts";

/** Null where another decision took the receipt's place while its hash was computed: hash again. */
export function decide(
  tx: Transactor,
  doc: VisitorDoc,
  { decision: said, now, unlessDenied, ifRefuses, erases }: DecideRequest,
  chained: Receipt | null,
): DecideAnswer | null {
  if (isOvertaken(doc, chained)) return null;
  const decision = newestNo(tx, doc, said, now);
  const denied = deniedOf(tx, doc, decision);
  const withdrew = ifRefuses ? refusedBySignals(doc, decision) : [];
  const answer = {
    home: tx.self,
    ...(denied.length > 0 ? { denied } : {}),
    ...(withdrew.length > 0 ? { withdrew } : {}),
  };
  if (unlessDenied && denied.length > 0) return answer;
  if (ifRefuses && withdrew.length === 0) return answer;
  // An answer that arrives after a newer one is proved, but doesn't replace it.
  const standing = doc.decision ? newerDecision(doc.decision, decision) : decision;
  aroundConsent(tx, doc, now, () => {
    doc.decision = standing;
    doc.retired = keepsId(standing, tx.openings) ? null : (doc.retired ?? now);
  });
  if (chained) prove(doc, chained, decision);
  if (erases) doc.toErase ??= now;
  tx.changed(doc);
  forgetUnallowed(tx, doc, now);
  return answer;
}

/**
 * A no that is said now is newer than any yes of whoever this is proven to be, also where the clock that says when is behind
 * the one that said when they agreed.
 */
function newestNo(
  tx: Transactor,
  doc: VisitorDoc,
  decision: ConsentDecision,
  now: Millis,
): ConsentDecision {
  const ats = { ...decision.ats };
  const known = tx.trusted(doc.id).flatMap((each) => each.decision ?? []);
  for (const purpose of Object.keys(decision.granted)) {
    if (!isOwnNo(decision, purpose) || answeredAt(decision, purpose) !== now) continue;
    const said = known.filter((each) => !isDefault(each, purpose));
    const newest = Math.max(...said.map((each) => answeredAt(each, purpose)));
    if (newest >= now) ats[purpose] = newest + 1;
  }
  return Object.keys(ats).length > 0 ? { ...decision, ats } : decision;
}

/** The receipt of a decision behind the visitor's last as it is now; null without one. */
export async function chain(
  { visitor, now, decision, receipt }: Pick<RecordRequest, "visitor" | "now" | "decision"> & Proof,
  before: Routed,
  sha256: Sha256,
): Promise<Receipt | null> {
  if (!receipt || !decision) return null;
  const last = before.at === "here" && before.doc.receipts.seq > 0 ? before.doc.receipts : null;
  const { policy } = decision;
  const ends = before.at === "here" && refusedBySignals(before.doc, decision).length > 0;
  const kind = ends && receipt.kind === "grant" ? "withdrawal" : receipt.kind;
  return seal({ visitor, at: now, policy, ...receipt, kind }, last, sha256);
}

interface Proof {
  receipt?: UnchainedReceipt | null;
}

/** Another receipt took this one's place while its hash was computed. */
export const isOvertaken = (doc: VisitorDoc, chained: Receipt | null): boolean =>
  chained !== null && chained.previous !== doc.receipts.hash;

/** Consent tools' words: they come with every call, so that only what they change is proved. GPC is proved when it is new. */
const SIGNALS: ReadonlySet<string> = new Set(["tcf", "cmp", "gpp", "usp"]);

/** What stood for this visitor, and is refused by what its signals say now. */
const refusedBySignals = (doc: VisitorDoc, decision: ConsentDecision): string[] =>
  Object.keys(decision.granted).filter(
    (purpose) =>
      doc.decision?.granted[purpose] === true &&
      isOwnNo(decision, purpose) &&
      SIGNALS.has(decision.by?.[purpose] ?? ""),
  );

/** Whether receipts say what the signals say. */
function isSaid({ receipts }: VisitorDoc, { by, granted }: ConsentDecision): boolean {
  for (const purpose in by)
    if (SIGNALS.has(by[purpose] ?? "") && receipts.said?.[purpose] !== granted[purpose])
      return false;
  return true;
}

/** Null where receipts say what the signals say; else what stood and is refused now. */
export function unproved(before: Routed, decision: ConsentDecision | null): string[] | null {
  if (!decision) return null;
  if (before.at !== "here") return [];
  return isSaid(before.doc, decision) ? null : refusedBySignals(before.doc, decision);
}

/**
 * Whether a receipt says it already: of an import the same under the same policy, of a browser what its signals say, since
 * its choice is proved when it is made.
 */
export function isProved(
  doc: VisitorDoc,
  decision: ConsentDecision | null,
  origin: Origin,
): boolean {
  if (origin === "browser") return decision !== null && isSaid(doc, decision);
  if (doc.receipts.seq === 0 || decision?.policy !== doc.decision?.policy) return false;
  const [before, now] = [doc.decision?.granted ?? {}, decision?.granted ?? {}];
  return [...Object.keys(before), ...Object.keys(now)].every((each) => before[each] === now[each]);
}

/** Puts the receipt behind the visitor's last, and on its way. */
export function prove(doc: VisitorDoc, chained: Receipt, decision: ConsentDecision): void {
  const { by = {}, granted } = decision;
  const answered = Object.keys(by).map((purpose) => [purpose, granted[purpose] === true]);
  const said = { ...doc.receipts.said, ...Object.fromEntries(answered) };
  doc.receipts = { seq: chained.seq, hash: chained.hash, said };
  doc.pending.push({ kind: "receipt", receipt: chained });
}

/** What this decision grants, and the person, or a newer answer of the visitor's own, denies. */
function deniedOf(tx: Transactor, doc: VisitorDoc, decision: ConsentDecision): string[] {
  const own = doc.decision ? newerDecision(doc.decision, decision) : decision;
  const standing = tx.grantedTo(doc.id, own);
  return Object.keys(decision.granted).filter(
    (purpose) => decision.granted[purpose] === true && standing[purpose] === false,
  );
}

/**
 * What follows from a change of the decision: who may be compared, and who may be linked. That goes for all who are proven to
 * be the same human, whose old no it may outlive.
 */
export function aroundConsent(
  tx: Transactor,
  doc: VisitorDoc,
  now: Millis,
  change: () => void,
): void {
  const before = doc.decision;
  const { openings } = tx;
  const was = isRecognised(doc, openings);
  aroundDecision(doc, now, openings, change);
  if (!isRecognised(doc, openings)) return;
  const isAnew = tx.visitors.size > 1 && isSaidAnew(before, doc.decision, openings);
  if (was && !isAnew) return;
  const group = tx.companions(doc.id);
  for (const each of tx.trusted(doc.id)) {
    if (!mayBeLinked(each, group, tx.edges.values(), openings)) continue;
    askForConsented(each);
    if (each !== doc) tx.changed(each);
  }
}

/** A yes to being recognised that is newer than the one before. */
const isSaidAnew = (
  before: ConsentDecision | null,
  after: ConsentDecision | null,
  { by }: Openings,
): boolean =>
  before !== null &&
  after !== null &&
  [...by.claims].some(
    (purpose) =>
      after.granted[purpose] === true &&
      !isDefault(after, purpose) &&
      answeredAt(before, purpose) < answeredAt(after, purpose),
  );

/** What wasn't linked for want of consent is asked again, here and by the others who said the same. */
function askForConsented(doc: VisitorDoc): void {
  for (const claim of Object.values(doc.claims)) {
    if (claim.kind === "anonymous_id" || isLapsed(claim)) continue;
    const again = wasTurnedDownFor(claim, "consent") ? anew(claim) : claim;
    doc.claims[claim.key] = { ...again, tell: true };
  }
}

/**
 * What holds after both of two decisions of one visitor, whichever came first: purpose by purpose the newer answer, of the
 * same age a no. An opt-out signal sticks. A region's default is nobody's answer, so it replaces none that it may follow: neither
 * a yes, which it would make forget that anybody gave it, nor a no; only who gave that no, and is heard saying something else,
 * takes it back.
 */
export function newerDecision(known: ConsentDecision, next: ConsentDecision): ConsentDecision {
  const base = next.at >= known.at ? next : known;
  const granted: Record<string, boolean> = {};
  const by: Record<string, string> = {};
  const ats: Record<string, Millis> = {};
  for (const purpose of Object.keys(base.granted)) {
    const from = standing(known, next, purpose);
    const other = from === known ? next : known;
    granted[purpose] = from.granted[purpose] === true;
    const isSame = other.granted[purpose] === from.granted[purpose];
    const who = (from.by ?? (isSame ? other.by : undefined))?.[purpose];
    if (who !== undefined) by[purpose] = who;
    const at = answeredAt(from, purpose);
    if (at !== base.at) ats[purpose] = at;
  }
  const { at, policy, region, regime } = base;
  const gpc = known.gpc || next.gpc;
  const answered = known.by === undefined && next.by === undefined ? {} : { by };
  const aged = Object.keys(ats).length > 0 ? { ats } : {};
  return { at, policy, region, regime, granted, gpc, ...answered, ...aged };
}

/** Which of both decides this purpose. */
function standing(known: ConsentDecision, next: ConsentDecision, purpose: string): ConsentDecision {
  if (known.granted[purpose] === undefined) return next;
  if (next.granted[purpose] === undefined) return known;
  const [before, after] = [answeredAt(known, purpose), answeredAt(next, purpose)];
  if (before === after) return known.granted[purpose] ? next : known;
  const [newer, older] = after > before ? [next, known] : [known, next];
  const isFreed = (no: ConsentDecision, by: ConsentDecision): boolean =>
    by.freed?.[purpose]?.includes(no.by?.[purpose] ?? "") === true;
  if (newer === known && isOwnNo(known, purpose) && isFreed(known, next)) return next;
  const isOutweighed =
    newer.granted[purpose] === true &&
    isDefault(newer, purpose) &&
    isOwn(older, purpose) &&
    !isFreed(older, newer);
  return isOutweighed ? older : newer;
}

/** Whether anything stands that the id cookie is for; else there is nobody to recognise. */
const keepsId = ({ granted }: ConsentDecision, openings: Openings): boolean =>
  isOpen(openings, granted, "id-cookie");
