/** The catalogue of actions a marketer offers, and its shape on the wire. */
import type { Assurance } from "../identity/claims.ts";
import type { Stage } from "../person/stage.ts";

export interface Range {
  atLeast?: number;
  atMost?: number;
}

/** Where somebody stands on the way from the first visit to the next purchase. */
export const PLACES = ["new", "returning", "considering", "customer", "lapsed"] as const;
export type Place = (typeof PLACES)[number];

/** Pages of one topic. `topic: "*"` is the topic read most. */
export interface Reads {
  topic: string;
  atLeast: number;
  withinDays?: number;
}

/**
 * What has to be true of a profile. All that are given must hold.
 * Counts are over what may be used for `personalization`; `withinDays` counts today.
 */
export interface Conditions {
  deviceTypes?: readonly ("phone" | "tablet" | "desktop" | "tv" | "other")[];
  /** `iOS`, `Android`, `Windows`, …, in any case. */
  os?: readonly string[];
  /** True: an app of the organisation was seen; false: none was. */
  app?: boolean;
  /** What was read about, one topic or several. */
  reads?: Reads | readonly Reads[];
  /** Counts of events: a `track` name, or `page:<name>` and `screen:<name>`. */
  did?: readonly ({ event: string; withinDays?: number } & Range)[];
  /** A campaign that led here; what is given must be equal, in any case. */
  campaign?: { source?: string; medium?: string; name?: string; withinDays?: number };
  /** Kinds of identifiers that are known; `esp:*` is any of that family. */
  knows?: readonly string[];
  /** Kinds that are known, but not verified. */
  unconfirmed?: readonly string[];
  /** Kinds that nobody said yet. */
  lacks?: readonly string[];
  orders?: Range & { withinDays?: number };
  /** Days since the last order. */
  lastOrderDays?: Range;
  /** Days between today and the day seen before. */
  awayDays?: Range;
  sessions?: Range;
  places?: readonly Place[];
  /** How well the visitor is known: any of these, and no better. */
  stages?: readonly Stage[];
  /** How much of the reading meter is used up. */
  meter?: Range;
}

export const readsIn = ({ reads = [] }: Conditions): readonly Reads[] =>
  "topic" in reads ? [reads] : reads;

export const CHANNELS = ["site", "email", "push", "sms", "sales"] as const;
export type ActionChannel = (typeof CHANNELS)[number];

/** Which of somebody's addresses a message is for. On the site both personas are at home. */
export const PERSONAS = ["any", "work", "personal"] as const;
export type PersonaFit = (typeof PERSONAS)[number];

export interface Action {
  id: string;
  /** For marketers. */
  label: string;
  title: string;
  text: string;
  href: string;
  image?: string;
  /** Least stage at which it may be shown. */
  stage: Stage;
  conditions: Conditions;
  /** Granted purposes it needs beside `personalization`. */
  purposes: readonly string[];
  /** How sure the visitor's own surest identifier must at least be; null asks for none. */
  assurance: Assurance | null;
  channel: ActionChannel;
  persona: PersonaFit;
  /** Slots it may appear in; empty means any. */
  slots: readonly string[];
  /** Worth of one take, in the marketer's own units. */
  value: number;
  /** The marketer's thumb on the scale; 1 is neutral. */
  lever: number;
  /** Chance of a take before anything was learned, in (0, 1). */
  prior: number;
  /** At most so many times to one person in thirty days. */
  cap: number;
  /** Hours of rest after it was dismissed or expired. */
  coolDownHours: number;
  /** Hours within which a shown hint must be taken. */
  windowHours: number;
  /** The event it is for: it counts as a take, and the lift is measured by it. Null: only a click counts. */
  success: string | null;
  /** Share of the visitors who never see it, so that its lift can be measured; 0 to 0.5. */
  holdOut: number;
  /** A day or an instant, RFC 3339; a day that ends it is still in. */
  start: string | null;
  end: string | null;
  enabled: boolean;
}

/** A count of reads per person, for a register wall that clearing cookies doesn't get around. */
export interface Meter {
  /** Pages about any of these count; a page should have one of them at most, such as its section. */
  topics: readonly string[];
  days: number;
  limit: number;
}

/** Channels whose messages go to addresses. */
export const REACHING = ["email", "push", "sms", "sales"] as const;
export type ReachingChannel = (typeof REACHING)[number];

/** A system of the site that is sent, once a day, who should get what over the channels that are its own. */
export interface Webhook {
  id: string;
  /** `https`. */
  url: string;
  /** Each channel goes to one system: nobody is written to twice. */
  channels: readonly ReachingChannel[];
  /** Which of its secrets signs: another number, another secret. */
  secret: number;
}

export interface Catalogue {
  version: number;
  actions: readonly Action[];
  meter?: Meter;
  webhooks?: readonly Webhook[];
}
