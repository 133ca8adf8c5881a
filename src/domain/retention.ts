/**
 * How long what was recorded is kept, and for what: each purpose ends by itself, counted from the day of recording, and
 * with the last of them the record goes.
 */
import { namesOf, type Openings, openingsOf } from "./consent/openings.ts";
import type { Policy } from "./consent/policy.ts";
import type { Capability } from "./consent/purposes.ts";
import type { Day } from "./ids.ts";

/** Days by purpose, under every name it had, without the required ones: nothing is recorded under those alone. */
export type Retention = Readonly<Record<string, number>>;

/** What a person's object drops by itself. */
export interface Keeping {
  /** Of the policy that says so. */
  version: number;
  retention: Retention;
  /** Topics that no profile has, in lower case. */
  sensitive: ReadonlySet<string>;
  /** What the purposes are for, and what they were called. */
  openings: Openings;
}

export function keepingOf(
  policy: Pick<Policy, "version" | "purposes" | "sensitiveTopics">,
): Keeping {
  const known = keepings.get(policy);
  if (known) return known;
  const keeping = {
    version: policy.version,
    retention: retentionOf(policy),
    sensitive: new Set(policy.sensitiveTopics.map((topic) => topic.toLowerCase())),
    openings: openingsOf(policy),
  };
  keepings.set(policy, keeping);
  return keeping;
}

/** Every call to a person asks; a policy never changes. */
const keepings = new WeakMap<object, Keeping>();

export const retentionOf = (policy: Pick<Policy, "purposes">): Retention =>
  Object.fromEntries(
    policy.purposes
      .filter(({ required }) => !required)
      .flatMap((purpose) => namesOf(purpose).map((name) => [name, purpose.retentionDays] as const)),
  );

export const shortest = (retention: Retention): number => Math.min(...Object.values(retention));
export const longest = (retention: Retention): number => Math.max(...Object.values(retention));

/** Purposes that the policy no longer has are taken for the one kept shortest. */
export function daysKept(retention: Retention, purposes: readonly string[]): number {
  const known = purposes.flatMap((purpose) => retention[purpose] ?? []);
  return known.length > 0 ? Math.max(...known) : shortest(retention);
}

/** Whether what was recorded on that day under these purposes has to be gone by now. */
export const isExpired = (
  retention: Retention,
  recorded: { day: Day; purposes: readonly string[] },
  today: Day,
): boolean => recorded.day < today - daysKept(retention, recorded.purposes);

/** What may still be used, and for which purposes, of something recorded then. */
export const standingPurposes = (
  retention: Retention,
  recorded: { day: Day; purposes: readonly string[] },
  today: Day,
): string[] =>
  recorded.purposes.filter((purpose) => recorded.day >= firstDayFor(retention, purpose, today));

/**
 * How long is kept what is there for this alone. Of several purposes that open it the first that ends counts: what is kept doesn't
 * say under which of them it was said.
 */
export function daysOpen(
  { retention, openings }: Pick<Keeping, "retention" | "openings">,
  capability: Capability,
): number {
  const days = [...openings.by[capability]].flatMap((id) => retention[id] ?? []);
  return days.length > 0 ? Math.min(...days) : shortest(retention);
}

/** What was recorded earlier than this day is no longer used for that purpose. */
export const firstDayFor = (retention: Retention, purpose: string, today: Day): Day =>
  today - daysKept(retention, [purpose]);

/** The same of what is there for this alone. */
export const firstDayOpen = (
  keeping: Pick<Keeping, "retention" | "openings">,
  capability: Capability,
  today: Day,
): Day => today - daysOpen(keeping, capability);
