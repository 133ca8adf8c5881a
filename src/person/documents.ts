/**
 * What a person object stores: one document per thing, in the object's synchronous key-value storage, where a write is
 * one billed row. The visitor's document holds all that an ordinary event touches, so that an event is one row; what
 * has grown cold is spilled into documents of its own (cold.ts).
 */
import { GENESIS } from "../domain/consent/ledger.ts";
import type { UsherEvent } from "../domain/event.ts";
import type { Claim } from "../domain/identity/claims.ts";
import type { DeviceUse } from "../domain/identity/sharing.ts";
import { UNUSED } from "../domain/identity/sharing.ts";
import type { PermissionChange, Permissions } from "../domain/permission/permission.ts";
import type { Edge, Inferred, SeveredKey, UndoneEdge } from "../domain/identity/evidence.ts";
import type { HistoryEntry } from "../domain/identity/history.ts";
import type { Origin } from "../domain/identity/policy.ts";
import type { Day, IdentifierKey, Millis, MoveId, PersonId, VisitorId } from "../domain/ids.ts";
import type { SealedTraits } from "../domain/person/calls.ts";
import type { ConsentDecision, Receipt } from "../domain/person/consent.ts";
import type { Erasure, HintRecord, MergeRecord, PersonRow } from "../domain/ports.ts";
import type { Slice } from "../domain/slice/slice.ts";
import type { Sightings } from "../domain/suggestion/sightings.ts";

/** A human's decision to join this visitor with another: an intention that travels with the visitor. */
export interface PendingLink {
  with: VisitorId;
  by: string;
  force: boolean;
  at: Millis;
  /** On a probable match. */
  inferred?: Inferred;
  why?: string;
}

/** A word on whether this visitor and another one are two (separation.ts), that the other one hasn't heard yet. */
export interface UntoldWord {
  /** Names the word, so that what comes twice counts once. */
  command: string;
  /** Two; else nothing but the policy keeps them apart any more. */
  apart: boolean;
  entry: HistoryEntry;
}

/** One hint given to this visitor, kept for its outcome, its caps and its cool-down. */
export interface GivenHint {
  id: string;
  action: string;
  slot: string;
  at: Millis;
  /** When an untaken hint counts as not taken. */
  until: Millis;
  outcome: "made" | "shown" | "taken" | "dismissed" | "expired";
  outcomeAt: Millis;
  propensity: number;
  stage: HintRecord["stage"];
  /** Device and topic at that moment, to learn from. */
  device?: string;
  topic?: string;
  /** Name of the segment the person was in. */
  segment?: string;
  /** Key of the event that counts as a take. */
  success?: string;
}

/** What waits to land in D1. */
export type Pending =
  | { kind: "event"; event: UsherEvent }
  | { kind: "receipt"; receipt: Receipt }
  | { kind: "hint"; hint: HintRecord }
  | { kind: "merge"; merge: MergeRecord }
  | { kind: "history"; entry: HistoryEntry }
  /** The facts that matching goes by changed. */
  | { kind: "facts"; at: Millis }
  /** Where this device was seen is to be forgotten. */
  | { kind: "unseen"; at: Millis }
  /** Kept as long as it may be, and not said again. */
  | { kind: "unsaid"; identifier: IdentifierKey };

export interface VisitorDoc {
  schema: number;
  id: VisitorId;
  created: Millis;
  origin: Origin;
  /** Raised by each move; pointers carry it, so that they lead to ever later homes. */
  epoch: number;
  /** Raised by each change, so that a move knows whether what it sent is still current. */
  version: number;
  claims: Record<IdentifierKey, Claim>;
  links: Record<string, PendingLink>;
  severed: Record<SeveredKey, true>;
  /** Of these, what no human severed. */
  severedByRule?: Readonly<Record<SeveredKey, true>>;
  separate: VisitorId[];
  /** By the visitor that they are about. */
  untold?: Readonly<Record<VisitorId, UntoldWord>>;
  device: DeviceUse;
  /** Which of its addresses may be contacted over what. */
  permissions: Permissions;
  undone: UndoneEdge[];
  /** What else was decided about who this is. */
  history?: readonly HistoryEntry[];
  /** Keyed digest of the facts that matching was last told of; none where there never were any. */
  facts?: string;
  /** Where its browser was seen; none while that isn't wanted or allowed. */
  sightings?: Sightings;
  /** Officer commands already carried out. */
  commands: string[];
  decision: ConsentDecision | null;
  /** Known from an import, and never asked for consent: it is linked with nobody. */
  unasked?: true;
  /** When consent ended and the cookie went: this visitor sends nothing any more. */
  retired: Millis | null;
  /** The newest receipt's place in the visitor's chain, and the own answers that the receipts prove. */
  receipts: { seq: number; hash: string; said?: Readonly<Record<string, boolean>> };
  /**
   * Since when it is to be erased with all who are proven to be the same human, because it withdrew. Until it is, whoever calls for
   * one of them is told that they are.
   */
  toErase?: Millis;
  /** Somebody else sees to that by now. */
  erasureBegun?: true;
  /** A key was minted in R2; a missing one is then never minted again. */
  keyed: boolean;
  traits: SealedTraits[];
  hints: GivenHint[];
  /** Which topics were taken out of what is spilled: a hash of them all. */
  leftOut?: number;
  /** Buckets not yet spilled. */
  slice: Slice;
  /** Hashes of message ids not yet spilled, with the day on which each may be forgotten. */
  seen: [hash: number, until: Day][];
  today: { day: Day; events: number };
  /** Days before `today` under which the directory may still list it. */
  listed: Day[];
  pending: Pending[];
  /** How its person was last listed, as far as this document was written since (directory.ts). */
  shown?: PersonRow;
  /** How many cold documents there are of each kind (cold.ts). */
  cold: { slices: Day[]; seen: number[]; pending: number[] };
}

/** Left behind by a visitor that moved away; also keeps when it was made, which orders persons. */
export interface PointerDoc {
  to: PersonId;
  epoch: number;
  created: Millis;
}

export interface TombDoc {
  at: Millis;
  created: Millis;
}

/** The one outgoing move of an object: written before anything is sent. */
export interface OutgoingMove {
  id: MoveId;
  revision: number;
  kind: "merge" | "split";
  visitors: VisitorId[];
  target: PersonId;
  edge: Edge | null;
}

/** The one incoming move: its visitors are here, but live at the source until it is activated. */
export interface StagedMove {
  id: MoveId;
  revision: number;
  kind: OutgoingMove["kind"];
  from: PersonId;
  visitors: VisitorId[];
  edges: Edge[];
  edge: Edge | null;
}

/** What the object itself has under way. */
export interface WorkDoc {
  outgoing: OutgoingMove | null;
  staged: StagedMove | null;
  /** Moves that this object committed and whose target hasn't acknowledged yet. */
  activations: { move: MoveId; to: PersonId }[];
  /** Other claimants that have to ask the index again; `kept`: only those for whom it wasn't sure enough. */
  asks: { visitor: VisitorId; identifier: IdentifierKey; kept?: true }[];
  /** Erasures not yet in D1. */
  erasures: Erasure[];
  /** Visitors elsewhere whose documents name an erased one. */
  forgets: { visitor: VisitorId; erased: VisitorId }[];
  /** Suppressions that everybody else is to be told of who says the same address. */
  silences: PermissionChange[];
  /** Days under which the directory may still list this object, after everybody left. */
  gone: Day[] | null;
  /** The directory shows less than there is: somebody came or left since. */
  relist: boolean;
}

export const emptyWork = (): WorkDoc => ({
  outgoing: null,
  staged: null,
  activations: [],
  asks: [],
  erasures: [],
  forgets: [],
  silences: [],
  gone: null,
  relist: false,
});

export const SCHEMA = 3;

export const newVisitor = (id: VisitorId, created: Millis, origin: Origin): VisitorDoc => ({
  schema: SCHEMA,
  id,
  created,
  origin,
  epoch: 1,
  version: 1,
  claims: {},
  links: {},
  severed: {},
  separate: [],
  device: UNUSED,
  permissions: {},
  undone: [],
  commands: [],
  decision: null,
  retired: null,
  receipts: { seq: 0, hash: GENESIS },
  keyed: false,
  traits: [],
  hints: [],
  slice: {},
  seen: [],
  today: { day: 0, events: 0 },
  listed: [],
  pending: [],
  cold: { slices: [], seen: [], pending: [] },
});

/** A visitor on the wire between two objects: its document and its cold ones, as stored. */
export interface TravellingVisitor {
  doc: VisitorDoc;
  cold: [key: string, value: unknown][];
}
