/**
 * Where the rooms meet. `d1`, `person` and `import` implement or use these and never import each other.
 *
 * Every method may reject; the caller then doesn't know whether it took effect. All are idempotent, so the answer to
 * that is to call again.
 */
import type { ConsentDecision, Receipt } from "./person/consent.ts";
import type { UsherEvent } from "./event.ts";
import type { Edge, UndoneEdge } from "./identity/evidence.ts";
import type { Day, IdentifierKey, Millis, PersonId, VisitorId } from "./ids.ts";
import type { Stage } from "./person/stage.ts";

export type { ConsentDecision, Receipt };

/** The identifier index in D1: a row per standing claim; the owner of an identifier is the earliest inserted. */
export interface IdentifierIndex {
  /**
   * Insert-or-read. The owner may be the caller. `crowd` is how many visitors claim it.
   * `erased` when the visitor has a tombstone: nothing was inserted.
   */
  claim(
    identifier: IdentifierKey,
    visitor: VisitorId,
    at: Millis,
  ): Promise<{ owner: VisitorId; crowd: number } | { erased: true }>;
  /** Everyone who claims any of these identifiers, earliest first; identifiers nobody claims are left out. */
  claimants(identifiers: readonly IdentifierKey[]): Promise<Map<IdentifierKey, VisitorId[]>>;
}

/** What a person object hands to D1 in one go. */
export interface Landing {
  events: { visitor: VisitorId; event: UsherEvent }[];
  receipts: Receipt[];
  hints: HintRecord[];
  /** The append-only log of merges and undos. */
  merges: MergeRecord[];
  /** How the person looks now; null when nothing of it changed that a list would show. */
  person: PersonRow | null;
  /** Persons that are empty now: their row in the directory goes. */
  gone: PersonId[];
  /**
   * Visitors erased: events, hints, index rows and receipts' contents go, a tombstone stays. `identifiers` are all that
   * the visitor ever claimed: the index can't be searched by visitor.
   */
  erased: { visitor: VisitorId; at: Millis; identifiers: IdentifierKey[] }[];
}

export interface MergeRecord {
  op: "merge" | "undo";
  edge: Edge | UndoneEdge;
  at: Millis;
  by: string;
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
}

/** A row of the directory of persons; `seen` orders lists. */
export interface PersonRow {
  id: PersonId;
  stage: Stage;
  firstSeen: Millis;
  lastSeen: Millis;
  visitors: number;
  events: number;
  /** Label of the next action, if there is one. */
  next: string | null;
  /** Day of `lastSeen` in the last landing that was acknowledged, null before the first: where the former row is. */
  previousSeenDay: Day | null;
}

/** Where events and what belongs to them end up: D1, or a queue before it. */
export interface Ledger {
  /** At least once, idempotent. Answers which other claimants have to ask the index again (after erasures). */
  land(landing: Landing): Promise<{ ask: { visitor: VisitorId; identifier: IdentifierKey }[] }>;
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
