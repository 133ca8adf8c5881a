/** One thing that the setup check has to say, and how checks say it. */
import type { SetupFacts } from "./facts.ts";

/** `wrong`: data is lost or false. `look`: somebody should. `good`: looked, and found nothing. `unknown`: can't tell yet. */
export type Level = "wrong" | "look" | "good" | "unknown";

export interface Finding {
  id: string;
  level: Level;
  /** What was found, as a sentence without its full stop. */
  title: string;
  /** Lines of what shows it. */
  evidence: string[];
  /** What to do, in order. */
  steps: string[];
}

export type Check = (facts: SetupFacts) => Finding;

/** Below so many, a share says nothing. */
export const ENOUGH = 50;
/** Of evidence. */
export const LINES = 12;

const whole = new Intl.NumberFormat("en");
export const n = (count: number): string => whole.format(count);
/** `1 page`, `2 pages`. */
export const many = (count: number, one: string, more = `${one}s`): string =>
  `${n(count)} ${count === 1 ? one : more}`;
export const were = (count: number): string => (count === 1 ? "was" : "were");
export const percent = (share: number): string => `${Math.round(share * 100)} %`;

export const good = (id: string, title: string): Finding => ({
  id,
  level: "good",
  title,
  evidence: [],
  steps: [],
});

export const unknown = (id: string, title: string, steps: string[] = []): Finding => ({
  id,
  level: "unknown",
  title,
  evidence: [],
  steps,
});

export const found = (
  id: string,
  level: "wrong" | "look",
  title: string,
  evidence: string[],
  steps: string[],
): Finding => ({ id, level, title, evidence: evidence.slice(0, LINES), steps });

/** Calls that were dropped for that reason. */
export const countOf = ({ dropped }: SetupFacts, reason: string): number =>
  dropped.filter((each) => each.reason === reason).reduce((sum, { count }) => sum + count, 0);

/** Calls in all, recorded or not. */
export const arrived = (facts: SetupFacts): number =>
  facts.recorded + facts.dropped.reduce((sum, { count }) => sum + count, 0);

/** Whether no call came at all. */
export const isSilent = (facts: SetupFacts): boolean =>
  arrived(facts) === 0 && facts.refused.length === 0;
