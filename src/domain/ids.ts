/**
 * The names Usher gives to things. Branded strings, so that a visitor can't be passed where a message is meant.
 *
 * A visitor id is 26 characters of lower-case base32 (128 bits). A person has no id of its own: it is named
 * after the visitor whose object it lives in (DESIGN.md 3), so `PersonId` is the same shape.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type VisitorId = Branded<"visitor">;
/** The name of a person object: the id of the visitor that object was first made for. */
export type PersonId = VisitorId;
/** `messageId` of the wire, as sent (at most 100 characters), or assigned. */
export type MessageId = Branded<"message">;
/** `<kind>:<22 characters base64url>`: the HMAC of a normalised identifier under `IDENTIFIER_KEY`. */
export type IdentifierKey = Branded<"identifier">;
/** `<visitor>.<12 characters base32>`: the edge between two visitors; names one of them, so that it can be found. */
export type MergeId = Branded<"merge">;
export type MoveId = Branded<"move">;
/** `<visitor>.<12 characters base32>`, from the visitor it was made for. */
export type HintId = Branded<"hint">;
/** Whole days since 1970-01-01 UTC. */
export type Day = number;
/** Milliseconds since 1970-01-01 UTC. */
export type Millis = number;

export const DAY_MS = 86_400_000;

export const dayOf = (at: Millis): Day => Math.floor(at / DAY_MS);
export const dayStart = (day: Day): Millis => day * DAY_MS;
/** `2026-11-22` */
export const dayName = (day: Day): string => new Date(dayStart(day)).toISOString().slice(0, 10);
/** Back from its name; null for what is no day, such as 31 September, which `Date.parse` takes for 1 October. */
export function dayNamed(text: string): Day | null {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) || dayName(dayOf(at)) !== text ? null : dayOf(at);
}

const VISITOR = /^[a-z2-7]{26}$/;
const BELOW_VISITOR = /^([a-z2-7]{26})\.[a-z2-7]{12}$/;

export const isVisitorId = (value: string): value is VisitorId => VISITOR.test(value);

/** The visitor that a merge or hint id names, or null when it isn't one. */
export function visitorIn(id: string): VisitorId | null {
  return (BELOW_VISITOR.exec(id)?.[1] as VisitorId | undefined) ?? null;
}

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/** RFC 4648 base32 in lower case without padding, cut to whole characters. */
export function base32(bytes: Uint8Array): string {
  let out = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += BASE32[(held >>> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? out + BASE32[(held << (5 - bits)) & 31] : out;
}

/** A visitor id from 16 or more bytes of randomness or HMAC. */
export const visitorIdFrom = (bytes: Uint8Array): VisitorId =>
  base32(bytes.subarray(0, 16)) as VisitorId;

/** The last part of merge, move and hint ids: 12 characters from 8 or more random bytes. */
export const shortId = (bytes: Uint8Array): string => base32(bytes.subarray(0, 8)).slice(0, 12);
