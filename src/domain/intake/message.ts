/**
 * What intake makes of one message of the wire: the event without what consent decides, and what the message says
 * about who it was. Raw identifiers and traits stay in memory until they are keyed and sealed.
 */
import type { DropReason, UsherEvent } from "../event.ts";
import type { RawClaim } from "../identity/claims.ts";
import type { MessageId } from "../ids.ts";
import type { JsonObject } from "../json.ts";

export type EventDraft = Omit<UsherEvent, "purposes" | "policy" | "sealed">;

export interface Message {
  draft: EventDraft;
  /** False when the sender gave none: it is assigned and not deduped. */
  hasOwnId: boolean;
  /** False when it doesn't say when it happened: then it was when it came. */
  dated: boolean;
  /** `userId` of the wire when it isn't blocked. */
  userId: string | null;
  anonymousId: string | null;
  /** `previousId` of an alias. */
  previousId: string | null;
  /** Everything the message says about who it was, normalised, with blocked values left out. */
  claims: RawClaim[];
  /** Traits of `identify` and `group`, or `context.traits`; personal, to be sealed. */
  traits: JsonObject | null;
  /** `context.consent` and `context.consentManagement` as sent. */
  carriedConsent: JsonObject | null;
  /** `context.identityToken` as sent. */
  identityToken: string | null;
}

/** One message of a batch: taken further, or dropped with its reason. */
export type Taken =
  | { ok: true; message: Message }
  | { ok: false; messageId: MessageId; reason: DropReason };
