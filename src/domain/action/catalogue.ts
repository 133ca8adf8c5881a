/** The catalogue of actions a marketer offers, and its shape on the wire. */
import type { Stage } from "../person/stage.ts";

/**
 * What has to be true of a profile. All that are given must hold.
 * Counts are over what may be used for `personalization`.
 */
export interface Conditions {
  deviceTypes?: readonly ("phone" | "tablet" | "desktop" | "tv" | "other")[];
  /** True: an app of the organisation was seen; false: none was. */
  app?: boolean;
  /** Reads of one topic. `topic: "*"` is the topic read most. */
  reads?: { topic: string; atLeast: number };
  /** Identifiers of these kinds, known with at least this assurance. */
  knows?: readonly string[];
  /** Kinds that are known, but not verified. */
  unconfirmed?: readonly string[];
  /** Kinds that nobody said yet. */
  lacks?: readonly string[];
  orders?: { atLeast?: number; atMost?: number };
  /** Days since the last order. */
  lastOrderDays?: { atLeast?: number; atMost?: number };
  sessions?: { atLeast?: number };
}

export type ActionChannel = "site" | "email" | "push" | "sms" | "sales";

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
  channel: ActionChannel;
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
  enabled: boolean;
}

export interface Catalogue {
  version: number;
  actions: readonly Action[];
}
