/** From what became of hints to what is learned from: each hint closes once, with the first of its outcomes. */
import type { Millis, VisitorId } from "../ids.ts";
import type { Outcome, Result } from "../learning/model.ts";
import { contextOf, type Told } from "./learner.ts";

/** One hint with the first moment of each of its outcomes. */
export interface HintClosing extends Told {
  hint: string;
  visitor: VisitorId;
  action: string;
  slot: string;
  segment: string | null;
  propensity: number;
  /** 0 when it wasn't kept. */
  until: Millis;
  shown: Millis | null;
  taken: Millis | null;
  dismissed: Millis | null;
  expired: Millis | null;
}

/** Null while it is open. A take after its window is late: it was expired then. */
export function closing(hint: HintClosing, now: Millis): { result: Result; at: Millis } | null {
  const { until, shown, taken, dismissed, expired } = hint;
  const inTime = (at: Millis | null): at is Millis => at !== null && (until === 0 || at <= until);
  if (inTime(taken) && (!inTime(dismissed) || taken <= dismissed))
    return { result: "taken", at: taken };
  if (inTime(dismissed)) return { result: "dismissed", at: dismissed };
  const end = until === 0 ? expired : until;
  return end !== null && end <= now && (shown !== null || expired !== null || until !== 0)
    ? { result: "expired", at: end }
    : null;
}

/** What closed after `after` and until `to`, oldest first. */
export function closedBetween(
  hints: readonly HintClosing[],
  after: Millis,
  to: Millis,
): (HintClosing & { result: Result; at: Millis })[] {
  return hints
    .flatMap((hint) => {
      const closed = closing(hint, to);
      return closed && closed.at >= after && closed.at < to ? [{ ...hint, ...closed }] : [];
    })
    .toSorted((a, b) => a.at - b.at || (a.hint < b.hint ? -1 : 1));
}

export const outcomesOf = (
  closed: readonly (HintClosing & { result: Result; at: Millis })[],
  topics: readonly string[],
): Outcome[] =>
  closed.map((hint) => ({
    action: hint.action,
    context: contextOf(hint, topics),
    result: hint.result,
    at: hint.at,
  }));

/** Topics told apart, and the hints one must have closed with: what visitors call their pages has no end. */
const TOPICS = 12;
const TOPIC_HINTS = 20;
const TOPICS_COUNTED = 200;

/** Adds what closed to the counts of topics. */
export function countTopics(
  counts: Readonly<Record<string, number>>,
  closed: readonly Told[],
): Record<string, number> {
  const sum = new Map(Object.entries(counts));
  for (const { topic } of closed)
    if (topic !== null && (sum.has(topic) || sum.size < TOPICS_COUNTED))
      sum.set(topic, (sum.get(topic) ?? 0) + 1);
  return Object.fromEntries(sum);
}

export const commonTopics = (counts: Readonly<Record<string, number>>): string[] =>
  Object.entries(counts)
    .filter(([, count]) => count >= TOPIC_HINTS)
    .toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, TOPICS)
    .map(([topic]) => topic);
