/**
 * Where the rooms meet. `d1`, `person` and `import` implement or use these and never import each other.
 *
 * Every method may reject; the caller then doesn't know whether it took effect. All are idempotent, so the answer to
 * that is to call again.
 */
import type { ConsentDecision, Receipt } from "./person/consent.ts";
import type { UsherEvent } from "./event.ts";
import type { Held } from "./identity/crowds.ts";
import type { Edge, UndoneEdge } from "./identity/evidence.ts";
import type { HistoryEntry } from "./identity/history.ts";
import type { Day, IdentifierKey, MergeId, Millis, PersonId, VisitorId } from "./ids.ts";
import type { Stage } from "./person/stage.ts";

export type { ConsentDecision, Receipt };

/**
 * An identifier that more than `visitors` have said after `since`, or more than `most` in all, is quarantined. For what is
 * proven only those who proved it count.
 */
export interface CrowdGuard {
  /** Said by a server, a signed token or a confirmed sign-in. */
  proven: boolean;
  visitors: number;
  most?: number;
  since: Millis;
}

/** The identifier index in D1: a row per standing claim, in the order in which they were inserted. */
export interface IdentifierIndex {
  /**
   * Insert-or-read; that the caller proves it now is remembered.
   * `held`: too many said it, now or before; then what isn't proven isn't inserted, and nothing of what is blocked. Without
   * a guard nothing more is held up. `erased` when the visitor has a tombstone: nothing was inserted.
   */
  claim(
    identifier: IdentifierKey,
    visitor: VisitorId,
    at: Millis,
    guard?: CrowdGuard,
  ): Promise<ClaimAnswer>;
  /** Everyone who claims any of these identifiers, who proved it first, then the earliest; those nobody claims are left out. */
  claimants(identifiers: readonly IdentifierKey[]): Promise<Map<IdentifierKey, VisitorId[]>>;
}

/** What a person object hands to D1 in one go. */
export interface Landing {
  events: { visitor: VisitorId; event: UsherEvent }[];
  receipts: Receipt[];
  hints: HintRecord[];
  /** The append-only log of merges and undos. */
  merges: MergeRecord[];
  /** The same log, of what else was decided about who is who. */
  history?: HistoryRecord[];
  /** Visitors whose facts, or whose consent to be recognised, changed: to be compared anew. */
  facts?: { visitor: VisitorId; at: Millis }[];
  /** Visitors of whom no network may be remembered any more. */
  unseen?: { visitor: VisitorId; at: Millis }[];
  /** Identifiers that weren't said again for as long as they may be kept: out of the index. */
  unsaid?: { visitor: VisitorId; identifier: IdentifierKey }[];
  /** How the person looks now; null when nothing of it changed that a list would show. */
  person: PersonRow | null;
  /** A person that is empty now, and the days under which the directory may list it; `revision` as in `PersonRow`. */
  gone: { id: PersonId; days: Day[]; revision: Millis } | null;
  /** Visitors erased: events, hints, index rows and receipts' contents go, a tombstone stays. */
  erased: Erasure[];
  /** Names of devices that wait for the index. They are said by nearly everybody, so they go along. */
  claims?: WaitingClaim[];
}

export interface WaitingClaim {
  visitor: VisitorId;
  identifier: IdentifierKey;
  at: Millis;
  guard: CrowdGuard;
}

/** What the index says to a claim; see `IdentifierIndex`. */
export type ClaimAnswer =
  | {
      /** Who said it before the caller: who proved it first, then the earliest; so many that nobody asks them all. */
      before: Claimant[];
      /** How many visitors claim it, the caller included, and how many of them proved it; since it was released, if it was. */
      crowd: number;
      proven: number;
      held?: Held;
    }
  | { erased: true };

export interface Claimant {
  visitor: VisitorId;
  proven: boolean;
}

/**
 * What waits of one visitor, as its object hands it to the Worker with its answer: rows ready for the database, as JSON
 * without the outer brackets, so that those of many visitors are put together without being read.
 */
export interface Parcel {
  visitor: VisitorId;
  /** By which the object knows it again. */
  mark: string;
  events: string;
  receipts: string;
  hints: string;
  person: PersonRow | null;
  claims: WaitingClaim[];
}

/** As their rows lie in the database. */
export const byVisitor = (a: Parcel, b: Parcel): number =>
  a.visitor < b.visitor ? -1 : Number(a.visitor > b.visitor);

/** The Worker's side: gathers what objects hand over with their answers, and sees that it lands within seconds. */
export interface Carrier {
  /** Sees a call to its end, also when whoever made the request has hung up: its answer may bring a parcel. */
  keep(call: Promise<unknown>): void;
  take(parcel: Parcel): void;
  /** Marks of what landed of this visitor, each given once: to be told to its object with the next call. */
  landed(visitor: VisitorId): string[];
}

export interface Erasure {
  visitor: VisitorId;
  at: Millis;
  /** All that the visitor ever claimed: the index can't be searched by visitor. */
  identifiers: IdentifierKey[];
  /** The days on which it has events or hints: where to look, since no index says it. */
  days: Day[];
  /** The rows of the log of merges that name it, by their day. */
  merges: [Day, MergeId][];
  /** Receipts that hadn't landed yet: they leave their stubs as the others do. */
  receipts?: Receipt[];
}

export interface MergeRecord {
  op: "merge" | "undo";
  edge: Edge | UndoneEdge;
  at: Millis;
  by: string;
}

/** An entry, with the visitor whose person it concerns. */
export interface HistoryRecord {
  visitor: VisitorId;
  entry: HistoryEntry;
}

export type HintOutcome = "made" | "shown" | "taken" | "dismissed" | "expired";

export interface HintRecord {
  hint: string;
  visitor: VisitorId;
  action: string;
  outcome: HintOutcome;
  at: Millis;
  /** Chance with which it was chosen, in (0, 1]. */
  propensity: number;
  stage: Stage;
  slot: string;
  /** When an untaken hint counts as not taken. */
  until: Millis;
  /** Type of the device, and the topic read most, when it was given. */
  device: string | null;
  topic: string | null;
  /** Name of the segment the person was in then. */
  segment: string | null;
}

/** A row of the directory of persons, listed under the day on which it was last heard of. */
export interface PersonRow {
  id: PersonId;
  day: Day;
  /** Earlier days under which it may still be listed. */
  unlist: Day[];
  stage: Stage;
  firstSeen: Millis;
  lastSeen: Millis;
  visitors: number;
  events: number;
  /** Label of the next action, if there is one. */
  next: string | null;
  /** Milliseconds: when this was so. Rows come late and out of order; an older one never replaces a newer one. */
  revision: Millis;
}

/** Where events and what belongs to them end up. All of it at least once and idempotent. */
export interface Ledger {
  /**
   * Answers which other claimants have to ask the index again (after erasures), and what the index says to each of the
   * landing's claims, in their order.
   */
  land(landing: Landing): Promise<{
    ask: { visitor: VisitorId; identifier: IdentifierKey }[];
    claims: ClaimAnswer[];
    /** Events that weren't there before. */
    added: number;
  }>;
  /** Lands what many objects handed over, in one go; the answers to each parcel's claims, in their order. */
  landParcels(parcels: readonly Parcel[]): Promise<ClaimAnswer[][]>;
  /** Lays out what of this visitor is in the landing. */
  pack(visitor: VisitorId, mark: string, landing: Landing): Parcel;
}

/** Per-visitor encryption keys in R2, outside D1's and the objects' restore points. */
export interface KeyVault {
  /** The visitor's key, made now if there is none. Two callers get the same. */
  mint(visitor: VisitorId): Promise<CryptoKey>;
  /** Null when it was destroyed or never made. */
  open(visitor: VisitorId): Promise<CryptoKey | null>;
  /** Done when the key is gone for good. */
  destroy(visitor: VisitorId): Promise<void>;
}
