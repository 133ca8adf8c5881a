/** What people like this one did afterwards, as a reason. The figures are the scheduled job's, counted in the events. */
import type { Action } from "./catalogue.ts";
import type { Affinity } from "./learner.ts";
import type { Situation } from "./situation.ts";
import { DID, itemsOf, itemWords, ORDERED, thenWords } from "../segments/items.ts";

/** Fewer people than this are no "people like you"; below this ratio (p = 0.001) it may be chance. */
export const LEAST_PEOPLE = 20;
export const LEAST_LLR = 10.83;

export function reasonOf(
  action: Action,
  situation: Situation,
  affinities: readonly Affinity[],
): string | null {
  if (action.success === null) return null;
  const goals = [DID + action.success, ...(/order|purchas/i.test(action.success) ? [ORDERED] : [])];
  const own = new Set(itemsOf(situation.summary));
  const [best] = affinities
    .filter(({ from, to }) => goals.includes(to) && own.has(from) && !own.has(to))
    .filter(({ people, llr }) => people >= LEAST_PEOPLE && llr >= LEAST_LLR)
    .toSorted((a, b) => b.both / b.people - a.both / a.people || (a.from < b.from ? -1 : 1));
  if (!best) return null;
  const { from, to, people, both } = best;
  const share = Math.round((100 * both) / people);
  return `${share} % of people who ${itemWords(from)} ${thenWords(to)} (${both} of ${people})`;
}
