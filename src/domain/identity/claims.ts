/**
 * Identifiers and claims. An identifier names a person; a claim is one visitor saying one identifier, with how sure we
 * may be of it (DESIGN.md 1).
 */
import { type Day, dayOf, type IdentifierKey, type Millis } from "../ids.ts";

/** `social:<provider>` and `esp:<vendor>` carry their provider in the kind. */
export type IdentifierKind =
  | "user_id"
  | "email"
  | "phone"
  | "crm"
  | "anonymous_id"
  | "push"
  | `social:${string}`
  | `esp:${string}`;

/**
 * A browser's or an app's own name, such as the address that push messages go to: it makes nobody known. A `push` address
 * joins nobody either: whoever uses the app next has the same.
 */
export const namesDevice = (kind: string): boolean => kind === "anonymous_id" || kind === "push";

/** Surest first. */
export const ASSURANCES = ["verified", "asserted", "hinted", "inferred"] as const;
export type Assurance = (typeof ASSURANCES)[number];

/** True when `a` is at least as sure as `least`. */
export const atLeast = (a: Assurance, least: Assurance): boolean =>
  ASSURANCES.indexOf(a) <= ASSURANCES.indexOf(least);

export const surer = (a: Assurance, b: Assurance): Assurance => (atLeast(a, b) ? a : b);

/** An identifier as said on the wire, normalised; lives in memory only. */
export interface RawClaim {
  kind: IdentifierKind;
  value: string;
  assurance: Assurance;
  side?: Side;
  place?: PlaceTag;
  aside?: true;
}

/**
 * `<network>.<region>`, four characters of a keyed hash each: under the same link the same place is the same tag, under
 * another link another. Enough to count places, too little to say which.
 */
export type PlaceTag = string;

/**
 * `waiting`: not yet settled with the index or the other side; an intention that outlives crashes and moves.
 * `settled`: somebody who said it before is in the same person, or it is the first to say or to prove it. `kept`: by policy
 * noted, never merged by itself.
 * `refused`: stays apart until the claim is made again.
 */
export type ClaimState = "waiting" | "settled" | "kept" | "refused";

export interface Claim {
  key: IdentifierKey;
  kind: IdentifierKind;
  assurance: Assurance;
  /** When it was first said by this visitor. */
  at: Millis;
  /** The day on which it was said again, to within a week; none where it wasn't. */
  again?: Day;
  state: ClaimState;
  /** Why it was refused or kept: a closed code of the merge policy. */
  reason?: string;
  /** Who said the same before and turned it down since it was made: why, and a tag of each visitor of that person. */
  turnedDown?: readonly { reason: string; by: readonly number[] }[];
  /** The raw value, encrypted under the visitor's key. */
  sealed?: string;
  /** Of an e-mail address, and of a phone number where a file says so: which side of a human's life it belongs to. */
  side?: Side;
  /** Of a mail link: where it was followed. */
  place?: PlaceTag;
  /**
   * Of an anonymous id that a browser said, and whose change says nothing of who sits there: what other tools left in cookies,
   * ids of elsewhere, and the name that our own snippet gave, which tells of a reset itself.
   */
  aside?: true;
  /**
   * Others say it who couldn't be joined for want of consent, so that what they decided isn't known here. It stays: how many they are
   * only the index knows, and whoever is turned down while that is being asked would be forgotten.
   */
  shared?: true;
  /** Somebody who says the same was turned down for want of room, while nobody had proved it here. */
  keptOut?: true;
  /** It became surer, and the other claimants haven't been told yet. */
  tell?: true;
}

/** A claim that is said with every event isn't written with every event. */
const AGAIN_DAYS = 7;

export const lastSaid = ({ at, again }: Pick<Claim, "at" | "again">): Day => again ?? dayOf(at);

/** The claim said again on that day; the same one where that is known well enough. */
export const saidAgain = (claim: Claim, today: Day): Claim =>
  today - lastSaid(claim) < AGAIN_DAYS ? claim : { ...claim, again: today };

/** Of an address: of work, a role's (info@), private, or from a service for throw-away addresses. */
export type Side = "work" | "role" | "personal" | "disposable";

export const kindOf = (key: IdentifierKey): IdentifierKind =>
  key.slice(0, key.lastIndexOf(":")) as IdentifierKind;
