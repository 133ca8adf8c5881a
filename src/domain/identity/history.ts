/**
 * What was decided about who is who, beside merges and their undoing, which the edges tell: kept with the visitors it
 * concerns, and in the append-only log.
 */
import type { IdentifierKey, Millis, VisitorId } from "../ids.ts";

/**
 * `separate`: kept apart as two; `unseparate`: no longer. `disown`: an identifier isn't a device's; `own`: it is after all.
 * `device`: somebody said whose device it is. `release`: an identifier may join people again after it was quarantined; `block`:
 * it names nobody, whoever says it. `reject`: a probable match isn't one; `approve`: it is one after all. `permit`, `suppress`:
 * whether an address may be written to or called, as an officer was told.
 */
export const HISTORY_OPS = [
  "separate",
  "unseparate",
  "disown",
  "own",
  "device",
  "release",
  "block",
  "reject",
  "approve",
  "permit",
  "suppress",
] as const;
export type HistoryOp = (typeof HISTORY_OPS)[number];

export interface HistoryEntry {
  /** The same for both visitors whom it concerns; with `op` and the day, its place in the log. */
  id: string;
  op: HistoryOp;
  at: Millis;
  /** `policy`, or the role of who decided. */
  by: string;
  /** In words: what was decided, and why as far as somebody said. */
  because: string;
  /** On what evidence: a kind of identifier, never its value; `human` where somebody's word is all. */
  evidence: string;
  /** The other visitor whom it concerns. */
  other: VisitorId | null;
}

/** Older ones are in the log alone. */
const KEPT = 50;

/** Told twice is told once. */
export function withEntry(
  history: readonly HistoryEntry[],
  entry: HistoryEntry,
): readonly HistoryEntry[] {
  const isKnown = history.some(
    ({ id, op, at }) => id === entry.id && op === entry.op && at === entry.at,
  );
  return isKnown ? history : [...history, entry].slice(-KEPT);
}

/** For an entry's id: enough of an identifier's keyed name to tell those of one person apart. */
export const markOf = (key: IdentifierKey): string => key.slice(0, key.lastIndexOf(":") + 9);

/** What it is about: its id without its time. */
const subjectOf = ({ id, at }: HistoryEntry): string => {
  const time = `:${at}`;
  return id.endsWith(time) ? id.slice(0, -time.length) : id;
};

/** The newest word on the same subject. */
export function lastOn(
  history: readonly HistoryEntry[],
  entry: HistoryEntry,
): HistoryEntry | undefined {
  const subject = subjectOf(entry);
  const said = history.filter((known) => subjectOf(known) === subject);
  return said.reduce<HistoryEntry | undefined>(
    (last, known) => (last && last.at > known.at ? last : known),
    undefined,
  );
}

/** With the newest word on the subject said again, as one: from then on its time is that of the repetition. Null where it was another. */
export function withRepeated(
  history: readonly HistoryEntry[],
  entry: HistoryEntry,
): readonly HistoryEntry[] | null {
  const last = lastOn(history, entry);
  const isSame = last?.op === entry.op && last.by === entry.by && last.because === entry.because;
  if (!isSame) return null;
  return last.at > entry.at ? history : [...history.filter((known) => known !== last), entry];
}

/** A reason that somebody may have given, behind what was done. */
export const withReason = (done: string, why: string | undefined): string =>
  why === undefined || why.trim() === "" ? done : `${done}: ${why.trim()}`;

/** Whom a human may have said to be one of two. */
interface Told {
  id: VisitorId;
  separate: readonly VisitorId[];
  history?: readonly HistoryEntry[];
}

/** Whether a human said after that moment that one of these and one of those are two, and it stands. */
export const isSaidTwoSince = (
  at: Millis,
  these: readonly Told[],
  those: readonly Told[],
): boolean => {
  const says = (side: readonly Told[], others: readonly Told[]): boolean =>
    side.some(({ separate, history = [] }) =>
      history.some(
        (said) =>
          said.op === "separate" &&
          said.by !== "policy" &&
          said.at > at &&
          others.some(({ id }) => id === said.other && separate.includes(id)),
      ),
    );
  return says(these, those) || says(those, these);
};
