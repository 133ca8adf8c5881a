/** What can be asked of a person, by visitor. The HTTP layer speaks this; the Durable Object answers it. */
import type { DropReason, UsherEvent } from "../event.ts";
import type { Claim, RawClaim } from "../identity/claims.ts";
import type { Sharing } from "../identity/rules.ts";
import type { DeviceUse } from "../identity/sharing.ts";
import type { PermissionChange, Permissions, PermissionWord } from "../permission/permission.ts";
import type { Edge, Inferred, SeveredKey, UndoneEdge } from "../identity/evidence.ts";
import type { HistoryEntry } from "../identity/history.ts";
import type { Origin } from "../identity/policy.ts";
import type { IdentifierKey, MergeId, Millis, PersonId, VisitorId } from "../ids.ts";
import type { JsonObject } from "../json.ts";
import type { Slice } from "../slice/slice.ts";
import type { HintRecord, Parcel } from "../ports.ts";
import type { NetworkKey, Sightings } from "../suggestion/sightings.ts";
import type { ConsentDecision, Receipt } from "./consent.ts";

/** A claim with its index key; the raw value is sealed by the object and stored nowhere else. */
export interface KeyedClaim extends RawClaim {
  key: IdentifierKey;
}

export interface RecordItem {
  event: UsherEvent;
  /** False when the message had no id of its own: it is assigned and can't be told from a repetition. */
  dedupe: boolean;
  claims: KeyedClaim[];
  traits: JsonObject | null;
  /** What it says of whom may be contacted where. */
  permissions?: PermissionWord[];
}

export interface RecordRequest {
  visitor: VisitorId;
  origin: Origin;
  now: Millis;
  /** The decision the gate made for this visitor, when it is the visitor's own. Server calls carry none. */
  decision: ConsentDecision | null;
  /**
   * Null: record in any case. Else only if the visitor is known here and at one with everybody whom these identifiers name,
   * be they kept as claims or not; otherwise the answer is `unknown`, and who is meant has to be looked up first.
   */
  ifKnownAs: IdentifierKey[] | null;
  /** Proof of the decision where it comes with what is recorded, without its place in the chain: kept if any item is. */
  receipt?: UnchainedReceipt;
  /** Only if receipts prove what consent signals say in the decision: else the answer is `unproved`, and it has to come again. */
  ifProved?: true;
  /** What the organisation knows of somebody whom nobody has asked: kept as that, under no purpose, linked with nobody. */
  unasked?: true;
  /** What the device's visitor before this one knew of its use. */
  device?: DeviceUse;
  /** The keyed name of the network that the browser called from, where that may be remembered. */
  network?: NetworkKey;
  /** It is the other side of somebody's life, as one file says, unless anything was decided about the two. */
  apart?: Separation;
  items: RecordItem[];
}

export type Outcome = { kept: true } | { kept: false; reason: DropReason };

export interface RecordAnswer {
  /** Where the visitor lives now. */
  home: PersonId;
  /** One per item, in order; fewer when a second user showed up on the device. */
  outcomes: Outcome[];
  /**
   * Asked with `ifKnownAs`, the person has a stored decision: nothing was recorded, since the gate has to judge it first.
   */
  stored?: ConsentDecision;
  /**
   * Asked with `ifProved`, no receipt says what the signals say: nothing was recorded. `withdrew`: what stood and is refused
   * now.
   */
  unproved?: { withdrew: string[] };
  /** What the person denies, when something was dropped for consent: the browser doesn't know of it yet. */
  denied?: string[];
  /** The item at `outcomes.length` is of somebody else on this device, who shows by this name: start a new visitor with it. */
  rotate: IdentifierKey | null;
  /** With `rotate`: what the new visitor has to know of the device's use. */
  device?: DeviceUse;
}

export type UnchainedReceipt = Pick<Receipt, "kind" | "body">;

export interface DecideRequest {
  visitor: VisitorId;
  now: Millis;
  decision: ConsentDecision;
  /** The receipt without its place in the chain. */
  receipt: UnchainedReceipt | null;
  /** Where the person denies what this grants nothing is kept; the receipt has to say so first. */
  unlessDenied?: true;
  /** Of somebody known, and only if it refuses what stood until now. */
  ifRefuses?: true;
  /** It takes back what stood, and the policy wants whoever does so erased: kept as an intention with the decision itself. */
  erases?: true;
}

export interface DecideAnswer {
  home: PersonId;
  /** What the decision grants and the person denies, if anything; an object of an older version doesn't say. */
  denied?: string[];
  /** Asked with `ifRefuses`: what stood and is refused now. */
  withdrew?: string[];
}

/** One visitor as its person keeps it. */
export interface VisitorView {
  id: VisitorId;
  created: Millis;
  origin: Origin;
  claims: Claim[];
  slice: Slice;
  decision: ConsentDecision | null;
  retired: boolean;
  separate: VisitorId[];
  severed: Record<SeveredKey, true>;
  /** Known from an import, and never asked for consent. */
  unasked?: true;
  /** Whether it agreed to be linked, and whether it may be with all who are proven to be the same; older objects don't say. */
  recognised?: boolean;
  linkable?: boolean;
  device: DeviceUse;
  permissions: Permissions;
  /** Encrypted under this visitor's key. */
  traits: SealedTraits[];
  /** Where its browser was seen, by keyed names. */
  sightings?: Sightings;
  waiting: number;
}

export interface SealedTraits {
  at: Millis;
  id: string;
  sealed: string;
}

export interface PersonView {
  id: PersonId;
  visitors: VisitorView[];
  edges: Edge[];
  undone: UndoneEdge[];
  /** What else was decided about who is who, each entry once. */
  history?: HistoryEntry[];
  /** Events not yet in D1. */
  pending: { visitor: VisitorId; event: UsherEvent }[];
}

/** One hint given to a visitor, as its person keeps it. */
export type HeldHint = Omit<HintRecord, "hint" | "visitor" | "device" | "topic" | "segment"> & {
  id: string;
  outcomeAt: Millis;
  device?: string;
  topic?: string;
  segment?: string;
};

/** What one visitor's person allows now, for whoever hands its data on. */
export interface Standing {
  /** As it stands with the person's other visitors; null when nobody ever decided. */
  decision: ConsentDecision | null;
  /** It withdrew everything, and its cookie is gone. */
  retired: boolean;
  /** What it, or another visitor of the same person, said no to; an object of an older version doesn't say. */
  refused?: string[];
}

/** All that a person holds of one visitor. Personal values stay sealed. */
export interface HeldVisitor extends VisitorView {
  hints: HeldHint[];
  /** Merges that stand, and merges taken back, with this visitor at one end. */
  edges: Edge[];
  undone: UndoneEdge[];
  /** What else was decided about who this is. */
  history: readonly HistoryEntry[];
  /** Not yet in D1. */
  pending: { events: UsherEvent[]; receipts: Receipt[]; outcomes: HintRecord[] };
}

/** What is held of a visitor and of those that verified evidence or a human's decision says it is one with. */
export interface Holdings {
  id: PersonId;
  visitors: HeldVisitor[];
  /** Others of the same person, that somebody could have tied to it by typing an address. */
  maybe: { visitor: VisitorId; because: string }[];
}

export interface LinkRequest {
  visitor: VisitorId;
  with: VisitorId;
  command: string;
  by: string;
  force: boolean;
  now: Millis;
  /** Decided on a probable match. */
  inferred?: Inferred;
  /** What a human gave as the reason. */
  why?: string;
}

/** That a visitor and another one are two. */
export interface Separation {
  from: VisitorId;
  /** Names the word, so that what comes twice counts once. */
  command: string;
  entry: HistoryEntry;
}

/** A human's word on one visitor, or a word that came with a signature of ours. Said twice is said once. */
export type Amendment =
  /** Whose device it is; null: as its use shows. */
  | { do: "share"; sharing: Sharing | null; entry?: HistoryEntry }
  /** That one was erased while something was said of it here. */
  | { do: "forget"; erased: VisitorId }
  /** Another persona of the same human, or another human: no machine joins them. The other one is told by this one's object. */
  | ({ do: "separate" } & Separation)
  /** It is no longer kept apart from these, who are told in the same way, and what both said is weighed again. */
  | { do: "unseparate"; from: readonly VisitorId[]; command: string; entry: HistoryEntry }
  /** What it says isn't this device's; ends with no effect while it moves, and is said again. */
  | { do: "disown"; identifier: IdentifierKey; why?: string; entry: HistoryEntry }
  /** It is, after all. */
  | { do: "own"; identifier: IdentifierKey; entry: HistoryEntry }
  /** Something that was decided elsewhere about who this is. */
  | { do: "note"; entry: HistoryEntry }
  | { do: "permit"; changes: PermissionChange[]; entry?: HistoryEntry }
  /** The site's server says whose addresses aren't to be written to: of whoever has proved to be `as`. */
  | { do: "silence"; as: IdentifierKey; words: readonly PermissionWord[] }
  /** Where its browser was seen isn't remembered any more. */
  | { do: "unsee"; at: Millis };

export interface UndoRequest {
  visitor: VisitorId;
  merge: MergeId;
  by: string;
  now: Millis;
  why?: string;
}

export type UndoAnswer =
  | { done: true; sides: [VisitorId[], VisitorId[]] }
  | { done: false; why: "gone" | "busy" };

/** Answer of a visitor's object to anything, when it isn't the visitor's home. */
export type Elsewhere =
  | { at: "moved"; to: PersonId; epoch: number }
  | { at: "erased"; since: Millis }
  | { at: "unknown" };

/** `parcel`: what the caller shall bring to D1, when it said that it can. */
export type Answered<T> = { at: "home"; home: PersonId; value: T; parcel?: Parcel } | Elsewhere;
