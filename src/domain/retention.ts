/** How long what was recorded is kept: as long as the longest of the purposes it was recorded under. */
import type { Policy } from "./consent/policy.ts";
import type { Day } from "./ids.ts";

/** Days by purpose, without the required ones: nothing is recorded under those alone. */
export type Retention = Readonly<Record<string, number>>;

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
