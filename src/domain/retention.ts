/**
 * How long what was recorded is kept, and for what: each purpose ends by itself, counted from the day of recording, and
 * with the last of them the record goes.
 */
import type { Policy } from "./consent/policy.ts";
import type { Day } from "./ids.ts";

/** Days by purpose, without the required ones: nothing is recorded under those alone. */
export type Retention = Readonly<Record<string, number>>;

/** What a person's object drops by itself. */
export interface Keeping {
  retention: Retention;
  /** Topics that no profile has, in lower case. */
  sensitive: ReadonlySet<string>;
}

export function keepingOf(policy: Pick<Policy, "purposes" | "sensitiveTopics">): Keeping {
  const known = keepings.get(policy);
  if (known) return known;
  const keeping = {
    retention: retentionOf(policy),
    sensitive: new Set(policy.sensitiveTopics.map((topic) => topic.toLowerCase())),
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
      .map(({ id, retentionDays }) => [id, retentionDays]),
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

/** What was recorded earlier than this day is no longer used for that purpose. */
export const firstDayFor = (retention: Retention, purpose: string, today: Day): Day =>
  today - daysKept(retention, [purpose]);
