/**
 * Recording: dedupe, fold, outbox, claims, in one transaction. Consent is asked here once more, because only here is
 * known what the person decided on another device since.
 */
import type { DropReason, UsherEvent } from "../domain/event.ts";
import { atLeast, type Claim, saidAgain, surer } from "../domain/identity/claims.ts";
import { anew, isDisowned, isLapsed } from "../domain/identity/turned-down.ts";
import { isUnique, type MergeRules } from "../domain/identity/rules.ts";
import { type DeviceUse, mergedUse, withUser } from "../domain/identity/sharing.ts";
import type { PermissionWord } from "../domain/permission/permission.ts";
import { dayOf, type Millis } from "../domain/ids.ts";
import { namesNow, opens, type Openings } from "../domain/consent/openings.ts";
import type { NetworkKey } from "../domain/suggestion/sightings.ts";
import type { Outcome, RecordAnswer, SealedTraits } from "../domain/person/calls.ts";
import type { ConsentDecision, Receipt } from "../domain/person/consent.ts";
import type { Origin } from "../domain/identity/policy.ts";
import { addPushAddress, dropPushAddresses, permit, silence } from "./addresses.ts";
import { settleBySuccess } from "./advise.ts";
import { hashId, spill, wasSeen } from "./cold.ts";
import { aroundConsent, newerDecision, prove } from "./decide.ts";
import { add, type Added, isAddition, unadded } from "./journal.ts";
import { type Newcomer, newcomer, takeOwnName } from "./newcomers.ts";
import { noteFacts, tellFacts } from "./match-facts.ts";
import type { VisitorDoc } from "./documents.ts";
import { partFromTyped, takeCorrections } from "./corrections.ts";
import { partRefuted } from "./part.ts";
import { isFull, makeRoom, mayStand } from "./room.ts";
import { unsever } from "./sever.ts";
import { noteSighting } from "./sightings.ts";
import { wait } from "./split.ts";
import { standingDecision } from "./standing.ts";
import type { Transactor } from "./transactor.ts";

/** How long a browser may hold an event back; the memory of message ids covers it. */
export const ACCEPTANCE_DAYS = 7;
/** More than any human sends; a kiosk or a shared server id shows in the setup check. */
export const EVENTS_PER_DAY = 10_000;
/** Imports have deterministic ids and no window: their ids are never forgotten. */
const FOREVER = Number.MAX_SAFE_INTEGER;
/** Sealed trait sets kept before the oldest goes; equal ones in a row are kept once. */
const TRAIT_SETS = 24;

/** An item whose personal values are already sealed. */
export interface SealedItem {
  event: UsherEvent;
  dedupe: boolean;
  claims: Omit<Claim, "at" | "state">[];
  traits: SealedTraits | null;
  /** Keyed digest of the facts among the traits; none where there are none. */
  facts?: string;
  permissions?: PermissionWord[];
}

export interface SealedRecord {
  origin: Origin;
  now: Millis;
  device?: DeviceUse;
  network?: NetworkKey;
  unasked?: true;
  decision: ConsentDecision | null;
  /** In its place behind the visitor's last. */
  chained?: Receipt | null;
  items: SealedItem[];
}

export function record(
  tx: Transactor,
  doc: VisitorDoc,
  request: SealedRecord,
  rules: MergeRules,
): RecordAnswer {
  const before = unadded(doc);
  const { decision } = request;
  if (decision) aroundConsent(tx, doc, request.now, () => adopt(doc, decision));
  if (request.unasked && !doc.decision) doc.unasked = true;
  if (request.device) doc.device = mergedUse(doc.device, request.device);
  const outcomes: Outcome[] = [];
  let next: Newcomer | null = null;
  const added: Added[] = [];
  let recognised = false;
  const today = dayOf(request.now);
  for (const item of request.items) {
    const purposes = grantedFor(tx, doc, item.event, request);
    const reason = refusal(tx, doc, item, request, purposes);
    if (reason) {
      outcomes.push({ kept: false, reason });
      continue;
    }
    const allowed = within(item, purposes, tx.openings);
    next = newcomer(tx, doc, allowed, { origin: request.origin, today }, rules);
    noteUsers(doc, allowed, rules);
    if (next) {
      dropPushAddresses(doc);
      break;
    }
    partFromTyped(tx, doc, allowed, rules, request.now);
    if (request.origin === "browser") takeCorrections(tx, doc, allowed, request.now);
    makeRoom(tx, doc, allowed.claims, rules, request.now);
    const provesMore = allowed.claims.some(
      ({ key, assurance }) => assurance === "verified" && doc.claims[key]?.assurance !== "verified",
    );
    added.push(accept(tx, doc, allowed, request, rules));
    if (allowed.permissions) silence(tx, doc, allowed.permissions);
    recognised ||= opens(tx.openings, allowed.event.purposes, "claims");
    if (provesMore) partRefuted(tx, doc.id, request.now);
    settleBySuccess(tx, doc, allowed.event);
    outcomes.push({ kept: true });
  }
  if (request.chained && decision && added.length > 0) prove(doc, request.chained, decision);
  if (added.length > 0) spill(tx, doc, request.now);
  noteSighting(tx, doc, { ...request, recognised }, rules);
  if (next === null && !tx.isDirty && isAddition(doc, before, added.length)) {
    const day = dayOf(request.now);
    if (added.length > 0) tx.added(doc, { day, decision: doc.decision, added });
  } else if (added.length > 0 || next) tx.changed(doc);
  return {
    home: tx.self,
    outcomes,
    rotate: next?.key ?? null,
    ...(next ? { device: next.deviceOf(doc) } : {}),
    ...(outcomes.some(isDenied) ? { denied: deniedTo(tx, doc, request) } : {}),
  };
}

const isDenied = (outcome: Outcome): boolean => !outcome.kept && outcome.reason === "consent";

/** The purposes that the person denies, so that the browser learns of it. */
function deniedTo(tx: Transactor, doc: VisitorDoc, request: SealedRecord): string[] {
  const own = doc.decision ?? request.decision;
  if (!own) return [];
  const standing = tx.grantedTo(doc.id, own);
  return Object.keys(standing).filter((purpose) => doc.retired !== null || !standing[purpose]);
}

/** The visitor's own newest answer replaces its older one; of the same age, a no and an opt-out signal are added. */
function adopt(doc: VisitorDoc, decision: ConsentDecision): void {
  doc.decision = doc.decision ? newerDecision(doc.decision, decision) : decision;
}

function refusal(
  tx: Transactor,
  doc: VisitorDoc,
  item: SealedItem,
  request: SealedRecord,
  purposes: readonly string[],
): DropReason | null {
  if (doc.retired !== null) return "consent";
  if (item.dedupe && wasSeen(tx, doc, hashId(item.event.id))) return "duplicate";
  if (!request.unasked && !opens(tx.openings, purposes, "events")) return "consent";
  const day = dayOf(request.now);
  if (doc.today.day === day && doc.today.events >= EVENTS_PER_DAY && request.origin !== "import")
    return "capped";
  return null;
}

/**
 * What may be recorded under: what the gate granted, less what the person denies by now. The gate judged a stored answer's
 * age already, so the object only ever takes away.
 */
function grantedFor(
  tx: Transactor,
  doc: VisitorDoc,
  event: UsherEvent,
  request: SealedRecord,
): string[] {
  const purposes = namesNow(tx.openings, event.purposes);
  if (request.decision) {
    const standing = tx.grantedTo(doc.id, doc.decision ?? request.decision);
    return purposes.filter((purpose) => standing[purpose] !== false);
  }
  const stored = standingDecision(tx, doc);
  return purposes.filter((purpose) => stored?.granted[purpose] !== false);
}

/** The item without what these purposes don't allow. */
function within(item: SealedItem, purposes: string[], openings: Openings): SealedItem {
  if (purposes.join() === item.event.purposes.join()) return item;
  const event: UsherEvent = { ...item.event, purposes };
  if (event.campaign?.click && !opens(openings, purposes, "click-ids")) {
    const { vendor, param } = event.campaign.click;
    event.campaign = { ...event.campaign, click: { vendor, param } };
  }
  const recognized = opens(openings, purposes, "claims");
  return {
    event,
    dedupe: item.dedupe,
    claims: recognized ? item.claims : [],
    traits: recognized ? item.traits : null,
    ...(recognized && item.facts !== undefined ? { facts: item.facts } : {}),
    ...(item.permissions ? { permissions: item.permissions } : {}),
  };
}

/** Counts who said, or proved, on this device who they are. */
function noteUsers(doc: VisitorDoc, item: SealedItem, rules: MergeRules): void {
  for (const { key, kind, assurance } of item.claims)
    if (isUnique(rules, kind) && atLeast(assurance, "asserted"))
      doc.device = withUser(doc.device, key, assurance === "verified");
}

function accept(
  tx: Transactor,
  doc: VisitorDoc,
  item: SealedItem,
  request: SealedRecord,
  rules: MergeRules,
): Added {
  const { event } = item;
  const day = dayOf(request.now);
  const until =
    request.origin === "import" ? FOREVER : Math.max(day, event.day) + ACCEPTANCE_DAYS + 1;
  const added: Added = {
    entry: { kind: "event", event },
    until: item.dedupe ? until : null,
  };
  add(doc, added, day);
  for (const claim of item.claims)
    if (claim.kind === "push") addPushAddress(doc, claim, event.received, request.origin);
    else addClaim(doc, claim, event.received, rules);
  if (item.permissions) permit(doc, item.permissions);
  if (item.traits) addTraits(doc, item.traits);
  if (item.traits) noteFacts(doc, item.facts, event.received, tx.openings);
  return added;
}

/** Saying it again, or more surely, asks again; what already stands stays. */
function addClaim(
  doc: VisitorDoc,
  claim: Omit<Claim, "at" | "state">,
  now: Millis,
  rules: MergeRules,
): void {
  takeOwnName(doc, claim);
  const known = saidBefore(doc, claim, now);
  if (claim.assurance === "verified" && known?.assurance !== "verified") {
    askHints(doc, claim.kind);
    unsever(doc, claim.key);
  }
  if (!known) {
    if (isFull(doc, claim)) return;
    if (claim.kind === "email" || claim.kind === "phone") tellFacts(doc, now);
    const assurance = surer(doc.claims[claim.key]?.assurance ?? claim.assurance, claim.assurance);
    doc.claims[claim.key] = mayStand(doc, claim, rules)
      ? { ...claim, assurance, at: now, state: "waiting" }
      : { ...claim, assurance, at: now, state: "refused", reason: "limit" };
    return;
  }
  const assurance = surer(known.assurance, claim.assurance);
  if (isDisowned(known) && assurance === known.assurance) return;
  if (known.state === "settled" || known.state === "waiting") {
    if (assurance === known.assurance) return;
    if (known.kind === "anonymous_id") doc.claims[claim.key] = { ...known, assurance };
    else
      doc.claims[claim.key] = {
        // The index is told what is proved now, and those are asked again who weren't joined before.
        ...(assurance === "verified" ? anew(known) : known),
        assurance,
        tell: true,
      };
    return;
  }
  // What was refused is asked again when it is said again, but an anonymous id is said with every event; what was kept
  // for want of assurance is asked again when it is said more surely.
  const askAgain =
    known.state === "refused" ? known.kind !== "anonymous_id" : assurance !== known.assurance;
  if (!askAgain) return;
  doc.claims[claim.key] = { ...(mayStand(doc, claim, rules) ? anew(known) : known), assurance };
}

/** The same claim, if it still stands, as said again now. One that was about to leave the index stays there. */
function saidBefore(doc: VisitorDoc, { key }: Pick<Claim, "key">, now: Millis): Claim | undefined {
  const known = doc.claims[key];
  if (known && !isLapsed(known)) {
    const again = saidAgain(known, dayOf(now));
    if (again !== known) doc.claims[key] = again;
    return again;
  }
  if (doc.pending.some((entry) => entry.kind === "unsaid" && entry.identifier === key))
    doc.pending = doc.pending.filter(
      (entry) => entry.kind !== "unsaid" || entry.identifier !== key,
    );
  return undefined;
}

/** Whoever signs in confirms the mail links that led here, or shows that they were somebody else's. */
function askHints(doc: VisitorDoc, proven: Claim["kind"]): void {
  if (proven === "anonymous_id") return;
  for (const claim of Object.values(doc.claims))
    if (claim.assurance === "hinted" && claim.state === "kept") wait(doc, claim.key);
}

function addTraits(doc: VisitorDoc, traits: SealedTraits): void {
  doc.traits = [...doc.traits, traits].sort((a, b) => a.at - b.at).slice(-TRAIT_SETS);
}
