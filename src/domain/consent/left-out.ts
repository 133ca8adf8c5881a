/** What a policy leaves out of whatever is recorded, to be compared with what another one does. */
import type { Rules } from "./withhold.ts";

/** Each in lower case, sorted, once. */
export interface LeftOut {
  readonly names: readonly string[];
  readonly values: readonly string[];
  readonly topics: readonly string[];
}

export const leftOutOf = ({ scrub, sensitiveTopics }: Rules): LeftOut => ({
  names: listed(scrub.names),
  // E-mail addresses are left out by intake, whatever the policy says.
  values: listed(scrub.values.filter((kind) => kind !== "email")),
  topics: listed(sensitiveTopics),
});

const listed = (words: readonly string[]): string[] =>
  [...new Set(words.map((word) => word.toLowerCase()))].toSorted();

const LISTS = ["names", "values", "topics"] as const;

export const isNothing = (left: LeftOut): boolean => LISTS.every((list) => left[list].length === 0);

/** Whether all of the first is left out by the second, too. */
export const isWithin = (left: LeftOut, more: LeftOut): boolean =>
  LISTS.every((list) => left[list].every((word) => more[list].includes(word)));

export const isSame = (a: LeftOut, b: LeftOut): boolean => isWithin(a, b) && isWithin(b, a);
