/**
 * What is recorded. An event belongs to the visitor that sent it and is never rewritten; a merge moves slices, not events.
 */
import type { Day, MessageId, Millis } from "./ids.ts";
import type { JsonObject } from "./json.ts";

export type CallType = "track" | "page" | "screen" | "identify" | "group" | "alias";

/** Where the interaction took place; the timeline spans all of them. */
export type Channel = "web" | "app" | "email" | "server" | "offline";

/** Why one message was not recorded. The closed list of CONTRACT.md. */
export const DROP_REASONS = [
  "consent",
  "bot",
  "duplicate",
  "blocked",
  "invalid",
  "erased",
  "too_old",
  "capped",
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** For people who look at an answer, or at messages as they come. */
export const DROP_WORDS: Readonly<Record<DropReason, string>> = {
  consent: "consent doesn't cover it",
  bot: "the sender looks like a bot",
  duplicate: "it was recorded before",
  blocked: "its only identifier is one that names nobody",
  invalid: "its shape isn't what the protocol says",
  erased: "the visitor was erased",
  too_old: "it is older than seven days",
  capped: "this visitor sent too much today",
};

export interface PageFacts {
  /** Without fragment, e-mail addresses and identifying parameters. */
  url: string;
  path: string;
  title?: string;
  /** Without query. */
  referrer?: string;
}

/** How the visitor came: `utm_*` and what vendors call the same, or a referring site. */
export interface Campaign {
  source?: string;
  medium?: string;
  name?: string;
  term?: string;
  content?: string;
  /** Vendor's id of the campaign. */
  id?: string;
  /** Vendor whose click id was on the URL. The id itself is kept only under `advertising`. */
  click?: { vendor: string; param: string; id?: string };
}

export type DeviceType = "phone" | "tablet" | "desktop" | "tv" | "server" | "other";

export interface Device {
  type: DeviceType;
  /** `iOS`, `Android`, `Windows`, … */
  os?: string;
  browser?: string;
  /** True in an app's own client (`screen` calls, SDK libraries of phones). */
  app?: boolean;
}

/** One recorded event, as folded into the slice and written to D1. */
export interface UsherEvent {
  id: MessageId;
  type: CallType;
  /** Event name of `track`, name of `page` and `screen`. */
  name: string | null;
  channel: Channel;
  /** From the client's own uncorrected timestamp: equal on every retry, so part of D1's key. */
  day: Day;
  /** Corrected by `sentAt`, fixed at first acceptance, never in the future. */
  at: Millis;
  received: Millis;
  /** Purposes granted at that moment, sorted, without `necessary`. */
  purposes: string[];
  /** Version of the policy it was recorded under. */
  policy: number;
  page?: PageFacts;
  campaign?: Campaign;
  device?: Device;
  /** What it is about, lower case: `properties.topic`, `topics`, `category`, `section`. */
  topics?: string[];
  /** `revenue`, `total` or `value` of an order, in hundredths of the site's currency: whole, so that sums don't depend on order. */
  valueCents?: number;
  props?: JsonObject;
  /** Personal values (traits, raw ids), encrypted under the visitor's key. */
  sealed?: string;
}
